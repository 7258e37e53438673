//! What a loop remembers between two checks.

use crate::base::layout::STALE;

/// The epoch at which a check last found nothing due.
///
/// A guarded function keeps it in a local that is passed and returned by value: if the cold path knew its address,
/// the optimiser would have to keep it in memory.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Seen(pub(crate) u64);

impl Seen {
    /// Makes the next check take the cold path.
    pub(crate) const STALE: Self = Self(STALE);

    /// Whether the entry that returned this needs a check right after it. Answers without another load of the
    /// epoch.
    #[inline(always)]
    #[must_use]
    pub fn is_stale(self) -> bool {
        self.0 == STALE
    }
}
