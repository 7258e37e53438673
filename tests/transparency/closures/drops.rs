//! Destructors run in the order of the unguarded function.

use std::cell::RefCell;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};

use super::paused;

/// Logs its name when it is dropped.
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
