//! Durations as users write them.

use std::time::Duration;

/// Parses a whole number with a unit; `None` for anything else, and for zero.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let nanos_per_unit = match unit {
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        _ => return None,
    };
    let nanos = number.parse::<u64>().ok()?.saturating_mul(nanos_per_unit);
    (nanos > 0).then(|| Duration::from_nanos(nanos))
}
