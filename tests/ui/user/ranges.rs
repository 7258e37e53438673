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

fn main() {
    walk(1.0, &[]);
}
