//! Behaviour of guarded functions.
use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "50ms")]
fn spin() -> Result<(), Tripped> {
    loop {}
}

#[test]
fn trips() {
    let t = std::time::Instant::now();
    let e = spin().unwrap_err();
    println!("{e} {:?}", t.elapsed());
}
