//! Small kernels of every idiom, written before the mechanisms were thinned out, to see what that costs code that is
//! in nobody's mind.

use std::collections::VecDeque;
use std::hint::black_box;

use crate::Kernel;
use crate::data::{Digest, SIDE};

pub(crate) fn all() -> Vec<Kernel> {
    kernels("fresh")
}

crate::family::family! {
    sum_of_a_vec = |d| sum_of_a_vec(d.a.clone());
    array_by_value = |d| array_by_value(&d.flat);
    gains = |d| { gains(&mut d.out); 0_u64 };
    mapped = |d| mapped(&d.longs);
    filtered = |d| filtered(&d.numbers);
    capitals = |d| capitals(&d.text);
    letters_with_places = |d| letters_with_places(&d.text);
    partition = |d| { d.sorted.copy_from_slice(&d.longs[..120]); partition(&mut d.sorted) };
    lower_bound = |d| lower_bound(&d.longs, &d.numbers[..300]);
    two_exits = |d| two_exits(&d.bytes, black_box(b'#'));
    palindromes = |d| palindromes(&d.bytes);
    reversed_words = |d| { reversed_words(&mut d.scratch); 0_u64 };
    complex_rotation = |d| { complex_rotation(&mut d.out, &d.a, 0.8, 0.6); 0_u64 };
    transform_points = |d| { transform_points(&mut d.out, &d.a); 0_u64 };
    rows_of_a_dozen = |d| rows_of_a_dozen(&d.flat);
    nearest = |d| nearest(&d.a[..60], &d.b[..60]);
    xorshift = |_d| xorshift(black_box(3_000), 88_172_645_463_325_252);
    logistic = |_d| logistic(black_box(2_000), 0.3);
    newton_until_near = |d| newton_until_near(&d.a[..200]);
    queue_of_jobs = |d| queue_of_jobs(&d.numbers[..500]);
    windows_that_rise = |d| windows_that_rise(&d.longs);
    parse_numbers = |d| parse_numbers(&d.bytes);
    counted_bits = |d| counted_bits(&d.numbers);
    histogram_of_bytes = |d| histogram_of_bytes(&d.bytes);
    mandelbrot = |_d| mandelbrot(black_box(16));
    life = |d| { life(&mut d.scratch, &d.numbers, black_box(SIDE)); 0_u64 };
    dot_by_index = |d| dot_by_index(&d.a, &d.b, black_box(4_000));
    strided = |d| strided(&d.a, black_box(7));
    triples = |_d| triples(black_box(60));
    {
        #[inline(never)]
        fn sum_of_a_vec(xs: Vec<f64>) -> f64 {
            let mut largest = 0.0_f64;
            for x in xs {
                largest = largest.max(x);
            }
            largest
        }

        #[inline(never)]
        fn array_by_value(xs: &[f64]) -> f64 {
            let mut sum = 0.0;
            for x in [xs[0], xs[1], xs[2], xs[3], xs[4], xs[5]] {
                sum = sum * 0.5 + x;
            }
            let firsts: Vec<u32> = xs.iter().map(|x| (*x * 1e4) as u32).collect();
            let mut mix = 0_u32;
            for x in firsts.into_iter() {
                mix = mix.rotate_left(5) ^ x;
            }
            sum + f64::from(mix)
        }

        #[inline(never)]
        fn gains(xs: &mut [f64]) {
            for frame in xs.chunks_exact_mut(4) {
                frame[0] *= 0.5;
                frame[1] *= 0.7;
                frame[2] = frame[3];
                frame[3] += 1.0;
            }
        }

        #[inline(never)]
        fn mapped(xs: &[i64]) -> i64 {
            let mut sum = 0_i64;
            for square in xs.iter().map(|x| x.wrapping_mul(*x)) {
                sum ^= square;
            }
            sum
        }

        #[inline(never)]
        fn filtered(xs: &[u32]) -> u32 {
            let mut sum = 0_u32;
            for x in xs.iter().filter(|x| **x % 3 == 0) {
                sum = sum.wrapping_add(*x);
            }
            sum
        }

        #[inline(never)]
        fn capitals(text: &str) -> usize {
            let mut count = 0;
            for c in text.chars() {
                if c.is_alphabetic() {
                    count += 1;
                } else if c == '-' {
                    count += 2;
                }
            }
            count
        }

        #[inline(never)]
        fn letters_with_places(text: &str) -> usize {
            let mut last = 0;
            let mut gap = 0;
            for (at, c) in text.char_indices() {
                if c == 'e' {
                    gap = gap.max(at - last);
                    last = at;
                }
            }
            gap
        }

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
        fn complex_rotation(to: &mut [f64], from: &[f64], re: f64, im: f64) {
            for (to, from) in to.chunks_exact_mut(2).zip(from.chunks_exact(2)) {
                to[0] = from[0] * re - from[1] * im;
                to[1] = from[0] * im + from[1] * re;
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
        fn rows_of_a_dozen(xs: &[f64]) -> f64 {
            let mut largest = 0.0_f64;
            for row in xs.chunks(12) {
                let mut sum = 0.0;
                for x in row {
                    sum += x * x;
                }
                largest = largest.max(sum);
            }
            largest
        }

        #[inline(never)]
        fn nearest(xs: &[f64], ys: &[f64]) -> usize {
            let mut sum = 0;
            for x in xs {
                let mut best = (f64::MAX, 0);
                for (i, y) in ys.iter().enumerate() {
                    let distance = (x - y) * (x - y);
                    if distance < best.0 {
                        best = (distance, i);
                    }
                }
                sum += best.1;
            }
            sum
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
        fn queue_of_jobs(jobs: &[u32]) -> u64 {
            let mut queue: VecDeque<u32> = jobs.iter().map(|job| job % 50).collect();
            let mut time = 0_u64;
            while let Some(job) = queue.pop_front() {
                time += 7;
                if job > 7 {
                    queue.push_back(job - 7);
                }
            }
            time
        }

        #[inline(never)]
        fn windows_that_rise(xs: &[i64]) -> u32 {
            let mut count = 0;
            for pair in xs.windows(2) {
                if pair[0] < pair[1] {
                    count += 1;
                }
            }
            count
        }

        #[inline(never)]
        fn parse_numbers(bytes: &[u8]) -> u64 {
            let mut sum = 0_u64;
            let mut number = 0_u64;
            for byte in bytes {
                match byte {
                    b'0'..=b'9' => number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
                    _ => {
                        sum = sum.wrapping_add(number);
                        number = 0;
                    }
                }
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
        fn histogram_of_bytes(bytes: &[u8]) -> u32 {
            let mut counts = [0_u32; 256];
            for &byte in bytes {
                counts[byte as usize] += 1;
            }
            let mut largest = 0;
            for count in counts {
                largest = largest.max(count);
            }
            largest
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
