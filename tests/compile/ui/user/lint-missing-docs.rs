// Public items without a word.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub)]
//! A crate with a doc.

#[guard_runtime::loop_guard(timeout = "30s")]
pub fn walk(numbers: &[u32]) {
    for number in numbers {
        println!("{number}");
    }
}

/// A module.
pub mod inner {
    pub struct Batch;

    impl Batch {
        #[guard_runtime::loop_guard(timeout = "30s")]
        pub fn walk(&self) {
            loop {}
        }
    }
}

fn main() {
    walk(&[1]);
    inner::Batch.walk();
}
