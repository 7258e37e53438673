use guard_runtime::policy::Retry;
use guard_runtime::{Tripped, loop_guard};

struct Batch(Vec<u64>);

async fn send(_: Batch) {}

async fn ping<T>(_: &mut T, _: u32) {}

#[loop_guard(timeout = "1s", retry = Retry::attempts(3))]
async fn send_later(batch: Batch) -> Result<(), Tripped> {
    send(batch).await;
    Ok(())
}

impl Batch {
    #[loop_guard(timeout = "1s", retry = Retry::attempts(3))]
    async fn into_rows(self) -> Result<Vec<u64>, Tripped> {
        let whole = self;
        Ok(whole.0)
    }
}

#[loop_guard(timeout = "1s", retry = Retry::attempts(3))]
async fn of_any<T>(value: T, error: String) -> Result<T, Tripped> {
    drop(error);
    Ok(value)
}

#[loop_guard(timeout = "1s", retry = Retry::attempts(3))]
async fn may_be_used_again<T>(connection: &mut T, many: u32, name: String) -> Result<(), Tripped> {
    ping(connection, many).await;
    let name = name.clone();
    drop(name);
    Ok(())
}

fn main() {
    _ = send_later(Batch(Vec::new()));
    _ = Batch(Vec::new()).into_rows();
    _ = of_any(1, String::new());
    _ = may_be_used_again(&mut 1, 1, String::new());
}
