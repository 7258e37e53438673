//! Loops in closures: they leave the function as it leaves, in silence, and change nothing else.

use std::cell::RefCell;
use std::fmt::Display;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use guard_runtime::{Cause, Tripped, loop_guard, testing};
use harness::Paused;

use crate::panics;

fn paused<T>(f: impl FnOnce() -> T) -> T {
    let _paused = Paused::new();
    f()
}

#[loop_guard(timeout = "10s")]
fn by_error(n: u32) -> Result<u32, Tripped> {
    let work = |n| {
        for _ in 0..n {
            testing::advance(Duration::from_secs(1));
        }
        n
    };
    Ok(work(n) + work(n))
}

type Io<T> = io::Result<T>;

#[loop_guard(timeout = "10s")]
fn by_aliased_error(n: u32) -> Io<u32> {
    let mut done = 0;
    (0..n).for_each(|_| {
        while done % 3 != 2 {
            testing::advance(Duration::from_secs(1));
            done += 1;
        }
        done += 1;
    });
    Ok(done)
}

#[loop_guard(timeout = "10s")]
fn by_panic(n: u32) -> u32 {
    let work = || {
        let mut left = n;
        while left > 0 {
            testing::advance(Duration::from_secs(1));
            left -= 1;
        }
        n
    };
    work() + work()
}

#[loop_guard(timeout = "10s", fallback = u32::MAX)]
fn by_fallback(n: u32) -> u32 {
    (0..n)
        .inspect(|_| {
            for _ in 0..n {
                testing::advance(Duration::from_secs(1));
            }
        })
        .sum()
}

#[loop_guard(timeout = "10s", fallback = |trip: Tripped| trip.to_string().len() + text.len())]
fn by_called_fallback(text: &str) -> usize {
    let forever = || loop {
        testing::advance(Duration::from_secs(1));
    };
    forever()
}

#[test]
fn a_trip_leaves_as_the_function_leaves() {
    paused(|| {
        assert_eq!(panics::none(|| by_error(4)).unwrap(), 8);
        let trip = panics::none(|| by_error(6)).unwrap_err();
        assert!(matches!(trip.cause(), Cause::Timeout { .. }));
        assert!(trip.scope().ends_with("::by_error"));

        assert_eq!(panics::none(|| by_aliased_error(3)).unwrap(), 9);
        let error = panics::none(|| by_aliased_error(9)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);

        assert_eq!(panics::none(|| by_panic(5)), 10);
        let message = panics::one(|| by_panic(6));
        assert!(message.contains("by_panic"), "{message}");
        assert!(message.contains("noticed in the `while`"), "{message}");

        assert_eq!(panics::none(|| by_fallback(3)), 3);
        assert_eq!(panics::none(|| by_fallback(4)), u32::MAX);
        assert!(panics::none(|| by_called_fallback("1234")) > 50);
    });
}

#[loop_guard(iterations = 10, on_trip = "break")]
fn by_break(n: u32) -> u32 {
    let mut done = 0;
    let mut work = |n| {
        for _ in 0..n {
            done += 1;
        }
    };
    work(n);
    work(n);
    done
}

#[test]
fn a_broken_loop_in_a_closure_is_left_and_the_closure_goes_on() {
    assert_eq!(by_break(5), 10);
    assert_eq!(by_break(7), 10);
    assert_eq!(by_break(20), 10);
}

#[loop_guard(iterations = 10)]
fn counted(outside: u32, inside: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    for _ in 0..outside {
        done += 1;
    }
    let mut more = || {
        let mut left = inside;
        while left > 0 {
            left -= 1;
            done += 1;
        }
    };
    more();
    for _ in 0..outside {
        done += 1;
    }
    Ok(done)
}

#[loop_guard(iterations = 10)]
fn counted_each(depth: u32) -> Result<u32, Tripped> {
    let inner = if depth == 0 {
        0
    } else {
        counted_each(depth - 1)?
    };
    let work = || {
        let mut done = 0;
        while done < 10 {
            done += 1;
        }
        done
    };
    Ok(work() + inner)
}

#[test]
fn iterations_count_the_loops_of_closures() {
    for outside in 0..8 {
        for inside in 0..14 {
            let wanted = 2 * outside + inside;
            let got = panics::none(|| counted(outside, inside));
            match got {
                Ok(done) => assert_eq!(done, wanted),
                Err(trip) => assert_eq!(trip.cause(), Cause::Iterations { limit: 10 }),
            }
            assert_eq!(counted(outside, inside).is_ok(), wanted <= 10);
        }
    }
    assert_eq!(counted_each(5).unwrap(), 60);
}

