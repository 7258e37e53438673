// The attribute on an expression or a `let`: Rust allows no macro there.
use guard_runtime::loop_guard;

fn main() {
    #[loop_guard(timeout = "30s")]
    let run = || loop {};
    run()
}
