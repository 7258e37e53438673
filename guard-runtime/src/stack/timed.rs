//! The beginning of scopes whose time a metric reports (feature `metrics`). Without the feature it takes no memory.

pub(crate) use kind::Timed;

#[cfg(feature = "metrics")]
mod kind {
    use core::cell::Cell;

    use crate::stack::frames::Stack;
    use crate::time::clock;

    thread_local! {
        /// The timing of the future that this thread polls: the body opens the scope, and its task closes it.
        static BEGUN: Cell<Timed> = const { Cell::new(Timed::NOT) };
    }

    /// When the scope began; 0 if it is not timed.
    #[derive(Clone, Copy)]
    pub(crate) struct Timed(u64);

    impl Timed {
        pub(crate) const NOT: Self = Self(0);

        pub(crate) fn begin(timed: bool) -> Self {
            if timed {
                Self(clock::real())
            } else {
                Self::NOT
            }
        }

        /// Ends the scope of the site, on the thread that owns this stack.
        #[inline(always)]
        pub(crate) fn end(self, stack: &Stack, site: impl FnOnce() -> u32) {
            if self.0 != 0 {
                self.tell(stack, site());
            }
        }

        #[cold]
        #[inline(never)]
        fn tell(self, stack: &Stack, site: u32) {
            let nanos = clock::real().saturating_sub(self.0);
            stack.table.add_run(site, nanos);
        }

        /// Hands the timing of a future's scope, which the body opened, to the task around it.
        pub(crate) fn hand_over(self) {
            BEGUN.set(self);
        }

        /// Makes this the timing of the future that is polled from now on. Returns the one of the future around it,
        /// to be put back.
        pub(crate) fn poll(self) -> Self {
            BEGUN.replace(self)
        }

        /// The timing of the future that is being polled.
        pub(crate) fn polled() -> Self {
            BEGUN.get()
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod kind {
    use crate::stack::frames::Stack;

    /// Without the feature: no scope is timed.
    #[derive(Clone, Copy)]
    pub(crate) struct Timed;

    #[allow(clippy::unused_self, reason = "the shape with the feature")]
    impl Timed {
        pub(crate) const NOT: Self = Self;

        #[inline(always)]
        pub(crate) fn begin(_: bool) -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn end(self, _: &Stack, _: impl FnOnce() -> u32) {}

        #[inline(always)]
        pub(crate) fn hand_over(self) {}

        #[inline(always)]
        pub(crate) fn poll(self) -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn polled() -> Self {
            Self
        }
    }
}
