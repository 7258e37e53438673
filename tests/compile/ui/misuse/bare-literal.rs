// A number without its key, and what is no argument at all.
use guard_runtime::loop_guard;

#[loop_guard(30)]
fn a() {}

#[loop_guard(= "30s")]
fn b() {}

#[loop_guard(,)]
fn c() {}

#[loop_guard(-5)]
fn d() {}

#[loop_guard(60 * 5)]
fn e() {}

const LIMIT: std::time::Duration = std::time::Duration::from_secs(1);

#[loop_guard(LIMIT)]
fn f() {}

fn main() {
    a();
    b();
    c();
    d();
    e();
    f();
}
