//! Opening a scope whose guard is off.
//!
//! Most such scopes have no frame: they hold the stack and its depth, and leaving them stores the depth that is there
//! already. Nothing on the stack shows them, so that inside them it is as if the function had no guard. A function that
//! asks its own frame says so with [`Site::framed`]; the scopes of futures are stored while they wait, and those that
//! are opened by hand may have a budget that is no time limit. These have a frame, without a limit.

use crate::base::layout::LIMITED;
use crate::base::site::Site;
use crate::stack::current::{self, Usual};
use crate::stack::scope::Scope;

/// Opens the scope of a guard that is off without a frame, if that is enough.
#[inline(always)]
pub(crate) fn bare(site: &'static Site) -> Option<Scope> {
    if !site.is_bare() {
        return None;
    }
    let stack = current::usual()?.stack;
    Some(Scope::new(stack, stack.raw_depth()))
}

/// Opens the scope of a guard that is off. It has no budget, so that it needs no start, no check and no count, and
/// perhaps no frame.
#[inline(always)]
pub(crate) fn enter_off(site: &'static Site) -> Option<Scope> {
    if !site.is_off() {
        return None;
    }
    if let Some(scope) = bare(site) {
        return Some(scope);
    }
    let Usual { stack, piece, .. } = current::usual()?;
    let depth = stack.raw_depth();
    let frame = piece.frames.get(depth as usize)?;
    // The frame stores the limit, since it is not the site's.
    stack.push(frame, site.id() & !LIMITED, u64::MAX);
    Some(Scope::new(stack, depth))
}
