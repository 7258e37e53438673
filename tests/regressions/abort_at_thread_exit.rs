//! A thread-local destructor that polled a guarded future aborted the process.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Tripped, checkpoint, loop_guard, shield, snapshot};

#[loop_guard(timeout = "1h")]
async fn waits() -> Result<(), Tripped> {
    pending().await
}

#[loop_guard(timeout = Duration::ZERO)]
async fn is_late() -> Result<(), Tripped> {
    (0..3).for_each(|_| for _ in 0..3 {});
    pending().await
}

struct AtExit(Sender<[bool; 4]>);

impl Drop for AtExit {
    fn drop(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let mut waiting: Pin<Box<dyn Future<Output = _>>> = Box::pin(waits());
        let pends = waiting.as_mut().poll(&mut context).is_pending();
        let pends_again = waiting.as_mut().poll(&mut context).is_pending();
        drop(waiting);
        let mut late: Pin<Box<dyn Future<Output = _>>> = Box::pin(is_late());
        let ready = late.as_mut().poll(&mut context).is_ready();
        let run = Budget::timeout(Duration::from_millis(1)).run(|| {
            while checkpoint().is_ok() {}
            shield(|| checkpoint().is_ok()) && !snapshot().is_empty()
        });
        // Only the test reports a failure: a panic here would abort.
        _ = self
            .0
            .send([pends, pends_again, ready, run.unwrap_or(false)]);
    }
}

thread_local! {
    static AT_EXIT: RefCell<Option<AtExit>> = const { RefCell::new(None) };
}

#[test]
fn guarded_code_in_a_destructor_of_a_thread_local_works() {
    for used_before in [false, true] {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            AT_EXIT.set(Some(AtExit(sender)));
            // Thread-locals that are registered later are destroyed earlier.
            if used_before {
                let mut context = Context::from_waker(Waker::noop());
                assert!(Box::pin(waits()).as_mut().poll(&mut context).is_pending());
                assert!(Box::pin(is_late()).as_mut().poll(&mut context).is_ready());
            }
        });
        thread.join().unwrap();
        assert_eq!(receiver.recv(), Ok([true; 4]));
    }
}
