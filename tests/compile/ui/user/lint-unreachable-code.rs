// Code behind a jump.
#![deny(unreachable_code)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> u32 {
    for number in numbers {
        if *number > 3 {
            continue;
            println!("large");
        }
        return *number;
        println!("behind return");
    }
    loop {}
    println!("behind a loop");
}

fn main() {
    println!("{}", walk(&[1]));
}
