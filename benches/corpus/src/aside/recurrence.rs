//! Loops that are unrolled but not vectorised: each iteration needs the previous result.

use crate::data::Digest;

crate::family::family! {
    crc = |d| crc(&d.bytes[..1_000]);
    average = |d| average(&d.a);
    djb = |d| djb(&d.text);
    with_carry = |d| { with_carry(&mut d.scratch, &d.numbers); 0_u64 };
    {
        /// Computed bit by bit.
        #[inline(never)]
        fn crc(bytes: &[u8]) -> u32 {
            let mut crc = u32::MAX;
            for byte in bytes {
                crc ^= u32::from(*byte);
                for _ in 0..8 {
                    crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
                }
            }
            !crc
        }

        /// Welford's mean and variance.
        #[inline(never)]
        fn average(xs: &[f64]) -> f64 {
            let (mut mean, mut squares, mut count) = (0.0, 0.0, 0.0);
            for &x in xs {
                count += 1.0;
                let from_mean = x - mean;
                mean += from_mean / count;
                squares += from_mean * (x - mean);
            }
            mean + squares / count
        }

        #[inline(never)]
        fn djb(text: &str) -> u32 {
            let mut hash = 5_381_u32;
            for byte in text.as_bytes() {
                hash = (hash << 5).wrapping_add(hash) ^ u32::from(*byte);
            }
            hash
        }

        /// The sum of two long numbers.
        #[inline(never)]
        fn with_carry(to: &mut [u32], from: &[u32]) {
            let mut carry = 0;
            for (a, b) in to.iter_mut().zip(from) {
                let sum = u64::from(*a) + u64::from(*b) + carry;
                *a = sum as u32;
                carry = sum >> 32;
            }
        }
    }
}
