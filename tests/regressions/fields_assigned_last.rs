//! A field of an argument that is assigned last, for its destructor to see, causes no warning in a body that owns it.
#![deny(warnings)]

use std::cell::Cell;

use guard_runtime::{Tripped, loop_guard};

use crate::block_on;

struct Transaction<'a> {
    open: bool,
    rolled_back: &'a Cell<bool>,
    steps: [u32; 2],
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.rolled_back.set(self.open || self.steps[1] != 1);
    }
}

impl Transaction<'_> {
    #[loop_guard(timeout = "1h")]
    async fn commit(mut self, n: u32) -> Result<(), Tripped> {
        for _ in 0..n {
            std::future::ready(()).await;
        }
        self.steps[1] += 1;
        self.open = false;
        Ok(())
    }

    #[loop_guard(timeout = "1h")]
    fn commit_now(mut self, n: u32) {
        (0..n).for_each(|i| for _ in 0..i {});
        (self.open, self.steps[1]) = (false, 1);
    }
}

#[loop_guard(timeout = "1h", fallback = ())]
async fn commit(mut it: Transaction<'_>, n: u32) {
    for _ in 0..n {
        std::future::ready(()).await;
    }
    it.steps[1] += 1;
    it.open = false;
}

fn rolled_back(test: impl FnOnce(Transaction<'_>)) -> bool {
    let rolled_back = Cell::new(true);
    test(Transaction {
        open: true,
        rolled_back: &rolled_back,
        steps: [0, 0],
    });
    rolled_back.get()
}

#[test]
fn destructors_see_them() {
    assert!(!rolled_back(|it| block_on(it.commit(3)).unwrap()));
    assert!(!rolled_back(|it| it.commit_now(3)));
    assert!(!rolled_back(|it| block_on(commit(it, 3))));
}
