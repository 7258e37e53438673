//! Futures whose awaits go through their scope one by one: wherever an await stands, it behaves as before.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind};
use std::rc::Rc;

use guard_runtime::{Exit, Tripped, deadline, defer, loop_guard, snapshot, testing};
use harness::Paused;

use super::by_hand::{ByHand, NANO, SECOND, pause};

async fn after<T>(value: T) -> T {
    pause().await;
    value
}

/// How many scopes of this name are open. Other tests run at the same time.
fn open(name: &str) -> usize {
    let all = snapshot();
    all.iter().filter(|scope| scope.name() == name).count()
}

/// Awaits in conditions, scrutinees, arguments, operands, other awaits, and behind `?`.
#[loop_guard(timeout = "5s", name = "everywhere")]
async fn everywhere(n: u32) -> Result<u32, Tripped> {
    let mut sum = after(after(n).await).await + after(1).await;
    if after(true).await && !after(false).await {
        sum += 1;
    }
    while after(sum).await < 10 {
        sum += 1;
    }
    match after(Some(sum)).await {
        Some(sum) if sum > 100 => return Ok(sum),
        Some(_) | None => {}
    }
    let [one, two] = [after(1).await, after(2).await];
    let (Ok(three) | Err(three)) = after(Ok::<u32, u32>(one + two)).await;
    if let Some(three) = after(Some(three)).await {
        sum += three;
    }
    let Some(four) = after(Some(4)).await else {
        return Ok(0);
    };
    sum += after(Ok::<u32, Tripped>(four)).await?;
    let block = async { after(1).await + after(2).await };
    #[allow(clippy::let_unit_value, reason = "a unit is awaited as well")]
    let () = ready(()).await;
    (after(|x: u32| x + sum).await)(block.await);
    Ok(sum)
}

#[test]
fn awaits_stand_wherever_they_stood() {
    let _paused = Paused::new();
    let mut polls = 0;
    let mut future = ByHand::new(everywhere(3));
    let sum = loop {
        match future.poll() {
            std::task::Poll::Ready(sum) => break sum,
            std::task::Poll::Pending => polls += 1,
        }
        assert_eq!(deadline(), None, "the scope is on the stack");
    };
    assert_eq!(sum.unwrap(), 17);
    // A trip at any of the waits leaves the future in time. After the last one, a ready value wins.
    for at in 0..polls - 1 {
        let mut future = ByHand::new(everywhere(3));
        for _ in 0..=at {
            future.pend();
        }
        assert_eq!(open("everywhere"), 1);
        testing::advance(SECOND * 5 + NANO);
        assert!(future.finish().is_err(), "{at}");
        assert_eq!(open("everywhere"), 0);
    }
}

struct Told(Rc<RefCell<Vec<u32>>>, u32);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

impl Told {
    async fn wait(&self) -> u32 {
        pause().await;
        self.1
    }
}

/// The temporaries of an await live to the end of its statement, and what is awaited to its own end.
#[loop_guard(timeout = "5s")]
async fn temporaries(log: Rc<RefCell<Vec<u32>>>, slow: bool) -> Result<u32, Tripped> {
    let told = |id| Told(log.clone(), id);
    let held = async move |told: Told| {
        pause().await;
        told.1
    };
    let sum = told(1).wait().await + held(told(2)).await + told(3).wait().await;
    log.borrow_mut().push(10);
    let _local = told(4);
    if slow {
        held(told(5)).await;
        pending::<()>().await;
    }
    Ok(sum)
}

#[test]
fn temporaries_live_as_long_as_before() {
    let _paused = Paused::new();
    let log = Rc::default();
    let mut future = ByHand::new(temporaries(Rc::clone(&log), false));
    for _ in 0..3 {
        future.pend();
    }
    assert_eq!(future.finish().unwrap(), 6);
    assert_eq!(log.take(), [2, 3, 1, 10, 4]);

    let mut future = ByHand::new(temporaries(Rc::clone(&log), true));
    for _ in 0..4 {
        future.pend();
    }
    testing::advance(SECOND * 5 + NANO);
    assert!(future.finish().is_err());
    assert_eq!(
        log.take(),
        [2, 3, 1, 10, 5, 4],
        "what is awaited is dropped first"
    );
}

/// What a `defer` is told.
#[loop_guard(timeout = "5s")]
async fn defers(told: &Cell<&'static str>, wait: bool) -> Result<(), Tripped> {
    let _told = defer(|exit| {
        told.set(match exit {
            Exit::Returned => "returned",
            Exit::Tripped(_) => "tripped",
            Exit::Panicked => "panicked",
            Exit::Dropped => "dropped",
            _ => "else",
        });
    });
    pause().await;
    if wait { pending().await } else { Ok(()) }
}

