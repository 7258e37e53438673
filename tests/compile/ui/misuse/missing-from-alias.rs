// The same behind an alias: the real type counts.
use guard_runtime::loop_guard;

#[derive(Debug)]
struct ParseError;

type Parsed<T> = Result<T, ParseError>;

#[loop_guard(iterations = 1000)]
fn parse(text: &str) -> Parsed<usize> {
    let mut spaces = 0;
    for letter in text.chars() {
        spaces += usize::from(letter == ' ');
    }
    Ok(spaces)
}

fn main() {
    println!("{:?}", parse("a b"));
}
