//! The attribute macro of the loop guard. Use it through `guard_runtime::loop_guard`.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

use proc_macro::TokenStream;

use crate::args::features::Features;

mod analyze;
mod args;
mod emit;
mod errors;
mod expand;
mod plan;
#[cfg(test)]
mod random_tokens;
mod raw;
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
/// | `iterations` | integer expression | iterations of all loops of one activation together; the next one trips |
/// | `cpu` | as `timeout` | CPU time spent inside the scope; waiting costs nothing (feature `cpu`) |
/// | `depth` | integer expression | activations of this function that may be open at a time, on one thread or in one task |
/// | `cancel` | expression: `impl Cancel + Send + Sync + 'static` | a token, which trips the scope once it is cancelled |
/// | `when` | `"any"` (default), `"all"` | which of several budgets trips: the first one that is spent, or the last; a cancel trips at once |
/// | `budget` | expression of type `Budget`, or a reference to one | all of these limits, decided at run time |
/// | `inherit` | | no budget of its own: its loops check the caller's |
/// | `deadline` | expression of type `Instant` | a point in time instead of a duration; a call that others wait for needs a margin to tell them why (`Budget::until`) |
/// | `root` | | an entry point, such as a job of a thread pool: nothing around it counts, neither deadlines nor trips |
/// | `strict` | | a result that comes after the deadline, or after a trip whose error was dropped, is a trip as well ([below](#dropped-errors)) |
/// | `entry` | with `inherit` | a check at entry as well, even without a loop |
/// | `on_trip` | `"error"`, `"panic"`, `"break"` | how to leave; by default `Err` from a `Result`, a panic otherwise |
/// | `fallback` | expression, or `\|t: Tripped\| ...` | the value to return instead |
/// | `cleanup` | path, `\|exit\| ...`, or `async \|exit\| ...` | called once on every way out, and told why: with `&Exit` |
/// | `cleanup_timeout` | as `timeout` | the time that the cleanup may take; by default a second |
/// | `yield_every` | as `timeout`; futures only | lets other tasks run, at the first check after this much time |
/// | `warn_at` | `0.8` | `Event::Warning` at the first cold check after this share of the `timeout` is used |
/// | `on_overdue` | `"report"` (default), `"restart"`, `"abort"` | what else to do if the scope hangs past its deadline without a check: stop notifying the service manager (`WATCHDOG_USEC`), or abort the process |
/// | `pauses` | `"count"` (default), `"ignore"` | whether time counts in which the whole process stood still: stopped, or starved for 100 ms or more |
/// | `breaker` | expression: `policy::Breaker` | refuses calls for a while, after too many have failed (feature `policy`) |
/// | `bulkhead` | expression: `policy::Bulkhead` | limits how many calls run at once; the others wait, or are refused (feature `policy`) |
/// | `retry` | expression: `policy::Retry` | runs the body again if it has failed and there is time (feature `policy`) |
/// | `attempt_timeout` | as `timeout`, with `retry` | a budget for each attempt |
/// | `reserve` | as `timeout`, with `fallback` | cuts the body short this much earlier, also before the deadlines around, to leave time for the fallback (feature `policy`) |
/// | `name` | string literal | the scope's name; by default `module::path::function` |
/// | `crate` | path | where `guard_runtime` is, if it is renamed or re-exported |
/// | `macros(a, b)` | names | your macros whose arguments are expressions or statements that run where they are written; they may await |
///
/// Expressions are evaluated once, at entry, and may use the function's arguments; `fallback` is evaluated after the
/// body and its locals are gone. A `timeout` of [`Duration::MAX`] never trips, one of zero or a nanosecond trips at
/// the first check; a negative `iterations` or `depth` counts as zero, which admits no iteration or no call. A literal zero
/// is an error.
///
/// # Limits that are decided at run time
///
/// `budget` takes a `Budget` that is read from a configuration, or stored per tenant. Each activation opens it anew,
/// and it replaces all other limits. Its name, `root` and `strict` count as well, but `strict` not in a function that
/// is `#[track_caller]`, returns `!` or an `impl Fn`, or says `on_trip = "break"`.
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
/// With `when = "all"`, `iterations` counts the checks in the scope, including those of what it calls. `cancel` takes
/// the token by value: clone one that the body uses too.
///
/// # How it leaves
///
/// A function that returns `Result<T, E>`, under whatever alias, returns `Err(E::from(tripped))`; any other panics
/// with the report as its message. `fallback` returns a value instead. `on_trip = "break"` breaks the loop, reports
/// that to the hook of `set_hook` (or on stderr), and continues after the loop.
///
/// If the error is an enum of yours, `#[error("stopped")] Stopped(#[from] Tripped)` keeps the trip in the chain of
/// its sources, where `downcast_ref::<Tripped>()` finds it. `#[error(transparent)]` hides it: the chain then begins
/// after it.
///
/// ## Dropped errors
///
/// Code that drops the error of a trip meets the trip again at its next check. If none follows, the function returns
/// what it has, which may be cut short. The hook has then heard `Event::Tripped`, once; of a result that is late
/// without a trip it hears `Event::Late`. `strict` makes an `Err` of both. Without it, ask `tripped()`:
///
/// ```
/// use guard_runtime::{Tripped, checkpoint, loop_guard, tripped};
///
/// /// Foreign code, which reads rows until one fails, and drops that error.
/// fn rows() -> impl Iterator<Item = u32> {
///     (0..).map_while(|row| checkpoint().ok().map(|()| row))
/// }
///
/// #[loop_guard(timeout = "5ms")]
/// fn count() -> Result<(usize, Option<Tripped>), Tripped> {
///     Ok((rows().count(), tripped()))
/// }
///
/// #[loop_guard(timeout = "5ms", strict)]
/// fn count_all() -> Result<usize, Tripped> {
///     Ok(rows().count())
/// }
///
/// let (_fewer_than_all, trip) = count().unwrap();
/// assert!(trip.is_some());
/// assert!(count_all().is_err());
/// ```
///
/// ## One outcome
///
/// A helper without a place for an error (`inherit`, `-> u32`) leaves by unwinding. It is chance whether its loop or
/// its caller's notices first that the time is over. So the function that owns the budget catches such a trip and
/// leaves by its own way out: the same input is not an `Err` once and a panic the next time.
///
/// ```
/// use guard_runtime::{Tripped, loop_guard};
///
/// #[loop_guard(inherit)]
/// fn parse(text: &str) -> u32 {
///     let mut sum = 0;
///     for byte in text.bytes() {
///         sum += u32::from(byte);
///     }
///     sum
/// }
///
/// #[loop_guard(timeout = "30s")]
/// fn parse_all(texts: &[&str]) -> Result<u32, Tripped> {
///     let mut sum = 0;
///     for text in texts {
///         sum += parse(text); // a trip in there is the `Err` of this function
///     }
///     Ok(sum)
/// }
///
/// assert_eq!(parse_all(&["a", "b"]).unwrap(), 195);
/// ```
///
/// This is done where it can matter:
///
/// | owner of a budget | ends the trips of its helpers |
/// |---|---|
/// | a function that returns a `Result` (as `..Result`, or by another name while `Ok` or `Err` stand in the body) | yes, if it calls something and does not call itself |
/// | a function with a `fallback` | the same, unless the fallback uses an argument that is neither a shared reference nor of a primitive type |
/// | a function with `on_trip = "error"` | yes, if it calls something, itself included |
/// | a function with a policy | yes |
/// | a future with such a type, or with a `fallback` | yes, of what it calls and of what it awaits |
/// | `Budget::run`, `Budget::wrap` | yes |
/// | any other, and a function that is `#[track_caller]` | no: the trip continues as a panic, as its own would, or to the next owner around |
///
/// Where no helper unwinds, a call of an owner that catches takes 61 instructions with its helper, one that does not 41
/// (`cargo bench --bench instructions`, rows `returns_a_result` and `returns_a_value`).
///
/// In `client.get(url).send().await` only `url` could contain a call of a helper: calls that make a future which is
/// awaited at once are assumed to be quick. Constructors, `drop` and the methods of numbers, slices and options that
/// strips know are no helpers. Neither is code that runs without a call (operators, indices, `Deref`, `Display` in a macro,
/// the `next` of a `for`): every loop has some, and catching keeps the optimiser out. If one of yours contains a guarded
/// loop, call it by name, or give it a place for the error.
///
/// # Cleanup
///
/// `cleanup` is called exactly once on every way out: at the end, by `return` and `?`, by a trip, by a panic, and
/// when a future that was polled is dropped before its end. It is told which one it was: `&Exit` is `Returned`,
/// `Tripped(&Tripped)`, `Panicked` or `Dropped`.
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
/// It runs after the body's locals and its scope are gone, before a `fallback` is evaluated. Under `panic = "abort"`
/// a panic runs no cleanup, and neither does `process::exit`. Inside a body, `defer!` does the same for a block.
///
/// The budgets of the function and of those around it do not count in it: it has a second of its own, or
/// `cleanup_timeout`. Guarded loops that it reaches, including those in the closure itself, are cut short when that
/// is over, which is reported to the hook of `set_hook`, or on stderr. A panic in it is a panic of the function,
/// unless the thread is unwinding already: then it is reported, and the first panic continues.
///
/// The closure is created at entry, and borrows what it names until it has run; a conflict with the body is an error
/// at your own token. There are three ways around it:
///
/// - it may name what is `Copy` or a shared reference, as the body may;
/// - put what both of them change into a `Cell`, a `RefCell` or a `Mutex`;
/// - move in what only the cleanup needs: `cleanup = move |_| drop(permit)`.
///
/// # Policies
///
/// With the feature `policy` a function can say what should happen when its calls fail: `breaker`, `bulkhead` and
/// `retry` surround the body in this order, all within the budget of the function:
///
/// ```text
/// timeout { fallback { retry { attempt_timeout { breaker { bulkhead { body } } } } } }
/// ```
///
/// A refused call leaves like a trip. A breaker counts trips by the function's own budget (or by `attempt_timeout`),
/// panics, and returns after the deadline; errors, if it was told to. An attempt has failed if it returned an `Err`,
/// or tripped by its own budget. What the body moves is gone at the next attempt, which is an error at that token:
/// take a reference, or clone it in the body. Together with a `fallback`, policies need `panic = "unwind"`.
///
/// A fallback may be a chain, `fallback = chain().then("200ms", |tripped| ..).last(|tripped| ..)`: each step has a
/// budget of its own, steps without enough time are skipped, and the last one answers in any case.
/// `reserve = "200ms"` keeps time for it: the body is cut short that much before its deadline, and before that of the
/// budgets around.
///
/// ```
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
///
/// assert_eq!(book(&[1, 2, 3]).unwrap(), 6);
/// ```
///
/// # Where the attribute goes
///
/// On a function, a method, an `impl` block, a trait or an inline `mod`. On a block it applies to every function in
/// it that has no attribute of its own, except that these stay as they are: `const fn`s and functions of another ABI
/// without loops, naked functions, and with `inherit` all functions that neither loop nor call themselves,
/// `const fn`s, and destructors (`fn drop`), which run to their end. In a block, a function without loops whose error
/// cannot hold a trip opens its scope without a check.
///
/// With `inherit` a function is checked in its loops; one that calls itself is also checked at entry. With
/// `inherit, entry` every function is checked at entry, which mutually recursive functions need.
///
/// On a loop inside a guarded function, `#[loop_guard(skip)]` leaves that loop without a check (but not those inside
/// it), and `#[loop_guard(every = 1024)]` checks once per 1024 iterations.
///
/// If an attribute guards nothing in a function, the compiler warns (`deprecated`, at the argument): `inherit`
/// without a loop or a call of the function itself, `iterations` without a loop, `yield_every` without a loop of the
/// future's own, `timeout` alone where there is no loop, no `await` and no call. `#[allow(deprecated)]` on the
/// function silences it. There is no such warning on a block.
///
/// ## Order of attributes
///
/// The topmost attribute runs first, and the next one sees its result.
///
/// | other attribute | order | why |
/// |---|---|---|
/// | `#[tokio::main]`, `#[tokio::test]`, `#[async_trait]` | any | both forms are recognised |
/// | `#[tracing::instrument(err)]`, `(ret)` | `loop_guard` above | below, the trip unwinds past the closure that `instrument` makes of the body, and no event is recorded: the compiler warns |
/// | `#[logcall]` | `loop_guard` above | the same |
/// | `#[throws]` of culpa or fehler, `#[maybe_async]` | `loop_guard` below | it would see the function as it is written: without its `Result`, or still as a future |
/// | `#[rstest]`, `#[test_case]`, and others that read the arguments | any | arguments keep their names if another macro stands below |
/// | `#[cached]`, `#[once]` | `loop_guard` above | below, `cached` puts the attribute on the functions that look into the cache, and the body goes without: the compiler warns that it guards nothing |
/// | `#[track_caller]`, `#[inline]`, `#[allow(..)]`, `#[cfg(..)]`, doc comments | any | they are not macros |
/// | `#[cfg_attr(.., loop_guard(..))]` | any | on functions and on loops |
///
/// A `?` that adds something to errors (`.context(..)`) inside a closure or an `async` block does not see a trip in
/// there, which unwinds to the guarded function.
///
/// # What it reaches
///
/// Every loop of the body, closures included, and those in the arguments of the standard library's macros (`vec!`,
/// `matches!`, `dbg!`, the families of `println!`, `write!`, `panic!` and `assert!`), of the logging macros, and of
/// `select!`, `join!` and `try_join!`. A message made from the source of an argument (`assert!` without a message,
/// `dbg!`) shows the checks of its loops. Nested functions, constants and other macros are left alone.
///
/// A loop in a closure, or in an argument of a macro, checks the scopes of the thread that runs it. Its trip unwinds
/// silently to the guarded function, which leaves by its own way out. On the way it poisons a `Mutex` whose guard is
/// held, and `thread::panicking()` is true in destructors. Where panics abort, such a trip waits for the function's
/// own next check; in a function that is `#[track_caller]`, returns `!` or an `impl Fn`, it is an ordinary panic.
///
/// A call that blocks the thread (`thread::sleep`, `recv()`, `join()`, `lock()`) is not interrupted; the check after
/// it trips.
///
#[doc = include_str!("futures.md")]
///
/// [`Duration::MAX`]: core::time::Duration::MAX
#[proc_macro_attribute]
pub fn loop_guard(args: TokenStream, item: TokenStream) -> TokenStream {
    let (docs, item) = raw::split_docs(item);
    let [args, item] = [args, item].map(raw::kept);
    let [errors, item] = expand::expand(args, item, Features::ON, expand::DISABLED);
    [errors.into(), docs, item.into()].into_iter().collect()
}

/// `within!(path, "100ms")`: the duration in nanoseconds, parsed like `timeout`; an expression of type `Duration` is
/// passed to `path::__private::nanos`. For `guard_runtime::defer!`.
#[doc(hidden)]
#[proc_macro]
pub fn within(tokens: TokenStream) -> TokenStream {
    expand::within(raw::kept(tokens)).into()
}
