//! A guarded future behaves like the unguarded one: its value, its auto traits and lifetimes, what it drops and
//! when; and it is hardly larger.

mod size;

use std::cell::RefCell;
use std::fmt::Display;
use std::future::{Future, pending};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

type Log = Rc<RefCell<Vec<u32>>>;

/// Logs when it is dropped.
struct Told(Log, u32);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

struct Pair {
    first: Told,
    second: Told,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Pending once.
struct Wait(bool);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        Poll::Pending
    }
}

fn wait() -> Wait {
    Wait(false)
}

twins! { async_fns: ()
    pub(crate) async fn arguments(a: Told, b: Told, c: Told) {
        let _local = Told(a.0.clone(), 10);
        wait().await;
        let _later = Told(b.0.clone(), 11);
        let _ = &c;
        wait().await;
    }

    pub(crate) async fn unnamed(a: Told, _: Told, _b: Told, _: Told, d: Told) {
        let _local = Told(a.0.clone(), 10);
        wait().await;
        drop(d);
        for _ in 0..2 { wait().await; }
    }

    pub(crate) async fn patterns((a, _): (Told, Told), b: Told, Pair { second, .. }: Pair, [c, ..]: [Told; 2], e: Told) {
        wait().await;
        drop(second);
        wait().await;
        let _ = (&a, &b, &c, &e);
        let _local = Told(a.0.clone(), 10);
        wait().await;
    }

    pub(crate) async fn by_reference(ref a: Told, ref mut b: Pair, c: Told) {
        b.first.1 += 20;
        wait().await;
        let _local = Told(a.0.clone(), 10);
        drop(c);
        wait().await;
    }

    pub(crate) async fn moved(a: Told, b: Told, mut c: Vec<Told>) -> Vec<Told> {
        c.push(b);
        wait().await;
        c.push(a);
        wait().await;
        c
    }

    pub(crate) async fn in_loops(a: Told, n: u32) -> u32 {
        let mut sum = 0;
        for i in 0..n {
            let _each = Told(a.0.clone(), 100 + i);
            if i == 1 { continue; }
            wait().await;
            let block = async { let _in = Told(a.0.clone(), 200 + i); wait().await; i };
            sum += block.await;
            if i == 3 { break; }
        }
        sum
    }

    pub(crate) async fn early(a: Told, b: Told, n: u32) -> Outcome<u32> {
        let _local = Told(a.0.clone(), 10);
        wait().await;
        if n == 0 { return Ok(1); }
        while n > 1 { let _ = &b; Err("out")?; }
        wait().await;
        Ok(2)
    }

    pub(crate) async fn tail(a: Told) -> u32 {
        wait().await;
        Told(a.0.clone(), 10).1 + { let inner = Told(a.0.clone(), 11); inner.1 }
    }

    pub(crate) fn block(a: Told, b: Told) -> impl Future<Output = u32> {
        let early = a.1;
        drop(a);
        async move { let _local = Told(b.0.clone(), 10); wait().await; early + b.1 }
    }

    pub(crate) fn boxed<'a>(a: Told, b: &'a str) -> Pin<Box<dyn Future<Output = usize> + 'a>> {
        Box::pin(async move { wait().await; for _ in b.chars() { let _ = &a; wait().await; } b.len() })
    }

    pub(crate) async fn elided(a: &str, _b: &str) -> Option<u32> {
        for c in a.chars() { wait().await; if let Some(n) = c.to_digit(10) { return Some(n); } }
        None
    }

    pub(crate) async fn named<'a, 'b: 'a>(a: &'a mut Vec<&'b str>, b: &'b str) -> &'a str {
        for word in b.split(' ') { a.push(word); wait().await; }
        a.last().copied().unwrap_or("")
    }

    pub(crate) async fn coerces(n: u32) -> Outcome<Box<dyn Display + Send>> {
        for _ in 0..n { wait().await; if n > 5 { return Ok(Box::new(n)); } }
        Ok(Box::new("text"))
    }

    pub(crate) async fn infers(n: u32) -> Option<&'static dyn Display> {
        for _ in 0..n { wait().await; return Some(&3); }
        None
    }

    pub(crate) async fn opaque(n: u32) -> impl Iterator<Item = u32> + Clone + Send {
        for _ in 0..n { wait().await; }
        0..n
    }

    pub(crate) async fn generic<T: Clone + Into<u64>, const N: usize>(values: [T; N]) -> u64 where T: Send {
        let mut sum = 0;
        for value in &values { sum += value.clone().into(); wait().await; }
        sum
    }

    pub(crate) async fn shared(n: u32) -> u32 {
        let sum = { let shared = Rc::new(RefCell::new(0)); for i in 0..n { *shared.borrow_mut() += i; } *shared.borrow() };
        wait().await;
        sum
    }
}

