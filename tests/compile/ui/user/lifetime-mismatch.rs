// An argument that may not live long enough for what is returned.
#[guard_runtime::loop_guard(timeout = "30s")]
fn longest<'a>(a: &'a str, b: &str) -> &'a str {
    for _ in 0..3 {
        if a.len() > b.len() {
            return a;
        }
    }
    b
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn keep(names: &mut Vec<&str>, name: &str) {
    for _ in 0..3 {
        names.push(name);
    }
}

fn main() {
    println!("{}", longest("a", "b"));
    keep(&mut Vec::new(), "a");
}
