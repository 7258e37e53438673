//! Functions of a guarded block whose own attribute has another name, or a condition; and loops whose attribute has one.

use guard_runtime::{Tripped, loop_guard, loop_guard as limited};

struct Job;

#[loop_guard(iterations = 1)]
impl Job {
    #[cfg_attr(all(), loop_guard(iterations = 3))]
    fn by_condition(n: u32) -> Result<u32, Tripped> {
        let mut i = 0;
        while i < n {
            i += 1;
        }
        Ok(i)
    }

    #[cfg_attr(any(), loop_guard(iterations = 3))]
    fn by_no_condition(n: u32) -> Result<u32, Tripped> {
        let mut i = 0;
        while i < n {
            i += 1;
        }
        Ok(i)
    }

    #[limited(iterations = 3)]
    fn by_another_name(n: u32) -> Result<u32, Tripped> {
        let mut i = 0;
        (0..n).for_each(|_| {
            for _ in 0..1 {
                i += 1;
            }
        });
        Ok(i)
    }

    fn of_the_block(n: u32) -> Result<u32, Tripped> {
        let mut i = 0;
        while i < n {
            i += 1;
        }
        Ok(i)
    }
}

/// Blocks with an attribute of their own, by whatever name, in a guarded one.
#[loop_guard(iterations = 1)]
mod blocks {
    use guard_runtime::{Tripped, loop_guard, loop_guard as limited};

    pub(super) struct Named;
    pub(super) struct Renamed;
    pub(super) struct Conditional;
    pub(super) struct Other;

    pub(super) trait Counts {
        fn count(n: u32) -> Result<u32, Tripped>;
    }

    #[loop_guard(iterations = 3)]
    impl Counts for Named {
        fn count(n: u32) -> Result<u32, Tripped> {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            Ok(i)
        }
    }

    #[limited(iterations = 3)]
    impl Counts for Renamed {
        fn count(n: u32) -> Result<u32, Tripped> {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            Ok(i)
        }
    }

    #[cfg_attr(all(), loop_guard(iterations = 3))]
    impl Counts for Conditional {
        fn count(n: u32) -> Result<u32, Tripped> {
            let mut i = 0;
            (0..n).for_each(|_| {
                for _ in 0..1 {
                    i += 1;
                }
            });
            Ok(i)
        }
    }

    #[cfg_attr(any(), loop_guard(iterations = 3))]
    impl Counts for Other {
        fn count(n: u32) -> Result<u32, Tripped> {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            Ok(i)
        }
    }

    #[loop_guard(iterations = 3)]
    pub(super) trait Provided {
        fn provided(n: u32) -> Result<u32, Tripped> {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            Ok(i)
        }
    }

    impl Provided for Named {}

    #[limited(iterations = 3)]
    pub(super) mod inner {
        use guard_runtime::Tripped;

        pub(in super::super) fn count(n: u32) -> Result<u32, Tripped> {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            Ok(i)
        }
    }
}

#[test]
fn the_innermost_block_with_an_attribute_counts() {
    use blocks::{Conditional, Counts, Named, Other, Provided, Renamed, inner};
    let all: [fn(u32) -> Result<u32, Tripped>; 5] = [
        Named::count,
        Renamed::count,
        Conditional::count,
        Named::provided,
        inner::count,
    ];
    for (index, count) in all.into_iter().enumerate() {
        assert_eq!(count(3).unwrap(), 3, "{index}");
        assert!(count(4).is_err(), "{index}");
    }
    assert_eq!(Other::count(1).unwrap(), 1);
    assert!(Other::count(2).is_err());
}

#[limited(iterations = 2)]
fn loops_by_another_name(n: u32) -> Result<u32, Tripped> {
    let mut i = 0;
    #[limited(skip)]
    while i < n {
        i += 1;
    }
    #[cfg_attr(all(), limited(skip))]
    for _ in 0..n {
        i += 1;
    }
    #[cfg_attr(any(), limited(skip))]
    for _ in 0..2 {
        i += 1;
    }
    let mut turns = 0;
    #[cfg_attr(all(), allow(unused_labels), limited(skip))]
    'a: while turns < n {
        turns += 1;
    }
    Ok(i)
}

#[loop_guard(iterations = 2)]
fn loops(n: u32) -> Result<u32, Tripped> {
    let mut i = 0;
    #[cfg_attr(all(), loop_guard(skip))]
    while i < n {
        i += 1;
    }
    #[cfg_attr(any(), loop_guard(skip))]
    for _ in 0..n {
        i += 1;
    }
    #[cfg_attr(all(), allow(unused_labels), loop_guard(every = 2))]
    'a: while i < n {
        i += 1;
    }
    Ok(i)
}

#[test]
fn one_attribute_counts() {
    assert_eq!(Job::by_condition(3).unwrap(), 3);
    assert!(Job::by_condition(4).is_err());
    assert!(Job::by_no_condition(2).is_err());
    assert_eq!(Job::by_another_name(3).unwrap(), 3);
    assert!(Job::by_another_name(4).is_err());
    assert!(Job::of_the_block(2).is_err());
    assert_eq!(loops(1).unwrap(), 2);
    assert!(loops(3).is_err());
    assert_eq!(loops_by_another_name(5).unwrap(), 12);
}
