// Errors inside the arguments of macros.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> String {
    for number in numbers {
        println!("{} {}", number);
        assert!(number, "no bool");
        assert_eq!(*number, "1");
    }
    let all = vec![{
        let mut sum = 0;
        for number in numbers {
            sum += numbr;
        }
        sum
    }];
    format!("{all}")
}

fn main() {
    println!("{}", walk(&[1]));
}
