// A reference that outlives what it points to.
#[guard_runtime::loop_guard(timeout = "30s")]
fn longest(texts: &[&str]) -> usize {
    let mut longest: &str = "";
    for text in texts {
        let upper = text.to_uppercase();
        if upper.len() > longest.len() {
            longest = &upper;
        }
    }
    longest.len()
}

fn main() {
    println!("{}", longest(&["a"]));
}
