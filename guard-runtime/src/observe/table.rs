//! A snapshot as a table that fits 100 columns.

use core::fmt;
use core::time::Duration;

use crate::observe::snapshot::{OpenScope, Snapshot};
use crate::trip::why::Why;

const COLUMNS: usize = 6;

const TITLES: [&str; COLUMNS] = ["scope", "where", "age", "left", "written at", "last check"];

const SCOPE: usize = 0;
const WHERE: usize = 1;
const WRITTEN_AT: usize = 4;
const LAST_CHECK: usize = 5;

/// The widths of the columns. With two spaces between columns they add up to 100.
const SHARES: [usize; COLUMNS] = [23, 16, 7, 8, 18, 18];

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_scopes(f)?;
        #[cfg(feature = "policy")]
        self.write_policies(f)?;
        Ok(())
    }
}

impl Snapshot {
    fn write_scopes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return write!(f, "no scope is open");
        }
        let rows: Vec<_> = self.iter().map(row).collect();
        let titles = TITLES.map(str::to_owned);
        let needs: [usize; COLUMNS] = core::array::from_fn(|column| {
            let cells = rows.iter().chain([&titles]);
            cells
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        });
        let mut widths: [usize; COLUMNS] =
            core::array::from_fn(|column| needs[column].min(SHARES[column]));
        // Distribute what some columns do not need among the others, places first.
        let mut spare = SHARES.iter().sum::<usize>() - widths.iter().sum::<usize>();
        for column in [WRITTEN_AT, LAST_CHECK, SCOPE, WHERE] {
            let more = (needs[column] - widths[column]).min(spare);
            widths[column] += more;
            spare -= more;
        }
        line(f, &titles, &widths)?;
        for row in &rows {
            f.write_str("\n")?;
            line(f, row, &widths)?;
        }
        Ok(())
    }
}

#[cfg(feature = "policy")]
impl Snapshot {
    /// Below the scopes, a table of its own: a name, and what the policy is at.
    fn write_policies(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Together with the kind, the text and the spaces, 100.
        const NAME: usize = 34;
        /// Longer than any text with numbers that are usual.
        const TEXT: usize = 54;
        let named = |name: &str, kind, text: String| (name.to_owned(), kind, text);
        let breakers = self.breakers().iter();
        let breakers = breakers.map(|one| named(one.name(), "breaker", one.to_string()));
        let bulkheads = self.bulkheads().iter();
        let bulkheads = bulkheads.map(|one| named(one.name(), "bulkhead", one.to_string()));
        let rows: Vec<_> = breakers.chain(bulkheads).collect();
        let lengths = rows.iter().map(|(name, ..)| name.chars().count());
        let Some(width) = lengths.max().map(|most| most.clamp("policy".len(), NAME)) else {
            return Ok(());
        };
        write!(f, "\n\n{:width$}  {:8}  now", "policy", "kind")?;
        for (name, kind, text) in rows {
            let (name, text) = (cut(&name, width, false), cut(&text, TEXT, true));
            write!(f, "\n{name:width$}  {kind:8}  {text}")?;
        }
        Ok(())
    }
}

fn row(scope: &OpenScope) -> [String; COLUMNS] {
    let dash = || "-".to_owned();
    let rounded = |time: Duration| format!("{time:.1?}");
    let last = match scope.overdue() {
        Some(why) => hangs(why),
        None => scope.looked().map_or_else(dash, |place| place.to_string()),
    };
    [
        scope.name().to_owned(),
        scope.place().to_string(),
        scope.age().map_or_else(dash, rounded),
        scope.remaining().map_or_else(dash, rounded),
        scope.location().to_string(),
        last,
    ]
}

/// The cause in a few words.
fn hangs(why: &Why) -> String {
    match why {
        Why::Running => "overdue: runs".to_owned(),
        Why::Waiting { syscall, .. } => format!("overdue: {syscall}"),
        Why::Starved => "overdue: starved".to_owned(),
        Why::Unpolled => "overdue: not polled".to_owned(),
        Why::Unknown => "overdue".to_owned(),
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    cells: &[String; COLUMNS],
    widths: &[usize; COLUMNS],
) -> fmt::Result {
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let cell = cut(cell, *width, column == WHERE);
        match column {
            SCOPE => write!(f, "{cell:width$}")?,
            LAST_CHECK => write!(f, "  {cell}")?,
            WHERE | WRITTEN_AT => write!(f, "  {cell:width$}")?,
            _ => write!(f, "  {cell:>width$}")?,
        }
    }
    Ok(())
}

/// The part of the cell that fits: its end, which distinguishes names and places best, or its beginning.
fn cut(cell: &str, width: usize, keeps_beginning: bool) -> String {
    let length = cell.chars().count();
    if length <= width {
        return cell.to_owned();
    }
    if keeps_beginning {
        let beginning: String = cell.chars().take(width - 1).collect();
        return format!("{beginning}…");
    }
    let end: String = cell.chars().skip(length + 1 - width).collect();
    format!("…{end}")
}
