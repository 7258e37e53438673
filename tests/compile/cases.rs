//! Compiles files that must not compile, and hands back what the compiler said of each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Whether the `.stderr` files were made with the compiler at hand.
pub(crate) fn is_recorded_compiler() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc runs");
    let version = String::from_utf8(output.stdout).expect("text");
    let release = version
        .split(' ')
        .nth(1)
        .expect("rustc <release> (<commit>)");
    let recorded = include_str!("ui/RUSTC").trim();
    let patch = release
        .strip_prefix(recorded)
        .and_then(|rest| rest.strip_prefix('.'));
    // Neither `-nightly` nor `-beta`.
    patch.is_some_and(|patch| patch.parse::<u32>().is_ok())
}

/// The files of a folder of the catalogue, by name.
pub(crate) fn of(folder: &str) -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/compile/ui")
        .join(folder);
    let paths = fs::read_dir(folder)
        .expect("the catalogue")
        .map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            (
                path.file_stem()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                path,
            )
        })
        .collect()
}

/// Checks every file as a binary of its own, in one run of cargo: name -> compiler messages.
///
/// Only libraries are kept from the last run, so a file that fails says so every time.
pub(crate) fn check(
    project: &str,
    files: &BTreeMap<String, PathBuf>,
) -> BTreeMap<String, Vec<Value>> {
    check_with(project, &["policy"], files)
}

/// The same with other features of guard-runtime.
pub(crate) fn check_with(
    project: &str,
    features: &[&str],
    files: &BTreeMap<String, PathBuf>,
) -> BTreeMap<String, Vec<Value>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(project);
    write_project(&folder, features, files);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "check",
            "--bins",
            "--keep-going",
            "--offline",
            "--quiet",
            "--message-format=json",
        ])
        .current_dir(&folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile"),
        )
        .output()
        .expect("cargo runs");
    let mut messages: BTreeMap<_, _> = files
        .keys()
        .map(|name| (name.clone(), Vec::new()))
        .collect();
    let stdout = String::from_utf8(output.stdout).expect("text");
    for line in stdout.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        if line["reason"] == "compiler-message" {
            let name = line["target"]["name"].as_str().expect("a target");
            let of = messages
                .get_mut(name)
                .unwrap_or_else(|| panic!("a dependency does not compile: {line}"));
            of.push(line["message"].clone());
        }
    }
    assert!(
        messages.values().any(|of| !of.is_empty()),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    messages
}

pub(crate) fn write_project(folder: &Path, features: &[&str], files: &BTreeMap<String, PathBuf>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runtime = root.join("guard-runtime");
    let mut manifest = format!(
        "[workspace]\n[package]\nname = \"cases\"\nversion = \"0.0.0\"\nedition = \"2024\"\nautobins = false\n\
         [dependencies]\nguard-runtime = {{ path = {:?}, features = {features:?} }}\n",
        runtime.to_str().expect("a path in Unicode"),
    );
    manifest.extend(files.iter().map(|(name, path)| {
        let path = path.to_str().expect("a path in Unicode");
        format!("[[bin]]\nname = {name:?}\npath = {path:?}\n")
    }));
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    // The versions that are here already: nothing is to be looked up.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
}

/// Compiles a program and runs it.
pub(crate) fn run(project: &str, program: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(project);
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("program.rs");
    fs::write(&file, program).expect("the program");
    write_project(
        &folder,
        &["policy"],
        &BTreeMap::from([(project.to_owned(), file)]),
    );
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--offline", "--quiet"])
        .current_dir(&folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile"),
        )
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
