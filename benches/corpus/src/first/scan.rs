//! Branchy scans: each iteration branches on what the previous one has found.

use crate::data::Digest;

crate::family::family! {
    words = |d| words(&d.bytes);
    run_lengths = |d| run_lengths(&d.bytes);
    continuations = |d| continuations(&d.bytes);
    numbers = |d| numbers(&d.bytes);
    quoted_commas = |d| quoted_commas(&d.text);
    first_above = |d| first_above(&d.numbers, u32::MAX >> 8);
    letters = |d| letters(&d.text);
    {
        #[inline(never)]
        fn words(bytes: &[u8]) -> u32 {
            let (mut words, mut inside) = (0, false);
            for byte in bytes {
                if byte.is_ascii_whitespace() {
                    inside = false;
                } else if !inside {
                    inside = true;
                    words += 1;
                }
            }
            words
        }

        /// The length that run-length encoding would have.
        #[inline(never)]
        fn run_lengths(bytes: &[u8]) -> usize {
            let (mut i, mut length) = (0, 0);
            while i < bytes.len() {
                let first = bytes[i];
                let mut run = 1;
                while i + run < bytes.len() && bytes[i + run] == first && run < 255 {
                    run += 1;
                }
                length += 2;
                i += run;
            }
            length
        }

        /// Validates UTF-8 by the classes of its bytes.
        #[inline(never)]
        fn continuations(bytes: &[u8]) -> bool {
            let mut wanted = 0;
            for &byte in bytes {
                if wanted > 0 {
                    if byte & 0xC0 != 0x80 {
                        return false;
                    }
                    wanted -= 1;
                } else if byte & 0x80 != 0 {
                    wanted = match byte {
                        0xC2..=0xDF => 1,
                        0xE0..=0xEF => 2,
                        0xF0..=0xF4 => 3,
                        _ => return false,
                    };
                }
            }
            wanted == 0
        }

        /// The sum of the decimal numbers in a text.
        #[inline(never)]
        fn numbers(bytes: &[u8]) -> u64 {
            let (mut sum, mut i) = (0_u64, 0);
            while i < bytes.len() {
                if bytes[i].is_ascii_digit() {
                    let mut number = 0_u64;
                    while i < bytes.len() && bytes[i].is_ascii_digit() {
                        number = number * 10 + u64::from(bytes[i] - b'0');
                        i += 1;
                    }
                    sum += number;
                } else {
                    i += 1;
                }
            }
            sum
        }

        #[inline(never)]
        fn quoted_commas(text: &str) -> u32 {
            let (mut commas, mut quoted) = (0, false);
            for c in text.chars() {
                match c {
                    '"' => quoted = !quoted,
                    ',' if quoted => commas += 1,
                    _ => {}
                }
            }
            commas
        }

        #[inline(never)]
        fn first_above(xs: &[u32], limit: u32) -> usize {
            for (i, x) in xs.iter().enumerate() {
                if *x >= limit {
                    return i;
                }
            }
            xs.len()
        }

        #[inline(never)]
        fn letters(text: &str) -> u32 {
            let mut hash = 0_u32;
            for byte in text.bytes() {
                if byte.is_ascii_alphabetic() {
                    hash = hash.rotate_left(5) ^ u32::from(byte.to_ascii_lowercase());
                }
            }
            hash
        }
    }
}
