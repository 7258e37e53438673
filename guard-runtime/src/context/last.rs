//! The last trip, for code that lost its error.

use crate::check::noticed::noticed;
use crate::trip::tripped::Tripped;

/// The trip of the scopes that are open here: the last one that a check noticed, whatever became of its error;
/// `None` if there was none.
///
/// For code that wraps an error and loses its source, as some parsers do.
///
/// ```
/// use guard_runtime::{Tripped, io::Checked, loop_guard, tripped};
///
/// /// `u64::from_str` stands for a parser with an error of its own.
/// fn foreign(source: impl std::io::Read) -> Result<u64, String> {
///     let text = std::io::read_to_string(source).map_err(|_| "cannot read")?;
///     text.parse().map_err(|_| "no number".to_owned())
/// }
///
/// #[loop_guard(timeout = "200ms")]
/// fn load(source: impl std::io::Read) -> Result<u64, Tripped> {
///     foreign(Checked::new(source)).map_err(|error| tripped().expect(&error))
/// }
///
/// # fn main() {
/// assert_eq!(load(&b"42"[..]).unwrap(), 42);
/// assert!(load(std::io::repeat(b'4')).is_err());
/// # }
/// ```
#[must_use]
pub fn tripped() -> Option<Tripped> {
    noticed()
}
