use guard_runtime::{Exit, Tripped, loop_guard};

fn wrong(exit: Exit<'_>) {
    println!("{exit}");
}

#[loop_guard(timeout = "1s", cleanup = wrong)]
fn f() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "1s", cleanup = |exit| exit.to_string())]
fn g() -> Result<(), Tripped> {
    loop {}
}

fn main() {
    _ = f();
    _ = g();
}
