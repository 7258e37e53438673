//! The feature `disable`, in a build of its own.

use std::path::Path;
use std::process::Command;

use crate::assert_success;

#[test]
fn the_feature_disable_leaves_no_guard() {
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked", "--lib"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/disabled"))
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("disabled"),
        )
        .output()
        .expect("cargo runs");
    assert_success(&output);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("2 passed"), "{told}");
}
