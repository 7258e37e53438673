// A method and a field that are not there.
struct Batch {
    names: Vec<String>,
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(batch: &Batch) {
    for name in batch.names.iterr() {
        println!("{name}");
    }
    for name in &batch.names {
        println!("{}", name.lenght());
    }
    while batch.nams.is_empty() {}
}

fn main() {
    walk(&Batch { names: Vec::new() });
}
