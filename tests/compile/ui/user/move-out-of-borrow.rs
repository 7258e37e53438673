// A move out of what is only borrowed.
struct Batch {
    name: String,
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn names(batches: &[Batch]) -> Vec<String> {
    let mut names = Vec::new();
    for batch in batches {
        names.push(batch.name);
    }
    names
}

fn main() {
    println!("{:?}", names(&[Batch { name: String::new() }]));
}
