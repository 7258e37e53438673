// Lints about loops themselves.
#![deny(while_true, unused_labels, unused_parens, unused_braces)]
#![deny(irrefutable_let_patterns, redundant_semicolons, path_statements, unused_must_use)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: Vec<u32>) {
    'unused: for number in (numbers) {
        println!("{number}");;
    }
    'also: while (false) {}
    while { false } {}
    for number in 0..3 {
        number;
        number + 1;
    }
    while let _ = 3 {
        break;
    }
    while true {
        break;
    }
}

fn main() {
    walk(vec![1]);
}
