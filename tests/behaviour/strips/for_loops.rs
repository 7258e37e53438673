//! `for` loops that strips must not change, over one source of items.

use std::cell::RefCell;
use std::collections::BTreeMap;

use guard_runtime::loop_guard;

use super::{Kernel, Log, Outcome, Source, numbers};

kernels! {
    fn ranges(log, n) {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
            log.push(i);
        }
        for i in (3..n).rev() {
            sum ^= i;
            log.push(i);
        }
        for i in n..0 {
            log.push(i);
        }
        Ok(sum)
    }

    fn ranges_to_the_end_of_their_type(log, n) {
        for i in 0_u8..=255 {
            log.push(u64::from(i));
        }
        for i in i8::MIN..=i8::MAX {
            log.push(u64::from(i == 0));
        }
        for c in 'a'..='z' {
            log.push(u64::from(c));
        }
        for i in u64::MAX - n..=u64::MAX {
            log.push(i);
        }
        Ok(n)
    }

    fn slices(log, n) {
        let mut all = numbers(n);
        let mut sum = 0;
        for value in &all {
            sum += *value;
        }
        for value in all.iter_mut().rev() {
            *value = value.wrapping_mul(3);
            sum ^= *value;
        }
        for value in all.iter().copied() {
            log.push(value);
        }
        for value in &mut all {
            *value += 1;
        }
        for value in all {
            log.push(value);
        }
        Ok(sum)
    }

    fn enumerated(log, n) {
        let all = numbers(n);
        let mut sum = 0;
        for (i, value) in all.iter().enumerate() {
            sum += i as u64 * *value;
        }
        for (i, value) in all.iter().rev().enumerate() {
            log.push(i as u64 + *value);
        }
        for (i, value) in all.iter().enumerate().rev() {
            log.push(i as u64 * *value);
        }
        Ok(sum)
    }

    fn sources(log, n) {
        let log = RefCell::new(log);
        let mut sum = 0;
        for value in Source::new(&log, n) {
            sum += value;
        }
        let mut source = Source::new(&log, n);
        for value in source.by_ref() {
            if value == n / 3 {
                break;
            }
            sum += value;
        }
        if !source.ended {
            for value in source {
                sum ^= value;
            }
        }
        Ok(sum)
    }

    fn other_collections(log, n) {
        let map: BTreeMap<_, _> = (0..n).map(|i| (i * 7 % 101, i)).collect();
        for (key, value) in &map {
            log.push(key + value);
        }
        let text = "Grüße, Jürgen ❤ ".repeat(numbers(n % 300).len());
        let mut letters = 0;
        for c in text.chars() {
            if c.is_alphabetic() {
                letters += 1;
            }
        }
        for (i, byte) in text.bytes().enumerate() {
            if byte == b' ' {
                log.push(i as u64);
            }
        }
        for i in (0..n).step_by(7) {
            log.push(i);
        }
        for pair in numbers(n).windows(2) {
            if pair[0] > pair[1] {
                letters += 1;
            }
        }
        for slot in [Some(n), None].into_iter().flatten() {
            log.push(slot);
        }
        Ok(letters)
    }

    fn jumps(log, n) {
        let mut sum = 0;
        for i in 0..n {
            if i % 3 == 0 {
                continue;
            }
            if i == 6000 {
                break;
            }
            sum += i;
        }
        'outer: for i in 0..n % 70 {
            for j in 0..n {
                if j > i {
                    continue 'outer;
                }
                if i * j == 1200 {
                    break 'outer;
                }
                log.push(i + j);
            }
            sum += i;
        }
        'same: for i in 0..n {
            if i % 2 == 1 {
                continue 'same;
            }
            if i == 5000 {
                break 'same;
            }
            sum ^= i;
        }
        Ok(sum)
    }

    fn returns(log, n) {
        for i in 0..n {
            if i == 4096 {
                return Ok(log.0.len() as u64);
            }
            log.push(i);
        }
        Ok(1)
    }

    fn mapped(log, n) {
        let list = numbers(n);
        let (mut sum, offset) = (0_u64, n % 7);
        for x in list.iter().map(|x| x ^ offset) {
            if x == 95 {
                continue;
            }
            log.push(x);
        }
        for (i, x) in (0..n).zip(&list).map(|(i, x)| (i, x + i)) {
            if i == 4_000 {
                break;
            }
            sum += x;
        }
        for x in list.iter().rev().map(|&x| { if x == 3 { return 4; } x }) {
            sum = sum * 3 % 1_009 + x;
        }
        let mut calls = 0_u64;
        for x in (0..n).map(|i| { calls += 1; i * calls }) {
            sum ^= x;
        }
        for c in "zähle mich".chars().map(|c| u64::from(u32::from(c))) {
            sum += c;
        }
        Ok(sum ^ calls)
    }

    fn by_value(log, n) {
        let list: Vec<u64> = numbers(n);
        let pair: [u64; 2] = [n, 3];
        let mut sum = 0_u64;
        for x in list.clone() {
            sum += x;
        }
        for x in pair {
            log.push(x);
        }
        for (i, x) in list.into_iter().enumerate() {
            if i == 5_000 {
                break;
            }
            log.push(x);
        }
        for mut x in numbers(n).iter().map(|x| x ^ 1).collect::<Vec<u64>>() {
            x += 1;
            sum ^= x;
        }
        for row in numbers(n).chunks(7) {
            let mut part = 0;
            for x in row {
                part += x;
            }
            sum = sum.max(part) + row.len() as u64;
        }
        Ok(sum)
    }

    fn as_values(log, n) {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        if { let mut i = 0; while i < n { i += 1; } i } > 10 {
            for i in 0..n { log.push(i) }
        }
        match n {
            0 => for i in 0..3 { log.push(i) },
            _ => while sum % 7 != 0 { sum += 1 },
        }
        Ok(sum)
    }
}
