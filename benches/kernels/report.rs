//! The table, as text and Markdown, and the chart.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::variant::Variant;

const BEGIN: &str =
    "<!-- Written by `cargo bench --bench kernels -- --report`; not to be edited. -->";
const END: &str = "<!-- The end of what it wrote. -->";

pub(crate) struct Row {
    pub(crate) kernel: &'static str,
    /// The time of one call.
    pub(crate) unguarded: Duration,
    /// The ratio of each variant to the unguarded code.
    pub(crate) ratios: Vec<f64>,
}

pub(crate) struct Table {
    variants: &'static [Variant],
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn new(variants: &'static [Variant]) -> Self {
        Self {
            variants,
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    fn column(&self, variant: usize) -> impl Iterator<Item = f64> {
        self.rows.iter().map(move |row| row.ratios[variant])
    }

    fn geometric_mean(&self, variant: usize) -> f64 {
        let count = f64::from(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        (self.column(variant).map(f64::ln).sum::<f64>() / count).exp()
    }

    fn worst(&self, variant: usize) -> f64 {
        self.column(variant).fold(0.0, f64::max)
    }

    /// The head, the body and the two last lines; each cell is a text.
    fn cells(&self) -> Vec<Vec<String>> {
        let variants = || 0..self.variants.len();
        let mut lines = vec![vec!["kernel".to_owned(), "unguarded".to_owned()]];
        lines[0].extend(self.variants.iter().map(|variant| variant.name.to_owned()));
        for row in &self.rows {
            let mut line = vec![row.kernel.to_owned(), format!("{:.3?}", row.unguarded)];
            line.extend(row.ratios.iter().map(|ratio| ratio_text(*ratio)));
            lines.push(line);
        }
        let mut mean = vec!["geometric mean".to_owned(), String::new()];
        mean.extend(variants().map(|variant| ratio_text(self.geometric_mean(variant))));
        let mut worst = vec!["worst".to_owned(), String::new()];
        worst.extend(variants().map(|variant| ratio_text(self.worst(variant))));
        lines.extend([mean, worst]);
        lines
    }

    pub(crate) fn text(&self) -> String {
        let cells = self.cells();
        let width = |column: usize| {
            cells
                .iter()
                .map(|line| line[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..cells[0].len()).map(width).collect();
        let mut text = String::new();
        for line in &cells {
            _ = write!(text, "{:<width$}", line[0], width = widths[0]);
            for (cell, width) in line.iter().zip(&widths).skip(1) {
                _ = write!(text, "  {cell:>width$}");
            }
            text.push('\n');
        }
        text
    }

    fn markdown(&self, rounds: usize) -> String {
        let mut text =
            format!("Medians of {rounds} rounds, how many times as long as unguarded:\n\n");
        for (index, line) in self.cells().iter().enumerate() {
            _ = writeln!(text, "| {} |", line.join(" | "));
            if index == 0 {
                _ = writeln!(text, "|---|{}", "---:|".repeat(line.len() - 1));
            }
        }
        text.push_str("\nAt the head of every iteration of every loop: ");
        let checks = self
            .variants
            .iter()
            .map(|variant| format!("*{}* {}", variant.name, variant.check));
        text.push_str(&checks.collect::<Vec<_>>().join("; "));
        text.push_str(".\n");
        text
    }

    /// Writes `benches/kernels.svg`, and the table between the two comments of the README that name this bench.
    pub(crate) fn write(&self, rounds: usize) -> Result<(), Box<dyn Error>> {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let readme = project.join("README.md");
        let text = fs::read_to_string(&readme)?;
        let missing = "README.md has no place for the table";
        let (before, rest) = text.split_once(BEGIN).ok_or(missing)?;
        let (_, after) = rest.split_once(END).ok_or(missing)?;
        let table = self.markdown(rounds);
        fs::write(readme, format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))?;
        let mut svg = String::new();
        self.draw(&mut svg)?;
        fs::write(project.join("benches/kernels.svg"), svg)?;
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "a few bars in a few groups")]
    fn draw(&self, svg: &mut String) -> Result<(), Box<dyn Error>> {
        let groups = self.rows.len() + 1;
        let variants = 0..self.variants.len();
        let top = variants
            .map(|variant| self.worst(variant))
            .fold(10.0, f64::max);
        let area = SVGBackend::with_string(svg, (1400, 560)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(10)
            .margin_top(34)
            .set_label_area_size(LabelAreaPosition::Left, 50)
            .set_label_area_size(LabelAreaPosition::Bottom, 60)
            .build_cartesian_2d(0.0..groups as f64, (BASE..top * 1.2).log_scale())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .y_label_formatter(&|ratio| format!("{ratio}x"))
            .light_line_style(WHITE)
            .draw()?;
        for (index, variant) in self.variants.iter().enumerate() {
            let ratios = self.column(index).chain([self.geometric_mean(index)]);
            let width = 0.84 / self.variants.len() as f64;
            let style = color(variant.ours, index).filled();
            chart.draw_series(ratios.enumerate().map(|(group, ratio)| {
                let left = group as f64 + 0.08 + width * index as f64;
                Rectangle::new([(left, 1.0), (left + width * 0.9, ratio.max(BASE))], style)
            }))?;
        }
        let style = ("sans-serif", 12).into_text_style(&area);
        let style = style.pos(Pos::new(HPos::Center, VPos::Top));
        let names = self.rows.iter().map(|row| row.kernel);
        for (group, name) in names.chain(["geometric mean"]).enumerate() {
            let (x, y) = chart.backend_coord(&(group as f64 + 0.5, BASE));
            for (word, below) in name.splitn(2, ' ').zip([6, 21]) {
                area.draw(&Text::new(word, (x, y + below), style.clone()))?;
            }
        }
        self.draw_legend(&area)?;
        area.present()?;
        Ok(())
    }

    /// Draws the legend on one line above the chart, where no bars are.
    fn draw_legend(&self, area: &Area<'_>) -> Result<(), Box<dyn Error>> {
        let style = ("sans-serif", 13)
            .into_text_style(area)
            .pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(
            "time / time unguarded:",
            (60, 16),
            style.clone(),
        ))?;
        let mut x = 225;
        for (index, variant) in self.variants.iter().enumerate() {
            let corners = [(x, 10), (x + 12, 22)];
            area.draw(&Rectangle::new(
                corners,
                color(variant.ours, index).filled(),
            ))?;
            area.draw(&Text::new(variant.name, (x + 18, 16), style.clone()))?;
            x += 38 + i32::try_from(variant.name.len() * 7)?;
        }
        Ok(())
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// The lower end of the axis. It is below 1, since another layout of the code can make it faster.
const BASE: f64 = 0.5;

/// The guard is green; the others get colours by their index in the table.
fn color(ours: bool, index: usize) -> RGBColor {
    const OURS: [RGBColor; 2] = [RGBColor(27, 120, 55), RGBColor(90, 174, 97)];
    const OTHERS: [RGBColor; 6] = [
        RGBColor(33, 102, 172),
        RGBColor(178, 24, 43),
        RGBColor(244, 165, 130),
        RGBColor(118, 42, 131),
        RGBColor(146, 197, 222),
        RGBColor(224, 160, 20),
    ];
    if ours {
        OURS[index % OURS.len()]
    } else {
        OTHERS[index % OTHERS.len()]
    }
}

fn ratio_text(ratio: f64) -> String {
    if ratio < 100.0 {
        format!("{ratio:.2}x")
    } else {
        format!("{ratio:.0}x")
    }
}
