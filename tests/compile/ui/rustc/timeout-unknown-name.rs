// A timeout expression that names what is not there.
use guard_runtime::loop_guard;

#[loop_guard(timeout = LIMIT)]
fn constant() {}

#[loop_guard(timeout = Duration::from_secs(30))]
fn import() {}

fn main() {
    constant();
    import();
}
