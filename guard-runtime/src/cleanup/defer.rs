//! `defer!`: [`defer`](crate::defer()) without a name for its value.

/// Has something done when the block around is left, whatever the way: [`defer`](fn@crate::defer) without a name.
///
/// | you write | it means |
/// |---|---|
/// | `defer! { a(); b(); }` | do this |
/// | `defer!(\|exit\| log(exit))` | the same, told why: `exit` is an [`&Exit`](crate::Exit) |
/// | `defer!(within = "100ms", \|exit\| log(exit))` | for at most this long, not a second |
/// | `defer!(within = limit, { a(); b() })` | a [`Duration`](core::time::Duration) |
/// | `let undo = defer(\|exit\| ...); undo.defuse();` | one that can be called off |
///
/// What is deferred last runs first, each exactly once, when what was declared behind it is gone. In
/// a function with or without the attribute.
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
/// It borrows what it names until it has run. Where the code behind it needs that too, hand it a copy
/// or a shared reference, put the value into a `Cell`, or move it in (`move |_| ...`).
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

/// The value of a [`defer!`] without its bound.
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

/// Without the macro crate, durations are expressions.
#[cfg(not(feature = "macros"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __within {
    ($root:path, $within:expr) => {
        $crate::__private::nanos($within)
    };
}
