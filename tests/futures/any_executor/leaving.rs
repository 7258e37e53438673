//! How a guarded future is left: by its type, with a fallback, with a panic.

use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};

use guard_runtime::{Tripped, deadline, loop_guard, testing};
use harness::Paused;

use super::by_hand::{ByHand, SECOND, pause};

/// Waits until it is left, or once.
async fn spends(how: u32) {
    if how == 0 {
        pending::<()>().await;
    }
    pause().await;
}

/// Has the future left in each way; with `how` 1 it is not left.
fn left<F: Future>(form: impl Fn(u32) -> F) -> Vec<F::Output> {
    let _paused = Paused::new();
    let mut left = Vec::new();
    for how in [0, 2, 3, 4] {
        let mut future = ByHand::new(form(how));
        let outcome = (0..9).find_map(|_| {
            if how == 0 {
                testing::advance(SECOND);
            }
            match future.poll() {
                std::task::Poll::Ready(value) => Some(value),
                std::task::Poll::Pending => None,
            }
        });
        left.push(outcome.unwrap_or_else(|| panic!("way {how}: still waiting")));
        assert_eq!(deadline(), None);
    }
    left
}

macro_rules! forms {
    ($($(#[$attribute:meta])* $name:ident($how:ident): $type:ty = $value:expr;)*) => {
        $(
            $(#[$attribute])*
            async fn $name($how: u32) -> $type {
                match $how {
                    0 | 1 => spends($how).await,
                    2 => loop {
                        testing::advance(SECOND);
                    },
                    3 => (0..1).for_each(|_| loop {
                        testing::advance(SECOND);
                    }),
                    _ => {
                        let block = async {
                            loop {
                                testing::advance(SECOND);
                                pause().await;
                            }
                        };
                        block.await;
                    }
                }
                $value
            }
        )*
    };
}

forms! {
    #[loop_guard(timeout = "3s")]
    errs(how): Result<u32, Box<dyn std::error::Error + Send + Sync>> = Ok(how);
    #[loop_guard(timeout = "3s", fallback = None)]
    none(how): Option<u32> = Some(how);
    #[loop_guard(timeout = "3s", fallback = how + 100)]
    argument(how): u32 = how;
    #[loop_guard(timeout = "3s", fallback = |tripped: Tripped| Err(tripped.to_string()))]
    closure(how): Result<u32, String> = Ok(how);
    #[loop_guard(timeout = "3s", fallback = ())]
    unit(how): () = ();
    #[loop_guard(timeout = "3s", fallback = slow().await)]
    awaited(how): u32 = how;
    #[loop_guard(timeout = "3s", fallback = spent())]
    in_what_scope(how): bool = false;
}

async fn slow() -> u32 {
    3
}

/// Whether a loop in the fallback would trip. It must not, since the scope is gone.
#[loop_guard(inherit)]
fn spent() -> bool {
    for _ in 0..3 {
        testing::advance(SECOND);
    }
    deadline().is_none()
}

#[test]
fn the_type_or_a_fallback_tells_how_and_that_runs_when_the_scope_is_gone() {
    for outcome in left(errs) {
        assert!(outcome.unwrap_err().downcast::<Tripped>().is_ok());
    }
    assert_eq!(left(none), [None; 4]);
    assert_eq!(left(argument), [100, 102, 103, 104]);
    for told in left(closure) {
        assert!(told.unwrap_err().contains("leaving::closure"));
    }
    assert_eq!(left(unit), [(); 4]);
    assert_eq!(left(awaited), [3; 4]);
    assert_eq!(left(in_what_scope), [true; 4]);
}

#[test]
fn a_fallback_that_is_not_needed_does_not_run() {
    #[loop_guard(timeout = "3s", fallback = { ran.set(true); 1 })]
    async fn quick(ran: &Cell<bool>) -> u32 {
        for _ in 0..3 {
            pause().await;
        }
        2
    }
    let _paused = Paused::new();
    let ran = Cell::new(false);
    let mut quick = ByHand::new(quick(&ran));
    for _ in 0..3 {
        quick.pend();
    }
    assert_eq!((quick.finish(), ran.get()), (2, false));
}

#[test]
fn under_inherit_the_fallback_is_the_loops() {
    #[loop_guard(inherit, fallback = 7)]
    async fn helps() -> u32 {
        loop {
            testing::advance(SECOND);
        }
    }
    #[loop_guard(inherit, fallback = 8)]
    async fn helps_in_a_closure(n: u32) -> u32 {
        if n == 0 {
            for _ in 0..100 {
                testing::advance(SECOND);
            }
        }
        (0..1).for_each(|_| {
            loop {
                testing::advance(SECOND);
            }
        });
        9
    }
    #[loop_guard(timeout = "3s")]
    async fn caller() -> Result<[u32; 3], Tripped> {
        let both = [
            helps().await,
            helps_in_a_closure(0).await,
            helps_in_a_closure(1).await,
        ];
        Ok(both)
    }
    let _paused = Paused::new();
    assert_eq!(ByHand::new(caller()).finish().unwrap(), [7, 8, 8]);
}

#[test]
fn anything_else_panics_with_the_report() {
    forms! {
        #[loop_guard(timeout = "3s", name = "by type")]
        number(how): u32 = how;
        #[loop_guard(timeout = "3s", on_trip = "panic", name = "by wish")]
        wished(how): Result<u32, Tripped> = Ok(how);
    }
    for how in [0, 2, 3, 4] {
        for wish in [false, true] {
            let payload = catch_unwind(|| {
                if wish {
                    let _ = left(|_| wished(how));
                } else {
                    left(|_| number(how));
                }
            });
            let payload = payload.unwrap_err();
            let told = payload.downcast_ref::<String>().unwrap();
            let name = if wish { "by wish" } else { "by type" };
            assert!(
                told.contains(name) && told.contains("ran out of time: 3s"),
                "{told}"
            );
        }
    }
}

#[test]
fn a_panic_is_that_of_the_body() {
    #[loop_guard(timeout = "3s")]
    async fn panics() -> Result<u32, Tripped> {
        pause().await;
        (0..1).for_each(|_| {
            loop {
                panic!("as it is");
            }
        });
        Ok(1)
    }
    let mut panics = ByHand::new(panics());
    panics.pend();
    let payload = catch_unwind(AssertUnwindSafe(|| panics.poll())).unwrap_err();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"as it is"));
    assert_eq!(deadline(), None);
}

#[test]
fn a_scope_has_the_name_it_is_given() {
    #[loop_guard(timeout = "3s", name = "named")]
    async fn waits() -> Result<(), Tripped> {
        pending().await
    }
    let _paused = Paused::new();
    let mut waits = ByHand::new(waits());
    waits.pend();
    testing::advance(SECOND * 4);
    let tripped = waits.finish().unwrap_err();
    assert_eq!(tripped.scope(), "named");
    let told = tripped.to_string();
    let wanted = concat!("loop guard: named (", file!(), ":");
    assert!(
        told.starts_with(wanted) || cfg!(not(feature = "rust_1_88")),
        "{told}"
    );
}
