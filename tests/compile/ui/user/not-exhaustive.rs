// A match that forgets a case.
enum Side {
    Left,
    Right,
    Both,
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(sides: &[Side]) -> u32 {
    let mut count = 0;
    for side in sides {
        count += match side {
            Side::Left => 1,
            Side::Right => 2,
        };
    }
    count
}

fn main() {
    println!("{}", walk(&[Side::Left, Side::Right, Side::Both]));
}
