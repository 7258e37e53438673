use guard_runtime::defer;

fn main() {
    let mut names = Vec::new();
    defer!(|_| println!("{}", names.len()));
    names.push("a");
}
