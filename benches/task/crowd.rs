//! A hundred thousand futures that are pending at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, Stream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::kind::{long, middle, plain, timed};
use crate::report::{Report, median};
use crate::{heap, single};

const CROWD: usize = 100_000;

/// The number of rounds of a case that takes long.
const ROUNDS: usize = 5;

/// The budget of `middle`: long enough for all to be polled within it.
const MIDDLE: Duration = Duration::from_millis(500);

const LONG: Duration = Duration::from_secs(30);

/// All variants pay for the box.
type Member = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls the futures.
trait Place {
    fn new() -> Self;
    fn add(&mut self, member: Member);
    /// Polls until each future has been polled once.
    fn begin(&mut self, polled: &AtomicUsize);
    /// Polls until each future is done.
    fn finish(&mut self);
}

/// Tasks of a runtime, on this thread or on another one.
struct Tokio<const OTHER: bool>(Vec<JoinHandle<()>>, Runtime);

impl<const OTHER: bool> Place for Tokio<OTHER> {
    fn new() -> Self {
        let runtime = if OTHER {
            single::timers()
        } else {
            let runtime = Builder::new_current_thread().enable_time().build();
            runtime.expect("a runtime")
        };
        Self(Vec::with_capacity(CROWD), runtime)
    }

    fn add(&mut self, member: Member) {
        self.0.push(self.1.spawn(member));
    }

    fn begin(&mut self, polled: &AtomicUsize) {
        self.1.block_on(async {
            while polled.load(Ordering::Relaxed) < CROWD {
                tokio::task::yield_now().await;
            }
        });
    }

    fn finish(&mut self) {
        self.1.block_on(async {
            for one in self.0.drain(..) {
                one.await.expect("no panic");
            }
        });
    }
}

struct Futures(FuturesUnordered<Member>, Runtime);

impl Futures {
    fn poll(
        &mut self,
        mut poll: impl FnMut(Pin<&mut FuturesUnordered<Member>>, &mut Context<'_>) -> Poll<()>,
    ) {
        let _inside = self.1.enter();
        futures::executor::block_on(poll_fn(|context| poll(Pin::new(&mut self.0), context)));
    }
}

impl Place for Futures {
    fn new() -> Self {
        Self(FuturesUnordered::new(), single::timers())
    }

    fn add(&mut self, member: Member) {
        self.0.push(member);
    }

    fn begin(&mut self, polled: &AtomicUsize) {
        self.poll(|all, context| {
            if all.poll_next(context).is_pending() && polled.load(Ordering::Relaxed) < CROWD {
                return Poll::Pending;
            }
            Poll::Ready(())
        });
    }

    fn finish(&mut self) {
        self.poll(|mut all, context| {
            loop {
                match all.as_mut().poll_next(context) {
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        });
    }
}

/// The times of one crowd.
#[derive(Default)]
struct Took {
    bytes: f64,
    /// Nanoseconds to create and poll each future once.
    begin: f64,
    /// Nanoseconds to drop each future while it is pending.
    drop: f64,
    /// Processor time in nanoseconds for each future to be woken, to trip and to be dropped.
    trip: f64,
    /// Milliseconds from the last deadline until the last future has ended.
    late: f64,
}

#[allow(clippy::cast_precision_loss, reason = "fewer than 2^52")]
fn each(count: usize) -> f64 {
    count as f64 / CROWD as f64
}

/// Their budget begins at the first poll. If it is `MIDDLE`, all of them wait until it ends.
fn crowd<P: Place, F>(make: fn(u64) -> F, budget: Option<Duration>) -> Took
where
    F: Future + Send + 'static,
{
    let (mut place, mut took) = (P::new(), Took::default());
    let polled = Arc::new(AtomicUsize::new(0));
    let mut began = Duration::ZERO;
    took.bytes = each(heap::growth(|| {
        let start = Instant::now();
        for x in 0..CROWD {
            let polled = polled.clone();
            place.add(Box::pin(async move {
                polled.fetch_add(1, Ordering::Relaxed);
                make(x as u64).await;
            }));
        }
        place.begin(&polled);
        began = start.elapsed();
    }));
    took.begin = each(1) * began.as_secs_f64() * 1e9;
    if budget == Some(MIDDLE) {
        let (deadline, used) = (Instant::now() + MIDDLE, processors());
        place.finish();
        took.late = deadline.elapsed().as_secs_f64() * 1e3;
        took.trip = each(1) * (processors() - used);
    } else {
        let start = Instant::now();
        drop(place);
        took.drop = each(1) * start.elapsed().as_secs_f64() * 1e9;
    }
    took
}

/// The processor time of all threads in nanoseconds; constant if the kernel does not tell.
fn processors() -> f64 {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0.0;
    };
    let of_task = |task: std::fs::DirEntry| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    tasks.flatten().filter_map(of_task).sum()
}

fn measure<P: Place>(who: &str, report: &mut Report) {
    let sides: [[&dyn Fn() -> Took; 2]; 3] = [
        [
            &|| crowd::<P, _>(plain::never, Some(LONG)),
            // Without a budget the crowd would never end.
            &|| Took {
                trip: f64::NAN,
                late: f64::NAN,
                ..Took::default()
            },
        ],
        [&|| crowd::<P, _>(long::never, Some(LONG)), &|| {
            crowd::<P, _>(middle, Some(MIDDLE))
        }],
        [
            &|| crowd::<P, _>(|x| timed(LONG, plain::never(x)), Some(LONG)),
            &|| crowd::<P, _>(|x| timed(MIDDLE, plain::never(x)), Some(MIDDLE)),
        ],
    ];
    let mut all = [const { [const { Vec::new() }; 5] }; 3];
    for _ in 0..ROUNDS {
        for (side, [dropped, tripped]) in sides.iter().enumerate() {
            let (dropped, tripped) = (dropped(), tripped());
            let figures = [
                dropped.bytes,
                dropped.begin,
                dropped.drop,
                tripped.trip,
                tripped.late,
            ];
            for (figure, values) in figures.into_iter().zip(&mut all[side]) {
                values.push(figure);
            }
        }
    }
    let [plain, guarded, timeout] = all.map(|figures| figures.map(median));
    let rows = [
        "bytes each, 30 s",
        "ns to make and poll each, 30 s",
        "ns to drop each, 30 s",
        "ns of processors to trip each, 500 ms",
        "ms from the last deadline to the last trip, 500 ms",
    ];
    for (row, what) in rows.iter().enumerate() {
        report.figures(
            &format!("{what}, {who}"),
            [plain[row], guarded[row], timeout[row]],
            guarded[row] / timeout[row],
        );
    }
}

pub(crate) fn run(name: &str, report: &mut Report) {
    if !name.is_empty() && !"100,000 pending".contains(name) {
        return;
    }
    report.head([
        "100,000 pending at once",
        "plain",
        "guarded",
        "timeout",
        "guarded / timeout",
    ]);
    measure::<Tokio<false>>("current-thread tokio", report);
    measure::<Tokio<true>>("tokio", report);
    measure::<Futures>("futures", report);
    let timers = single::timers();
    let _inside = timers.enter();
    let sizes = [
        size_of_val(&plain::never(0)),
        size_of_val(&long::never(0)),
        size_of_val(&timed(LONG, plain::never(0))),
    ]
    .map(|bytes| each(bytes * CROWD));
    report.figures("size_of_val of the future", sizes, sizes[1] / sizes[2]);
}
