//! Strips of few iterations: arrays, ranges with constant bounds, short loops in a body; and chunks, windows and
//! bytes.
#![allow(
    clippy::explicit_iter_loop,
    clippy::iter_overeager_cloned,
    clippy::manual_memcpy,
    clippy::needless_range_loop,
    clippy::never_loop,
    clippy::reversed_empty_ranges,
    clippy::cast_possible_truncation,
    clippy::cloned_instead_of_copied,
    clippy::unnecessary_wraps,
    reason = "the shapes are what users write, not what clippy would"
)]

use std::cell::Cell;

use guard_runtime::loop_guard;

use crate::strips::{Kernel, Log, Outcome, change_nothing, numbers};

const NONE: u64 = 0;
const SIDE: usize = 8;
const JUST: u64 = 64;
const MORE: u64 = 65;

#[derive(Debug, Clone, Copy)]
struct Pair(u64, u64);

/// Counts how often it is cloned.
#[derive(Debug)]
struct Counted<'a>(u64, &'a Cell<u64>);

impl Clone for Counted<'_> {
    fn clone(&self) -> Self {
        self.1.set(self.1.get() + 1);
        Self(self.0, self.1)
    }
}

impl From<&[u64]> for Pair {
    fn from(slice: &[u64]) -> Self {
        Self(slice[0], slice[slice.len() - 1])
    }
}

fn array<const N: usize>(n: u64) -> [u64; N] {
    std::array::from_fn(|i| (i as u64 + n) % 13)
}

