//! The path of an example, built as its user would build it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it. Cargo tells tests of binaries only, and `cargo test --test` builds no example: what lies
/// there may be missing, or older than its source.
pub(crate) fn example(example: &str, features: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test is a file");
    // <target>/[<triple>/]<profile>/deps/<test>
    let directory = test.ancestors().nth(2).expect("cargo's layout");
    let name = |path: &Path| path.file_name().expect("cargo's layout").to_owned();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo's layout");
    let parent = directory.parent().expect("cargo's layout");

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", example, "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    cargo.arg("--target-dir").arg(target);
    cargo.args(["--features", features]);
    match name(directory) {
        profile if profile == "debug" => cargo.args(["--profile", "dev"]),
        profile => cargo.arg("--profile").arg(profile),
    };
    if name(parent) != name(target) {
        cargo.arg("--target").arg(name(parent));
    }
    let built = cargo.output().expect("cargo starts");
    let err = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "the example does not build:\n{err}");
    let file = format!("{example}{}", std::env::consts::EXE_SUFFIX);
    directory.join("examples").join(file)
}
