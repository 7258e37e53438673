//! Kernels from textbooks, in six families by what a compiler does with them, beside their guarded copies. See `USAGE`.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::explicit_counter_loop,
    clippy::explicit_iter_loop,
    clippy::manual_memcpy,
    clippy::manual_is_multiple_of,
    clippy::manual_range_patterns,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    clippy::needless_pass_by_value,
    reason = "kernels are written as their textbooks write them"
)]

use std::collections::HashMap;
use std::process::ExitCode;

mod aside;
mod counted;
mod data;
mod family;
mod first;
mod fresh;
mod instructions;
mod measure;

use data::Data;
use family::Run;

const USAGE: &str = "\
usage: cargo run --release --manifest-path benches/corpus/Cargo.toml -- [--rounds N] [--instructions] [NAME...]

Prints how many times as long as unguarded each kernel takes with `inherit` and with `timeout = \"1h\"`: the median of N
paired rounds (101 if not given), and in parentheses how far the unguarded copy was from itself in the same rounds. A
ratio that is no farther from 1 is printed as `1`.

  NAME            only kernels, or families, whose name contains this
  --instructions  counts instructions as well, by callgrind
";

const MODES: [&str; 3] = ["plain", "inherit", "timeout"];

/// A kernel in all modes.
pub(crate) struct Kernel {
    family: &'static str,
    name: &'static str,
    runs: [Run; 3],
}

impl Kernel {
    /// Two families may have a kernel of one name.
    fn path(&self) -> String {
        format!("{}/{}", self.family, self.name)
    }
}

#[derive(Default)]
struct Options {
    rounds: Option<u32>,
    instructions: bool,
    names: Vec<String>,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => {
                let rounds = args
                    .next()
                    .and_then(|value| value.parse().ok())
                    .filter(|rounds| *rounds > 0);
                options.rounds = Some(rounds.ok_or("--rounds needs a number above 0")?);
            }
            "--instructions" => options.instructions = true,
            flag if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
            _ => options.names.push(arg),
        }
    }
    Ok(options)
}

/// Ratios to the unguarded copy, by mode, of kernels of these families.
#[derive(Default)]
struct Column(Vec<(&'static str, [f64; 2])>);

impl Column {
    fn of_family(&self, family: &str) -> Self {
        let of = self.0.iter().filter(|(other, _)| *other == family);
        Self(of.copied().collect())
    }

    fn families(&self) -> Vec<&'static str> {
        let mut families: Vec<_> = self.0.iter().map(|(family, _)| *family).collect();
        families.dedup();
        families
    }

    fn summary(&self, of: impl Fn(&mut dyn Iterator<Item = f64>) -> f64) -> [f64; 2] {
        [0, 1].map(|mode| of(&mut self.0.iter().map(|(_, ratios)| ratios[mode])))
    }

    fn geometric_mean(&self) -> [f64; 2] {
        self.summary(|ratios| {
            let (sum, count) = ratios.fold((0.0, 0.0), |(sum, count), ratio| {
                (sum + ratio.ln(), count + 1.0)
            });
            (sum / count).exp()
        })
    }

    fn worst(&self) -> [f64; 2] {
        self.summary(|ratios| ratios.fold(0.0, f64::max))
    }
}

fn print_table(title: &str, kernels: &[Kernel], options: &Options) {
    let wanted = |kernel: &&Kernel| {
        let named = |name: &String| kernel.name.contains(name) || kernel.family.contains(name);
        options.names.is_empty() || options.names.iter().any(named)
    };
    println!(
        "\n{title}\n\n{:<12} {:<22} {:>12} {:>9} {:>9}",
        "family", "kernel", "plain", MODES[1], MODES[2]
    );
    let fresh = Data::new();
    let (mut times, mut counts) = (Column::default(), Column::default());
    let kernels: Vec<_> = kernels.iter().filter(wanted).collect();
    let counted = if options.instructions {
        instructions::count(&kernels)
    } else {
        HashMap::new()
    };
    for kernel in kernels {
        measure::verify(kernel, &fresh);
        let ratios = measure::ratios(kernel, &fresh, options.rounds.unwrap_or(101));
        let text = ratios.guarded.map(|ratio| {
            let same = (ratio - 1.0).abs() <= ratios.spread;
            if same {
                "1".to_owned()
            } else {
                format!("{ratio:.2}")
            }
        });
        print!(
            "{:<12} {:<22} {:>12} {:>9} {:>9} (±{:.2})",
            kernel.family,
            kernel.name,
            format!("{:.3?}", ratios.plain),
            text[0],
            text[1],
            ratios.spread
        );
        times.0.push((kernel.family, ratios.guarded));
        if options.instructions {
            match counted.get(&kernel.path()) {
                Some([plain, guarded @ ..]) => {
                    let of_plain = guarded.map(|count| count / plain);
                    print!(
                        "  instructions {plain:>9.0} {:>6.2} {:>6.2}",
                        of_plain[0], of_plain[1]
                    );
                    counts.0.push((kernel.family, of_plain));
                }
                None => print!("  instructions: valgrind did not run"),
            }
        }
        println!();
    }
    for family in times.families() {
        print_summary(&format!("{family}, time"), &times.of_family(family));
    }
    for (name, column) in [("time", times), ("instructions", counts)] {
        print_summary(name, &column);
    }
}

fn print_summary(name: &str, column: &Column) {
    if column.0.is_empty() {
        return;
    }
    let (mean, worst) = (column.geometric_mean(), column.worst());
    println!(
        "{name}: geometric mean {:.3} and {:.3}, worst {:.2} and {:.2}",
        mean[0], mean[1], worst[0], worst[1]
    );
}

fn all() -> impl Iterator<Item = Kernel> {
    first::kernels()
        .into_iter()
        .chain(aside::kernels())
        .chain(fresh::all())
        .chain(counted::all())
}

/// `--run KERNEL MODE CALLS`: for a profiler to look at.
fn run_one(args: &[String]) -> Option<()> {
    let [_, kernel, mode, calls] = args else {
        return None;
    };
    let kernel = all().find(|other| other.name == kernel)?;
    let mode = MODES.iter().position(|other| other == mode)?;
    measure::run(&kernel, mode, &mut Data::new(), calls.parse().ok()?);
    Some(())
}

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "--run") {
        return if run_one(&args).is_some() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        };
    }
    if args.first().is_some_and(|arg| arg == "--count") {
        let kernels: Vec<_> = all()
            .filter(|kernel| args.contains(&kernel.path()))
            .collect();
        instructions::run_marked(&kernels);
        return ExitCode::SUCCESS;
    }
    match options(args.into_iter()) {
        Ok(options) => {
            print_table(
                "Kernels that the mechanisms were made with",
                &first::kernels(),
                &options,
            );
            print_table("Kernels that were kept aside", &aside::kernels(), &options);
            print_table("Kernels of every idiom", &fresh::all(), &options);
            print_table("Loops that count by hand", &counted::all(), &options);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("corpus: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}
