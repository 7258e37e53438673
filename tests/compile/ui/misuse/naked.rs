use std::arch::naked_asm;

use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s")]
#[unsafe(naked)]
extern "C" fn nothing() {
    naked_asm!("ret")
}

fn main() {}
