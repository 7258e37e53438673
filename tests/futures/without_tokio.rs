//! Guarded futures where tokio is no dependency at all: the tests of `any_executor/` once more.

use std::path::Path;
use std::process::Command;

#[test]
fn guarded_futures_need_no_tokio() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/portable");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked", "--test", "futures"])
        .current_dir(&folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("without_tokio"),
        )
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(told.contains("test result: ok"), "{told}");
    let lock = std::fs::read_to_string(folder.join("Cargo.lock")).expect("the lock file");
    for unasked in ["tokio", "loom"] {
        assert!(!lock.contains(&format!("name = \"{unasked}\"")));
    }
}
