//! Loops over numbers and indices.

use std::hint::black_box;

use crate::data::{Digest, SIDE};

crate::family::family! {
    partition = |d| { d.sorted.copy_from_slice(&d.longs[..120]); partition(&mut d.sorted) };
    lower_bound = |d| lower_bound(&d.longs, &d.numbers[..300]);
    two_exits = |d| two_exits(&d.bytes, black_box(b'#'));
    palindromes = |d| palindromes(&d.bytes);
    reversed_words = |d| { reversed_words(&mut d.scratch); 0_u64 };
    transform_points = |d| { transform_points(&mut d.out, &d.a); 0_u64 };
    xorshift = |_d| xorshift(black_box(3_000), 88_172_645_463_325_252);
    logistic = |_d| logistic(black_box(2_000), 0.3);
    newton_until_near = |d| newton_until_near(&d.a[..200]);
    counted_bits = |d| counted_bits(&d.numbers);
    mandelbrot = |_d| mandelbrot(black_box(16));
    life = |d| { life(&mut d.scratch, &d.numbers, black_box(SIDE)); 0_u64 };
    dot_by_index = |d| dot_by_index(&d.a, &d.b, black_box(4_000));
    strided = |d| strided(&d.a, black_box(7));
    triples = |_d| triples(black_box(60));
    {
        /// Hoare's, around the middle.
        #[inline(never)]
        fn partition(xs: &mut [i64]) -> usize {
            let pivot = xs[xs.len() / 2];
            let (mut low, mut high) = (0, xs.len() - 1);
            while low < high {
                while xs[low] < pivot {
                    low += 1;
                }
                while xs[high] > pivot {
                    high -= 1;
                }
                if low < high {
                    xs.swap(low, high);
                    low += 1;
                    high -= 1;
                }
            }
            low
        }

        #[inline(never)]
        fn lower_bound(xs: &[i64], wanted: &[u32]) -> usize {
            let mut sum = 0;
            for w in wanted {
                let mut low = 0;
                let mut high = xs.len();
                while low < high {
                    let middle = (low + high) / 2;
                    if xs[middle] < i64::from(*w) {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                sum += low;
            }
            sum
        }

        #[inline(never)]
        fn two_exits(bytes: &[u8], wanted: u8) -> usize {
            let mut at = 0;
            loop {
                if at == bytes.len() {
                    break;
                }
                if bytes[at] == wanted {
                    return at;
                }
                at += 1;
            }
            bytes.len() + 1
        }

        #[inline(never)]
        fn palindromes(bytes: &[u8]) -> usize {
            let mut longest = 0;
            for middle in 1..bytes.len() - 1 {
                let mut arm = 0;
                while arm < middle && middle + arm + 1 < bytes.len() && bytes[middle - arm - 1] == bytes[middle + arm + 1] {
                    arm += 1;
                }
                longest = longest.max(2 * arm + 1);
            }
            longest
        }

        #[inline(never)]
        fn reversed_words(xs: &mut [u32]) {
            let (mut i, mut j) = (0, xs.len() - 1);
            while i < j {
                let kept = xs[i];
                xs[i] = xs[j].swap_bytes();
                xs[j] = kept.swap_bytes();
                i += 1;
                j -= 1;
            }
        }

        #[inline(never)]
        fn transform_points(to: &mut [f64], from: &[f64]) {
            let matrix = [[1.0, 0.5, 0.0, 2.0], [0.0, 1.0, 0.25, 1.0], [0.3, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
            for i in 0..from.len() / 4 {
                for r in 0..4 {
                    let mut sum = 0.0;
                    for c in 0..4 {
                        sum += matrix[r][c] * from[4 * i + c];
                    }
                    to[4 * i + r] = sum;
                }
            }
        }

        #[inline(never)]
        fn xorshift(n: u32, seed: u64) -> u64 {
            let mut state = seed;
            for _ in 0..n {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
            }
            state
        }

        #[inline(never)]
        fn logistic(n: usize, start: f64) -> f64 {
            let mut x = start;
            let mut i = 0;
            while i < n {
                x = 3.7 * x * (1.0 - x);
                i += 1;
            }
            x
        }

        #[inline(never)]
        fn newton_until_near(xs: &[f64]) -> f64 {
            let mut sum = 0.0;
            for x in xs {
                let mut root = 1.0_f64;
                while (root * root - x).abs() > 1e-9 {
                    root = 0.5 * (root + x / root);
                }
                sum += root;
            }
            sum
        }

        #[inline(never)]
        fn counted_bits(xs: &[u32]) -> u32 {
            let mut sum = 0;
            for x in xs {
                let mut rest = *x;
                while rest != 0 {
                    rest &= rest - 1;
                    sum += 1;
                }
            }
            sum
        }

        #[inline(never)]
        fn mandelbrot(side: u32) -> u32 {
            let mut inside = 0;
            for row in 0..side {
                for column in 0..side {
                    let (cx, cy) = (f64::from(column) * 3.0 / f64::from(side) - 2.0, f64::from(row) * 2.0 / f64::from(side) - 1.0);
                    let (mut x, mut y, mut steps) = (0.0, 0.0, 0);
                    while x * x + y * y <= 4.0 && steps < 100 {
                        (x, y) = (x * x - y * y + cx, 2.0 * x * y + cy);
                        steps += 1;
                    }
                    inside += steps;
                }
            }
            inside
        }

        /// One generation.
        #[inline(never)]
        fn life(to: &mut [u32], from: &[u32], side: usize) {
            for row in 1..side - 1 {
                for column in 1..side - 1 {
                    let mut around = 0;
                    for r in row - 1..=row + 1 {
                        for c in column - 1..=column + 1 {
                            around += from[r * side + c] & 1;
                        }
                    }
                    let alive = from[row * side + column] & 1;
                    to[row * side + column] = u32::from(around == 3 || (around == 4 && alive == 1));
                }
            }
        }

        #[inline(never)]
        fn dot_by_index(a: &[f64], b: &[f64], n: usize) -> f64 {
            let mut sum = 0.0;
            for i in 0..n {
                sum += a[i] * b[i];
            }
            sum
        }

        #[inline(never)]
        fn strided(xs: &[f64], step: usize) -> f64 {
            let mut sum = 0.0;
            let mut at = 0;
            while at < xs.len() {
                sum += xs[at];
                at += step;
            }
            sum
        }

        /// Of Pythagoras.
        #[inline(never)]
        fn triples(limit: u32) -> u32 {
            let mut count = 0;
            for a in 1..limit {
                for b in a..limit {
                    let mut c = b;
                    while c * c < a * a + b * b {
                        c += 1;
                    }
                    if c < limit && c * c == a * a + b * b {
                        count += 1;
                    }
                }
            }
            count
        }
    }
}
