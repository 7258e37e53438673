//! The ways out of a function with a cleanup, and what its cleanups were told.

use std::cell::RefCell;
use std::fmt::Display;
use std::mem::ManuallyDrop;

use guard_runtime::{Exit, Tripped};

/// How a function is left. Each test uses the ways that its functions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It returns the value at its end.
    End,
    /// It leaves by `return`.
    Return,
    /// It leaves by `?`, with an error of its own.
    Question,
    /// A labelled `break` leaves two loops, then it reaches its end.
    LabelledBreak,
    /// A loop finds the time budget spent.
    Timeout,
    /// A loop finds the iterations used up.
    Iterations,
    /// The budget of the scope around it is spent.
    Outer,
    /// The budget of a scope inside it is spent, and the error is passed on.
    Inner,
    /// A loop in a closure trips.
    Closure,
    /// Its deadline passes while it is pending.
    Late,
    /// It panics.
    Panic,
    /// It is dropped while it is pending.
    Dropped,
}

/// Why a function failed.
#[derive(Debug)]
pub enum Failure {
    /// By an error of its own.
    Own,
    /// By a trip.
    Tripped,
}

impl From<Tripped> for Failure {
    fn from(_: Tripped) -> Self {
        Self::Tripped
    }
}

thread_local! {
    // Without a destructor, since destructors of other thread-locals write to it.
    static TOLD: ManuallyDrop<RefCell<Vec<String>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Adds a line to the log of this thread.
pub fn note(line: impl Display) {
    TOLD.with(|told| told.borrow_mut().push(line.to_string()));
}

/// The lines that were added since the last call.
pub fn told() -> Vec<String> {
    TOLD.with(|told| told.take())
}

/// One word for each variant of `Exit`.
pub fn why(exit: &Exit<'_>) -> &'static str {
    match exit {
        Exit::Returned => "returned",
        Exit::Tripped(_) => "tripped",
        Exit::Panicked => "panicked",
        Exit::Dropped => "dropped",
        _ => "?",
    }
}

/// Logs that a cleanup was called, and why.
pub fn tell(who: &str, exit: &Exit<'_>) {
    note(format_args!("{who}: {}", why(exit)));
}

/// A local variable whose destruction is logged.
pub struct Local(pub &'static str);

impl Drop for Local {
    fn drop(&mut self) {
        note(self.0);
    }
}
