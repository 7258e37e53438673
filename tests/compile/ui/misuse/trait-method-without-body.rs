// A method that only declares has no loops; its implementations have.
use guard_runtime::loop_guard;

trait Settle {
    #[loop_guard(timeout = "30s")]
    fn settle(&self) -> u32;

    /// Attributes and qualifiers in front do not matter.
    #[loop_guard(inherit)]
    #[must_use]
    unsafe fn count(&self) -> u32
    where
        Self: Sized;
}

struct Batch;

impl Settle for Batch {
    fn settle(&self) -> u32 {
        1
    }
    unsafe fn count(&self) -> u32 {
        2
    }
}

fn main() {
    println!("{} {}", Batch.settle(), unsafe { Batch.count() });
}
