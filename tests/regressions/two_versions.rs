//! With two versions of the runtime in a program, neither would see the other's deadlines. Cargo refuses to build one.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn cargo_refuses_a_second_version() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-versions");
    let other = folder.join("other");
    fs::create_dir_all(other.join("src")).unwrap();
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    fs::write(other.join("src/lib.rs"), "").unwrap();
    fs::write(other.join("build.rs"), "fn main() {}").unwrap();
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("guard-runtime");
    let package = |name: &str, version: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2024\"\n")
    };
    let links = "links = \"guard-runtime\"\n";
    let manifest = package("guard-runtime", "9.0.0") + links;
    fs::write(other.join("Cargo.toml"), manifest).unwrap();
    let dependencies = |both: bool| {
        let ours = format!("guard-runtime = {{ path = {runtime:?} }}\n");
        let theirs = "theirs = { package = \"guard-runtime\", path = \"other\" }\n";
        let theirs = if both { theirs } else { "" };
        package("app", "0.1.0") + "[workspace]\n[dependencies]\n" + &ours + theirs
    };
    let resolve = |both: bool| {
        fs::write(folder.join("Cargo.toml"), dependencies(both)).unwrap();
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--offline"])
            .current_dir(&folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    let (alone, said) = resolve(false);
    assert!(alone, "{said}");
    let (both, said) = resolve(true);
    assert!(!both);
    assert!(
        said.contains("links to the native library `guard-runtime`"),
        "{said}"
    );
}
