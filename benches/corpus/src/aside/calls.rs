//! Loops whose iterations call: functions, closures, collections.

use std::collections::{BTreeSet, BinaryHeap};

use crate::data::Digest;

crate::family::family! {
    primes = |d| primes(d.numbers.len() as u32 / 4);
    merged = |d| merged(&d.numbers[..600]);
    queens = |_d| queens(6, 0, 0, 0);
    unique_words = |d| unique_words(&d.text);
    {
        #[inline(never)]
        fn primes(below: u32) -> u32 {
            let mut primes = 0;
            for n in 2..below {
                if is_prime(n) {
                    primes += 1;
                }
            }
            primes
        }

        #[inline(never)]
        fn is_prime(n: u32) -> bool {
            let mut divisor = 2;
            while divisor * divisor <= n {
                if n % divisor == 0 {
                    return false;
                }
                divisor += 1;
            }
            true
        }

        #[inline(never)]
        fn merged(xs: &[u32]) -> u64 {
            let mut heap = BinaryHeap::new();
            for x in xs {
                heap.push(*x);
            }
            let mut sum = 0_u64;
            while let Some(largest) = heap.pop() {
                sum = sum.rotate_left(3) ^ u64::from(largest);
            }
            sum
        }

        #[inline(never)]
        fn queens(n: u32, columns: u32, left: u32, right: u32) -> u32 {
            let all = (1 << n) - 1;
            if columns == all {
                return 1;
            }
            let mut free = all & !(columns | left | right);
            let mut solutions = 0;
            while free != 0 {
                let queen = free & free.wrapping_neg();
                free ^= queen;
                solutions += queens(n, columns | queen, (left | queen) << 1, (right | queen) >> 1);
            }
            solutions
        }

        #[inline(never)]
        fn unique_words(text: &str) -> usize {
            let mut words = BTreeSet::new();
            for word in text.split_whitespace() {
                if word.len() > 1 {
                    words.insert(word.trim_end_matches(','));
                }
            }
            words.len()
        }
    }
}
