use guard_runtime::testing;

/// Stops this thread's clock until it is dropped: a thread of the test harness may run several tests.
#[must_use = "the clock runs again as soon as this is dropped"]
pub struct Paused(#[expect(dead_code, reason = "for its destructor")] testing::Paused);

impl Paused {
    /// Stops the clock.
    #[expect(
        clippy::new_without_default,
        reason = "it stops the clock, which is no default"
    )]
    pub fn new() -> Self {
        Self(testing::pause())
    }
}
