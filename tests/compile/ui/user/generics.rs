// A generic guarded function called with what does not fit.
#[guard_runtime::loop_guard(timeout = "30s")]
fn largest<T: PartialOrd + Copy>(items: &[T]) -> Option<T> {
    let mut largest = *items.first()?;
    for item in items {
        if *item > largest {
            largest = *item;
        }
    }
    Some(largest)
}

fn main() {
    println!("{:?}", largest(&[String::new()]));
    println!("{:?}", largest::<u32, u32>(&[1]));
    let _: Option<&str> = largest(&[1_u8]);
}
