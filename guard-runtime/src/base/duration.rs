//! Durations as people write them in environment variables: `250ms`, `1m 30s`.

use core::time::Duration;

/// Nanoseconds in each unit.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Parses a sum of whole numbers, each with its unit, with or without spaces between them. Returns `None` for
/// anything else, and for more than `u64::MAX` nanoseconds (584 years).
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut nanos = 0_u64;
    // At least one term: an empty text is not a duration.
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let end = tail
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*scale)?;
        nanos = nanos.checked_add(part)?;
        rest = tail.trim_start();
        if rest.is_empty() {
            return Some(Duration::from_nanos(nanos));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use core::time::Duration;

    #[test]
    fn numbers_with_units_add_up() {
        let cases = [
            ("30s", 30_000_000_000),
            ("1m 30s", 90_000_000_000),
            ("1m30s", 90_000_000_000),
            (" 250 ms ", 250_000_000),
            ("0s", 0),
            ("2h 5min 7us 1ns", 7_500_000_007_001),
            ("7µs", 7_000),
            ("1d", 86_400_000_000_000),
        ];
        for (text, nanos) in cases {
            assert_eq!(parse(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        let cases = [
            "",
            " ",
            "5",
            "s",
            "-5s",
            "1.5s",
            "5 parsecs",
            "5s!",
            "99999999999999999999s",
            "999999d 1",
            "18446744073709551615s",
            "٣s",
        ];
        for text in cases {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
