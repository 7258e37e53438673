// `?` on an error that does not fit.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(texts: &[&str]) -> Result<u32, std::io::Error> {
    let mut sum = 0;
    for text in texts {
        sum += text.parse::<u32>()?;
    }
    Ok(sum)
}

fn main() {
    println!("{:?}", walk(&["1"]));
}
