// A `Result` used as if it were its value.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(texts: &[&str]) -> Result<u32, Box<dyn std::error::Error>> {
    let mut sum = 0;
    for text in texts {
        let number: u32 = text.parse::<u32>();
        sum += number;
    }
    Ok(sum)
}

fn main() {
    println!("{:?}", walk(&["1"]));
}
