//! Functions of a guarded block that have no loop need no place for an error. And recursion in such a block.

use std::fmt;
use std::time::Duration;

use guard_runtime::{Budget, Tripped, loop_guard};

#[loop_guard(timeout = "1h")]
mod block {
    use super::{Tripped, fmt};

    pub(crate) extern "C" fn callback(x: u32) -> u32 {
        x + 1
    }

    #[derive(Debug)]
    pub(crate) struct Name(pub(crate) &'static str);

    impl fmt::Display for Name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::str::FromStr for Name {
        type Err = String;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            if text == "a" {
                Ok(Self("a"))
            } else {
                Err(text.to_owned())
            }
        }
    }

    #[cfg(all(
        feature = "rust_1_88",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    #[unsafe(naked)]
    pub(crate) extern "C" fn nothing() {
        core::arch::naked_asm!("ret")
    }

    pub(crate) fn sum(list: &[u32]) -> Result<u32, Tripped> {
        let mut sum = 0;
        for x in list {
            sum += callback(*x);
        }
        Ok(sum)
    }
}

struct Depth(u64);

#[loop_guard(inherit)]
impl Depth {
    fn endless(&self, n: u64) -> Result<u64, Tripped> {
        if n == self.0 {
            Ok(n)
        } else {
            self.endless(n + 1).map(|n| n + 1)
        }
    }
}

#[loop_guard(inherit)]
mod recursion {
    use super::Tripped;

    pub(super) fn endless(most: u64, n: u64) -> Result<u64, Tripped> {
        if n == most {
            Ok(n)
        } else {
            endless(most, n + 1).map(|n| n + 1)
        }
    }
}

#[loop_guard(inherit)]
impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        "depth".fmt(f)
    }
}

#[test]
fn they_compile_and_run() {
    assert_eq!(block::sum(&[1, 2]).unwrap(), 5);
    assert_eq!(block::Name("x").to_string(), "x");
    assert_eq!("b".parse::<block::Name>().unwrap_err(), "b");
    assert_eq!(Depth(0).to_string(), "depth");
    #[cfg(all(
        feature = "rust_1_88",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    block::nothing();
}

#[test]
fn recursion_in_a_block_is_checked_at_entry() {
    let budget = Budget::timeout(Duration::from_micros(50));
    let tripped = budget.run(|| Depth(u64::MAX).endless(0));
    assert!(!matches!(tripped, Ok(Ok(_))));
    let tripped = budget.run(|| recursion::endless(u64::MAX, 0));
    assert!(!matches!(tripped, Ok(Ok(_))));
}