fn pair(log: &Log, id: u32) -> Pair {
    Pair {
        first: Told(log.clone(), id),
        second: Told(log.clone(), id + 1),
    }
}

/// Polls this many times, then drops the future. Returns what was dropped in which order, with each poll and the
/// end marked.
fn story<F: Future>(polls: u32, make: impl FnOnce(&dyn Fn(u32) -> Told, &Log) -> F) -> Vec<u32> {
    const POLL: u32 = 1000;
    const DONE: u32 = 2000;
    let log = Log::default();
    let told = |id| Told(log.clone(), id);
    let mut future = Box::pin(make(&told, &log));
    log.borrow_mut().push(POLL);
    for poll in 1..=polls {
        let polled = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        let done = polled.is_ready();
        log.borrow_mut().push(if done { DONE } else { POLL + poll });
        drop(polled);
        if done {
            break;
        }
    }
    drop(future);
    log.take()
}

macro_rules! same_story {
    ($($make:expr;)*) => {
        for polls in 0..12 {
            $(
                macro_rules! told {
                    ($twin:ident) => {{
                        use async_fns::$twin as of;
                        #[allow(unused_imports, reason = "each form uses its own")]
                        use of::*;
                        story(polls, $make)
                    }};
                }
                let plain = told!(plain);
                assert_eq!(told!(timed), plain, "{polls}: {}", stringify!($make));
                assert_eq!(told!(counted), plain, "{polls}: {}", stringify!($make));
                assert_eq!(told!(inherited), plain, "{polls}: {}", stringify!($make));
            )*
        }
    };
}

#[test]
fn drops_are_in_order_however_far_it_came() {
    same_story! {
        |t: &dyn Fn(u32) -> Told, _: &Log| arguments(t(1), t(2), t(3));
        |t: &dyn Fn(u32) -> Told, _: &Log| unnamed(t(1), t(2), t(3), t(4), t(5));
        |t: &dyn Fn(u32) -> Told, log: &Log| patterns((t(1), t(2)), t(3), pair(log, 4), [t(6), t(7)], t(8));
        |t: &dyn Fn(u32) -> Told, log: &Log| by_reference(t(1), pair(log, 2), t(4));
        |t: &dyn Fn(u32) -> Told, _: &Log| moved(t(1), t(2), vec![t(3), t(4)]);
        |t: &dyn Fn(u32) -> Told, _: &Log| in_loops(t(1), 6);
        |t: &dyn Fn(u32) -> Told, _: &Log| early(t(1), t(2), 0);
        |t: &dyn Fn(u32) -> Told, _: &Log| early(t(1), t(2), 1);
        |t: &dyn Fn(u32) -> Told, _: &Log| early(t(1), t(2), 2);
        |t: &dyn Fn(u32) -> Told, _: &Log| tail(t(1));
        |t: &dyn Fn(u32) -> Told, _: &Log| block(t(1), t(2));
        |t: &dyn Fn(u32) -> Told, _: &Log| boxed(t(1), "abc");
    }
}

fn finished<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}

#[test]
fn values_and_lifetimes_are_what_they_were() {
    macro_rules! told {
        ($($twin:ident)*) => {[$({
            use async_fns::$twin::*;
            let owned = String::from("a b c");
            let last = { let mut words = Vec::new(); finished(named(&mut words, &owned)).to_owned() };
            let digit = { let text = String::from("ab3"); finished(elided(&text, "")) };
            let all = finished(coerces(9)).map_or_else(|_| String::new(), |shown| shown.to_string());
            let few = finished(coerces(1)).map_or_else(|_| String::new(), |shown| shown.to_string());
            let sum: u32 = finished(opaque(4)).clone().sum();
            let generic = finished(generic([1_u8, 2, 3]));
            let shown = finished(infers(1)).map(ToString::to_string);
            (last, digit, all, few, sum, generic, finished(shared(4)), shown)
        }),*]};
    }
    let told = told!(plain timed counted inherited);
    assert!(told.iter().all(|twin| *twin == told[0]), "{told:?}");
    assert_eq!(told[0].0, "c");
}

fn sends<F: Send + Sync + UnwindSafe + RefUnwindSafe>(future: F) -> F {
    future
}

#[test]
fn auto_traits_are_what_they_were() {
    use async_fns as twins;
    macro_rules! all {
        ($($twin:ident)*) => {$(
            drop(sends(twins::$twin::elided("", "")));
            drop(sends(twins::$twin::opaque(1)));
            drop(sends(twins::$twin::generic([1_u8])));
            drop(sends(twins::$twin::shared(1)));
        )*};
    }
    all!(plain timed counted inherited);
    // Futures that lack them still lack them: `tests/compile/ui/user/async-not-send.rs`.
}
