use guard_runtime::testing;

/// Stops this thread's clock until dropped: one test thread may run several tests.
#[must_use = "the clock runs again once this is dropped"]
pub struct Paused(());

impl Paused {
    /// Stops the clock.
    #[expect(
        clippy::new_without_default,
        reason = "it acts, and that is to be seen"
    )]
    pub fn new() -> Self {
        testing::pause();
        Self(())
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        testing::resume();
    }
}
