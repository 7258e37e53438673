//! A guarded future that had waited in a tokio runtime panicked when it was polled after that runtime was gone.

use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};
use tokio::runtime::{Builder, Runtime};

#[loop_guard(timeout = limit)]
async fn waits(limit: Duration) -> Result<(), Tripped> {
    pending().await
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[test]
fn it_waits_on_in_whatever_polls_it_then() {
    for limit in [Duration::from_millis(30), Duration::from_secs(3600)] {
        let mut future = Box::pin(waits(limit));
        let runtime = one_thread();
        assert!(runtime.block_on(poll_once(future.as_mut())));
        drop(runtime);
        // Outside any runtime, in another one with one thread, in one with several, and outside again.
        let several = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let several = several.unwrap();
        let short = limit < Duration::from_secs(1);
        assert!(futures::executor::block_on(poll_once(future.as_mut())) || short);
        if short {
            let mut fresh = Box::pin(waits(limit));
            let runtime = one_thread();
            assert!(runtime.block_on(poll_once(fresh.as_mut())));
            drop(runtime);
            assert!(
                futures::executor::block_on(fresh).is_err(),
                "the ticker wakes it"
            );
            let mut fresh = Box::pin(waits(limit));
            let runtime = one_thread();
            assert!(runtime.block_on(poll_once(fresh.as_mut())));
            drop(runtime);
            assert!(
                one_thread().block_on(fresh).is_err(),
                "the other one's timer wakes it"
            );
            continue;
        }
        assert!(one_thread().block_on(poll_once(future.as_mut())));
        assert!(several.block_on(poll_once(future.as_mut())));
        assert!(one_thread().block_on(poll_once(future.as_mut())));
    }
}