#[loop_guard(iterations = 3)]
fn spawns(n: u64) -> Result<u64, Tripped> {
    let thread = std::thread::spawn(move || {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    });
    Ok(thread.join().expect("another thread has no scope"))
}

#[loop_guard(timeout = "10s")]
fn scoped(numbers: &mut [u64]) -> Result<u64, Tripped> {
    std::thread::scope(|scope| {
        for number in numbers.iter_mut() {
            scope.spawn(|| {
                while *number < 100 {
                    *number += 1;
                }
            });
        }
    });
    Ok(numbers.iter().sum())
}

#[test]
fn other_threads_start_with_no_scope() {
    assert_eq!(spawns(100).unwrap(), 4950);
    assert_eq!(scoped(&mut [1, 2, 3]).unwrap(), 300);
}

#[loop_guard(timeout = "10s")]
fn returned(step: u32) -> impl Fn(u32) -> u32 + Send + Sync + Clone + 'static {
    move |n| {
        let mut sum = 0;
        for _ in 0..n {
            sum += step;
        }
        sum
    }
}

#[loop_guard(inherit)]
fn boxed<'a>(sum: &'a mut u32) -> Box<dyn FnMut(u32) + 'a> {
    Box::new(move |n| {
        for _ in 0..n {
            *sum += 1;
        }
    })
}

#[loop_guard(timeout = "10s")]
fn calls_back(f: &dyn Fn(u32) -> u32) -> Result<u32, Tripped> {
    let twice = |n| {
        let mut sum = 0;
        for _ in 0..2 {
            testing::advance(Duration::from_secs(6));
            sum += f(n);
        }
        sum
    };
    Ok(twice(3))
}

#[test]
fn a_returned_closure_checks_the_scope_of_its_caller() {
    let three = returned(3);
    let elsewhere = three.clone();
    assert_eq!(std::thread::spawn(move || elsewhere(4)).join().unwrap(), 12);
    assert_eq!(three(7), 21);
    let mut sum = 0;
    boxed(&mut sum)(5);
    assert_eq!(sum, 5);
    paused(|| {
        let trip = panics::none(|| calls_back(&three)).unwrap_err();
        assert!(trip.scope().ends_with("::calls_back"));
    });
}

#[loop_guard(timeout = "10s")]
#[allow(clippy::needless_lifetimes, reason = "the lifetime is what is tested")]
fn reborrowed<'a>(map: &'a mut Vec<u32>, mut n: u32) -> Result<&'a mut u32, Tripped> {
    let mut grow = |to| {
        while map.len() < to {
            map.push(n);
            n += 1;
        }
    };
    grow(3);
    grow(5);
    Ok(&mut map[4])
}

struct Numbers(Vec<u32>);

#[loop_guard(inherit)]
impl Numbers {
    fn longest(&mut self, wanted: u32) -> Option<&mut u32> {
        let seen = |n: u32| {
            let mut n = n;
            while n > wanted {
                n -= 1;
            }
            n == wanted
        };
        self.0.iter_mut().find(|n| seen(**n))
    }

    fn even(&self) -> impl Iterator<Item = &u32> + '_ {
        self.0.iter().filter(|&&n| {
            let mut n = n;
            while n > 1 {
                n -= 2;
            }
            n == 0
        })
    }

    fn into_doubled(mut self) -> Self {
        self.0.iter_mut().for_each(|n| {
            for _ in 0..1 {
                *n *= 2;
            }
        });
        self
    }
}

#[loop_guard(timeout = "10s")]
fn parsed(text: &str) -> Result<impl Iterator<Item = u32> + use<>, io::Error> {
    let mut numbers = Vec::new();
    for word in text.split(' ') {
        let trim = |word: &str| {
            let mut word = word.to_owned();
            while word.starts_with('+') {
                word.remove(0);
            }
            word
        };
        numbers.push(trim(word).parse().map_err(io::Error::other)?);
    }
    Ok(numbers.into_iter())
}

#[loop_guard(timeout = "10s")]
fn shown(n: u32) -> Result<Box<dyn Display>, Box<dyn std::error::Error + Send + Sync>> {
    let text = || {
        let mut text = String::new();
        for _ in 0..n {
            testing::advance(Duration::from_secs(4));
            text.push('x');
        }
        text
    };
    Ok(Box::new(text()))
}

