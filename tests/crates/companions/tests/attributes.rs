//! Attributes that read the arguments, above the guard and below it.

use guard_runtime::{Tripped, loop_guard};
use rstest::rstest;

fn triangle(n: u32) -> u32 {
    (0..=n).sum()
}

#[loop_guard(timeout = "1h")]
#[rstest]
#[case(3, 4)]
#[case(4, 10)]
fn above_cases(#[case] n: u32, #[case] expected: u32) {
    let sum: u32 = (0..n)
        .map(|i| {
            let mut sum = 0;
            for j in 0..=i {
                sum += j;
            }
            sum
        })
        .sum();
    assert_eq!(sum, expected);
}

#[rstest]
#[case(3, 6)]
#[case(4, 10)]
#[loop_guard(timeout = "1h")]
fn below_cases(#[case] n: u32, #[case] expected: u32) {
    let mut sum = 0;
    for i in 0..=n {
        sum += i;
    }
    assert_eq!(sum, expected);
}

#[loop_guard(timeout = "1h")]
#[cached::proc_macro::cached(key = "u32", convert = "{ n }")]
fn above_a_cache(n: u32) -> u32 {
    (0..=n)
        .map(|i| {
            let mut one = 0;
            while one < i {
                one += 1;
            }
            one
        })
        .sum()
}

#[loop_guard(iterations = 100)]
#[cached::proc_macro::cached(key = "u32", convert = "{ n }", result = true)]
fn above_a_cache_of_results(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..=n {
        sum += i;
    }
    Ok(sum)
}

/// `cached` gives the attribute to the functions that look into the cache, and the one with the loop goes without: the
/// compiler warns of it.
#[allow(deprecated, reason = "it is what is shown")]
#[cached::proc_macro::cached(key = "u32", convert = "{ n }", result = true)]
#[loop_guard(iterations = 100)]
fn below_a_cache(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..=n {
        sum += i;
    }
    Ok(sum)
}

#[test]
fn caches_keep_what_they_kept() {
    for _ in 0..2 {
        assert_eq!(above_a_cache(10), triangle(10));
        assert_eq!(above_a_cache_of_results(10).unwrap(), triangle(10));
        let tripped = above_a_cache_of_results(1000);
        assert!(tripped.is_err(), "what tripped is not kept");
        assert!(below_a_cache(1000).is_ok(), "it is not guarded");
    }
}
