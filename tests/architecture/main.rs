//! The rooms of both crates, as ARCHITECTURE.md lists them, agree with the sources.
//!
//! A crate is a list of rooms. A room is a file, or a folder with the file of its name beside it. It imports from
//! itself and from the rooms above it in the list, and from no other. [`source`] reads which file names which, by what
//! [`tokens`] finds in each item; [`rules`] says what is wrong with that; [`fixtures`] shows that each rule can fail.

mod fixtures;
mod rules;
mod source;
mod tokens;

use std::path::Path;

use rules::faults;
use source::{Crate, Files};

/// What is wrong with a crate of the project.
fn assert_right(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rooms = rooms(name, &read(&root.join("ARCHITECTURE.md")));
    assert!(
        !rooms.is_empty(),
        "ARCHITECTURE.md lists no rooms of {name}"
    );
    let mut files = Files::new();
    collect(&root.join(name).join("src"), "", &mut files);
    let faults = faults(&Crate::of(&files), &rooms);
    assert!(
        faults.is_empty(),
        "{name}, {} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The crates that are checked.
const CRATES: [&str; 2] = ["guard-runtime", "guard-macros"];

#[test]
fn the_crates_are_rooms_in_one_direction() {
    for name in CRATES {
        assert_right(name);
    }
}

/// The rooms of a crate from top to bottom: the first cells of the table below the heading that begins with the path
/// of the
/// crate's sources.
fn rooms(name: &str, text: &str) -> Vec<String> {
    let heading = format!("## {name}/src");
    let mut rooms = Vec::new();
    let lines = text.lines().skip_while(|line| !line.starts_with(&heading));
    for line in lines.skip(1).take_while(|line| !line.starts_with("## ")) {
        let cell = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split_once('`'));
        if let Some((room, _)) = cell {
            let room = room.trim_end_matches('/').trim_end_matches(".rs");
            rooms.push(room.to_owned());
        }
    }
    rooms
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every source below a folder, by its path from there.
fn collect(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if name.ends_with(".rs") {
            files.insert(format!("{prefix}{name}"), read(&path));
        }
    }
}
