//! The attribute macro of the loop guard. Use it through `guard_runtime::loop_guard`.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

use proc_macro::TokenStream;

mod analyze;
mod args;
mod emit;
mod errors;
mod expand;
mod plan;
#[cfg(test)]
mod random_tokens;
mod rewrite;
#[cfg(test)]
mod snapshots;
mod strips;
mod syntax;

/// Makes every loop of a function check a budget, and leave in time, in place, with destructors run.
///
/// ```
/// use guard_runtime::{Tripped, loop_guard};
///
/// #[loop_guard(timeout = "30s")]
/// fn settle(batch: &[u64]) -> Result<u64, Tripped> {
///     let mut total = 0;
///     for payment in batch {
///         total += payment; // checked, however long the batch is
///     }
///     Ok(total)
/// }
///
/// assert_eq!(settle(&[1, 2, 3]).unwrap(), 6);
/// ```
///
/// # Arguments
///
/// | argument | value | meaning |
/// |---|---|---|
/// | `timeout` | `"30s"`, `"1m 30s"`, `"250ms"` or an expression of type `Duration` | wall-clock budget, from entry |
/// | `iterations` | integer expression | iterations of all loops of one activation together; trips at the one after |
/// | `cpu` | as `timeout` | CPU time spent inside the scope; waiting costs nothing (feature `cpu`) |
/// | `depth` | integer expression | activations of this function that are open at a time, on one thread or in one task; with zero it is never entered |
/// | `cancel` | expression: `impl Cancel + Send + Sync + 'static` | a token, which trips the scope once it is cancelled |
/// | `when` | `"any"` (default), `"all"` | which of several budgets trips: the first one that is spent, or the last; a cancel trips at once |
/// | `budget` | expression of type `Budget`, or a reference to one | all of these limits, decided at run time |
/// | `inherit` | | no budget of its own: its loops check the caller's |
/// | `deadline` | expression of type `Instant` | a moment instead of a span |
/// | `root` | | an entry point, such as a job of a thread pool: nothing around it counts, neither deadlines nor trips |
/// | `strict` | | a result that comes after the deadline is a trip as well; without it the hook is told, `Event::Late` |
/// | `entry` | with `inherit` | a check at entry as well, also where there is no loop |
/// | `on_trip` | `"error"`, `"panic"`, `"break"` | how to leave; by default `Err` from a `Result`, a panic otherwise |
/// | `fallback` | expression, or `\|t: Tripped\| ...` | the value to return instead |
/// | `cleanup` | path, `\|exit\| ...`, or `async \|exit\| ...` | called once on every way out, and told why: with `&Exit` |
/// | `cleanup_timeout` | as `timeout` | the time that the cleanup may take; by default a second |
/// | `yield_every` | as `timeout`; futures only | at a check, other tasks get a turn once this much has passed |
/// | `warn_at` | `0.8` | `Event::Warning` at the first look after this share of the `timeout` is used |
/// | `on_overdue` | `"report"` (default), `"restart"`, `"abort"` | what to do besides when the scope hangs past its deadline where no check is: leave the service manager without news (`WATCHDOG_USEC`), or abort the process |
/// | `pauses` | `"count"` (default), `"ignore"` | whether time counts in which the whole process stood still: stopped, or starved for 100 ms or more |
/// | `breaker` | expression: `policy::Breaker` | refuses calls for a while, after too many have failed (feature `policy`) |
/// | `bulkhead` | expression: `policy::Bulkhead` | so many calls at once; the others wait, or are refused |
/// | `retry` | expression: `policy::Retry` | the body again, if it has failed and there is time |
/// | `attempt_timeout` | as `timeout`, with `retry` | a budget for each attempt |
/// | `reserve` | as `timeout`, with `fallback` | the body is cut so much earlier, also of what remains around, and the fallback has that time |
/// | `name` | string literal | the scope's name; by default `module::path::function` |
/// | `crate` | path | where `guard_runtime` is, if renamed or re-exported |
/// | `macros(a, b)` | names | macros of yours whose arguments are expressions or statements that run where they stand |
///
/// Expressions are evaluated once, at entry, and may use the function's arguments; `fallback` is evaluated when the body and
/// its locals are gone. A `timeout` of [`Duration::MAX`] never trips, one of zero or a nanosecond trips at the first check; a
/// negative `iterations` counts as zero.
///
/// # Limits that are decided at run time
///
/// `budget` takes a `Budget` that is read from a configuration, or kept per tenant. It is opened anew by each activation, and
/// stands for all other limits. Its name and `root` count as well; whether the function is `strict` it has to say itself,
/// unless it is a future.
///
/// ```
/// use guard_runtime::{Budget, CancelToken, Cause, Tripped, loop_guard};
///
/// struct Tenant { budget: Budget }
///
/// #[loop_guard(budget = tenant.budget)]
/// fn count(tenant: &Tenant, rows: u64) -> Result<u64, Tripped> {
///     let mut count = 0;
///     while count < rows {
///         count += 1;
///     }
///     Ok(count)
/// }
///
/// let tenant = Tenant { budget: Budget::new().iterations(100).named("small tenant") };
/// assert_eq!(count(&tenant, 100).unwrap(), 100);
/// let tripped = count(&tenant, 101).unwrap_err();
/// assert_eq!((tripped.scope(), tripped.cause()), ("small tenant", Cause::Iterations { limit: 100 }));
///
/// // A recursion that runs away, and may be cancelled.
/// #[loop_guard(depth = 50, cancel = token.clone())]
/// fn descend(levels: u32, token: &CancelToken) -> Result<u32, Tripped> {
///     Ok(if levels == 0 { 0 } else { descend(levels - 1, token)? + 1 })
/// }
///
/// let token = CancelToken::new();
/// assert_eq!(descend(49, &token).unwrap(), 49);
/// assert_eq!(descend(1_000_000, &token).unwrap_err().cause(), Cause::Depth { limit: 50 });
/// token.cancel("client gone");
/// assert!(descend(0, &token).is_err());
/// ```
///
/// With `when = "all"`, `iterations` are the checks in the scope, also those of what it calls. `cancel` takes the token: clone
/// one that the body uses too.
///
/// # How it leaves
///
/// A function that returns `Result<T, E>`, under whatever alias, returns `Err(E::from(tripped))`; any other panics with the
/// report as its message. `fallback` returns a value instead. `on_trip = "break"` breaks the loop, reports that to the hook
/// of `set_hook` (or on stderr), and goes on after the loop.
///
/// If the error is an enum of yours, `#[error("stopped")] Stopped(#[from] Tripped)` keeps the trip in the chain of its
/// sources, where `downcast_ref::<Tripped>()` finds it. `#[error(transparent)]` hides it: the chain then begins behind it.
///
/// # Cleanup
///
/// `cleanup` is called exactly once on every way out: at the end, by `return` and `?`, by a trip, by a panic, and when a future
/// that was polled is dropped before its end. It is told which: `&Exit` is `Returned`, `Tripped(&Tripped)`, `Panicked` or
/// `Dropped`.
///
/// ```
/// use std::cell::Cell;
/// use guard_runtime::{Exit, Tripped, loop_guard};
///
/// #[loop_guard(timeout = "30s", cleanup = |exit| if !matches!(exit, Exit::Returned) { total.set(0) })]
/// fn add(numbers: &[u64], total: &Cell<u64>) -> Result<(), Tripped> {
///     for number in numbers {
///         total.set(total.get() + number);
///     }
///     Ok(())
/// }
///
/// let total = Cell::new(0);
/// add(&[1, 2, 3], &total).unwrap();
/// assert_eq!(total.get(), 6);
/// ```
///
/// It runs when the body's locals and its scope are gone, before a `fallback` is evaluated. Under `panic = "abort"` a panic
/// runs nothing, nor does `process::exit`. Inside a body, `defer!` does the same for a block.
///
/// The budgets of the function and of those around it do not count in it: it has a second of its own, or `cleanup_timeout`.
/// Guarded loops that it reaches, those in the closure itself included, are cut when that is over, which is reported to the
/// hook of `set_hook`, or on stderr. A panic in it is a panic of the function, unless the thread unwinds already: then it is
/// reported, and the first one goes on.
///
/// The closure is made at entry, and borrows what it names until it has run; a conflict with the body is an error at your own
/// token. Three ways around it:
///
/// - it may name what is `Copy` or a shared reference, as the body may;
/// - what both of them change goes into a `Cell`, a `RefCell` or a `Mutex`;
/// - what it alone needs is moved in: `cleanup = move |_| drop(permit)`.
///
/// # Policies
///
/// With the feature `policy` a function can say what is to become of its calls when they fail: `breaker`, `bulkhead`
/// and `retry`, which stand around the body in this order, all within the budget of the function:
///
/// ```text
/// timeout { fallback { retry { attempt_timeout { breaker { bulkhead { body } } } } } }
/// ```
///
/// A call that is refused leaves as a trip does. A breaker counts trips by the function's own budget (or by
/// `attempt_timeout`), panics and returns after the deadline; errors, if it was told so. An attempt has failed if it
/// returned an `Err`, or tripped by its own budget. What the body moves, it has no more at the next attempt, which is an
/// error at that token: take a reference, or clone it in the body. Beside a `fallback`, policies need
/// `panic = "unwind"`.
///
/// A fallback may be a chain, `fallback = chain().then("200ms", |tripped| ..).last(|tripped| ..)`: each step has a budget of
/// its own, what has no time any more is left out, and the last one answers in any case. With `reserve = "200ms"` there
/// is time for it: the body is cut that much before its deadline, and before that of the budgets around.
///
/// ```
/// # #[cfg(any())] // with the feature `policy`
/// # mod example {
/// use guard_runtime::policy::{Breaker, Retry};
/// use guard_runtime::{Tripped, loop_guard};
///
/// static LEDGER: Breaker = Breaker::new();
///
/// #[loop_guard(timeout = "2s", attempt_timeout = "500ms", breaker = LEDGER, retry = Retry::attempts(3))]
/// fn book(payments: &[u64]) -> Result<u64, Tripped> {
///     let mut booked = 0;
///     for payment in payments {
///         booked += payment;
///     }
///     Ok(booked)
/// }
/// # }
/// ```
///
/// # Where the attribute goes
///
/// On a function, a method, an `impl` block, a trait or an inline `mod`: there it means every function in it that has no
/// attribute of its own. In a block, these stay as they are: `const fn`s and functions of another ABI without loops, naked
/// functions, and with `inherit` all functions that neither loop nor call themselves, `const fn`s, and destructors
/// (`fn drop`), which run to their end. A function of a block without loops, whose error cannot hold a trip, opens its scope
/// without a check.
///
/// With `inherit` a function is checked in its loops; one that calls itself is also checked at entry, and with `inherit,
/// entry` every one is: functions that call each other in a circle need that.
///
/// On a loop inside a guarded function, `#[loop_guard(skip)]` leaves that loop alone (not those inside it), and
/// `#[loop_guard(every = 1024)]` looks once per 1024 iterations.
///
/// An attribute that guards nothing in a function is a warning of the compiler (`deprecated`, at the argument): `inherit`
/// without a loop or a call of the function itself, `iterations` without a loop, `yield_every` without a loop of the future's
/// own, `timeout` alone where there is no loop, no `await` and no call. `#[allow(deprecated)]` on the function silences it. On a
/// block it is none.
///
/// ## Order of attributes
///
/// An attribute further up runs first, and the next one sees what it made.
///
/// | other attribute | order | why |
/// |---|---|---|
/// | `#[tokio::main]`, `#[tokio::test]`, `#[async_trait]` | any | both forms are recognised |
/// | `#[tracing::instrument(err)]`, `(ret)` | `loop_guard` above | below, the trip unwinds past the closure that `instrument` makes of the body, and no event is recorded |
/// | `#[rstest]`, `#[test_case]`, `#[cached]`, and others that read the arguments | any | arguments keep their names where another macro stands below |
/// | `#[cached]`, `#[memoize]`, `#[once]` | `loop_guard` below | above, the whole of the cache is in the scope, and the value of a `fallback` stays uncached |
/// | `#[track_caller]`, `#[inline]`, `#[allow(..)]`, `#[cfg(..)]`, doc comments | any | they are no macros |
/// | `#[cfg_attr(.., loop_guard(..))]` | any | on functions and on loops |
///
/// A `?` that adds something to errors (`.context(..)`) inside a closure or an `async` block is skipped by a trip in there, which
/// goes to the guarded function.
///
/// # What it reaches
///
/// Every loop of the body, closures included, and those in the arguments of the standard library's macros (`vec!`, `matches!`,
/// `dbg!`, the families of `println!`, `write!`, `panic!` and `assert!`), of the logging macros, and of `select!`, `join!` and
/// `try_join!`. A message made of the source of an argument (`assert!` without one, `dbg!`) shows the checks of loops in it.
/// Nested functions, constants and other macros are left alone.
///
/// A loop in a closure, or in an argument of a macro, looks at the scopes of the thread that runs it. Its trip unwinds, in
/// silence, to the guarded function, which leaves in its own way. On the way it poisons a `Mutex` whose guard is held, and
/// `thread::panicking()` is true in destructors. Where panics abort, such a trip waits for the function's own next check; in a
/// function that is `#[track_caller]`, returns `!` or an `impl Fn`, it is an ordinary panic.
///
/// A call that blocks the thread (`thread::sleep`, `recv()`, `join()`, `lock()`) is not cut; the check behind it trips.
///
/// # Async
///
/// An `async fn`, a method or trait method that is one, and a function whose value is an `async` block (as `impl Future`, in
/// `Box::pin(..)` or `.boxed()`, or made by `async_trait`), are guarded as futures. An `async` block that becomes the value by a
/// way that is not recognised (under an alias of the type, by `return`) is an error that says how to write it.
///
/// ```
/// use std::future::{Future, pending};
/// use std::task::{Context, Poll, Waker};
/// use guard_runtime::{Tripped, loop_guard};
///
/// #[loop_guard(timeout = "5ms")]
/// async fn receive() -> Result<u32, Tripped> {
///     pending().await
/// }
///
/// # fn main() {
/// // Any executor will do; there is none simpler than this.
/// let mut future = std::pin::pin!(receive());
/// let outcome = loop {
///     if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
///         break outcome;
///     }
/// };
/// assert!(outcome.unwrap_err().to_string().contains("ran out of time: 5ms allowed"));
/// # }
/// ```
///
/// - The budget starts **at the first poll**, and covers the awaits. A future that is never polled has none; what a function
///   does before its `async` block is outside the scope.
/// - **Pending**: once the deadline has passed, the task is woken and the body is polled once more; a value that is ready then
///   wins. Else the body is dropped, with its arguments, and the function leaves.
/// - **Running**: loops trip at their checks. So do those in nested `async` blocks, `select!` and `join!`. No await point is
///   added: a loop that has an `Rc` or a borrow in hand leaves the future `Send`, and is not interleaved. `yield_every` adds
///   one, at the checks of the loops in the body itself.
/// - The earliest deadline counts: its own, that of a guarded future around it, that of a function that blocks on it. The
///   scope moves along when the task changes its thread. A spawned task has no part in it.
/// - A `fallback` is evaluated when the body is gone, which has taken the arguments: it can use those that are `Copy`, shared
///   references for example.
/// - The future keeps its type and lifetimes, and is at most 64 bytes larger; an argument that is given away before the first
///   await is kept twice.
///
/// Two limits come of the body's being a future inside the function's:
///
/// - **`Send`** is asked of the arguments for every lifetime. An argument whose `Send` hangs on one lifetime (`impl<'c> Trait for
///   &'c mut Conn`, and a field of type `<&'c mut Conn as Trait>::Row`) makes the future lose it. The way around is to guard
///   the function that awaits it, or to hand over the part that is needed.
/// - **Nesting**: the compiler's `recursion_limit` of 128 is reached by 15 guarded futures that await each other directly,
///   where 32 plain ones reach it. The way around is `#![recursion_limit = "256"]`, `inherit` on the inner ones, which adds
///   nothing, or a `Box::pin` between them.
///
/// ## What wakes the task
///
/// With the feature `tokio`, in a runtime in one thread, the deadline is a timer of that runtime and follows its clock, which
/// tests may pause and advance; everywhere else the ticker wakes the task.
///
/// | what | comes of it |
/// |---|---|
/// | no runtime (`futures::executor`, `smol`, a loop by hand) | the ticker wakes the task |
/// | a tokio runtime in one thread without timers, feature `tokio` | a panic where the future first waits, as from `tokio::time::timeout` |
/// | a runtime that is shut down while futures wait | they are dropped, and their scopes are closed |
/// | a future that waited in one tokio runtime, and is polled where that one no longer turns | its timer has stopped: a deadline is noticed at the next poll that somebody else causes |
/// | an executor that never wakes, or never polls again | nothing happens until it polls or drops the future; nobody else waits for it |
/// | a future polled after its end | the panic of any `async fn` |
/// | a panic in a poll | is the caller's; the scopes of the thread are as before |
/// | a future that is leaked (`mem::forget`) | stays in the list of `snapshot()` |
/// | a waker that panics | is reported by the panic hook; the other tasks are woken |
/// | a waker that blocks, or polls the task at once | holds up the ticker: a waker is to schedule, and no more |
///
/// ## A cleanup that awaits
///
/// The body of an `async fn` takes over the arguments that it uses; those that are neither `Copy` nor
/// references it cannot share with the cleanup.
///
/// A guarded future may await its cleanup: `cleanup = async |exit| ...`. After a return, a trip or a
/// panic of the body it is polled in place, shielded as above, and the function leaves behind it; what is
/// still pending when `cleanup_timeout` is over is dropped. The value that the function returns waits in the future meanwhile.
///
/// If the future is dropped before its end, or while the cleanup waits (by a deadline around it, too), what is
/// left of the cleanup is spawned on the tokio runtime around, where it has what is left of its time: with
/// `Exit::Dropped`, if it had not begun. This needs the feature `tokio` of `guard_runtime`. Without it, outside of a
/// runtime, and in one that is shut down, nobody runs it, which is reported as `Event::CleanupLost`.
///
/// So it is to be `Send + 'static`, and takes what it names, as with `async move`: a copy, or the argument itself,
/// which the body then has no more. For what both need, and for what the function borrows, it may be the value of a
/// block, which is evaluated at entry:
///
/// ```
/// use std::sync::Arc;
/// use guard_runtime::{Tripped, loop_guard};
/// # struct Log;
/// # impl Log { async fn flush(&self) {} }
///
/// struct Service { log: Arc<Log> }
///
/// impl Service {
///     #[loop_guard(timeout = "30s", cleanup_timeout = "5s", cleanup = {
///         let log = self.log.clone();
///         async |_| log.flush().await
///     })]
///     async fn serve(&self) -> Result<(), Tripped> {
///         loop {
///             # break Ok(());
///             // ...
///         }
///     }
/// }
/// ```
///
/// [`Duration::MAX`]: core::time::Duration::MAX
#[proc_macro_attribute]
pub fn loop_guard(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(args.into(), item.into(), expand::DISABLED).into()
}

/// `within!(path, "100ms")`: the nanoseconds, by the rules of `timeout`; an expression of type
/// `Duration` is taken to `path::__private::nanos`. For `guard_runtime::defer!`.
#[doc(hidden)]
#[proc_macro]
pub fn within(tokens: TokenStream) -> TokenStream {
    expand::within(tokens.into()).into()
}
