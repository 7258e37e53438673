// Names that are not there: a variable, a function, a type, a macro, a module.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) {
    for number in numbers {
        println!("{nmber}");
        stap(*number);
        let total: Totl = sum;
        settle_all!("{}", total);
        colections::walk(total);
    }
}

fn main() {
    walk(&[1]);
}
