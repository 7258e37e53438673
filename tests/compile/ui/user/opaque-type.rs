// An `impl Trait` that does not keep its word.
#[guard_runtime::loop_guard(timeout = "30s")]
fn letters(text: &str) -> impl Iterator<Item = u32> {
    while text.is_empty() {}
    text.chars()
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn either(text: &str) -> impl Iterator<Item = char> {
    for letter in text.chars() {
        if letter == '!' {
            return text.chars();
        }
    }
    text.chars().rev()
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn nothing(text: &str) -> impl std::fmt::Display {
    for letter in text.chars() {
        println!("{letter}");
    }
}

fn main() {
    println!("{} {} {}", letters("a").count(), either("a").count(), nothing("a"));
}
