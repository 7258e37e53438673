//! Every form of a guarded future: what it yields, and that its deadline leaves it.

use std::future::{Future, pending};
use std::pin::Pin;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::{BoxFuture, LocalBoxFuture};
use guard_runtime::{Tripped, loop_guard, testing};
use harness::Paused;

use super::by_hand::{ByHand, NANO, SECOND, pause};

/// Pending once and then for ever, or ready with `n`.
async fn work(n: u32) -> u32 {
    pause().await;
    if n == 0 {
        pending::<()>().await;
    }
    n
}

/// Shows that the future yields its argument, and that it is left a nanosecond after a second if `zero` makes it
/// wait.
#[track_caller]
fn shown<'f, F>(form: impl Fn(u32) -> F)
where
    F: Future<Output = Result<u32, Tripped>> + 'f,
{
    let mut yields = ByHand::new(form(7));
    yields.pend();
    assert_eq!(yields.finish().unwrap(), 7);

    let mut waits = ByHand::new(form(0));
    waits.pend();
    testing::advance(SECOND);
    waits.pend();
    testing::advance(NANO);
    assert!(waits.bell.rung() > 0);
    let tripped = waits.finish().unwrap_err();
    assert!(
        tripped.scope().starts_with(concat!(module_path!(), "::")),
        "{tripped}"
    );
}

struct Service {
    add: u32,
}

impl Service {
    #[loop_guard(timeout = "1s")]
    async fn method(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }

    #[loop_guard(timeout = "1s")]
    async fn by_mut(&mut self, n: u32) -> Result<u32, Tripped> {
        self.add += work(n).await;
        Ok(self.add)
    }

    #[loop_guard(timeout = "1s")]
    async fn by_value(self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }

    #[loop_guard(timeout = "1s")]
    async fn by_box(self: Box<Self>, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }

    #[loop_guard(timeout = "1s")]
    async fn by_pin(self: Pin<&Self>, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }

    #[loop_guard(timeout = "1s")]
    fn returns<'s>(&'s self, n: u32) -> impl Future<Output = Result<u32, Tripped>> + use<'s> {
        let add = self.add;
        async move { Ok(work(n).await + add) }
    }
}

#[test]
fn methods() {
    let _paused = Paused::new();
    let service = Box::leak(Box::new(Service { add: 0 }));
    let service: &'static Service = service;
    shown(|n| service.method(n));
    shown(|n| async move { Service { add: 0 }.by_mut(n).await });
    shown(|n| Service { add: 0 }.by_value(n));
    shown(|n| Box::new(Service { add: 0 }).by_box(n));
    shown(|n| Pin::new(service).by_pin(n));
    shown(|n| service.returns(n));
}

#[loop_guard(timeout = "1s")]
async fn function(n: u32) -> Result<u32, Tripped> {
    Ok(work(n).await)
}

#[loop_guard(timeout = "1s")]
async fn generic<T, F>(n: T, then: F) -> Result<u32, Tripped>
where
    T: Into<u32> + Copy,
    F: AsyncFn(u32) -> u32,
{
    Ok(then(n.into()).await)
}

#[loop_guard(timeout = "1s")]
async fn borrows<'a>(n: &'a u32, _other: &str) -> Result<&'a u32, Tripped> {
    work(*n).await;
    Ok(n)
}

/// An alias hides the type from a macro.
type Outcome = Result<u32, Tripped>;

#[loop_guard(timeout = "1s")]
async fn aliased(n: u32) -> Outcome {
    Ok(work(n).await)
}

#[test]
fn functions() {
    let _paused = Paused::new();
    shown(function);
    shown(aliased);
    shown(|n| generic(n, work));
    shown(|n| async move { borrows(&n, "").await.copied() });
}

#[loop_guard(timeout = "1s")]
fn opaque(n: u32) -> impl Future<Output = Result<u32, Tripped>> + Send {
    async move { Ok(work(n).await) }
}

#[loop_guard(timeout = "1s")]
fn after_statements(n: u32) -> impl Future<Output = Result<u32, Tripped>> {
    let mut sum = 0;
    for _ in 0..n {
        sum += 1;
    }
    async move { Ok(work(sum).await) }
}

