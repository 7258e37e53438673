//! What the macro crate asks of `proc-macro2` is its own affair, unless the build has but one set of features.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The features of `proc-macro2` for a crate that uses both that and the guards.
fn features(resolver: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("resolver_{resolver}"));
    let runtime = root.join("guard-runtime");
    let manifest = format!(
        "[workspace]\nresolver = {resolver:?}\n[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2018\"\n\
         [dependencies]\nproc-macro2 = \"1\"\nguard-runtime = {{ path = {:?} }}\n",
        runtime.to_str().expect("a path in Unicode"),
    );
    fs::create_dir_all(folder.join("src")).expect("a folder");
    fs::write(folder.join("src/lib.rs"), "").expect("a library");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--quiet", "--depth", "1"])
        .args(["--prefix", "none", "--format", "{p} {f}"])
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("proc-macro2 "));
    let said = String::from_utf8_lossy(&output.stderr);
    line.unwrap_or_else(|| panic!("{text}{said}")).to_owned()
}

#[test]
fn are_on_for_all_with_the_first_resolver_alone() {
    assert!(features("1").contains("span-locations"));
    assert!(!features("2").contains("span-locations"));
}
