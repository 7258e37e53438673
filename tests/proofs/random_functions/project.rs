//! Random functions and their guarded twins, written as a project, built and run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use crate::random_functions::generator::Function;

/// The arguments of each twin's attribute.
const TWINS: [(&str, &str); 6] = [
    ("timed", "timeout = \"1h\""),
    ("inherits", "inherit"),
    ("counted", "iterations = 1_000_000, timeout = \"2h\""),
    ("cleaned", "timeout = \"1h\", cleanup = |_| ()"),
    ("strictly", "timeout = \"1h\", strict, root"),
    (
        "opened",
        "budget = guard_runtime::Budget::new().iterations(1_000_000)",
    ),
];

pub(crate) struct Project {
    folder: PathBuf,
}

/// The result of a batch.
#[derive(Default)]
pub(crate) struct Came {
    /// How many functions were compared.
    pub(crate) compared: usize,
    /// Functions that do not compile without the attribute either.
    pub(crate) misshapen: BTreeSet<usize>,
    /// One for each function that differs, or that does not compile with the attribute.
    pub(crate) faults: Vec<String>,
}

impl Project {
    /// A project of this edition; its batches share their dependencies.
    pub(crate) fn new(edition: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random_functions-{edition}"));
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let runtime = root.join("guard-runtime");
        let manifest = format!(
            "[workspace]\n[package]\nname = \"random\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\
             [features]\nplain = []\n[profile.dev]\ndebug = 0\nincremental = false\n[dependencies]\nguard-runtime = {{ path = {:?} }}\n",
            runtime.to_str().expect("a path in Unicode"),
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
        fs::write(folder.join("src/support.rs"), include_str!("support.rs")).expect("a source");
        Self { folder }
    }

    /// Compares these functions with their twins; `first` is the number of the first function.
    pub(crate) fn compare(&self, first: usize, functions: &[Function]) -> Came {
        let mut came = Came::default();
        let mut left: BTreeSet<_> = (0..functions.len()).collect();
        for (at, function) in functions.iter().enumerate() {
            fs::write(self.source(at), source(first + at, function)).expect("a source");
        }
        // All functions first, then again without those that do not compile.
        for _ in 0..3 {
            self.write_main(&left);
            let built = self.cargo("build", &[]);
            if built.status.success() {
                came.compared = left.len();
                run(&mut came.faults);
                return came;
            }
            let told = String::from_utf8_lossy(&built.stderr).into_owned();
            let refused = named(&told);
            assert!(!refused.is_empty(), "{told}");
            let plain = self.cargo("check", &["--features", "plain"]);
            let misshapen = named(&String::from_utf8_lossy(&plain.stderr));
            for at in &refused {
                left.remove(at);
                if misshapen.contains(at) {
                    came.misshapen.insert(first + at);
                } else {
                    let lines: Vec<_> = told
                        .lines()
                        .filter(|line| named(line).contains(at))
                        .collect();
                    let text = &functions[*at].text;
                    came.faults.push(format!(
                        "function {}:\n{}\n{text}",
                        first + at,
                        lines.join("\n")
                    ));
                }
            }
        }
        panic!("a batch from function {first} on does not build");
    }

    fn source(&self, at: usize) -> PathBuf {
        self.folder.join(format!("src/f{at}.rs"))
    }

    fn write_main(&self, functions: &BTreeSet<usize>) {
        let mut text = "#![allow(warnings)]\nmod support;\n".to_owned();
        text.extend(functions.iter().map(|at| format!("mod f{at};\n")));
        text += "fn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n    let mut different = 0;\n";
        text.extend(
            functions
                .iter()
                .map(|at| format!("    different += f{at}::run();\n")),
        );
        text += "    std::process::exit(i32::from(different > 0));\n}\n";
        fs::write(self.folder.join("src/main.rs"), text).expect("a source");
    }

    fn cargo(&self, command: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args([command, "--quiet", "--offline", "--message-format=short"])
            .args(arguments)
            .current_dir(&self.folder)
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("random_functions"),
            )
            .output()
            .expect("cargo runs")
    }
}

/// Runs the batch that was built last.
fn run(faults: &mut Vec<String>) {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("random_functions/debug/random");
    let mut child = Command::new(program)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut out = child.stdout.take().expect("a pipe");
    let reader = thread::spawn(move || {
        let mut told = String::new();
        std::io::Read::read_to_string(&mut out, &mut told).expect("UTF-8");
        told
    });
    // A plain function takes microseconds, so five minutes mean an endless loop.
    let mut ended = None;
    for _ in 0..3000 {
        ended = child.try_wait().expect("a child of ours");
        if ended.is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    if ended.is_none() {
        child.kill().expect("it is there");
    }
    let told = reader.join().expect("no panic");
    match ended {
        Some(status) if status.success() => {}
        Some(status) if status.code() == Some(1) => faults.push(told),
        Some(status) => faults.push(format!("{status}\n{told}")),
        None => faults.push(format!("an endless loop behind:\n{told}")),
    }
}

/// The source of a function and its twins.
fn source(number: usize, function: &Function) -> String {
    let call = format!("NAME(log, {})", function.arguments);
    let (word, call, polls) = if function.is_async {
        // Also dropped in the middle.
        let call = format!("ready(log, {call})");
        ("async fn", call, "&[u32::MAX, 0, 1, 2, 4]")
    } else {
        ("fn", call, "&[0]")
    };
    let text = &function.text;
    let mut source = format!("use crate::support::*;\n\n{word} plain{text}");
    let mut twins = String::new();
    for (name, arguments) in TWINS {
        source += &format!(
            "\n#[cfg_attr(not(feature = \"plain\"), guard_runtime::loop_guard({arguments}))]\n{word} {name}{text}"
        );
        let call = call.replace("NAME", name);
        twins += &format!("        ({arguments:?}, &|log, a, b| {call}),\n");
    }
    let plain = call.replace("NAME", "plain");
    source
        + &format!(
            "\npub fn run() -> usize {{\n    compare(\"function {number}\", {polls}, |log, a, b| {plain}, &[\n{twins}    ])\n}}\n"
        )
}

/// The functions whose files the messages name.
fn named(told: &str) -> BTreeSet<usize> {
    let numbers = told.lines().filter(|line| line.contains(": error"));
    let numbers = numbers.filter_map(|line| {
        line.strip_prefix("src/f")?
            .split_once(".rs:")?
            .0
            .parse()
            .ok()
    });
    numbers.collect()
}