#[loop_guard(timeout = "1s")]
fn pinned(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, Tripped>> + Send>> {
    Box::pin(async move { Ok(work(n).await) })
}

#[loop_guard(timeout = "1s")]
fn boxed<'a>(n: u32) -> BoxFuture<'a, Result<u32, Tripped>> {
    async move { Ok(work(n).await) }.boxed()
}

#[loop_guard(timeout = "1s")]
fn local<'a>(n: u32) -> LocalBoxFuture<'a, Result<u32, Tripped>> {
    Box::pin(async move { Ok(work(n).await) })
}

#[loop_guard(timeout = "1s")]
fn local_by_method<'a>(n: u32) -> LocalBoxFuture<'a, Result<u32, Tripped>> {
    async move { Ok(work(n).await) }.boxed_local()
}

#[test]
fn functions_that_return_a_future() {
    let _paused = Paused::new();
    shown(opaque);
    shown(after_statements);
    shown(pinned);
    shown(boxed);
    shown(local);
    shown(local_by_method);
}

trait Native {
    async fn required(&self, n: u32) -> Result<u32, Tripped>;

    #[loop_guard(timeout = "1s")]
    async fn provided(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }

    fn spelled(&self, n: u32) -> impl Future<Output = Result<u32, Tripped>> + Send;
}

impl Native for Service {
    #[loop_guard(timeout = "1s")]
    async fn required(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }

    #[loop_guard(timeout = "1s")]
    async fn spelled(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }
}

#[loop_guard(timeout = "1s")]
trait Blanket {
    async fn one(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }
    fn not_async(&self, n: u32) -> u32 {
        let mut sum = 0;
        for _ in 0..n {
            sum += 1;
        }
        sum
    }
}

impl Blanket for Service {}

#[test]
fn methods_of_traits() {
    let _paused = Paused::new();
    let service: &'static Service = Box::leak(Box::new(Service { add: 0 }));
    shown(|n| Native::required(service, n));
    shown(|n| Native::provided(service, n));
    shown(|n| Native::spelled(service, n));
    shown(|n| Blanket::one(service, n));
    assert_eq!(service.not_async(3), 3);
}

#[async_trait]
trait Above {
    async fn method(&self, n: u32) -> Result<u32, Tripped>;
    #[loop_guard(timeout = "1s")]
    async fn provided(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }
}

#[async_trait]
impl Above for Service {
    #[loop_guard(timeout = "1s")]
    async fn method(&self, n: u32) -> Result<u32, Tripped> {
        let mut sum = 0;
        for _ in 0..n {
            sum += self.add + 1;
        }
        work(n).await;
        Ok(sum)
    }
}

#[async_trait(?Send)]
trait Whole {
    async fn first(&self, n: u32) -> Result<u32, Tripped>;
    async fn second(&mut self, n: u32) -> Result<u32, Tripped>;
}

/// `async_trait` runs first here.
#[loop_guard(timeout = "1s")]
#[async_trait(?Send)]
impl Whole for Service {
    async fn first(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await + self.add)
    }
    async fn second(&mut self, n: u32) -> Result<u32, Tripped> {
        self.add = work(n).await;
        Ok(self.add)
    }
}

struct Below;

/// `async_trait` runs after the attribute here.
#[async_trait(?Send)]
#[loop_guard(timeout = "1s")]
impl Whole for Below {
    async fn first(&self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }
    async fn second(&mut self, n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }
}

#[test]
fn async_trait_above_below_and_on_the_whole() {
    let _paused = Paused::new();
    let service: &'static Service = Box::leak(Box::new(Service { add: 0 }));
    shown(|n| Above::method(service, n));
    shown(|n| Above::provided(service, n));
    shown(|n| Whole::first(service, n));
    shown(|n| async move { Service { add: 0 }.second(n).await });
    shown(|n| Below.first(n).map(|it| it).boxed_local_static());
    shown(|n| async move { Below.second(n).await });
}

/// Makes a future of a borrowed unit struct one that borrows nothing.
trait BoxedLocalStatic: Future + Sized {
    fn boxed_local_static(self) -> Pin<Box<dyn Future<Output = Self::Output>>>
    where
        Self: 'static,
    {
        Box::pin(self)
    }
}

impl<F: Future> BoxedLocalStatic for F {}

#[loop_guard(timeout = "1s")]
mod mixed {
    use super::*;

    pub(super) async fn future(n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }

    pub(super) fn opaque(n: u32) -> impl Future<Output = Result<u32, Tripped>> {
        async move { Ok(work(n).await) }
    }

    pub(super) fn function(n: u32) -> Result<u32, Tripped> {
        let mut sum = 0;
        while sum < n {
            sum += 1;
            testing::advance(SECOND);
        }
        Ok(sum)
    }

    pub(super) struct Holder;

    impl Holder {
        pub(super) async fn method(&self, n: u32) -> Result<u32, Tripped> {
            Ok(work(n).await)
        }
    }

    #[loop_guard(inherit)]
    pub(super) async fn has_its_own(n: u32) -> Result<u32, Tripped> {
        Ok(work(n).await)
    }
}

#[test]
fn blocks_of_mixed_functions() {
    let _paused = Paused::new();
    shown(mixed::future);
    shown(mixed::opaque);
    let holder: &'static mixed::Holder = &mixed::Holder;
    shown(|n| holder.method(n));
    assert_eq!(mixed::function(1).unwrap(), 1);
    assert!(mixed::function(5).is_err());
    let mut waits = ByHand::new(mixed::has_its_own(0));
    waits.pend();
    testing::advance(SECOND * 2);
    waits.pend();
}

#[test]
fn a_body_that_never_yields() {
    #[loop_guard(timeout = "1s", on_trip = "panic")]
    async fn serves() -> ! {
        loop {
            pause().await;
        }
    }
    #[loop_guard(timeout = "1s")]
    async fn waits() -> ! {
        pending().await
    }

    let _paused = Paused::new();
    let mut serves = ByHand::new(async {
        #[allow(unreachable_code, reason = "it never yields")]
        {
            serves().await;
        }
    });
    serves.pend();
    testing::advance(SECOND);
    serves.pend();
    testing::advance(NANO);
    let payload =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| serves.poll())).unwrap_err();
    assert!(
        payload
            .downcast_ref::<String>()
            .unwrap()
            .contains("ran out of time")
    );
    drop(waits());
}

#[test]
fn a_future_that_is_never_polled_does_nothing() {
    let _paused = Paused::new();
    drop(function(0));
    drop(pinned(0));
    assert_eq!(guard_runtime::deadline(), None);
}
