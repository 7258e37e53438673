//! Real servers, clients and a database, in a crate of its own because of their dependencies.

use std::path::Path;
use std::process::Command;

#[test]
fn real_peers_keep_the_deadline() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/peers");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
    let tested = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked", "--", "--nocapture"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs");
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // How late, and whether there was a database.
    println!("{}", told(&tested.stdout));
    assert!(tested.status.success(), "{}", told(&tested.stderr));
    let skipped = told(&tested.stderr);
    let skipped = skipped.lines().filter(|line| line.starts_with("skipped"));
    skipped.for_each(|line| println!("{line}"));
}
