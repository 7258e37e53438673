use guard_runtime::loop_guard;

async fn log(_: &str) {}

#[loop_guard(timeout = "1s", cleanup = async |_| log(&name).await)]
async fn f(name: String) {
    log(&name).await;
}

fn main() {
    drop(f(String::new()));
}
