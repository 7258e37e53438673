// Errors that do not depend on each other come together, also those of the item.
use guard_runtime::loop_guard;

#[loop_guard(timout = "30s", iterations = -1, on_trip = "brek", name = "")]
fn arguments() {}

#[loop_guard(timeout = "soon", timeout = "30s" fallback)]
fn values() {}

#[loop_guard(timeout = "30s", inherit, name = "settle", fallback = (), on_trip = "panic")]
fn conflicts() {}

#[loop_guard(timeout = 30)]
struct Settings {
    limit: u32,
}

#[loop_guard(iterations = 1000)]
const extern "C" fn item() {}

#[loop_guard(iterations = 1.5)]
const fn arguments_and_item() {
    loop {}
}

fn main() {
    arguments();
    values();
    conflicts();
    item();
    arguments_and_item();
    println!("{}", Settings { limit: 3 }.limit);
}
