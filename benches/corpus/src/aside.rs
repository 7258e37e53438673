//! Kernels that were written after the mechanisms, and that nothing has been tuned for since.

use crate::Kernel;

mod calls;
mod chase;
mod matrices;
mod more;
mod nest;
mod recurrence;
mod scan;
mod vectorised;

/// All kernels that are kept aside.
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
