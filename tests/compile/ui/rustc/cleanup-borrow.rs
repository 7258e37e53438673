use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = |_| println!("{}", names.len()))]
fn f(mut names: Vec<String>) {
    for n in 0..3 {
        names.push(n.to_string());
    }
}

fn main() {
    f(Vec::new());
}
