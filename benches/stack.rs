//! How deep a recursion gets on a thread of 2 MiB, which is what a new thread and a test have: `cargo bench --bench
//! stack`, and in a debug build `cargo bench --profile dev --bench stack`.

use std::hint::black_box;
use std::thread;

use guard_runtime::{Tripped, loop_guard};

const STACK: usize = 2 << 20;

/// What is kept free: the first check of a thread, and all that runs below the recursion, needs some.
const SPARE: usize = 64 << 10;

/// A walk over a tree of one branch: counts its levels until the stack is used. `top` is an address on the first level.
macro_rules! recursions {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        #[inline(never)]
        fn $name(top: usize, level: u64) -> Result<u64, Tripped> {
            let mut children = black_box(1_u64);
            if top.abs_diff((&raw const children).addr()) > STACK - SPARE {
                return Ok(level);
            }
            let mut deepest = level;
            while children > 0 {
                children -= 1;
                deepest = deepest.max($name(top, black_box(level + 1))?);
            }
            Ok(deepest)
        }
    )*};
}

recursions! {
    plain;
    #[loop_guard(inherit)] inherit;
    #[loop_guard(timeout = "1h")] timeout;
}

type Recursion = fn(usize, u64) -> Result<u64, Tripped>;

fn levels(recursion: Recursion) -> u64 {
    let run = move || {
        let top = black_box(0_u8);
        recursion((&raw const top).addr(), 1).expect("an hour is enough")
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(run);
    thread
        .expect("a thread")
        .join()
        .expect("the stack is large enough")
}

fn main() {
    println!("levels of a recursion on {} MiB of stack", STACK >> 20);
    for (name, recursion) in [
        ("unguarded", plain as Recursion),
        ("inherit", inherit),
        ("timeout", timeout),
    ] {
        println!("{name:10} {:7}", levels(recursion));
    }
}
