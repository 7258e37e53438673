// Names against the style.
#![deny(nonstandard_style)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn Walk(Numbers: &[u32]) {
    for Number in Numbers {
        let Twice = Number * 2;
        println!("{Twice}");
    }
}

fn main() {
    Walk(&[1]);
}
