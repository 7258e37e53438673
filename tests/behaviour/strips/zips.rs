//! Loops over two or more sources at once, which must end with the shorter one.

use std::cell::RefCell;

use guard_runtime::loop_guard;

use super::{Kernel, Log, Outcome, Source, numbers};

kernels! {
    fn zipped(log, n) {
        let (longer, all) = (numbers(n + n / 2), numbers(n));
        let mut sum = 0;
        for (a, b) in longer.iter().zip(all.iter()) {
            sum += a ^ b;
        }
        for ((i, a), b) in all.iter().enumerate().zip(&longer) {
            log.push(i as u64 + *a * *b);
        }
        for (i, a) in (0..n).zip(longer.iter().rev()) {
            log.push(i + *a);
        }
        Ok(sum)
    }

    fn zipped_to_the_shorter(log, n) {
        let (mut longer, mut all) = (numbers(2 * n + 1), numbers(n));
        for (a, b) in longer.iter_mut().rev().zip(all.iter_mut()) {
            *a += *b;
            *b ^= *a;
        }
        for (a, b) in all.iter_mut().zip(longer.iter().copied().rev()) {
            *a += b;
        }
        for (a, (b, c)) in longer.iter().rev().zip(all.iter().zip(n..=u64::MAX)) {
            log.push(a ^ b ^ c);
        }
        for ((a, b), c) in all.iter().zip(3..=n).zip(longer.iter().enumerate()) {
            log.push(a + b + *c.1 + c.0 as u64);
        }
        for (a, b) in (0..=2 * n).rev().zip(all.iter().rev()) {
            log.push(a ^ b);
        }
        for (a, b) in (0..2 * n).rev().zip(1..=n) {
            log.push(a * b);
        }
        for (a, b) in (0..=u64::MAX).rev().zip((0..n).rev()) {
            log.push(a ^ b);
        }
        for (a, b) in (0_u8..=255).zip(all.iter_mut()) {
            *b += u64::from(a);
        }
        // Nothing on one side.
        for (a, b) in (0..=n).zip(longer[..0].iter()) {
            log.push(a ^ b);
        }
        for (a, b) in longer[..0].iter().zip((0..=n).rev()) {
            log.push(a ^ b);
        }
        for ((), b) in [(); 7].iter().zip(longer.iter()) {
            log.push(*b);
        }
        Ok(longer.iter().chain(&all).fold(0, |sum, value| sum.rotate_left(3) ^ value))
    }

    fn zipped_with_side_effects(log, n) {
        let log = RefCell::new(log);
        let all = numbers(n);
        let mut sum = 0;
        for (a, b) in all.iter().zip(Source::new(&log, n + 10)) {
            sum += a ^ b;
        }
        for (a, b) in all.iter().zip(Source::new(&log, n / 2)) {
            sum += a ^ b;
        }
        let mut source = Source::new(&log, n + 3);
        for (a, b) in (0..n).zip(source.by_ref()) {
            sum += a ^ b;
        }
        for rest in source {
            sum += rest;
        }
        Ok(sum)
    }
}
