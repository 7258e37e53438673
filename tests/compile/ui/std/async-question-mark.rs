// An error that does not become the function's.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn parses(text: &str) -> Result<u32, guard_runtime::Tripped> {
    let number = std::future::ready(text).await.parse::<u32>()?;
    Ok(number)
}

fn main() {
    drop(parses(""));
}
