// A fallback cannot use an argument that the body has moved away.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", fallback = names)]
fn sorted(names: Vec<String>) -> Vec<String> {
    let mut rest = names;
    let mut out = Vec::new();
    while let Some(name) = rest.pop() {
        out.push(name);
    }
    out
}

fn main() {
    println!("{:?}", sorted(Vec::new()));
}
