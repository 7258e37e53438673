// A number without its key, and what is no argument at all.
use guard_runtime::loop_guard;

#[loop_guard(30)]
fn a() {}

#[loop_guard(= "30s")]
fn b() {}

#[loop_guard(,)]
fn c() {}

fn main() {
    a();
    b();
    c();
}
