// A loop over what is no iterator.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(limit: u32) {
    for number in limit {
        println!("{number}");
    }
    for number in &limit {
        println!("{number}");
    }
    for letter in "text" {
        println!("{letter}");
    }
}

fn main() {
    walk(3);
}
