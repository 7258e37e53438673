//! How guards are tried in production before they are trusted: the README lists the steps.
//!
//! A batch of orders is imported and priced. Both steps have a guard, and one of them a timeout that is too short for
//! honest work. What the guards do is said by `LOOP_GUARD` alone; the program is the same all the way.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use guard_runtime::{Event, Tripped, loop_guard, set_hook};

const ORDERS: u32 = 3;

/// Slow but honest work.
#[loop_guard(timeout = "20ms", name = "orders::import")]
fn import(order: u32) -> Result<u32, Tripped> {
    let mut rows = 0;
    while rows < 200 {
        thread::sleep(Duration::from_millis(1));
        rows += 1;
    }
    Ok(order)
}

#[loop_guard(timeout = "1m", name = "orders::price")]
fn price(order: u32) -> Result<u32, Tripped> {
    let mut total = 0;
    for item in 0..1000 {
        total += item % (order + 1);
    }
    Ok(total)
}

fn main() -> ExitCode {
    // A real service would write to its log here, which is what step 2 reads.
    set_hook(|event| match event {
        Event::WouldTrip(tripped) => {
            let (scope, location) = (tripped.scope(), tripped.location());
            println!("would trip: {scope} at {location}");
        }
        event => println!("{event}"),
    });
    let done = (1..=ORDERS)
        .filter(|order| import(*order).and_then(price).is_ok())
        .count();
    println!("{done} of {ORDERS} orders done");
    if done == ORDERS as usize {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
