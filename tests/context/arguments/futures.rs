//! Arguments on futures.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

pub(super) fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[loop_guard(cancel = token.clone())]
async fn waits(token: &CancelToken) -> Result<(), Tripped> {
    std::future::pending().await
}

#[loop_guard(cancel = token.clone(), fallback = "instead")]
async fn falls_back(token: CancelToken, waits: bool) -> &'static str {
    token.cancel("at once");
    loop {
        if waits {
            std::future::pending::<()>().await;
        }
        spin_loop();
    }
}

#[test]
fn futures_are_woken_by_a_cancel() {
    let token = CancelToken::new();
    let waiting = thread::spawn({
        let token = token.clone();
        move || smol::block_on(waits(&token))
    });
    thread::sleep(Duration::from_millis(5));
    token.cancel("stop");
    let tripped = waiting.join().unwrap().unwrap_err();
    assert!(tripped.scope().ends_with("::waits"), "{tripped}");
    assert!(is_cancelled(&tripped, "stop"));
    for waits in [false, true] {
        assert_eq!(
            smol::block_on(falls_back(CancelToken::new(), waits)),
            "instead"
        );
        let mut next = pin!(async { std::future::pending::<()>().await });
        assert!(poll(next.as_mut()).is_pending());
        let next = std::future::ready(1);
        assert_eq!(
            smol::block_on(Budget::timeout(SECOND).wrap(next)).unwrap(),
            1
        );
    }
}

#[test]
fn futures_count_their_own_iterations() {
    #[loop_guard(budget = Budget::new().iterations(limit).named("counted"))]
    async fn counted(limit: u64, turns: &Cell<u64>) -> Result<(), Tripped> {
        loop {
            checkpoint()?;
            turns.set(turns.get() + 1);
            if turns.get() == 2 {
                smol::future::yield_now().await;
            }
        }
    }
    let turns = Cell::new(0);
    let tripped = smol::block_on(counted(4, &turns)).unwrap_err();
    assert_eq!(turns.get(), 4);
    assert_eq!(tripped.scope(), "counted");
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 4 });
}

#[test]
fn loops_before_a_future_are_none_of_its_own() {
    #[loop_guard(budget = Budget::new().iterations(3))]
    fn later(rows: u32) -> impl Future<Output = Result<u32, Tripped>> {
        let mut rows_before = 0;
        (0..10).for_each(|_| {
            while rows_before < 10 {
                rows_before += 1;
            }
        });
        async move {
            for _ in 0..rows {}
            Ok(rows_before)
        }
    }
    #[loop_guard(iterations = 3)]
    fn counted(rows: u32) -> impl Future<Output = Result<u32, Tripped>> {
        let mut rows_before = 0;
        while rows_before < 10 {
            rows_before += 1;
        }
        async move {
            for _ in 0..rows {}
            Ok(rows_before)
        }
    }
    let limit = Cause::Iterations { limit: 3 };
    assert_eq!(smol::block_on(later(3)).unwrap(), 10);
    assert_eq!(smol::block_on(later(4)).unwrap_err().cause(), limit);
    assert_eq!(smol::block_on(counted(3)).unwrap(), 10);
    assert_eq!(smol::block_on(counted(4)).unwrap_err().cause(), limit);
}

#[test]
fn futures_that_recurse() {
    #[loop_guard(depth = 10)]
    async fn descend(levels: u64) -> Result<u64, Tripped> {
        if levels == 0 {
            return Ok(0);
        }
        smol::future::yield_now().await;
        Ok(Box::pin(descend(levels - 1)).await? + 1)
    }
    assert_eq!(smol::block_on(descend(9)).unwrap(), 9);
    let tripped = smol::block_on(descend(10)).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Depth { limit: 10 });
}