#[test]
fn borrows_and_opaque_types_pass_through_the_boundary() {
    *reborrowed(&mut Vec::new(), 1).unwrap() += 1;
    let mut numbers = Numbers(vec![1, 2, 3, 4]);
    *numbers.longest(3).unwrap() = 30;
    assert_eq!(numbers.longest(31), None);
    assert_eq!(numbers.even().copied().collect::<Vec<_>>(), [2, 30, 4]);
    assert_eq!(numbers.into_doubled().0, [2, 4, 60, 8]);
    assert_eq!(parsed("1 ++2 +3").unwrap().sum::<u32>(), 6);
    assert!(parsed("1 two").is_err());
    paused(|| {
        assert_eq!(shown(2).unwrap().to_string(), "xx");
        let Err(error) = panics::none(|| shown(4)) else {
            panic!("four seconds four times are more than ten")
        };
        assert!(error.is::<Tripped>());
    });
}

/// Writes its name down when it is dropped.
struct Noisy<'l>(&'static str, &'l RefCell<Vec<&'static str>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

twins! { dropping: ()
    pub(crate) struct Parts<'l> {
        pub(crate) one: Noisy<'l>,
        pub(crate) two: Noisy<'l>,
        pub(crate) _three: Noisy<'l>,
    }

    pub(crate) fn whole<'l>(a: Noisy<'l>, mut b: Noisy<'l>, c: Noisy<'l>) {
        let _d = Noisy("d", a.1);
        [()].iter().for_each(|()| for _ in 0..2 {});
        b.0 = c.0;
        a.1.borrow_mut().push(b.0);
    }

    pub(crate) fn unnamed<'l>(_a: Noisy<'l>, _: Noisy<'l>, c: Noisy<'l>, _: Noisy<'l>) -> &'static str {
        [()].iter().for_each(|()| for _ in 0..2 {});
        c.0
    }

    pub(crate) fn patterns<'l>(
        (_a, _): (Noisy<'l>, Noisy<'l>),
        b: Noisy<'l>,
        Parts { two, .. }: Parts<'l>,
        (ref _c, mut _d): (Noisy<'l>, Noisy<'l>),
    ) {
        [()].iter().for_each(|()| for _ in 0..2 {});
        drop(two);
        _d.0 = b.0;
    }

    pub(crate) fn by_name<'l>(ref a: Noisy<'l>, b @ Noisy(..): Noisy<'l>, [c, ..]: [Noisy<'l>; 2]) {
        [()].iter().for_each(|()| for _ in 0..2 {});
        a.1.borrow_mut().push(b.0);
        a.1.borrow_mut().push(c.0);
    }

    impl<'l> Parts<'l> {
        pub(crate) fn taken(self, _a: Noisy<'l>, _: Noisy<'l>) -> &'static str {
            [()].iter().for_each(|()| for _ in 0..2 {});
            drop(self.two);
            "taken"
        }

        pub(crate) fn kept(mut self, _: Noisy<'l>) -> Noisy<'l> {
            [()].iter().for_each(|()| for _ in 0..2 {});
            self.one.0 = "changed";
            self.two
        }

        pub(crate) fn ignored(self, _: Noisy<'l>) {
            [()].iter().for_each(|()| for _ in 0..2 {});
        }
    }
}

#[test]
fn arguments_are_dropped_in_the_order_of_the_unguarded_function() {
    macro_rules! dropped {
        ($twin:ident) => {{
            use dropping::$twin::{Parts, by_name, patterns, unnamed, whole};
            let log = RefCell::new(Vec::new());
            let new = |name| Noisy(name, &log);
            let parts = || Parts {
                one: new("one"),
                two: new("two"),
                _three: new("three"),
            };
            let mark = |line| log.borrow_mut().push(line);
            whole(new("a"), new("b"), new("c"));
            mark("unnamed");
            unnamed(new("a"), new("b"), new("c"), new("d"));
            mark("patterns");
            patterns(
                (new("a"), new("a'")),
                new("b"),
                parts(),
                (new("c"), new("d")),
            );
            mark("by_name");
            by_name(new("a"), new("b"), [new("c"), new("d")]);
            mark("methods");
            parts().taken(new("a"), new("b"));
            mark("kept");
            parts().kept(new("a"));
            mark("ignored");
            parts().ignored(new("a"));
            log.take()
        }};
    }
    let plain = dropped!(plain);
    assert_eq!(dropped!(timed), plain);
    assert_eq!(dropped!(counted), plain);
    assert_eq!(dropped!(inherited), plain);
}

