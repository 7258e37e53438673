// `on_trip = "error"` asks for the same `From`.
use guard_runtime::loop_guard;

#[derive(Debug)]
struct ParseError;

#[loop_guard(timeout = "30s", on_trip = "error")]
fn parse(text: &str) -> Result<impl Iterator<Item = char> + '_, ParseError> {
    for letter in text.chars() {
        if letter == '!' {
            return Err(ParseError);
        }
    }
    Ok(text.chars())
}

fn main() {
    println!("{}", parse("a").is_ok());
}
