//! What a loop remembers between two checks.

use crate::base::layout::STALE;

/// The epoch with which a check last found nothing due.
///
/// A guarded function keeps it in a local that is passed and returned by value: if its address were known to
/// the cold path, the optimiser would have to keep it in memory.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Seen(pub(crate) u64);

impl Seen {
    /// Takes the cold path at the next check.
    pub(crate) const STALE: Self = Self(STALE);

    /// Whether the entry that returned this has to be followed by a check; known without loading the epoch again.
    #[inline(always)]
    #[must_use]
    pub fn is_stale(self) -> bool {
        self.0 == STALE
    }
}
