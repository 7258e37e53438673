//! Coverage sees a guarded function: also one whose body has become a closure, since a loop of it is in one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cases;

const PROGRAM: &str = r#"
fn plain(n: u32) -> u32 {
    let k = if n > 3 { n } else { 1 };
    (0..k).map(|i| { let mut s = 0; for j in 0..i { s += j } s }).sum()
}

#[guard_runtime::loop_guard(timeout = "1h")]
fn guarded(n: u32) -> u32 {
    let k = if n > 3 { n } else { 1 };
    (0..k).map(|i| { let mut s = 0; for j in 0..i { s += j } s }).sum()
}

fn main() {
    println!("{} {}", plain(5), guarded(5));
}
"#;

/// The counters of each function, by its mangled name.
fn counters() -> BTreeMap<String, u32> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("program.rs");
    fs::write(&file, PROGRAM).expect("the program");
    let files = BTreeMap::from([("coverage".to_owned(), file)]);
    cases::write_project(&folder, &["policy"], &files);
    let code = folder.join("coverage.ll");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["rustc", "--offline", "--quiet", "--bin", "coverage", "--"])
        .args(["-Cinstrument-coverage", "-Csymbol-mangling-version=v0"])
        .arg("-Ccodegen-units=1")
        .arg(format!("--emit=llvm-ir={}", code.display()))
        .current_dir(&folder)
        .env("CARGO_INCREMENTAL", "0")
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile"),
        )
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let code = fs::read_to_string(code).expect("the code");
    let counters = code.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("@__profc_")?.split_once(" = ")?;
        let (_, rest) = rest.split_once('[')?;
        let (count, _) = rest.split_once(" x i64]")?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    counters.collect()
}

#[test]
fn a_body_that_is_a_closure_has_its_regions() {
    let all = counters();
    // `_RNCNCNv..`: a closure in a closure in a function.
    let depth = |mangled: &str| {
        let mut rest = mangled.strip_prefix("_R").unwrap_or(mangled);
        let mut closures = 0;
        while let Some(inner) = rest.strip_prefix("NC") {
            (rest, closures) = (inner, closures + 1);
        }
        closures
    };
    let of = |name: &str, closures: usize| {
        let found = all
            .iter()
            .filter(|(mangled, _)| mangled.contains(name) && depth(mangled) == closures);
        found.map(|(_, count)| *count).max().unwrap_or(0)
    };
    assert!(of("5plain", 0) > 1 && of("5plain", 1) > 1, "{all:?}");
    assert!(of("7guarded", 1) >= of("5plain", 0), "{all:?}");
    assert!(of("7guarded", 2) >= of("5plain", 1), "{all:?}");
}
