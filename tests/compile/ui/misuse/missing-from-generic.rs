// An error type that the caller chooses, without the bound.
use guard_runtime::loop_guard;

struct Queue<T>(Vec<T>);

impl<T> Queue<T> {
    #[loop_guard(timeout = "30s")]
    fn drain<E>(&mut self, mut each: impl FnMut(T) -> Result<(), E>) -> Result<(), E> {
        while let Some(item) = self.0.pop() {
            each(item)?;
        }
        Ok(())
    }
}

fn main() {
    let _ = Queue(vec![1]).drain(|_| Err("no"));
}
