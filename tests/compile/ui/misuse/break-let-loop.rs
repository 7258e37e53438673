// A `loop` whose never-ending is relied on.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "break")]
fn initialised(mut number: u32) -> u32 {
    let found: u32 = loop {
        number += 1;
        if number % 7 == 0 {
            return number;
        }
    };
    found
}

#[loop_guard(timeout = "30s", on_trip = "break")]
fn diverging(number: Option<u32>) {
    let Some(number) = number else { loop {} };
    println!("{number}");
}

fn main() {
    println!("{}", initialised(1));
    diverging(Some(1));
}
