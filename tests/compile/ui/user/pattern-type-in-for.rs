// A loop pattern that does not fit the items.
#[guard_runtime::loop_guard(timeout = "30s")]
fn pairs(names: &[(u32, String)]) {
    for (number, name, rest) in names {
        println!("{number} {name} {rest}");
    }
}

fn main() {
    pairs(&[]);
}
