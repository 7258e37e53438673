use std::rc::Rc;

use guard_runtime::loop_guard;

async fn log(_: &str) {}

#[loop_guard(timeout = "1s", cleanup = async |_| log(&name).await)]
async fn captures(name: Rc<str>) {
    log("a").await;
}

#[loop_guard(timeout = "1s", cleanup = async |_| {
    let name = Rc::new("name");
    log(&name).await;
})]
async fn keeps() {
    log("a").await;
}

fn main() {
    drop(captures("a".into()));
    drop(keeps());
}
