//! `panic = "abort"`: a program that is built so, and run.

use std::path::Path;
use std::process::Command;

#[test]
fn a_trip_in_a_closure_waits_for_the_functions_own_check() {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/abort/Cargo.toml"))
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("abort"),
        )
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "every trip waited\n"
    );
}