#[loop_guard(timeout = "10s")]
fn trips_with<'l>(
    _a: Noisy<'l>,
    (_b, _): (Noisy<'l>, Noisy<'l>),
    log: &'l RefCell<Vec<&'static str>>,
) -> Result<(), Tripped> {
    let _c = Noisy("c", log);
    let forever = || {
        let _d = Noisy("d", log);
        loop {
            let _e = Noisy("e", log);
            testing::advance(Duration::from_secs(20));
        }
    };
    forever()
}

#[test]
fn a_trip_in_a_closure_runs_every_destructor_in_order() {
    let log = RefCell::new(Vec::new());
    let new = |name| Noisy(name, &log);
    let outcome = paused(|| trips_with(new("a"), (new("b"), new("b'")), &log));
    assert!(outcome.is_err());
    assert_eq!(log.take(), ["e", "d", "c", "b", "b'", "a"]);
}

/// Its destructor loops in a closure, under whatever scope there is.
struct Loops(Rc<RefCell<u32>>);

impl Drop for Loops {
    fn drop(&mut self) {
        #[loop_guard(inherit)]
        fn work(done: &RefCell<u32>) {
            let work = || {
                for _ in 0..5 {
                    *done.borrow_mut() += 1;
                }
            };
            work();
        }
        work(&self.0);
    }
}

#[loop_guard(timeout = "10s")]
fn panics_when_spent(loops: Loops) -> Result<(), Tripped> {
    testing::advance(Duration::from_secs(20));
    let _loops = loops;
    panic!("first");
}

#[loop_guard(timeout = "10s")]
fn trips_then_drops(loops: Loops) -> Result<(), Tripped> {
    let _loops = loops;
    let forever = || loop {
        testing::advance(Duration::from_secs(20));
    };
    forever()
}

#[test]
fn a_trip_while_the_thread_unwinds_lets_the_loop_go_on() {
    let done = Rc::new(RefCell::new(0));
    paused(|| {
        let loops = Loops(Rc::clone(&done));
        assert_eq!(panics::one(|| panics_when_spent(loops)), "first");
        assert_eq!(done.take(), 5);
        let loops = Loops(Rc::clone(&done));
        assert!(panics::none(|| trips_then_drops(loops)).is_err());
        assert_eq!(done.take(), 5);
    });
}

#[loop_guard(timeout = "10s")]
fn outer(mut inner: impl FnMut() -> Result<u32, Tripped>) -> Result<u32, Tripped> {
    let call = || {
        let mut sum = 0;
        for _ in 0..3 {
            sum += inner().unwrap_or(7);
        }
        sum
    };
    let mut call = call;
    Ok(call())
}

#[test]
fn an_inner_function_passes_the_trip_of_an_outer_one_through() {
    paused(|| {
        let mut seen = Vec::new();
        let outcome = panics::none(|| {
            outer(|| {
                let trip = by_error(20);
                seen.push(trip.as_ref().unwrap_err().scope());
                trip
            })
        });
        assert!(outcome.unwrap_err().scope().ends_with("::outer"));
        assert_eq!(seen.len(), 1);
    });
}

#[test]
fn a_panic_of_the_users_own_passes_the_boundary_as_it_is() {
    #[loop_guard(timeout = "10s")]
    fn panicking(n: u32) -> Result<u32, Tripped> {
        let work = |n| {
            for i in 0..n {
                assert!(i < 3, "only three");
            }
            n
        };
        Ok(work(n))
    }
    assert_eq!(panics::one(|| panicking(4)), "only three");
    assert_eq!(panicking(3).unwrap(), 3);
}

#[loop_guard(timeout = "10s", fallback = text.len() + pair.1 + first)]
fn falls_back_on(mut text: &str, pair: (usize, usize), (first, _): (usize, u8), n: u64) -> usize {
    text = &text[1..];
    let work = || {
        for _ in 0..n {
            testing::advance(Duration::from_secs(1));
        }
        text.len()
    };
    work()
}

#[test]
fn a_fallback_sees_the_arguments() {
    paused(|| {
        assert_eq!(falls_back_on("abc", (1, 10), (100, 0), 1), 2);
        assert_eq!(falls_back_on("abc", (1, 10), (100, 0), 20), 113);
    });
}

twins! { borrowed: ()
    pub(crate) fn mutably(ref mut a: Vec<u32>, n: u32) -> usize {
        (0..n).for_each(|i| for _ in 0..2 { a.push(i); });
        a.len()
    }
}

#[test]
fn an_argument_may_be_borrowed_by_its_pattern() {
    use borrowed::{counted, inherited, plain, timed};
    let all = [
        plain::mutably,
        timed::mutably,
        counted::mutably,
        inherited::mutably,
    ];
    assert!(all.iter().all(|mutably| mutably(vec![1], 3) == 7));
}
