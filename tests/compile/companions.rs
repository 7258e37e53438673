//! Guarded functions beside other people's attributes, errors and parsers: a crate of its own, with all that those bring.

use std::path::Path;
use std::process::Command;

#[test]
fn other_attributes_errors_and_parsers_are_what_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/companions");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("companions");
    let tested = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs");
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (told(&tested.stdout), told(&tested.stderr));
    assert!(tested.status.success(), "{stdout}{stderr}");
    assert!(!stderr.contains("warning:"), "{stderr}");
}
