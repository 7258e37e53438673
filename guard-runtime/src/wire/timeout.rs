//! A timeout as a header carries it.

use core::error::Error;
use core::fmt;
use core::time::Duration;

/// The most digits that `grpc-timeout` allows.
const DIGITS: usize = 8;

/// The largest number of [`DIGITS`] digits.
const MOST: u64 = 99_999_999;

/// The units of `grpc-timeout` from fine to coarse, each with its length in nanoseconds.
const UNITS: [(char, u64); 6] = [
    ('n', 1),
    ('u', 1_000),
    ('m', 1_000_000),
    ('S', 1_000_000_000),
    ('M', 60_000_000_000),
    ('H', 3_600_000_000_000),
];

/// How long the receiver of a message may take: the value of a timeout header.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::wire::Timeout;
///
/// let timeout = Timeout::from_grpc("250m").unwrap();
/// assert_eq!(timeout.duration(), Duration::from_millis(250));
/// assert_eq!(Timeout::from(Duration::from_secs(5)).to_grpc(), "5000000u");
/// assert_eq!(Timeout::from_millis("250").unwrap(), timeout);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timeout(Duration);

impl Timeout {
    /// Parses the value of a `grpc-timeout` header: one to eight digits and a unit (`H`, `M`, `S`, `m`, `u`, `n`).
    ///
    /// # Errors
    ///
    /// If the text has any other form. A sign, a space, a missing unit or a ninth digit is an error, never some
    /// other timeout.
    ///
    /// ```
    /// use guard_runtime::wire::Timeout;
    ///
    /// assert!(Timeout::from_grpc("5S").is_ok());
    /// for wrong in ["+5S", "5", "123456789S", "", "S", "5s", "5 S"] {
    ///     assert!(Timeout::from_grpc(wrong).is_err(), "{wrong}");
    /// }
    /// ```
    pub fn from_grpc(text: &str) -> Result<Self, WireError> {
        let last = text.chars().next_back().ok_or(WireError::Empty)?;
        if last.is_ascii_digit() {
            return Err(WireError::NoUnit);
        }
        let (_, nanos) = *UNITS
            .iter()
            .find(|(unit, _)| *unit == last)
            .ok_or(WireError::UnknownUnit(last))?;
        let digits = &text[..text.len() - last.len_utf8()];
        if digits.len() > DIGITS {
            return Err(WireError::TooLong);
        }
        let count = number(digits)?;
        // Eight digits of hours are 3.6e11 seconds, so neither product overflows.
        let (seconds, rest) = if nanos >= 1_000_000_000 {
            (count * (nanos / 1_000_000_000), 0)
        } else {
            (0, count * nanos)
        };
        Ok(Self(
            Duration::from_secs(seconds) + Duration::from_nanos(rest),
        ))
    }

    /// Writes the value of a `grpc-timeout` header, in the finest unit whose number fits into eight digits.
    ///
    /// Rounds down, by less than that unit; more than 99,999,999 hours are written as 99,999,999.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::wire::Timeout;
    ///
    /// assert_eq!(Timeout::from(Duration::from_nanos(99_999_999)).to_grpc(), "99999999n");
    /// assert_eq!(Timeout::from(Duration::from_nanos(100_000_999)).to_grpc(), "100000u");
    /// assert_eq!(Timeout::from(Duration::MAX).to_grpc(), "99999999H");
    /// ```
    #[must_use]
    pub fn to_grpc(self) -> String {
        grpc_digits(self.0.as_nanos(), &mut [0; DIGITS + 1]).to_owned()
    }

    /// Parses a header that is a number of milliseconds, such as `x-envoy-expected-rq-timeout-ms`.
    ///
    /// # Errors
    ///
    /// If the text contains anything but digits, or more milliseconds than a `u64` holds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::wire::{Timeout, WireError};
    ///
    /// assert_eq!(Timeout::from_millis("1500").unwrap().duration(), Duration::from_millis(1500));
    /// assert_eq!(Timeout::from_millis("1.5"), Err(WireError::NotANumber));
    /// ```
    pub fn from_millis(text: &str) -> Result<Self, WireError> {
        if text.is_empty() {
            return Err(WireError::Empty);
        }
        number(text).map(|millis| Self(Duration::from_millis(millis)))
    }

    /// Writes a header that is a number of milliseconds; rounds down.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::wire::Timeout;
    ///
    /// assert_eq!(Timeout::from(Duration::from_micros(1999)).to_millis(), "1");
    /// ```
    #[must_use]
    pub fn to_millis(self) -> String {
        self.0.as_millis().min(u128::from(u64::MAX)).to_string()
    }

    /// The time that the receiver may take.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::wire::Timeout;
    ///
    /// assert_eq!(Timeout::from_grpc("2M").unwrap().duration(), Duration::from_secs(120));
    /// ```
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl From<Duration> for Timeout {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl From<Timeout> for Duration {
    fn from(timeout: Timeout) -> Self {
        timeout.0
    }
}

/// Prints the value as `grpc-timeout` carries it.
impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_grpc())
    }
}

/// So many nanoseconds as `grpc-timeout` carries them, at the end of `text`: what [`Timeout::to_grpc`] promises.
#[inline]
pub(crate) fn grpc_digits(nanos: u128, text: &mut [u8; DIGITS + 1]) -> &str {
    // Divisions of 64 bits take a fraction of the time.
    let in_units = |length: u64| match u64::try_from(nanos) {
        Ok(nanos) => nanos / length,
        Err(_) => u64::try_from(nanos / u128::from(length)).unwrap_or(u64::MAX),
    };
    let fits = |&(unit, length): &(char, u64)| {
        let count = in_units(length);
        (count <= MOST).then_some((count, unit))
    };
    let (mut count, unit) = UNITS.iter().find_map(fits).unwrap_or((MOST, 'H'));
    let mut at = DIGITS;
    text[at] = unit as u8;
    loop {
        at -= 1;
        text[at] = b"0123456789"[(count % 10) as usize];
        count /= 10;
        if count == 0 {
            return core::str::from_utf8(&text[at..]).unwrap_or_default();
        }
    }
}

