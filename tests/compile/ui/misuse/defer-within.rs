use guard_runtime::defer;

fn main() {
    defer!(within = "100", |exit| println!("{exit}"));
    defer!(within = "1 fortnight", { println!("left") });
    defer!(within = 100, { println!("left") });
}
