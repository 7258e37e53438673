//! The watchdog: scopes that are past their deadline and come to no check, and why.
//!
//! A check that is never reached trips nothing. So the ticker's thread looks at the open scopes of all threads from
//! time to time ([`turn`]), and reports those that have not looked for too long after their deadline as
//! [`Event::Overdue`](crate::Event::Overdue). It cuts nothing: a thread cannot be stopped from outside. What else it does is for the process as a whole: it may
//! abort it, or leave the service manager without news.
//!
//! - No thread waits for the watchdog, and none does anything for it but in its cold path, where it writes when and
//!   where it looked.
//! - Only time in which the watchdog itself was awake counts: after a pause of the whole process nobody is overdue
//!   because of the pause.
//! - A future that waits is judged once its alarm has woken it. In a tokio runtime of one thread (feature `tokio`) that is
//!   the runtime's own timer, and nobody knows whether it was woken: there the poll that blocks is what is seen.
//! - A thread whose clock is a test's or a runtime's of its own is not judged.
//!
//! | file | what it is |
//! |---|---|
//! | `scan.rs` | who is overdue: a function of what is open, what was seen before, and the time |
//! | `kernel.rs` | what a thread does, from what the kernel says of it in two moments |
//! | `blocked.rs` | polls that block their thread |
//! | `service.rs` | the service manager's watchdog |
//! | `recover.rs` | scopes that look, or end, after all |
//! | `turn.rs` | the watchdog's part of a tick: it reads the stacks, scans and reports |

pub(crate) mod blocked;
pub(crate) mod kernel;
pub(crate) mod recover;
pub(crate) mod scan;
pub(crate) mod service;
pub(crate) mod turn;