/// `str::parse` would take a sign.
fn number(digits: &str) -> Result<u64, WireError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WireError::NotANumber);
    }
    digits.parse().map_err(|_| WireError::TooLong)
}

/// What is wrong with a timeout header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireError {
    /// The header is empty.
    Empty,
    /// It ends in a digit, so the unit is missing.
    NoUnit,
    /// It ends in this character, which is no unit.
    UnknownUnit(char),
    /// The text before the unit is not a sequence of digits.
    NotANumber,
    /// It has more digits than the notation allows.
    TooLong,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the timeout header is empty"),
            Self::NoUnit => f.write_str(
                "the timeout has no unit: one of `H`, `M`, `S`, `m`, `u`, `n` must follow",
            ),
            Self::UnknownUnit(unit) => write!(
                f,
                "`{}` is not a unit of a timeout: use `H`, `M`, `S`, `m`, `u` or `n`",
                unit.escape_debug()
            ),
            Self::NotANumber => f.write_str("the timeout is not a number: only digits are allowed"),
            Self::TooLong => f.write_str("the timeout has too many digits"),
        }
    }
}

impl Error for WireError {}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{Timeout, UNITS, WireError};

    #[test]
    fn every_unit_is_read() {
        let table = [
            ("1H", Duration::from_secs(3_600)),
            ("2M", Duration::from_secs(120)),
            ("5S", Duration::from_secs(5)),
            ("250m", Duration::from_millis(250)),
            ("7u", Duration::from_micros(7)),
            ("9n", Duration::from_nanos(9)),
            ("00000001S", Duration::from_secs(1)),
            ("0n", Duration::ZERO),
            ("99999999H", Duration::from_secs(99_999_999 * 3_600)),
            ("99999999m", Duration::from_millis(99_999_999)),
        ];
        for (text, duration) in table {
            let read = Timeout::from_grpc(text).map(Timeout::duration);
            assert_eq!(read, Ok(duration), "{text}");
        }
    }

    #[test]
    fn every_wrong_form_is_refused() {
        let table = [
            ("", WireError::Empty),
            ("5", WireError::NoUnit),
            ("5s", WireError::UnknownUnit('s')),
            ("5µ", WireError::UnknownUnit('µ')),
            ("5S ", WireError::UnknownUnit(' ')),
            ("S", WireError::NotANumber),
            ("+5S", WireError::NotANumber),
            ("-5S", WireError::NotANumber),
            (" 5S", WireError::NotANumber),
            ("1.5S", WireError::NotANumber),
            ("5SS", WireError::NotANumber),
            ("٣S", WireError::NotANumber),
            ("123456789S", WireError::TooLong),
            ("000000001S", WireError::TooLong),
        ];
        for (text, error) in table {
            assert_eq!(Timeout::from_grpc(text), Err(error), "{text}");
        }
        assert_eq!(Timeout::from_millis(""), Err(WireError::Empty));
        assert_eq!(Timeout::from_millis("+1"), Err(WireError::NotANumber));
        assert_eq!(
            Timeout::from_millis("18446744073709551616"),
            Err(WireError::TooLong)
        );
    }

    /// xorshift64*, which gives the same numbers in every run.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
        }
    }

    /// Fails if the receiver would believe that it has more time than was sent.
    fn loses(sent: Duration, read: Duration) -> Duration {
        sent.checked_sub(read).expect("no more than was sent")
    }

    #[test]
    fn a_million_durations_lose_less_than_a_unit_and_gain_nothing() {
        let mut random = Random(42);
        for _ in 0..1_000_000 {
            // Every magnitude is as likely as any other.
            let magnitude = random.next() % 64;
            let sent = Duration::from_nanos(random.next() >> magnitude);
            let text = Timeout::from(sent).to_grpc();
            let read = Timeout::from_grpc(&text).unwrap().duration();
            let unit = UNITS.iter().find(|(unit, _)| text.ends_with(*unit));
            let unit = Duration::from_nanos(unit.unwrap().1);
            assert!(loses(sent, read) < unit, "{sent:?} as {text}");
            let millis = Timeout::from_millis(&Timeout::from(sent).to_millis()).unwrap();
            assert!(loses(sent, millis.duration()) < Duration::from_millis(1));
        }
    }

    #[test]
    fn whatever_is_accepted_is_eight_digits_and_a_unit() {
        let alphabet: Vec<char> = "0123456789HMSmun+-. 5Sé".chars().collect();
        let mut random = Random(7);
        let mut pick = |below: usize| usize::try_from(random.next() >> 33).unwrap() % below;
        for _ in 0..200_000 {
            let length = pick(12);
            let text: String = (0..length)
                .map(|_| alphabet[pick(alphabet.len())])
                .collect();
            let valid = match text.as_bytes() {
                [digits @ .., unit] => {
                    (1..=8).contains(&digits.len())
                        && digits.iter().all(u8::is_ascii_digit)
                        && b"HMSmun".contains(unit)
                }
                [] => false,
            };
            assert_eq!(Timeout::from_grpc(&text).is_ok(), valid, "{text:?}");
        }
    }
}
