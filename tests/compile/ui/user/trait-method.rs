// A method of a trait that does not fit its declaration.
trait Walk {
    fn walk(&self, limit: u32) -> u32;
    fn name(&self) -> String;
}

struct Batch;

impl Walk for Batch {
    #[guard_runtime::loop_guard(timeout = "30s")]
    fn walk(&mut self, limit: usize) -> u32 {
        for _ in 0..limit {}
        3
    }

    #[guard_runtime::loop_guard(timeout = "30s")]
    fn nam(&self) -> String {
        loop {}
    }
}

fn main() {
    println!("{} {}", Batch.walk(1), Batch.name());
}
