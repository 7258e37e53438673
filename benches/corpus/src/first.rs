//! Kernels that the mechanisms were developed with.

use crate::Kernel;

mod calls;
mod chase;
mod matrices;
mod nest;
mod recurrence;
mod scan;
mod vectorised;

/// All kernels that are not kept aside.
pub(crate) fn kernels() -> Vec<Kernel> {
    let families = [
        vectorised::kernels("vectorised"),
        recurrence::kernels("recurrence"),
        scan::kernels("scan"),
        nest::kernels("nest"),
        matrices::kernels("matrices"),
        chase::kernels("chase"),
        calls::kernels("calls"),
    ];
    families.into_iter().flatten().collect()
}
