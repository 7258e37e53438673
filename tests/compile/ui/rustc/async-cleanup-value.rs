use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = async |exit| exit.to_string())]
async fn f() {
    std::future::ready(()).await;
}

fn main() {
    drop(f());
}
