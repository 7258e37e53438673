// `?` in a function that returns no `Result`.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(texts: &[&str]) -> u32 {
    let mut sum = 0;
    for text in texts {
        sum += text.parse::<u32>()?;
    }
    sum
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn nothing(texts: &[&str]) {
    for text in texts {
        println!("{}", text.parse::<u32>()?);
    }
}

fn main() {
    println!("{}", walk(&["1"]));
    nothing(&["1"]);
}
