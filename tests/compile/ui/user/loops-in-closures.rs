// Errors in loops inside closures.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> Vec<u32> {
    numbers
        .iter()
        .map(|number| {
            let mut sum = 0;
            for step in 0..*number {
                sum += step;
                let text: &str = sum;
                println!("{text}");
            }
            summ
        })
        .collect()
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn moved(names: Vec<String>) -> usize {
    let count = || {
        let mut count = 0;
        for name in names {
            count += name.len();
        }
        count
    };
    count() + count()
}

fn main() {
    println!("{:?} {}", walk(&[1]), moved(Vec::new()));
}
