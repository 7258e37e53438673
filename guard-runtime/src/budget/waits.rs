//! What wakes a future for other reasons than its frame's deadline.

use core::future::Future;
use core::pin::Pin;
use core::task::Context;

use crate::cancel::delay::Alarm;
use crate::check::account::Account;
use crate::time::clock;
use crate::time::epoch::HEARTBEAT;

/// The waits of one future for the tokens of its scope.
pub(crate) struct Waits {
    tokens: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// Whether there is a token that has to be asked repeatedly.
    asks: bool,
    /// When the time of the scope is over, if its frame does not store that: with `all`.
    until: u64,
    /// The alarm for either.
    alarm: Option<Alarm>,
}

impl Waits {
    pub(crate) fn new<'w>(accounts: impl Iterator<Item = &'w Account>) -> Self {
        let (mut tokens, mut asks, mut until) = (Vec::new(), false, u64::MAX);
        for account in accounts {
            until = until.min(account.time_ends());
            asks |= account.is_asked();
            for token in account.tokens() {
                match token.wait() {
                    Some(wait) => tokens.push(wait),
                    None => asks = true,
                }
            }
        }
        Self {
            tokens,
            asks,
            until,
            alarm: None,
        }
    }

    /// Wakes the task once its scope has to be checked. Returns true if it has to be checked already.
    pub(crate) fn register(&mut self, context: &mut Context<'_>) -> bool {
        let before = self.tokens.len();
        // The wait for a token that was cancelled has completed, and must not be polled again.
        self.tokens
            .retain_mut(|token| token.as_mut().poll(context).is_pending());
        if self.asks || self.until != u64::MAX {
            let now = clock::now();
            let asked = if self.asks {
                now.saturating_add(HEARTBEAT)
            } else {
                u64::MAX
            };
            let until = if self.until >= now {
                self.until
            } else {
                u64::MAX
            };
            self.alarm = Some(Alarm::new(asked.min(until), context.waker().clone()));
        }
        self.tokens.len() < before
    }
}
