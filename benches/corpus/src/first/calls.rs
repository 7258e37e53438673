//! Loops whose iterations call: functions, closures, collections.

use std::collections::{BTreeMap, HashMap};

use crate::data::Digest;

crate::family::family! {
    roots_by_newton = |d| roots_by_newton(&d.a);
    words_by_length = |d| words_by_length(&d.text);
    insertion_sort = |d| { d.sorted.copy_from_slice(&d.longs[..120]); insertion_sort(&mut d.sorted) };
    largest_by_key = |d| largest_by_key(&d.numbers);
    joined = |d| joined(&d.text);
    over_a_map = |d| over_a_map(&d.numbers);
    permutations = |_d| permutations(&mut [1, 2, 3, 4, 5, 6], 6);
    {
        #[inline(never)]
        fn roots_by_newton(xs: &[f64]) -> f64 {
            let mut sum = 0.0;
            for x in &xs[..500] {
                sum += newton(*x);
            }
            sum
        }

        #[inline(never)]
        fn newton(x: f64) -> f64 {
            let mut root = 1.0;
            for _ in 0..6 {
                root = (root + x / root) / 2.0;
            }
            root
        }

        #[inline(never)]
        fn words_by_length(text: &str) -> usize {
            let mut lengths = HashMap::new();
            for word in text.split(' ') {
                *lengths.entry(word.len()).or_insert(0) += 1;
            }
            lengths.len()
        }

        #[inline(never)]
        fn insertion_sort(xs: &mut [i64]) -> i64 {
            for i in 1..xs.len() {
                let x = xs[i];
                let mut j = i;
                while j > 0 && xs[j - 1] < x {
                    xs[j] = xs[j - 1];
                    j -= 1;
                }
                xs[j] = x;
            }
            xs[0]
        }

        #[inline(never)]
        fn largest_by_key(xs: &[u32]) -> u32 {
            let key = |x: u32| x.reverse_bits() ^ 0x5555;
            let mut largest = xs[0];
            for x in xs {
                if key(*x) > key(largest) {
                    largest = *x;
                }
            }
            largest
        }

        #[inline(never)]
        fn joined(text: &str) -> usize {
            let mut joined = String::new();
            for line in text.lines() {
                joined.push_str(line.trim());
                joined.push('|');
            }
            joined.len()
        }

        #[inline(never)]
        fn over_a_map(xs: &[u32]) -> u64 {
            let mut map = BTreeMap::new();
            for x in &xs[..300] {
                map.insert(x % 1_000, *x);
            }
            let mut sum = 0;
            for _ in 0..8 {
                for (key, value) in &map {
                    sum += u64::from(*key ^ *value);
                }
            }
            sum
        }

        /// Heap's algorithm.
        #[inline(never)]
        fn permutations(xs: &mut [u32], n: usize) -> u32 {
            if n == 1 {
                return xs[0];
            }
            let mut sum = 0;
            for i in 0..n {
                sum += permutations(xs, n - 1);
                if n % 2 == 0 {
                    xs.swap(i, n - 1);
                } else {
                    xs.swap(0, n - 1);
                }
            }
            sum
        }
    }
}
