use guard_runtime::defer;

fn main() {
    defer! { 1 + 1 }
}
