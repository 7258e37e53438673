//! Loops were left late where their body drops values, or clones them: a destructor may take any time.
#![allow(
    clippy::ptr_arg,
    clippy::unnecessary_to_owned,
    clippy::cloned_instead_of_copied,
    clippy::manual_flatten,
    reason = "what users write"
)]

use std::cell::Cell;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};
use harness::Paused;

/// Takes a millisecond to drop, and to clone.
struct Slow(u64);

thread_local! {
    static PASSED: Cell<u64> = const { Cell::new(0) };
}

fn pass() {
    PASSED.set(PASSED.get() + 1);
    testing::advance(Duration::from_millis(1));
}

impl Drop for Slow {
    fn drop(&mut self) {
        pass();
    }
}

impl Clone for Slow {
    fn clone(&self) -> Self {
        pass();
        Self(self.0)
    }
}

impl std::ops::AddAssign<&Slow> for u64 {
    fn add_assign(&mut self, slow: &Slow) {
        pass();
        *self += slow.0;
    }
}

const NONE: Option<Slow> = None;

/// Each loop has up to a thousand iterations, of a millisecond each.
macro_rules! late {
    ($(fn $name:ident($v:ident) { $($body:tt)* })*) => {$(
        #[test]
        fn $name() {
            #[loop_guard(timeout = "5ms")]
            fn run($v: &mut Vec<Option<Slow>>) -> Result<(), Tripped> {
                $($body)*
                Ok(())
            }
            let mut slow: Vec<_> = (0..1_000).map(|i| Some(Slow(i))).collect();
            let _paused = Paused::new();
            run(&mut slow).unwrap_err();
            let passed = PASSED.get();
            std::mem::forget(slow);
            assert!((5..=8).contains(&passed), "{passed} ms of 5");
        }
    )*};
}

late! {
    fn variants(v) { for s in v.iter_mut() { *s = None; } }
    fn constants(v) { for s in v.iter_mut() { *s = NONE; } }
    fn variants_of_a_branch(v) { for (i, s) in v.iter_mut().enumerate() { *s = if i == 5_000 { continue } else { None }; } }
    fn pops(v) { while let Some(_x) = v.pop() {} }
    fn pops_as_statements(v) { for _ in 0..1_000 { v.pop(); } }
    fn clones(v) { for _s in v.iter().cloned() {} }
    fn locals(v) { let _ = v; for i in 0..1_000 { let _slow = Slow(i); } }
}
