// A loop over what is no iterator.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(limit: u32) {
    for number in limit {
        println!("{number}");
    }
    for number in &limit {
        println!("{number}");
    }
    for letter in "text" {
        println!("{letter}");
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn sum(limit: u32, names: &[String]) -> u32 {
    let mut sum = 0;
    for number in limit {
        sum += number;
    }
    for (index, name) in names {
        sum += index;
    }
    for number in names.len().rev().enumerate() {
        sum += 1;
    }
    sum
}

fn main() {
    walk(3);
    println!("{}", sum(3, &[]));
}
