//! CPU time as an argument.

use std::pin::pin;
use std::task::Poll;

use super::futures::poll;
use super::*;

#[loop_guard(cpu = "1s")]
fn spin(waits: u32) -> Result<(), Tripped> {
    for turn in 0.. {
        testing::advance(10 * SECOND);
        if turn >= waits {
            testing::spend_cpu(SECOND / 2 + Duration::from_nanos(1));
        }
        assert!(turn < waits + 2);
    }
    Ok(())
}

#[test]
fn waiting_costs_nothing_and_spinning_does() {
    let _paused = testing::pause();
    let limit = SECOND;
    let used = SECOND + Duration::from_nanos(2);
    let tripped = spin(5).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Cpu { limit, used });
}

#[test]
fn all_with_time_spares_a_stalled_machine() {
    #[loop_guard(timeout = "1s", cpu = limit, when = "all")]
    fn both(limit: Duration, turns: &Cell<u32>) -> Result<(), Tripped> {
        loop {
            turns.set(turns.get() + 1);
            testing::advance(60 * SECOND);
            if turns.get() > 3 {
                testing::spend_cpu(SECOND);
            }
        }
    }
    let _paused = testing::pause();
    let turns = Cell::new(0);
    let tripped = both(2 * SECOND, &turns).unwrap_err();
    assert_eq!(turns.get(), 6, "2 s are not over after two of one");
    assert!(matches!(tripped.cause(), Cause::All { cpu: Some(_), .. }));
}

#[test]
fn polls_add_up_and_what_comes_between_does_not() {
    #[loop_guard(cpu = "1s")]
    async fn polled() -> Result<(), Tripped> {
        loop {
            testing::spend_cpu(SECOND * 2 / 5);
            smol::future::yield_now().await;
        }
    }
    let _paused = testing::pause();
    let mut future = pin!(polled());
    for _ in 0..3 {
        assert!(poll(future.as_mut()).is_pending());
        testing::spend_cpu(5 * SECOND);
    }
    let Poll::Ready(Err(tripped)) = poll(future.as_mut()) else {
        panic!("the check behind 1.2 s of 1 s")
    };
    assert!(matches!(tripped.cause(), Cause::Cpu { .. }), "{tripped}");
}
