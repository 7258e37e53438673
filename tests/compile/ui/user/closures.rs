// Closures that borrow too long, or too much.
#[guard_runtime::loop_guard(timeout = "30s")]
fn counters(limit: u32) -> Vec<Box<dyn Fn() -> u32>> {
    let mut counters: Vec<Box<dyn Fn() -> u32>> = Vec::new();
    for index in 0..limit {
        counters.push(Box::new(|| index + limit));
    }
    counters
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn borrowed(numbers: &mut Vec<u32>) {
    let mut push = |number| numbers.push(number);
    for index in 0..3 {
        push(index);
        println!("{}", numbers.len());
    }
    push(4);
}

fn main() {
    println!("{}", counters(3).len());
    borrowed(&mut Vec::new());
}
