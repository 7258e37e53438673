//! The bit layout of every word that carries more than one value. No other file gives a bit a meaning.
//!
//! ```text
//! epoch      | time of the last tick, ns           | SLOW | PARKED |        0 = STALE, never published
//! depth      | HEARD | RESERVED | open scopes      |
//! index      | BARRED | depth of the stack         |                        MAX = BARE
//! scope      | HEARD | depth below the scope       |
//! frame.site | WALL | DATED | LIMITED | SHARED | number of the site, or kind of the wall |
//! frame.due  | TOLD | deadline, ns                 |                        0 = UNKNOWN, 1 = SPENT
//! frame.limit| PASSED | nanoseconds                  |                        MAX = none
//! frame.lag  | lag at entry, ns                    |                        MAX = EXACT, one less = TIMED
//! mark       | trips of the process so far         | COUNTED | SHORT | AWAITS | UNWINDING |
//! circuit    | instant | generation | level | state of the breaker |
//! tokens     | instant | millionths of a token |
//! counter    | stamp               | count         |
//! length     | when the strip began | iterations   |
//! ```
//!
//! Times count from [`ORIGIN`], so no time equals one of the small special values, and they stay below [`TOLD`] for
//! centuries.

/// The earliest time that the clock returns.
pub(crate) const ORIGIN: u64 = 1024;

// The epoch.

/// The ticker sleeps until a thread asks for a tick.
pub(crate) const PARKED: u64 = 1;

/// The next tick is a slow beat away, not a heartbeat.
pub(crate) const SLOW: u64 = 2;

/// The bits of the epoch that are not part of the time.
pub(crate) const FLAGS: u64 = PARKED | SLOW;

/// The distance between two words that differ by more than flags.
pub(crate) const STEP: u64 = FLAGS + 1;

/// Not an epoch. A thread whose last seen epoch is `STALE` takes the cold path at every check and every entry.
pub(crate) const STALE: u64 = 0;

// The depth of a stack.

/// No scope is open.
pub(crate) const EMPTY: u32 = 0;

/// No scope is open yet, but the stack is taken: its thread is about to open one.
pub(crate) const RESERVED: u32 = 1 << 30;

/// The bits of a depth that are the number of open scopes.
pub(crate) const OPEN: u32 = RESERVED - 1;

// What a site that is not entered in the usual way adds to a depth.

/// Makes it an index that no stack has.
pub(crate) const BARRED: u32 = 1 << 31;

/// Does the same, for a site that is off and whose scopes need no frame. All bits, because an instruction that compares
/// with such a number is three bytes shorter.
pub(crate) const BARE: u32 = u32::MAX;

// What a `Scope` stores beside its depth.

/// Somebody wants to be told when the scope is left: if that is after its deadline, or how long it took. The depth of a
/// stack has the bit from the store that leaves the scope until the listener is called.
pub(crate) const HEARD: u32 = 1 << 31;

// A frame's site, and a site's number.

/// All scopes of the site have the same time limit, so their frames do not store it.
pub(crate) const LIMITED: u32 = 1 << 29;

/// The frame's `start`, `lag` and `due` belong to this scope. If clear, they are leftovers of an earlier scope, and
/// this scope started at the stack's entry word.
pub(crate) const DATED: u32 = 1 << 30;

/// A wall: the scopes below it do not count above it.
pub(crate) const WALL: u32 = 1 << 31;

/// The wall of a shield. A token that was cancelled with grace can be forced through it.
pub(crate) const SHIELD: u32 = WALL | 1;

/// Work on other threads holds a reference to the scope. A push clears the bit.
pub(crate) const SHARED: u32 = 1 << 28;

// A frame's `due`.

/// The deadline has not been computed yet.
pub(crate) const UNKNOWN: u64 = 0;

/// The scope is spent, by something other than time.
pub(crate) const SPENT: u64 = 1;

/// The scope has tripped before. No deadline except `MAX` reaches this bit.
pub(crate) const TOLD: u64 = 1 << 63;

/// The deadline without the [`TOLD`] bit.
pub(crate) fn untold(due: u64) -> u64 {
    if due == u64::MAX { due } else { due & !TOLD }
}

/// The time at which a scope ends. A limit of centuries never ends.
#[inline]
pub(crate) fn end(start: u64, limit: u64) -> u64 {
    let end = start.saturating_add(limit);
    if end < TOLD { end } else { u64::MAX }
}

// A frame's `limit`.

/// The scope has spent its limit, and its mode let it pass. It has no deadline any more, since [`end`] treats a
/// limit this large as endless.
const PASSED: u64 = 1 << 63;

/// Marks the limit of a scope that its mode let pass. The result differs from every limit shorter than centuries.
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

/// The same, and a metric reports how long the scope takes.
pub(crate) const TIMED: u64 = u64::MAX - 1;

/// Whether the start beside this lag is a clock reading.
#[inline(always)]
pub(crate) fn is_exact(lag: u64) -> bool {
    lag >= TIMED
}

// A mark: the circumstances under which a call was deferred.

/// The thread was unwinding already.
pub(crate) const UNWINDING: u64 = 1;

/// The call is the cleanup of a future that has not finished yet.
pub(crate) const AWAITS: u64 = 2;

/// The cleanup's time is so short that its wall has to read the clock.
pub(crate) const SHORT: u64 = 4;

/// A leak check counts it.
#[cfg(feature = "testing")]
pub(crate) const COUNTED: u64 = 8;

/// The distance between the numbers of two successive trips.
pub(crate) const TRIP: u64 = 16;

/// The words that policies pack.
#[cfg(feature = "policy")]
pub(crate) mod policy {
    // A circuit: the state is in bits 0 and 1; the other constants give the first bit of each field. Tokens use the
    // same instant field.

    pub(crate) const STATE: u64 = 3;
    pub(crate) const LEVEL: u32 = 2;
    pub(crate) const GENERATION: u32 = 6;
    pub(crate) const INSTANT: u32 = 24;

    /// Policies count instants in units of 2^20 ns, about a millisecond, so that 40 bits last 36 years.
    pub(crate) const UNIT: u32 = 20;

    /// The highest level.
    pub(crate) const LEVELS: u64 = (1 << (GENERATION - LEVEL)) - 1;

    /// The highest generation.
    pub(crate) const GENERATIONS: u64 = (1 << (INSTANT - GENERATION)) - 1;

    /// How many bits of a stamp hold the number of a window's slice. The bits above hold the generation.
    pub(crate) const SLICE: u32 = 20;
}

// Words made of two halves: counters of policies, and lengths of strips.

/// Joins an upper and a lower half into one word.
#[inline(always)]
pub(crate) fn join(upper: u32, lower: u32) -> u64 {
    u64::from(upper) << 32 | u64::from(lower)
}

/// Splits a word into its upper and its lower half.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "each half in turn")]
pub(crate) fn split(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
