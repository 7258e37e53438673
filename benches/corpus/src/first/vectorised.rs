//! Loops that are vectorised: iterations are independent, or are summed.

use crate::data::Digest;

crate::family::family! {
    sum_of_squares = |d| sum_of_squares(&d.numbers);
    scaled_add = |d| { scaled_add(&mut d.out, &d.a, 0.99); 0_u64 };
    dot_product = |d| dot_product(&d.longs, &d.numbers);
    largest = |d| largest(&d.numbers);
    parity = |d| parity(&d.bytes);
    clamped = |d| { clamped(&mut d.longs, -4_000_000, 4_000_000); 0_u64 };
    count_of = |d| count_of(&d.bytes, b' ');
    {
        /// The moments of a sample.
        #[inline(never)]
        fn sum_of_squares(xs: &[u32]) -> u64 {
            let mut sum = 0_u64;
            for x in xs {
                sum = sum.wrapping_add(u64::from(*x) * u64::from(*x));
            }
            sum
        }

        /// `axpy`, by index.
        #[inline(never)]
        fn scaled_add(y: &mut [f64], x: &[f64], factor: f64) {
            let n = y.len().min(x.len());
            let (y, x) = (&mut y[..n], &x[..n]);
            for i in 0..n {
                y[i] = y[i] * factor + x[i];
            }
        }

        #[inline(never)]
        fn dot_product(xs: &[i64], ys: &[u32]) -> i64 {
            let mut sum = 0_i64;
            for (x, y) in xs.iter().zip(ys) {
                sum = sum.wrapping_add(x.wrapping_mul(i64::from(*y)));
            }
            sum
        }

        #[inline(never)]
        fn largest(xs: &[u32]) -> u32 {
            let mut largest = 0;
            for &x in xs {
                if x > largest {
                    largest = x;
                }
            }
            largest
        }

        /// The parity byte of a block.
        #[inline(never)]
        fn parity(bytes: &[u8]) -> u8 {
            let mut parity = 0;
            for byte in bytes.iter().copied() {
                parity ^= byte;
            }
            parity
        }

        #[inline(never)]
        fn clamped(xs: &mut [i64], low: i64, high: i64) {
            for x in xs.iter_mut() {
                *x = (*x).clamp(low, high);
            }
        }

        #[inline(never)]
        fn count_of(bytes: &[u8], wanted: u8) -> u32 {
            let mut count = 0;
            for byte in bytes {
                count += u32::from(*byte == wanted);
            }
            count
        }
    }
}
