//! Loops whose index is counted by hand, as in C: `while i < n { ..; i += 1; }`.

use std::hint::black_box;

use crate::Kernel;
use crate::data::{Digest, SIDE};

pub(crate) fn all() -> Vec<Kernel> {
    kernels("counted")
}

crate::family::family! {
    sum = |d| sum(&d.numbers);
    dot = |d| dot(&d.longs, &d.numbers);
    scaled_sum = |d| { scaled_sum(&mut d.scratch, &d.numbers); 0_u64 };
    count_of_a_byte = |d| count_of_a_byte(&d.bytes, black_box(b'e'));
    largest = |d| largest(&d.longs);
    prefix_sums = |d| { prefix_sums(&mut d.scratch); 0_u64 };
    filled = |d| { filled(&mut d.scratch); 0_u64 };
    turned_round = |d| { turned_round(&mut d.scratch); 0_u64 };
    copied = |d| { copied(&mut d.scratch, &d.numbers); 0_u64 };
    histogram = |d| histogram(&d.bytes);
    bubble_pass = |d| { bubble_pass(&mut d.sorted); 0_u64 };
    matrix_by_vector = |d| { matrix_by_vector(&mut d.out, &d.flat, &d.a, black_box(SIDE)); 0_u64 };
    polynomial = |d| polynomial(&d.a, black_box(0.99));
    checksum = |d| checksum(&d.bytes);
    equal_from_the_back = |d| equal_from_the_back(&d.bytes, &d.bytes);
    powers = |_d| powers(black_box(3), black_box(2_000));
    {
        #[inline(never)]
        fn sum(xs: &[u32]) -> u32 {
            let (mut sum, mut i) = (0_u32, 0);
            while i < xs.len() {
                sum = sum.wrapping_add(xs[i]);
                i += 1;
            }
            sum
        }

        #[inline(never)]
        fn dot(xs: &[i64], ys: &[u32]) -> i64 {
            let n = xs.len().min(ys.len());
            let (mut sum, mut i) = (0_i64, 0);
            while i < n {
                sum = sum.wrapping_add(xs[i].wrapping_mul(i64::from(ys[i])));
                i += 1;
            }
            sum
        }

        #[inline(never)]
        fn scaled_sum(out: &mut [u32], xs: &[u32]) {
            let n = if out.len() < xs.len() { out.len() } else { xs.len() };
            let mut i = 0;
            while i < n {
                out[i] = out[i].wrapping_add(xs[i].wrapping_mul(3));
                i += 1;
            }
        }

        #[inline(never)]
        fn count_of_a_byte(text: &[u8], byte: u8) -> usize {
            let mut count = 0;
            let mut i = 0;
            while i < text.len() {
                if text[i] == byte {
                    count += 1;
                }
                i += 1;
            }
            count
        }

        #[inline(never)]
        fn largest(xs: &[i64]) -> i64 {
            let mut largest = i64::MIN;
            let mut i = 0;
            while i < xs.len() {
                if xs[i] > largest {
                    largest = xs[i];
                }
                i += 1;
            }
            largest
        }

        #[inline(never)]
        fn prefix_sums(xs: &mut [u32]) {
            let mut i = 1;
            while i < xs.len() {
                xs[i] = xs[i].wrapping_add(xs[i - 1]);
                i += 1;
            }
        }

        #[inline(never)]
        fn filled(xs: &mut [u32]) {
            let mut i = 0;
            while i < xs.len() {
                xs[i] = i as u32;
                i += 1;
            }
        }

        #[inline(never)]
        fn turned_round(xs: &mut [u32]) {
            let (mut i, mut j) = (0, xs.len() - 1);
            while i < j {
                xs.swap(i, j);
                i += 1;
                j -= 1;
            }
        }

        #[inline(never)]
        fn copied(to: &mut [u32], from: &[u32]) {
            let n = to.len().min(from.len());
            let mut i = 0;
            while i < n {
                to[i] = from[i];
                i += 1;
            }
        }

        #[inline(never)]
        fn histogram(text: &[u8]) -> u32 {
            let mut counts = [0_u32; 256];
            let mut i = 0;
            while i < text.len() {
                counts[text[i] as usize] += 1;
                i += 1;
            }
            let (mut most, mut at) = (0, 0);
            while at < 256 {
                most = if counts[at] > most { counts[at] } else { most };
                at += 1;
            }
            most
        }

        #[inline(never)]
        fn bubble_pass(xs: &mut [i64]) {
            let last = xs.len() - 1;
            let mut i = 0;
            while i < last {
                if xs[i] > xs[i + 1] {
                    xs.swap(i, i + 1);
                }
                i += 1;
            }
        }

        #[inline(never)]
        fn matrix_by_vector(out: &mut [f64], rows: &[f64], x: &[f64], n: usize) {
            let mut i = 0;
            while i < n {
                let mut sum = 0.0;
                let mut j = 0;
                while j < n {
                    sum += rows[i * n + j] * x[j];
                    j += 1;
                }
                out[i] = sum;
                i += 1;
            }
        }

        #[inline(never)]
        fn polynomial(coefficients: &[f64], x: f64) -> f64 {
            let mut value = 0.0;
            let mut i = coefficients.len();
            while i > 0 {
                i -= 1;
                value = value * x + coefficients[i];
            }
            value
        }

        #[inline(never)]
        fn checksum(text: &[u8]) -> u32 {
            let (mut a, mut b) = (1_u32, 0_u32);
            let mut i = 0;
            while i < text.len() {
                a = (a + u32::from(text[i])) % 65_521;
                b = (b + a) % 65_521;
                i += 1;
            }
            b << 16 | a
        }

        #[inline(never)]
        fn equal_from_the_back(xs: &[u8], ys: &[u8]) -> bool {
            let mut i = xs.len();
            while i > 0 {
                i -= 1;
                if xs[i] != ys[i] {
                    return false;
                }
            }
            true
        }

        #[inline(never)]
        fn powers(base: u64, n: usize) -> u64 {
            let mut power = 1_u64;
            let mut i = 0;
            while i < n {
                power = power.wrapping_mul(base) ^ 1;
                i += 1;
            }
            power
        }
    }
}