#[test]
fn a_defer_in_the_body_is_told_why() {
    let _paused = Paused::new();
    let told = Cell::new("");
    let mut future = ByHand::new(defers(&told, false));
    future.pend();
    assert!(future.finish().is_ok());
    assert_eq!(told.take(), "returned");

    let mut future = ByHand::new(defers(&told, true));
    future.pend();
    future.pend();
    testing::advance(SECOND * 5 + NANO);
    assert!(future.finish().is_err());
    assert_eq!(told.take(), "tripped");

    let mut future = ByHand::new(defers(&told, true));
    future.pend();
    drop(future);
    assert_eq!(told.take(), "dropped");
}

#[loop_guard(timeout = "5s", name = "panics")]
async fn panics(polls: u32) -> Result<u32, Tripped> {
    for _ in 0..polls {
        pause().await;
    }
    let none: [u32; 0] = [];
    Ok(none[polls as usize])
}

#[test]
fn a_panic_of_the_body_leaves_the_thread_as_it_was() {
    let _paused = Paused::new();
    for polls in 0..3 {
        let mut future = ByHand::new(panics(polls));
        for _ in 0..polls {
            future.pend();
        }
        catch_unwind(AssertUnwindSafe(|| future.poll())).unwrap_err();
        assert_eq!((deadline(), open("panics")), (None, 0));
    }
}

#[test]
fn it_is_as_unwind_safe_as_before() {
    fn is<T: UnwindSafe + Send + Sync>(future: T) -> T {
        future
    }
    #[loop_guard(timeout = "5s")]
    async fn plain(n: u32) -> Result<u32, Tripped> {
        ready(()).await;
        Ok(n)
    }
    drop(is(plain(1)));
}

/// A body with a macro that may await is a future of its own; both forms nest in each other.
#[loop_guard(timeout = "5s", name = "in place, outer")]
async fn outer(n: u32) -> Result<u32, Tripped> {
    let (a, b) = futures::join!(inner(n), inner(n + 1));
    Ok(a? + b?)
}

#[loop_guard(timeout = "9s", name = "in place, inner")]
async fn inner(n: u32) -> Result<u32, Tripped> {
    for _ in 0..n {
        pause().await;
    }
    if n == 0 { innermost().await } else { Ok(n) }
}

#[loop_guard(timeout = "3s", name = "in place, innermost")]
async fn innermost() -> Result<u32, Tripped> {
    futures::join!(pause(), pause());
    pending().await
}

#[test]
fn both_forms_nest() {
    let _paused = Paused::new();
    let mut future = ByHand::new(outer(1));
    future.pend();
    future.pend();
    assert_eq!(future.finish().unwrap(), 3);
    let mut future = ByHand::new(outer(0));
    for _ in 0..3 {
        future.pend();
    }
    testing::advance(SECOND * 3 + NANO);
    assert_eq!(future.finish().unwrap_err().scope(), "in place, innermost");
    assert_eq!(deadline(), None);
    for name in ["in place, outer", "in place, inner", "in place, innermost"] {
        assert_eq!(open(name), 0, "{name}");
    }
}

/// `async` blocks of other functions await as before.
#[loop_guard(timeout = "5s")]
fn opaque(n: u32) -> impl Future<Output = Result<u32, Tripped>> + Send {
    async move {
        let value = after(n).await;
        after(value).await;
        Ok(value)
    }
}

#[test]
fn an_async_block_stays_in_place_too() {
    let _paused = Paused::new();
    let mut future = ByHand::new(opaque(3));
    future.pend();
    future.pend();
    assert_eq!(future.finish().unwrap(), 3);
}

/// A logger of the user's, which awaits where others do not.
macro_rules! info {
    ($($text:tt)*) => {
        after(format!($($text)*)).await
    };
}

#[loop_guard(timeout = "5s", name = "logging")]
async fn logging(n: u32) -> Result<usize, Tripped> {
    let text = info!("{n}");
    Ok(text.len())
}

#[test]
fn a_macro_that_awaits_under_a_known_name_leaves_no_scope_behind() {
    let _paused = Paused::new();
    let mut future = ByHand::new(logging(10));
    future.pend();
    assert_eq!(deadline(), None, "the scope is on the stack");
    assert_eq!(open("logging"), 1);
    testing::advance(SECOND * 5 + NANO);
    assert!(future.poll().is_ready());
    assert_eq!(open("logging"), 0);
}
