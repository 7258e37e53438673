//! Loops that run in strips: between two checks there is an inner loop without a check, long enough for the
//! optimiser to vectorise or unroll it. The idea is that of `HotSpot`'s counted loops.
//!
//! A strip is a start and a length, so that the inner loop has a trip count: a piece of a slice, a subrange of a
//! range, or adaptors of such pieces. The room promises that the strips of a loop yield the items of the loop that
//! the user wrote, in its order and with its effects; `chains.rs` compares random chains with the standard
//! library's. A loop that, by what was learned of it, takes no longer than one strip may runs as written, after one
//! check. Anything that can be neither cut nor counted has a check at each item.
//!
//! | file | what |
//! |---|---|
//! | `split.rs` | what can be cut: slices and ranges |
//! | `adaptors.rs` | `zip`, `enumerate`, `rev` and `copied` of what can be cut |
//! | `prompt.rs` | what is not cut, but counted: the standard library's other iterators over memory |
//! | `kind.rs` | selects, by an iterator's type, whether it is cut, counted or watched |
//! | `stride.rs` | how long the strips of a loop are, which is learned while it runs |

pub(crate) mod adaptors;
#[cfg(test)]
mod chains;
pub(crate) mod kind;
pub(crate) mod prompt;
pub(crate) mod split;
pub(crate) mod stride;
