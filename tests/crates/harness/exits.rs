//! The ways out of a function with cleanup, and what its cleanups were told.

use std::cell::RefCell;
use std::fmt::Display;
use std::mem::ManuallyDrop;

use guard_runtime::{Exit, Tripped};

/// How a function is left. Each test takes those that its functions know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// With the value at its end.
    End,
    /// By `return`.
    Return,
    /// By `?`, with an error of its own.
    Question,
    /// Out of two loops, then to the end.
    LabelledBreak,
    /// A loop notices that the time is over.
    Timeout,
    /// A loop notices that the iterations are used up.
    Iterations,
    /// The scope around runs out.
    Outer,
    /// A scope inside runs out, and its error is passed on.
    Inner,
    /// A loop in a closure trips.
    Closure,
    /// The time is over while it is pending.
    Late,
    /// By a panic.
    Panic,
    /// Dropped while it is pending.
    Dropped,
}

/// Why a function failed.
#[derive(Debug)]
pub enum Failure {
    /// It says so itself.
    Own,
    /// It tripped.
    Tripped,
}

impl From<Tripped> for Failure {
    fn from(_: Tripped) -> Self {
        Self::Tripped
    }
}

thread_local! {
    // Without a destructor: destructors of other thread-locals write here.
    static TOLD: ManuallyDrop<RefCell<Vec<String>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Adds a line to what this thread was told.
pub fn note(line: impl Display) {
    TOLD.with(|told| told.borrow_mut().push(line.to_string()));
}

/// The lines since the last call.
pub fn told() -> Vec<String> {
    TOLD.with(|told| told.take())
}

/// One word for each `Exit`.
pub fn why(exit: &Exit<'_>) -> &'static str {
    match exit {
        Exit::Returned => "returned",
        Exit::Tripped(_) => "tripped",
        Exit::Panicked => "panicked",
        Exit::Dropped => "dropped",
        _ => "?",
    }
}

/// Notes that a cleanup was called, and what it was told.
pub fn tell(who: &str, exit: &Exit<'_>) {
    note(format_args!("{who}: {}", why(exit)));
}

/// A local variable whose end is noted.
pub struct Local(pub &'static str);

impl Drop for Local {
    fn drop(&mut self) {
        note(self.0);
    }
}
