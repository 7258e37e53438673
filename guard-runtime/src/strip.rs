//! Loops that run in strips: between two checks there is an inner loop without a check, long enough for the
//! optimiser to vectorise or unroll it. The idea is that of `HotSpot`'s counted loops.
//!
//! A strip is a start and a length, so that the inner loop has a trip count: a piece of a slice, a subrange of a
//! range, or adaptors of such pieces. The room promises that the strips of a loop yield the items of the loop that
//! the user wrote, in its order and with its effects; `chains.rs` compares random chains with the standard
//! library's. A loop that, by what was learned of it, takes no longer than one strip may runs as written, after one
//! check. What cannot be cut is counted: eight items are a strip if they come at once, and one is otherwise.
//!
//! | file | what |
//! |---|---|
//! | `split.rs` | what can be cut: slices and ranges |
//! | `adaptors.rs` | `zip`, `enumerate`, `rev` and `copied` of what can be cut |
//! | `prompt.rs` | what is counted, and which of the standard library's iterators yield their items at once |
//! | `kind.rs` | selects, by an iterator's type, whether it is cut or counted; `map` of what is cut |
//! | `ends.rs` | the nearer bounds of a `while` |
//! | `stride.rs` | how long the strips of a loop are, which is learned while it runs |

pub(crate) mod adaptors;
#[cfg(test)]
mod chains;
pub(crate) mod ends;
pub(crate) mod kind;
pub(crate) mod prompt;
pub(crate) mod split;
pub(crate) mod stride;
