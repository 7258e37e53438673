// A vector used after a loop took it.
#[guard_runtime::loop_guard(timeout = "30s")]
fn total(names: Vec<String>) -> usize {
    let mut total = 0;
    for name in names {
        total += name.len();
    }
    total + names.len()
}

fn main() {
    println!("{}", total(Vec::new()));
}
