// A `loop` without `break` in the place of the value.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "break")]
fn tail(mut number: u32) -> u32 {
    loop {
        number += 1;
        if number % 7 == 0 {
            return number;
        }
    }
}

#[loop_guard(timeout = "30s", on_trip = "break")]
fn branches(mut number: u32) -> u32 {
    if number > 3 {
        loop {
            number -= 1;
            if number == 3 {
                return number;
            }
        }
    } else {
        number
    }
}

#[loop_guard(timeout = "30s", on_trip = "break")]
fn never() -> ! {
    loop {}
}

fn main() {
    println!("{} {}", tail(1), branches(9));
    never()
}
