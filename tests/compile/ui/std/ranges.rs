// Ranges of what cannot be counted.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(limit: f64, names: &[String]) {
    for x in 0.0..limit {
        println!("{x}");
    }
    for index in 0..names {
        println!("{index}");
    }
    for index in 0..names.len() as i32 {
        println!("{}", names[index]);
    }
    for index in 300_u8..3 {
        println!("{index}");
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn sum(limit: f64, names: &[String]) -> f64 {
    let mut sum = 0.0;
    for x in 0.0..limit {
        sum += x;
    }
    for index in 0..names {
        sum += 1.0;
    }
    let mut index = 0;
    while index < limit {
        index += 1;
    }
    sum
}

fn main() {
    walk(1.0, &[]);
    println!("{}", sum(1.0, &[]));
}
