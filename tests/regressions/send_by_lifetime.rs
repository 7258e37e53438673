//! A guarded future was `Send` only if its arguments were for every lifetime: "implementation of `Ex` is not general
//! enough".

use guard_runtime::{Tripped, loop_guard};

use crate::block_on;

struct Conn(u32);

trait Ex<'c> {
    type Row: Send;
}

impl<'c> Ex<'c> for &'c mut Conn {
    type Row = &'c u32;
}

struct Query<'c, E: Ex<'c>> {
    row: E::Row,
}

async fn tick() {
    std::future::ready(()).await;
}

#[loop_guard(timeout = "1h")]
async fn first<'c>(query: Query<'c, &'c mut Conn>) -> Result<u32, Tripped> {
    let row = *query.row;
    #[allow(clippy::drop_non_drop, reason = "it is moved away before the await")]
    drop(query);
    tick().await;
    Ok(row)
}

#[loop_guard(timeout = "1h", fallback = 0)]
async fn with_a_fallback<'c>(query: Query<'c, &'c mut Conn>) -> u32 {
    let row = *query.row;
    for _ in 0..row {
        tick().await;
    }
    row
}

fn helper(n: u32) -> u32 {
    n
}

/// The body of a function that calls helpers is a future of its own, which has captured the arguments. So the function
/// that awaits it is guarded, and passes on what is needed.
#[loop_guard(timeout = "1h")]
async fn around<'c>(query: Query<'c, &'c mut Conn>) -> Result<u32, Tripped> {
    calling(*query.row).await
}

#[loop_guard(timeout = "1h")]
async fn calling(row: u32) -> Result<u32, Tripped> {
    tick().await;
    Ok(helper(row))
}

fn spawned<T: Send>(future: T) -> T {
    future
}

#[test]
fn they_are_send_as_without_the_attribute() {
    let connection = Conn(7);
    let query = || Query::<&mut Conn> { row: &connection.0 };
    assert_eq!(block_on(spawned(first(query()))).unwrap(), 7);
    assert_eq!(block_on(spawned(with_a_fallback(query()))), 7);
    assert_eq!(block_on(spawned(around(query()))).unwrap(), 7);
}
