//! Small kernels of every idiom, written before the mechanisms were thinned out, to see what that costs code that is
//! in nobody's mind.

use crate::Kernel;

mod items;
mod numbers;

pub(crate) fn all() -> Vec<Kernel> {
    let families = [items::kernels("fresh"), numbers::kernels("fresh")];
    families.into_iter().flatten().collect()
}