kernels! {
    fn arrays(log, n) {
        let (mut few, more, many): ([_; 4], [_; 32], [_; 33]) = (array(n), array(n), array(n));
        for (a, b) in few.iter_mut().zip(more.iter()) {
            *a += b;
        }
        for (i, a) in more.iter().enumerate() {
            log.push(i as u64 ^ a);
        }
        for (i, a) in many.iter().rev().enumerate() {
            log.push(i as u64 ^ a);
        }
        for a in many.iter().copied() {
            if a == n % 17 {
                break;
            }
            log.push(a);
        }
        let mut sum = 0;
        for a in &few {
            sum += a;
        }
        Ok(sum)
    }

    fn constant_ranges(log, n) {
        let mut grid = [[0; SIDE]; SIDE];
        for i in 0..SIDE {
            for j in 0..SIDE {
                grid[i][j] = n + (i * j) as u64;
            }
        }
        for row in &grid {
            for cell in row {
                log.push(*cell);
            }
        }
        for i in NONE..JUST {
            log.push(i);
        }
        for i in (1..=JUST).rev() {
            if i == n {
                continue;
            }
            log.push(i);
        }
        for i in 0..MORE {
            log.push(i);
        }
        for i in u64::MAX - 3..=u64::MAX {
            log.push(i);
        }
        for i in MORE..NONE {
            log.push(i);
        }
        for (i, value) in (0..1000).zip(&numbers(n)) {
            log.push(i ^ value);
        }
        Ok(n)
    }

    fn short_loops(log, n) {
        let mut sums = [0; 4];
        for value in &numbers(n) {
            for i in 0..4 {
                sums[i] += value << i;
            }
            for i in 1..=2 {
                for j in 0..2 {
                    if *value == 96 - i - j {
                        log.push(*value);
                    }
                }
            }
        }
        'outer: for value in &numbers(n) {
            for i in 0..2 {
                if value + i == 95 {
                    break 'outer;
                }
                log.push(*value);
            }
        }
        for value in &numbers(n) {
            for i in 0..3 {
                if value + i == n {
                    return Ok(*value);
                }
            }
        }
        Ok(sums[0] ^ sums[3])
    }

    fn made_values(log, n) {
        let mut last = Pair(0, 0);
        let mut found = None;
        for (i, value) in numbers(n).iter().enumerate() {
            last = Pair(last.1, *value);
            found = Some(Pair { 0: i as u64, ..last });
        }
        for pair in numbers(n).chunks(2) {
            let Pair(a, b) = Pair::from(pair);
            log.push(a ^ b);
        }
        Ok(found.map_or(last.0, |pair| pair.0 ^ pair.1))
    }

    fn windows_and_chunks(log, n) {
        let all = numbers(n);
        for window in all.windows(3) {
            log.push(window[0] ^ window[2]);
        }
        for (i, window) in all.windows(2).enumerate() {
            log.push(window[0] * i as u64);
        }
        for window in all.windows(5).rev() {
            log.push(window[4]);
        }
        for (i, chunk) in all.chunks(7).rev().enumerate() {
            log.push(chunk[0] ^ (chunk.len() * i) as u64);
        }
        for chunk in all.chunks_exact(4) {
            if chunk[1] == 9 {
                continue;
            }
            log.push(chunk[0] + chunk[3]);
        }
        for (chunk, value) in all.chunks_exact(3).zip(&all) {
            log.push(chunk[2] ^ value);
        }
        for (value, chunk) in all.iter().zip(all.chunks(2)) {
            log.push(chunk[0] ^ value);
        }
        for (a, b) in all.chunks(3).zip(all.chunks(2)).rev() {
            log.push(a[0] ^ b[0]);
        }
        for (a, b) in all.windows(2).rev().zip(all.chunks(3)) {
            log.push(a[0] ^ b[0]);
        }
        for (a, b) in all.chunks(2).rev().zip(all.chunks_exact(40).rev()) {
            log.push(a[0] ^ b[0]);
        }
        for (a, b) in all.windows(2).zip(all.chunks_exact(2)) {
            if a[0] > b[0] + n {
                break;
            }
            log.push(a[0] ^ b[0]);
        }
        Ok(n)
    }

    fn effects(log, n) {
        let clones = Cell::new(0);
        let all: Vec<_> = numbers(n).into_iter().map(|value| Counted(value, &clones)).collect();
        let mut sum = 0;
        for Counted(value, _) in all.iter().cloned().skip(2) {
            sum += value;
        }
        for (Counted(a, _), b) in all.iter().cloned().zip(numbers(n / 2)) {
            sum += a ^ b;
        }
        for Counted(value, _) in all.iter().skip(1).cloned() {
            sum += value;
        }
        for Counted(value, _) in all.iter().cloned().step_by(3) {
            sum += value;
        }
        log.push(clones.get());
        let mut few = 3;
        let list = numbers(n);
        for (a, b) in list.iter().take(few).zip({
            few = 70;
            0..
        }) {
            log.push(a ^ b);
        }
        for i in (0..u128::MAX).step_by(1 << 62) {
            if i > 1 << 70 {
                break;
            }
            sum ^= (i >> 60) as u64;
        }
        Ok(sum ^ few as u64)
    }

    fn lists(log, n) {
        let mut sum = 0;
        for x in [n, 1, 2] {
            sum += x;
        }
        for (i, x) in &[(n, 3), (1, n)] {
            if *x == 2 {
                continue;
            }
            log.push(i ^ x);
        }
        'list: for x in [n, n] {
            if x == 64 {
                break 'list;
            }
            log.push(x);
        }
        Ok(sum)
    }

    fn adapted(log, n) {
        let all = numbers(n);
        for value in all.iter().skip(3) {
            log.push(*value);
        }
        for value in all.iter().take(40).cloned() {
            log.push(value);
        }
        for (i, value) in all.iter().enumerate().skip(2).take(5000) {
            log.push(i as u64 ^ value);
        }
        for value in all.iter().rev().skip(1).step_by(3) {
            log.push(*value);
        }
        for i in (1..n).step_by(2) {
            log.push(i);
        }
        for i in (0..=n).step_by(64) {
            log.push(i);
        }
        for i in (0..n).skip(n as usize + 1) {
            log.push(i);
        }
        for (i, value) in all.iter().enumerate().step_by(5) {
            log.push(i as u64 ^ value);
        }
        for (i, value) in all.iter().step_by(5).enumerate() {
            log.push(i as u64 ^ value);
        }
        for (a, b) in all.iter().step_by(7).zip(all.iter().skip(2)) {
            log.push(a ^ b);
        }
        for (a, b) in all.iter().zip(all.iter().skip(1)).step_by(2).take(70) {
            log.push(a ^ b);
        }
        for (window, i) in all.windows(2).step_by(3).zip(0..) {
            log.push(window[1] ^ i);
        }
        for (i, value) in (0..n).take(1 << 40).zip(&all) {
            log.push(i ^ value);
        }
        for value in all.iter().step_by(usize::MAX) {
            log.push(*value);
        }
        Ok(n)
    }

    fn bytes(log, n) {
        let text = "Grüße ".repeat(numbers(n % 300).len());
        let mut sum = 0;
        for byte in text.bytes() {
            sum += u64::from(byte);
        }
        for (i, byte) in text.bytes().rev().enumerate() {
            if byte == b' ' {
                log.push(i as u64);
            }
        }
        for (a, b) in text.bytes().zip(text.as_bytes().windows(2)) {
            if a > b[1] {
                log.push(u64::from(b[1]));
            }
        }
        Ok(sum)
    }
}

#[test]
fn strips_of_few_change_nothing() {
    change_nothing(KERNELS);
}
