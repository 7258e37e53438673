//! Tells the compiler that a body which may be called again must not move an argument out, before it would tell so
//! itself: of an `async fn` it names the whole body.
//!
//! ```text
//! if false { again(Taken::new(&argument).again()); }
//! ```

use core::marker::PhantomData;
use core::ops::Deref;

/// An argument whose value is used.
#[derive(Debug)]
pub struct Taken<T>(Lent<T>);

/// One that is not copied.
#[derive(Debug)]
pub struct Lent<T>(Moved<T>);

/// One that is not borrowed anew either.
#[derive(Debug)]
pub struct Moved<T>(PhantomData<fn() -> T>);

/// An argument that is still there for the next call.
#[derive(Debug)]
pub struct Reusable;

impl<T> Taken<T> {
    /// This argument.
    #[must_use]
    pub const fn new(_: &T) -> Self {
        Self(Lent(Moved(PhantomData)))
    }
}

#[allow(
    clippy::unused_self,
    reason = "the receiver selects the method by its type"
)]
impl<T: Copy> Taken<T> {
    /// A copy is taken.
    #[must_use]
    pub const fn again(&self) -> Reusable {
        Reusable
    }
}

#[allow(clippy::unused_self, reason = "as above")]
impl<T: ?Sized> Lent<&mut T> {
    /// Where a reference is expected, the compiler borrows anew.
    #[must_use]
    pub const fn again(&self) -> Reusable {
        Reusable
    }
}

#[allow(clippy::unused_self, reason = "as above")]
impl<T> Moved<T> {
    /// It is gone.
    #[must_use]
    pub const fn again(&self) -> Self {
        Self(PhantomData)
    }
}

impl<T> Deref for Taken<T> {
    type Target = Lent<T>;

    fn deref(&self) -> &Lent<T> {
        &self.0
    }
}

impl<T> Deref for Lent<T> {
    type Target = Moved<T>;

    fn deref(&self) -> &Moved<T> {
        &self.0
    }
}

/// What a body may use at each of its calls.
#[diagnostic::on_unimplemented(
    message = "`retry` may call the body again, and this moves an argument out of it",
    label = "write a clone of it here, or a reference to it"
)]
pub trait Again {}

impl Again for Reusable {}

/// Accepts what may be used at each call.
pub const fn again<A: Again>(_: &A) {}
