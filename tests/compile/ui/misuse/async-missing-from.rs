// The error is at the return type.
struct Failed;

#[guard_runtime::loop_guard(timeout = "30s")]
async fn fails() -> Result<u32, Failed> {
    Ok(1)
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn block() -> impl Future<Output = Result<u32, Failed>> {
    async move { Ok(1) }
}

fn main() {
    drop((fails(), block()));
}
