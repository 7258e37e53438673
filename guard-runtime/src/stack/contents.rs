//! What a thread asks about its own open scopes.

use crate::base::layout::{SPENT, untold};
use crate::base::site::Site;
use crate::base::sync::Ordering;
use crate::stack::frames::Stack;

impl Stack {
    /// The innermost open scope of this function.
    pub(crate) fn nearest(&self, function: &Site) -> Option<u32> {
        let number = function.id();
        let is_of = |index: &u32| {
            let frame = self.frame(*index);
            // The number is at hand; its site has to be looked up.
            let same = || frame.site() == number || Site::by_id(frame.site()).is_of(function);
            !frame.is_wall() && same()
        };
        (0..self.depth()).rev().find(is_of)
    }

    /// How many scopes are open, not counting walls.
    #[cfg(feature = "testing")]
    pub(crate) fn scopes(&self) -> u32 {
        let walls = (0..self.depth()).filter(|index| self.frame(*index).is_wall());
        self.depth() - u32::try_from(walls.count()).unwrap_or(0)
    }

    /// The scope at `index`: the number of its site, its time limit, and its iteration limit if that is spent.
    pub(crate) fn describe(&self, index: u32) -> (u32, u64, Option<u64>) {
        self.date_open();
        let frame = self.frame(index);
        let spent = untold(frame.due.load(Ordering::Relaxed)) == SPENT;
        (
            frame.site(),
            frame.limit.load(Ordering::Relaxed),
            spent.then(|| frame.iterations.load(Ordering::Relaxed)),
        )
    }

    /// The innermost scope: its index, its site's number and its time limit.
    #[cfg(feature = "testing")]
    pub(crate) fn innermost(&self) -> Option<(u32, u32, u64)> {
        let index = self.depth().checked_sub(1)?;
        let (site, limit, _) = self.describe(index);
        Some((index, site, limit))
    }
}
