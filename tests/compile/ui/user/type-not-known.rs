// A type that nothing tells.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(texts: &[&str]) {
    for text in texts {
        let number = text.parse().unwrap();
        println!("{number}");
    }
    let mut all = Vec::new();
    while all.len() < 3 {
        break;
    }
}

fn main() {
    walk(&["1"]);
}
