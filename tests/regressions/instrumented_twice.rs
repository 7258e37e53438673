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
}
