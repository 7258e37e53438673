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

#[loop_guard(timeout = "30s")]
fn borrowed() -> Result<(), &'static str> {
    loop {}
}

struct Name;

impl std::fmt::Display for Name {
    #[loop_guard(inherit)]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for _ in 0..3 {
            f.write_str("x")?;
        }
        Ok(())
    }
}

fn main() {
    println!("{:?} {:?} {:?}", text(), unit(), number("1"));
    println!("{:?} {Name}", borrowed());
}
