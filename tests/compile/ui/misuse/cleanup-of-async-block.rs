use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", cleanup = |exit| async move { drop(exit) })]
async fn nobody_awaits() {
    loop {}
}

#[loop_guard(timeout = "30s", cleanup = |_| { println!(); async {} })]
async fn nobody_awaits_the_value() {
    loop {}
}

#[loop_guard(timeout = "30s", cleanup = |_| Box::pin(async {}))]
async fn nobody_awaits_the_box() {
    loop {}
}

#[loop_guard(timeout = "30s", cleanup = |_| async {})]
fn nobody_could() {
    loop {}
}

fn main() {}
