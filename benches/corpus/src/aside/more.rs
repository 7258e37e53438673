//! More kernels of all families: prompt iterators, loops that end by a condition, and long rows.

use std::hint::black_box;

use crate::data::{Digest, SIDE};

crate::family::family! {
    every_third = |d| every_third(&d.a, black_box(3));
    sums_of_four = |d| { sums_of_four(&mut d.out, &d.a); 0_u64 };
    moving_mean = |d| { moving_mean(&mut d.out, &d.a, black_box(5)); 0_u64 };
    long_sum = |d| long_sum(&d.numbers);
    long_prefix = |d| long_prefix(&mut d.longs);
    vowels = |d| vowels(&d.text);
    words_of_text = |d| words_of_text(&d.text);
    lengths_of_lines = |d| lengths_of_lines(&d.text);
    fields = |d| fields(&d.text);
    brackets = |d| brackets(&d.bytes);
    varints = |d| varints(&d.bytes);
    greatest_common = |d| greatest_common(&d.numbers[..200]);
    square_roots = |d| square_roots(&d.numbers[..500]);
    bubble_sort = |d| { d.sorted.copy_from_slice(&d.longs[..120]); bubble_sort(&mut d.sorted[..60]) };
    find_pattern = |d| find_pattern(&d.bytes, b"seven");
    jumps_in_a_list = |d| jumps_in_a_list(&d.next, black_box(2_000));
    upper_triangle = |d| upper_triangle(&d.flat, black_box(SIDE));
    transposed_in_tiles = |d| { transposed_in_tiles(&mut d.out, &d.flat, black_box(SIDE)); 0_u64 };
    {
        #[inline(never)]
        fn every_third(xs: &[f64], step: usize) -> f64 {
            let mut sum = 0.0;
            for x in xs.iter().step_by(step) {
                sum += x;
            }
            sum
        }

        #[inline(never)]
        fn sums_of_four(to: &mut [f64], from: &[f64]) {
            for (sum, four) in to.iter_mut().zip(from.chunks_exact(4)) {
                *sum = four[0] + four[1] + four[2] + four[3];
            }
        }

        #[inline(never)]
        fn moving_mean(to: &mut [f64], from: &[f64], width: usize) {
            for (i, window) in from.windows(width).enumerate() {
                let mut sum = 0.0;
                for x in window {
                    sum += x;
                }
                to[i] = sum / width as f64;
            }
        }

        /// Over more numbers than fit into one strip.
        #[inline(never)]
        fn long_sum(xs: &[u32]) -> u64 {
            let many: Vec<u32> = xs.repeat(50);
            let mut sum = 0;
            for x in &many {
                sum += u64::from(*x);
            }
            sum
        }

        #[inline(never)]
        fn long_prefix(xs: &mut [i64]) -> i64 {
            let mut many = vec![0_i64; 150_000];
            let mut sum = xs[0];
            for slot in &mut many {
                sum = sum.wrapping_mul(3) ^ 0x55;
                *slot = sum;
            }
            many[149_999]
        }

        #[inline(never)]
        fn vowels(text: &str) -> u32 {
            let mut vowels = 0;
            for (i, c) in text.char_indices() {
                if matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'ö') {
                    vowels += i as u32;
                }
            }
            vowels
        }

        #[inline(never)]
        fn words_of_text(text: &str) -> usize {
            let mut longest = 0;
            for word in text.split_whitespace() {
                longest = longest.max(word.len());
            }
            longest
        }

        #[inline(never)]
        fn lengths_of_lines(text: &str) -> usize {
            let mut sum = 0;
            for line in text.lines() {
                sum = sum * 31 + line.len();
            }
            sum
        }

        #[inline(never)]
        fn fields(text: &str) -> usize {
            let mut filled = 0;
            for (i, field) in text.split(',').enumerate() {
                if !field.is_empty() {
                    filled += i;
                }
            }
            filled
        }

        #[inline(never)]
        fn brackets(bytes: &[u8]) -> usize {
            let (mut at, mut open) = (0, 0_usize);
            while at < bytes.len() {
                match bytes[at] {
                    b'a' => open += 1,
                    b'e' => open = open.saturating_sub(1),
                    _ => {}
                }
                at += 2;
            }
            open
        }

        #[inline(never)]
        fn varints(bytes: &[u8]) -> u64 {
            let (mut at, mut sum) = (0, 0_u64);
            while at + 9 < bytes.len() {
                let mut number = 0_u64;
                let mut shift = 0;
                loop {
                    let byte = bytes[at];
                    at += 1;
                    number |= u64::from(byte & 0x3F) << shift;
                    shift += 6;
                    if byte & 0x40 == 0 || shift > 54 {
                        break;
                    }
                }
                sum = sum.wrapping_add(number);
            }
            sum
        }

        #[inline(never)]
        fn greatest_common(xs: &[u32]) -> u32 {
            let mut sum = 0;
            for x in xs {
                let (mut a, mut b) = (*x, 360_360);
                while b != 0 {
                    let rest = a % b;
                    a = b;
                    b = rest;
                }
                sum += a;
            }
            sum
        }

        #[inline(never)]
        fn square_roots(xs: &[u32]) -> u32 {
            let mut sum = 0;
            for x in xs {
                let (mut low, mut high) = (0_u64, 1 << 16);
                while low + 1 < high {
                    let middle = (low + high) / 2;
                    if middle * middle <= u64::from(*x) {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                sum += low as u32;
            }
            sum
        }

        #[inline(never)]
        fn bubble_sort(xs: &mut [i64]) -> i64 {
            let mut swapped = true;
            while swapped {
                swapped = false;
                for i in 1..xs.len() {
                    if xs[i - 1] > xs[i] {
                        xs.swap(i - 1, i);
                        swapped = true;
                    }
                }
            }
            xs[0]
        }

        #[inline(never)]
        fn find_pattern(text: &[u8], pattern: &[u8]) -> usize {
            let (mut at, mut found) = (0, 0);
            while at + pattern.len() <= text.len() {
                let mut same = 0;
                while same < pattern.len() && text[at + same] == pattern[same] {
                    same += 1;
                }
                if same == pattern.len() {
                    found += at;
                }
                at += 1;
            }
            found
        }

        #[inline(never)]
        fn jumps_in_a_list(next: &[u32], most: usize) -> u32 {
            let (mut at, mut jumps) = (0_u32, 0);
            loop {
                at = next[at as usize];
                jumps += 1;
                if jumps == most {
                    return at;
                }
            }
        }

        #[inline(never)]
        fn upper_triangle(a: &[f64], n: usize) -> f64 {
            let mut sum = 0.0;
            for i in 0..n {
                for x in &a[i * n + i..(i + 1) * n] {
                    sum += x;
                }
            }
            sum
        }

        #[inline(never)]
        fn transposed_in_tiles(to: &mut [f64], from: &[f64], n: usize) {
            for i in (0..n).step_by(8) {
                for j in (0..n).step_by(8) {
                    for y in i..i + 8 {
                        for x in j..j + 8 {
                            to[x * n + y] = from[y * n + x];
                        }
                    }
                }
            }
        }
    }
}
