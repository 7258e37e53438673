//! Loops that are unrolled but not vectorised: each iteration needs the previous result.

use crate::data::Digest;

crate::family::family! {
    fnv = |d| fnv(&d.bytes);
    adler = |d| adler(&d.bytes);
    horner = |d| horner(&d.a, 0.7);
    running_sums = |d| { running_sums(&mut d.longs); 0_u64 };
    smoothed = |d| { smoothed(&mut d.out, 0.25); 0_u64 };
    congruential = |d| { congruential(&mut d.scratch, 12_345); 0_u64 };
    fibonacci = |d| fibonacci(d.bytes.len() as u32);
    {
        #[inline(never)]
        fn fnv(bytes: &[u8]) -> u64 {
            let mut hash = 0xCBF2_9CE4_8422_2325_u64;
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
            }
            hash
        }

        #[inline(never)]
        fn adler(bytes: &[u8]) -> u32 {
            let (mut a, mut b) = (1_u32, 0_u32);
            for byte in bytes {
                a = (a + u32::from(*byte)) % 65_521;
                b = (b + a) % 65_521;
            }
            b << 16 | a
        }

        #[inline(never)]
        fn horner(coefficients: &[f64], x: f64) -> f64 {
            let mut value = 0.0;
            for coefficient in coefficients.iter().rev() {
                value = value * x + coefficient;
            }
            value
        }

        #[inline(never)]
        fn running_sums(xs: &mut [i64]) {
            let mut sum = 0_i64;
            for x in xs.iter_mut() {
                sum = sum.wrapping_add(*x) >> 1;
                *x = sum;
            }
        }

        #[inline(never)]
        fn smoothed(xs: &mut [f64], weight: f64) {
            for i in 1..xs.len() {
                xs[i] = xs[i - 1] + weight * (xs[i] - xs[i - 1]);
            }
        }

        #[inline(never)]
        fn congruential(xs: &mut [u32], seed: u32) {
            let mut state = seed;
            for x in xs {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *x = state;
            }
        }

        #[inline(never)]
        fn fibonacci(n: u32) -> u64 {
            let (mut a, mut b) = (0_u64, 1_u64);
            let mut i = 0;
            while i < n {
                (a, b) = (b, a.wrapping_add(b));
                i += 1;
            }
            a
        }
    }
}
