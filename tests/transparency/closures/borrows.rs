//! What a body with a boundary may borrow, and what it may return.

use std::fmt::Display;
use std::io;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};

use super::paused;
use crate::panics;

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
