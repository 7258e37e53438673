//! Scopes in foreign pools, scopes and channels.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use guard_runtime::{Budget, Context, Tripped, checkpoint, remaining};

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

/// Two threads run each other's jobs in the middle of their own: a job that came with a context trips because of
/// it, and no job trips because of the scope that it interrupts.
#[test]
fn jobs_of_a_pool_that_are_stolen() {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    let (long, wrong) = (AtomicU32::new(0), AtomicU32::new(0));
    pool.in_place_scope(|scope| {
        for job in 0..10_000 {
            let (long, wrong) = (&long, &wrong);
            let limit = if job % 2 == 0 { Duration::ZERO } else { HOUR };
            scope.spawn(move |_| {
                let outcome = Budget::timeout(limit).root().named("job").run(|| {
                    let context = Context::current();
                    // While one half waits for the other, the thread runs other jobs.
                    rayon::join(|| context.run(checkpoint), || context.run(remaining))
                });
                match outcome {
                    Ok((Ok(()), Some(left))) if limit == HOUR && left > HOUR / 2 => {
                        long.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(tripped) if limit.is_zero() && tripped.scope() == "job" => {}
                    _ => {
                        wrong.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!((long.into_inner(), wrong.into_inner()), (5_000, 0));
}

#[test]
fn scoped_threads_and_channels_of_crossbeam() {
    let (_open, jobs) = crossbeam_channel::unbounded::<u32>();
    let outcome = Budget::timeout(SHORT).run(|| {
        let context = Context::current();
        crossbeam_utils::thread::scope(|scope| {
            let worker = scope.spawn(|_| {
                context.run(|| {
                    let deadline = guard_runtime::deadline().unwrap();
                    // At the deadline itself nothing trips yet, nor before the ticker has had a processor.
                    loop {
                        assert!(jobs.recv_deadline(deadline).is_err());
                        checkpoint()?;
                    }
                })
            });
            worker.join().unwrap()
        })
        .unwrap()
    });
    let ended: Result<(), Tripped> = outcome.unwrap();
    assert!(ended.is_err());
}
