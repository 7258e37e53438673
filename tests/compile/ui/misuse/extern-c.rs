// A panic cannot leave these functions, so they must be told what to return.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
extern "C" fn named() -> i32 {
    loop {}
}

#[loop_guard(timeout = "30s", on_trip = "panic")]
extern fn unnamed() -> i32 {
    loop {}
}

#[loop_guard(inherit)]
pub unsafe extern "system" fn system() {
    loop {}
}

fn main() {
    println!("{} {}", named(), unnamed());
    unsafe { system() };
}
