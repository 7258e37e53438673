// A span where a moment is wanted.
use std::time::Duration;

use guard_runtime::loop_guard;

#[loop_guard(deadline = Duration::from_secs(5))]
fn span(rows: &[u32]) {
    for row in rows {
        println!("{row}");
    }
}

fn main() {
    span(&[]);
}
