//! The watchdog: scopes that are past their deadline and come to no check, and why.
//!
//! A check that is never reached trips nothing. So the ticker's thread looks at the open scopes of all threads from
//! time to time ([`turn`]), and reports those whose thread has made no check for too long after their deadline as
//! [`Event::Overdue`](crate::Event::Overdue). It ends nothing: a thread cannot be stopped from outside. It can do
//! something about the process as a whole: abort it, or stop notifying the service manager.
//!
//! - No thread waits for the watchdog, or does anything for it except in its cold path, where it records when and
//!   where it checked.
//! - Only time in which the watchdog itself was awake counts: after a pause of the whole process nothing is overdue
//!   because of that pause.
//! - A future that waits is judged once its alarm has woken it. In a single-threaded tokio runtime (feature
//!   `tokio`) the alarm is the runtime's own timer, and the watchdog cannot know whether it fired: there it reports
//!   the poll that blocks.
//! - A thread is not judged if its clock is a test's or that of a runtime with a clock of its own.
//!
//! | file | what it is |
//! |---|---|
//! | `scan.rs` | who is overdue: a function of what is open, what was seen before, and the time |
//! | `kernel.rs` | what a thread is doing, judged by what the kernel says about it at two moments |
//! | `blocked.rs` | polls that block their thread |
//! | `service.rs` | the service manager's watchdog |
//! | `recover.rs` | overdue scopes that come to a check, or end, after all |
//! | `turn.rs` | the watchdog's part of a tick: it reads the stacks, scans and reports |

pub(crate) mod blocked;
pub(crate) mod kernel;
pub(crate) mod recover;
pub(crate) mod scan;
pub(crate) mod service;
pub(crate) mod turn;
