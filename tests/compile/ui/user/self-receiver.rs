// A method that uses `self` without having it.
struct Counter {
    left: u32,
}

impl Counter {
    #[guard_runtime::loop_guard(timeout = "30s")]
    fn run() -> u32 {
        while self.left > 0 {
            self.left -= 1;
        }
        self.left
    }

    #[guard_runtime::loop_guard(timeout = "30s")]
    fn step(&self) {
        for _ in 0..3 {
            self.left -= 1;
        }
    }
}

fn main() {
    Counter { left: 1 }.step();
    println!("{}", Counter::run());
}
