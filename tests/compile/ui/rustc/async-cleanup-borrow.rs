use guard_runtime::loop_guard;

async fn log(_: &str) {}

#[loop_guard(timeout = "1s", cleanup = async |_| log(name).await)]
async fn f(name: &str) {
    log(name).await;
}

struct S(String);

impl S {
    #[loop_guard(timeout = "1s", cleanup = async |_| log(&self.0).await)]
    async fn f(&self) {
        log(&self.0).await;
    }
}

fn main() {
    drop(f("a"));
    drop(S(String::new()).f());
}
