//! Loops that are vectorised: iterations are independent, or are summed.

use crate::data::Digest;

crate::family::family! {
    differences = |d| differences(&d.numbers, &d.next);
    weighted_sum = |d| weighted_sum(&d.numbers);
    brightened = |d| { brightened(&mut d.bytes, 40); d.bytes.digest() };
    equal_bits = |d| equal_bits(&d.numbers, &d.next);
    {
        /// The sum of absolute differences.
        #[inline(never)]
        fn differences(xs: &[u32], ys: &[u32]) -> u32 {
            let mut sum = 0_u32;
            for (x, y) in xs.iter().zip(ys.iter()) {
                sum = sum.wrapping_add(x.abs_diff(*y));
            }
            sum
        }

        #[inline(never)]
        fn weighted_sum(xs: &[u32]) -> u64 {
            let mut sum = 0_u64;
            for (i, x) in xs.iter().enumerate() {
                sum += i as u64 * u64::from(*x);
            }
            sum
        }

        #[inline(never)]
        fn brightened(pixels: &mut [u8], by: u8) {
            for pixel in pixels {
                *pixel = pixel.saturating_add(by);
            }
        }

        /// The Hamming distance of words.
        #[inline(never)]
        fn equal_bits(xs: &[u32], ys: &[u32]) -> u32 {
            let n = xs.len().min(ys.len());
            let mut bits = 0;
            for i in 0..n {
                bits += (!(xs[i] ^ ys[i])).count_ones();
            }
            bits
        }
    }
}
