//! Kernels that were written when the mechanisms were done, and that nothing was tuned for since.

use crate::Kernel;

mod calls;
mod chase;
mod matrices;
mod more;
mod nest;
mod recurrence;
mod scan;
mod vectorised;

/// All of them.
pub(crate) fn kernels() -> Vec<Kernel> {
    let families = [
        vectorised::kernels("vectorised"),
        recurrence::kernels("recurrence"),
        scan::kernels("scan"),
        nest::kernels("nest"),
        matrices::kernels("matrices"),
        more::kernels("more"),
        chase::kernels("chase"),
        calls::kernels("calls"),
    ];
    families.into_iter().flatten().collect()
}
