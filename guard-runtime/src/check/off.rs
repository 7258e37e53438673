//! Opening a scope whose guard is off.
//!
//! Most such scopes have no frame: they hold the stack and its depth, and leaving them stores the depth that is there
//! already. Nothing on the stack shows them, so that inside them it is as if the function had no guard. A function that
//! asks its own frame says so with [`Site::framed`]; the scopes of futures are stored while they wait, and those that
//! are opened by hand may have a budget that is no time limit. These have a frame, without a limit.

use crate::base::layout::LIMITED;
use crate::base::reentry;
use crate::base::site::Site;
use crate::stack::current::{self, Usual};
use crate::stack::exiting;
use crate::stack::frames::Stack;
use crate::stack::lease::leased;
use crate::stack::scope::Scope;

/// Opens the scope of a site that is [`bare`](Site::is_bare), and [hands it over](Scope::hand_over).
//
// Without arguments, so that nothing is kept over what in a library counts as a call: to find the thread's stack.
#[inline(never)]
pub(crate) fn frameless() -> &'static Stack {
    match current::usual() {
        Some(Usual { stack, .. }) => Scope::new(stack, stack.raw_depth()).hand_over(),
        None => frameless_first(),
    }
}

/// Where the thread has no stack yet. One that exits has none either: it leases a stack for as long as a frame is open.
#[cold]
fn frameless_first() -> &'static Stack {
    if reentry::is_barred() || exiting::has_begun() {
        return Scope::nowhere().hand_over();
    }
    let stack = leased();
    Scope::new(stack, stack.depth()).hand_over()
}

/// Opens the scope of a guard that is off. It has no budget, so that it needs no start, no check and no count, and
/// perhaps no frame. It is [handed over](Scope::hand_over).
#[inline(always)]
pub(crate) fn enter_off(site: &'static Site) -> Option<&'static Stack> {
    if !site.is_off() {
        return None;
    }
    if site.is_bare() {
        return Some(frameless());
    }
    let Usual { stack, piece, .. } = current::usual()?;
    let depth = stack.raw_depth();
    let frame = piece.frames.get(depth as usize)?;
    // The frame stores the limit, since it is not the site's.
    stack.push(frame, site.id() & !LIMITED, u64::MAX);
    Some(Scope::new(stack, depth).hand_over())
}
