//! Draws the chart of the payments.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::{SLOT, begin, phase};

/// How many payments were settled, deferred, refused and failed.
pub(crate) type Slot = [u64; 4];

const LINES: [(&str, RGBColor); 4] = [
    ("settled", RGBColor(46, 125, 50)),
    ("deferred", RGBColor(239, 108, 0)),
    ("refused", RGBColor(21, 101, 192)),
    ("failed", RGBColor(198, 40, 40)),
];

/// Draws the outcomes of the payments in each slot, as payments per second.
pub(crate) fn draw(path: &Path, slots: &[Slot]) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, (860, 360)).into_drawing_area();
    root.fill(&WHITE)?;
    let a_second = |count: u64| {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        f64::from(count) / SLOT.as_secs_f64()
    };
    let time = |slot: usize| begin(slot).as_secs_f64();
    let most = slots.iter().flatten().max().copied().unwrap_or(1);
    let top = a_second(most) * 1.15;
    let mut chart = ChartBuilder::on(&root)
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..time(slots.len()), 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_desc("seconds")
        .y_desc("payments a second")
        .draw()?;
    for (index, (name, color)) in LINES.into_iter().enumerate() {
        let points = slots.iter().enumerate();
        let points = points.map(|(slot, counts)| (time(slot), a_second(counts[index])));
        let line = PathElement::new(points.collect::<Vec<_>>(), color.stroke_width(2));
        chart
            .draw_series([line])?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    // Where the ledger changes its mood.
    let changes =
        (0..slots.len()).filter(|slot| *slot == 0 || phase(*slot).name != phase(slot - 1).name);
    chart.draw_series(changes.map(|slot| {
        let label = format!("ledger {}", phase(slot).name);
        EmptyElement::at((time(slot), top))
            + PathElement::new([(0, 0), (0, 300)], BLACK.mix(0.2))
            + Text::new(label, (4, 2), ("sans-serif", 13))
    }))?;
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.9))
        .position(SeriesLabelPosition::MiddleRight)
        .draw()?;
    root.present()?;
    Ok(())
}
