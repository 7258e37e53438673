//! If the compiler knows that a loop has only a few iterations, nothing of its strips is left.

use std::path::Path;
use std::process::Command;

use crate::cases;

/// The assembly of `tests/crates/few_turns`, with a feature or without.
pub(crate) fn assembly(feature: &str) -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("few_turns");
    // One file per feature: cargo does not write it again if nothing has changed.
    let assembly = target.join(format!("loops{feature}.s"));
    let output = Command::new(env!("CARGO"))
        .args([
            "rustc",
            "--release",
            "--quiet",
            "--features",
            feature,
            "--manifest-path",
        ])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/few_turns/Cargo.toml"))
        .args(["--", "-Ccodegen-units=1"])
        .arg(format!("--emit=asm={}", assembly.display()))
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    std::fs::read_to_string(assembly).expect("the assembly")
}

/// A name as both of the compiler's manglings write it: after its length.
fn mangled(name: &str) -> String {
    format!("{}{name}", name.len())
}

#[test]
fn nothing_is_left_of_strips_of_few_turns() {
    // What is left depends on the compiler.
    if !cases::is_recorded_compiler() {
        return;
    }
    let few = assembly("");
    for function in ["zipped", "array_of_a_hash", "chunks", "rounds"] {
        assert!(few.contains(&mangled(function)), "{function}");
    }
    assert!(!few.contains(&mangled("learn")));
    assert!(assembly("one_more").contains(&mangled("learn")));
}
