// `.await` in a function that is not `async`.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) {
    for number in numbers {
        std::future::ready(*number).await;
    }
}

fn main() {
    walk(&[1]);
}
