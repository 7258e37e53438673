//! The bit layout of every word that carries more than one thing. Nowhere else is a bit given a meaning.
//!
//! ```text
//! epoch      | time of the last tick, ns           | SLOW | PARKED |        0 = STALE, never published
//! depth      | - | RESERVED | open scopes          |
//! scope.next | HEARD | depth above the scope       |
//! frame.site | WALL | DATED | LIMITED | SHARED | number of the site, or kind of the wall |
//! frame.due  | TOLD | deadline, ns                 |                        0 = UNKNOWN, 1 = SPENT
//! frame.limit| PASSED | nanoseconds                  |                        MAX = none
//! frame.lag  | lag at entry, ns                    |                        MAX = EXACT
//! mark       | trips of the process so far         | COUNTED | SHORT | AWAITS | UNWINDING |
//! circuit    | instant | generation | level | state of the breaker |
//! tokens     | instant | millionths of a token |
//! counter    | stamp               | count         |
//! length     | when the strip began | iterations   |
//! ```
//!
//! Times count from [`ORIGIN`], so none is ever one of the small special values, and centuries end before
//! [`TOLD`].

/// The first moment that the clock knows.
pub(crate) const ORIGIN: u64 = 1024;

// The epoch.

/// The ticker sleeps until a thread asks for a tick.
pub(crate) const PARKED: u64 = 1;

/// The next tick is a slow beat away, not a heartbeat.
pub(crate) const SLOW: u64 = 2;

/// The bits of the epoch that are no time.
pub(crate) const FLAGS: u64 = PARKED | SLOW;

/// The distance between two words that differ by more than flags.
pub(crate) const STEP: u64 = FLAGS + 1;

/// No epoch: a thread that has seen this takes the cold path at every check and at every entry.
pub(crate) const STALE: u64 = 0;

// The depth of a stack.

/// No scope is open.
pub(crate) const EMPTY: u32 = 0;

/// No scope is open yet, and the stack is taken: its thread is about to open one.
pub(crate) const RESERVED: u32 = 1 << 30;

// What a scope holds of its depth.

/// Somebody is told if the scope is left after its deadline.
pub(crate) const HEARD: u32 = 1 << 31;

// A frame's site, and a site's number.

/// The site's scopes all have the same time limit, which their frames do not repeat.
pub(crate) const LIMITED: u32 = 1 << 29;

/// The frame's `start`, `lag` and `due` belong to this scope. Clear: they are leftovers of an earlier scope,
/// and this one starts with the stack's entry word.
pub(crate) const DATED: u32 = 1 << 30;

/// A wall: the scopes below it do not count inside it.
pub(crate) const WALL: u32 = 1 << 31;

/// The wall of a shield, which a token can be forced through.
pub(crate) const SHIELD: u32 = WALL | 1;

/// Work on other threads holds on to the scope. A push clears it.
pub(crate) const SHARED: u32 = 1 << 28;

// A frame's `due`.

/// The deadline was not worked out yet.
pub(crate) const UNKNOWN: u64 = 0;

/// The scope is spent, by something else than time.
pub(crate) const SPENT: u64 = 1;

/// The scope has tripped before. No deadline but `MAX` reaches this bit.
pub(crate) const TOLD: u64 = 1 << 63;

/// The deadline alone.
pub(crate) fn untold(due: u64) -> u64 {
    if due == u64::MAX { due } else { due & !TOLD }
}

/// The moment at which a scope ends. One that is centuries away never comes.
#[inline]
pub(crate) fn end(start: u64, limit: u64) -> u64 {
    let end = start.saturating_add(limit);
    if end < TOLD { end } else { u64::MAX }
}

// A frame's `limit`.

/// The scope has spent it and was let pass. No deadline comes of it, since [`end`] makes one that late never come.
const PASSED: u64 = 1 << 63;

/// The limit of a scope that was let pass, which differs from every other but that of centuries.
pub(crate) fn passed(limit: u64) -> u64 {
    if limit == u64::MAX {
        u64::MAX - 1
    } else {
        limit | PASSED
    }
}

// A frame's `lag`.

/// `start` is a clock reading, not an epoch.
pub(crate) const EXACT: u64 = u64::MAX;

// A mark: what was so when a call was deferred.

/// The thread was unwinding already.
pub(crate) const UNWINDING: u64 = 1;

/// It is the cleanup of a future that has not come to its end.
pub(crate) const AWAITS: u64 = 2;

/// Its time is so short that its wall has to read the clock.
pub(crate) const SHORT: u64 = 4;

/// A leak check counts it.
#[cfg(feature = "testing")]
pub(crate) const COUNTED: u64 = 8;

/// From the number of one trip to the next.
pub(crate) const TRIP: u64 = 16;

/// The words of policies.
#[cfg(feature = "policy")]
pub(crate) mod policy {
    // A circuit: the state in bits 0 and 1, and the first bits of the rest. Tokens have the same instant.

    pub(crate) const STATE: u64 = 3;
    pub(crate) const LEVEL: u32 = 2;
    pub(crate) const GENERATION: u32 = 6;
    pub(crate) const INSTANT: u32 = 24;

    /// An instant of a policy is a multiple of 2^20 ns, about a millisecond: 40 bits are 36 years.
    pub(crate) const UNIT: u32 = 20;

    /// The highest level.
    pub(crate) const LEVELS: u64 = (1 << (GENERATION - LEVEL)) - 1;

    /// The highest generation.
    pub(crate) const GENERATIONS: u64 = (1 << (INSTANT - GENERATION)) - 1;

    /// Bits of the number of a window's slice in a stamp; those above are the generation's.
    pub(crate) const SLICE: u32 = 20;
}

// Words of two halves: counters of policies, and lengths of strips.

/// The word of an upper and a lower half.
#[inline(always)]
pub(crate) fn join(upper: u32, lower: u32) -> u64 {
    u64::from(upper) << 32 | u64::from(lower)
}

/// The upper and the lower half.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "each half in turn")]
pub(crate) fn split(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
