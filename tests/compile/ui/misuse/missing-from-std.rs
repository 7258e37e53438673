// Errors of the standard library that nothing can be put into.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
fn text() -> Result<(), String> {
    loop {}
}

#[loop_guard(inherit)]
fn unit() -> Result<u32, ()> {
    loop {}
}

#[loop_guard(inherit)]
fn number(text: &str) -> std::result::Result<u32, std::num::ParseIntError> {
    while text.is_empty() {}
    text.parse()
}

fn main() {
    println!("{:?} {:?} {:?}", text(), unit(), number("1"));
}
