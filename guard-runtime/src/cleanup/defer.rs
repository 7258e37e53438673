//! The macro `defer!`.

/// Runs code when the enclosing block is left, on every way out: [`defer`](fn@crate::defer) without a name for its
/// value.
///
/// | you write | it means |
/// |---|---|
/// | `defer! { a(); b(); }` | run this |
/// | `defer!(\|exit\| log(exit))` | run this with the reason: `exit` is an [`&Exit`](crate::Exit) |
/// | `defer!(within = "100ms", \|exit\| log(exit))` | for at most this long, instead of a second |
/// | `defer!(within = limit, { a(); b() })` | the limit is a [`Duration`](core::time::Duration) |
/// | `let undo = defer(\|exit\| ...); undo.defuse();` | one that can be cancelled |
///
/// What is deferred last runs first, each exactly once, after the variables that were declared behind it are
/// dropped. Works in functions with and without the attribute.
///
/// ```
/// use std::cell::RefCell;
/// use guard_runtime::defer;
///
/// let told = RefCell::new(Vec::new());
/// {
///     defer!(|exit| told.borrow_mut().push(format!("last: {exit}")));
///     defer! { told.borrow_mut().push("first".to_owned()); }
/// }
/// assert_eq!(*told.borrow(), ["first", "last: returned"]);
/// ```
///
/// The deferred code borrows what it names until it has run. If the code after it needs those values too, give it a
/// copy or a shared reference, put the value into a `Cell`, or move it in (`move |_| ...`).
#[macro_export]
macro_rules! defer {
    (within = $within:expr, $($call:tt)+) => {
        let __deferred = $crate::__deferred!($($call)+)
            .within_nanos($crate::__private::within!($crate, $within));
    };
    ($($call:tt)+) => {
        let __deferred = $crate::__deferred!($($call)+);
    };
}

/// Expands to the deferred call of a [`defer!`], without its binding.
#[doc(hidden)]
#[macro_export]
macro_rules! __deferred {
    (| $($closure:tt)+) => { $crate::defer(| $($closure)+) };
    (move | $($closure:tt)+) => { $crate::defer(move | $($closure)+) };
    (|| $($closure:tt)*) => { $crate::defer(|_| $($closure)*) };
    (move || $($closure:tt)*) => { $crate::defer(move |_| $($closure)*) };
    ({ $($body:tt)* } $(,)?) => { $crate::defer(|_| { $($body)* }) };
    ($($body:tt)+) => { $crate::defer(|_| { $($body)+ }) };
}

/// Without the macro crate, `within` takes expressions only.
#[cfg(not(feature = "macros"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __within {
    ($root:path, $within:expr) => {
        $crate::__private::nanos($within)
    };
}
