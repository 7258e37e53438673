//! Loops over what an iterator yields.

use std::collections::VecDeque;

use crate::data::Digest;

crate::family::family! {
    sum_of_a_vec = |d| sum_of_a_vec(d.a.clone());
    array_by_value = |d| array_by_value(&d.flat);
    gains = |d| { gains(&mut d.out); 0_u64 };
    mapped = |d| mapped(&d.longs);
    filtered = |d| filtered(&d.numbers);
    capitals = |d| capitals(&d.text);
    letters_with_places = |d| letters_with_places(&d.text);
    complex_rotation = |d| { complex_rotation(&mut d.out, &d.a, 0.8, 0.6); 0_u64 };
    rows_of_a_dozen = |d| rows_of_a_dozen(&d.flat);
    nearest = |d| nearest(&d.a[..60], &d.b[..60]);
    queue_of_jobs = |d| queue_of_jobs(&d.numbers[..500]);
    windows_that_rise = |d| windows_that_rise(&d.longs);
    parse_numbers = |d| parse_numbers(&d.bytes);
    histogram_of_bytes = |d| histogram_of_bytes(&d.bytes);
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

        #[inline(never)]
        fn complex_rotation(to: &mut [f64], from: &[f64], re: f64, im: f64) {
            for (to, from) in to.chunks_exact_mut(2).zip(from.chunks_exact(2)) {
                to[0] = from[0] * re - from[1] * im;
                to[1] = from[0] * im + from[1] * re;
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
    }
}
