// A borrow is held across an await, and its owner changed meanwhile.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn changes(mut list: Vec<u32>) -> u32 {
    let first = &list[0];
    std::future::ready(()).await;
    list.push(1);
    *first
}

fn main() {
    drop(changes(vec![1]));
}
