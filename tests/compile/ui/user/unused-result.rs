// A `Result` that nobody looks at.
#![deny(unused_must_use)]

fn step(number: u32) -> Result<(), std::io::Error> {
    println!("{number}");
    Ok(())
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> Result<(), std::io::Error> {
    for number in numbers {
        step(*number);
    }
    Ok(())
}

fn main() {
    walk(&[1]).unwrap();
}
