//! The tables, as text and Markdown.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

pub(crate) struct Report {
    rounds: usize,
    markdown: String,
}

/// Runs this many times, and returns the time.
pub(crate) type Side<'s> = &'s dyn Fn(u64) -> Duration;

/// Whether the feature `tokio` is on.
const TOKIO: bool = cfg!(feature = "tokio");

impl Report {
    pub(crate) fn new(rounds: usize) -> Self {
        let mut report = Self {
            rounds,
            markdown: String::new(),
        };
        report.head([
            "ns per future",
            "plain",
            "guarded",
            "timeout",
            "guarded / timeout",
        ]);
        report
    }

    /// Measures the plain future, the guarded one and the one in `timeout`.
    pub(crate) fn case(&mut self, name: &str, times: u64, sides: [Side<'_>; 3]) {
        let mut nanos = [const { Vec::new() }; 3];
        let mut ratios = Vec::new();
        for round in 0..self.rounds {
            let mut took = [0.0; 3];
            // The order rotates, so that none is always the first.
            for turn in 0..3 {
                let side = (round + turn) % 3;
                #[allow(clippy::cast_precision_loss, reason = "some thousands")]
                let per = sides[side](times).as_secs_f64() * 1e9 / times as f64;
                took[side] = per;
                nanos[side].push(per);
            }
            ratios.push(took[1] / took[2]);
        }
        let [plain, guarded, timeout] = nanos.map(median);
        let ratio = median(ratios);
        self.figures(name, [plain, guarded, timeout], ratio);
    }

    /// The figures of the plain future, the guarded one and the one in `timeout`.
    pub(crate) fn figures(&mut self, name: &str, figures: [f64; 3], ratio: f64) {
        let mut cells: Vec<_> = figures
            .iter()
            .map(|figure| match figure {
                figure if figure.is_nan() => "-".to_owned(),
                figure => format!("{figure:.1}"),
            })
            .collect();
        cells.push(format!("{ratio:.2}x"));
        self.row(name, &cells);
    }

    pub(crate) fn head<const N: usize>(&mut self, cells: [&str; N]) {
        self.markdown.push('\n');
        self.row(
            cells[0],
            &cells[1..]
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        );
        _ = writeln!(self.markdown, "|---|{}", "---:|".repeat(N - 1));
    }

    /// Prints the row at once.
    fn row(&mut self, name: &str, cells: &[String]) {
        print!("{name:<72}");
        for cell in cells {
            print!(" {cell:>12}");
        }
        println!();
        _ = writeln!(self.markdown, "| {name} | {} |", cells.join(" | "));
    }

    pub(crate) fn write(&self) -> io::Result<()> {
        let (file, feature) = if TOKIO {
            ("tokio.md", " --features tokio")
        } else {
            ("ticker.md", "")
        };
        let text = format!(
            "<!-- Written by `cargo bench --bench task{feature} -- --report`; not to be edited. Medians of {} rounds. -->\n{}",
            self.rounds, self.markdown
        );
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/task");
        fs::write(directory.join(file), text)
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
