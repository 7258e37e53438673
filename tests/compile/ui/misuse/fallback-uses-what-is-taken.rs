use guard_runtime::loop_guard;

struct Search {
    best: u32,
}

impl Search {
    #[loop_guard(timeout = "30s", fallback = self.best)]
    async fn best(&mut self) -> u32 {
        loop {}
    }
}

#[loop_guard(timeout = "30s", fallback = |_| *count + 1)]
async fn counted(count: &mut u32) -> u32 {
    loop {}
}

#[loop_guard(timeout = "30s", fallback = format!("{text:?} of {{text}}"))]
async fn formatted(text: &mut String) -> String {
    loop {}
}

fn main() {}
