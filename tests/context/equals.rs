//! A `Budget` is what the attribute is, limit by limit: around a closure, around a future, and as `budget = ..` of a
//! function and of a future.

use std::future::Future;
use std::time::Duration;

use guard_runtime::{
    Budget, CancelToken, Cause, Tripped, checkpoint, deadline, loop_guard, testing,
};

const SECOND: Duration = Duration::from_secs(1);

/// What one turn of the loops below does: a third of a second passes, of CPU time as well.
fn turn(turns: &mut u32) {
    *turns += 1;
    assert!(*turns < 20, "nothing ends it");
    #[cfg(feature = "cpu")]
    testing::spend_cpu(SECOND / 3);
    #[cfg(not(feature = "cpu"))]
    testing::advance(SECOND / 3);
}

/// In which turn it tripped, and why, without the times that were measured.
type Outcome = (u32, &'static str);

fn told(turns: u32, outcome: Result<(), Tripped>) -> Outcome {
    let Err(tripped) = outcome else {
        return (turns, "ended");
    };
    let why = match tripped.cause() {
        Cause::Timeout { limit, .. } if limit == SECOND => "timeout",
        Cause::Iterations { limit: 5 } => "iterations",
        Cause::Cpu { limit, .. } if limit == SECOND => "cpu",
        Cause::All { .. } => "all",
        Cause::Cancelled { reason: "stop", .. } => "cancel",
        cause => panic!("{cause}"),
    };
    (turns, why)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    smol::block_on(future)
}

/// The same work with the limits as arguments, and with them as a `Budget`, in all its forms.
macro_rules! equal {
    ($name:ident, $expected:expr, ($token:ident, $end:ident), ($($arguments:tt)*), $budget:expr) => {
        #[test]
        fn $name() {
            #[loop_guard($($arguments)*)]
            fn argument(turns: &mut u32, $token: &CancelToken, $end: std::time::Instant) -> Result<(), Tripped> {
                _ = ($token, $end);
                loop {
                    turn(turns);
                    if *turns == 7 {
                        $token.cancel("stop");
                    }
                }
            }
            #[loop_guard($($arguments)*)]
            async fn argument_async(turns: &mut u32, $token: &CancelToken, $end: std::time::Instant) -> Result<(), Tripped> {
                _ = ($token, $end);
                loop {
                    turn(turns);
                    if *turns == 7 {
                        $token.cancel("stop");
                    }
                    smol::future::yield_now().await;
                }
            }
            #[loop_guard(budget = budget)]
            fn budget(turns: &mut u32, token: &CancelToken, budget: &Budget) -> Result<(), Tripped> {
                loop {
                    turn(turns);
                    if *turns == 7 {
                        token.cancel("stop");
                    }
                }
            }
            #[loop_guard(budget = budget)]
            async fn budget_async(turns: &mut u32, token: &CancelToken, budget: &Budget) -> Result<(), Tripped> {
                loop {
                    turn(turns);
                    if *turns == 7 {
                        token.cancel("stop");
                    }
                    smol::future::yield_now().await;
                }
            }
            /// By hand, each turn has one check, before it.
            fn by_hand(turns: &mut u32, token: &CancelToken) -> Result<(), Tripped> {
                loop {
                    checkpoint()?;
                    turn(turns);
                    if *turns == 7 {
                        token.cancel("stop");
                    }
                }
            }
            async fn by_hand_async(turns: &mut u32, token: &CancelToken) -> Result<(), Tripped> {
                loop {
                    checkpoint()?;
                    turn(turns);
                    if *turns == 7 {
                        token.cancel("stop");
                    }
                    smol::future::yield_now().await;
                }
            }
            let forms: [(&str, fn(&mut u32) -> Result<(), Tripped>); 6] = [
                ("argument", |turns| argument(turns, &CancelToken::new(), in_a_second())),
                ("argument, async", |turns| {
                    block_on(argument_async(turns, &CancelToken::new(), in_a_second()))
                }),
                ("budget", |turns| {
                    let token = CancelToken::new();
                    let limits: fn(&CancelToken) -> Budget = $budget;
                    budget(turns, &token, &limits(&token))
                }),
                ("budget, async", |turns| {
                    let token = CancelToken::new();
                    let limits: fn(&CancelToken) -> Budget = $budget;
                    block_on(budget_async(turns, &token, &limits(&token)))
                }),
                ("run", |turns| {
                    let token = CancelToken::new();
                    let limits: fn(&CancelToken) -> Budget = $budget;
                    limits(&token).run(|| by_hand(turns, &token))?
                }),
                ("wrap", |turns| {
                    let token = CancelToken::new();
                    let limits: fn(&CancelToken) -> Budget = $budget;
                    block_on(limits(&token).wrap(by_hand_async(turns, &token)))?
                }),
            ];
            let _paused = testing::pause();
            for (form, run) in forms {
                let mut turns = 0;
                let outcome = run(&mut turns);
                assert_eq!(told(turns, outcome), $expected, "{form}");
            }
        }
    };
}

fn in_a_second() -> std::time::Instant {
    Budget::timeout(SECOND).run(deadline).unwrap().unwrap()
}

// A third of a second is a little less, so that a second is over in the fourth turn.
equal!(
    timeout,
    (4, "timeout"),
    (token, end),
    (timeout = "1s"),
    |_| Budget::timeout(SECOND)
);
equal!(
    moment,
    (4, "timeout"),
    (token, end),
    (deadline = end),
    |_| Budget::until(in_a_second())
);
equal!(
    iterations,
    (5, "iterations"),
    (token, end),
    (iterations = 5),
    |_| Budget::new().iterations(5)
);
#[cfg(feature = "cpu")]
equal!(cpu, (4, "cpu"), (token, end), (cpu = "1s"), |_| {
    Budget::new().cpu(SECOND)
});
equal!(
    cancel,
    (7, "cancel"),
    (token, end),
    (cancel = token),
    |token| Budget::new().cancel(token)
);
equal!(
    any,
    (4, "timeout"),
    (token, end),
    (timeout = "1s", iterations = 5, cancel = token),
    |token| { Budget::timeout(SECOND).iterations(5).cancel(token) }
);
equal!(
    all,
    (5, "all"),
    (token, end),
    (timeout = "1s", iterations = 5, when = "all"),
    |_| { Budget::timeout(SECOND).iterations(5).all() }
);
equal!(
    all_of_time,
    (4, "all"),
    (token, end),
    (timeout = "1s", iterations = 2, when = "all"),
    |_| { Budget::timeout(SECOND).iterations(2).all() }
);
equal!(
    all_and_cancel,
    (7, "cancel"),
    (token, end),
    (timeout = "1h", iterations = 5, cancel = token, when = "all"),
    |token| {
        Budget::timeout(3600 * SECOND)
            .iterations(5)
            .cancel(token)
            .all()
    }
);

/// Depth is about activations, so that its forms recurse.
#[test]
fn depth() {
    #[loop_guard(depth = 3)]
    fn argument(levels: u32) -> Result<u32, Tripped> {
        if levels == 0 {
            Ok(0)
        } else {
            Ok(1 + argument(levels - 1)?)
        }
    }
    #[loop_guard(budget = Budget::new().depth(3))]
    fn budget(levels: u32) -> Result<u32, Tripped> {
        if levels == 0 {
            Ok(0)
        } else {
            Ok(1 + budget(levels - 1)?)
        }
    }
    fn run(levels: u32) -> Result<u32, Tripped> {
        let next = || {
            if levels == 0 {
                Ok(0)
            } else {
                Ok(1 + run(levels - 1)?)
            }
        };
        Budget::new().depth(3).run(next)?
    }
    fn wrap(levels: u32) -> Result<u32, Tripped> {
        fn descend(levels: u32) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Tripped>>>> {
            let budget = Budget::new().depth(3);
            Box::pin(async move {
                let next = async {
                    smol::future::yield_now().await;
                    if levels == 0 {
                        Ok(0)
                    } else {
                        Ok(1 + descend(levels - 1).await?)
                    }
                };
                budget.wrap(next).await?
            })
        }
        block_on(descend(levels))
    }
    fn budget_async(levels: u32) -> Result<u32, Tripped> {
        #[loop_guard(budget = Budget::new().depth(3))]
        async fn descend(levels: u32) -> Result<u32, Tripped> {
            smol::future::yield_now().await;
            if levels == 0 {
                Ok(0)
            } else {
                Ok(1 + Box::pin(descend(levels - 1)).await?)
            }
        }
        block_on(descend(levels))
    }
    for form in [argument, budget, run, wrap, budget_async] {
        assert_eq!(form(2).unwrap(), 2);
        assert_eq!(form(3).unwrap_err().cause(), Cause::Depth { limit: 3 });
    }
}
