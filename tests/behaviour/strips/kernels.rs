//! The loops that strips must not change.

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

    fn counted_whiles(log, n) {
        let (mut i, mut sum) = (0, 0);
        while i < n {
            i += 1;
            if i % 5 == 0 {
                continue;
            }
            sum += i;
            log.push(i);
        }
        let mut down = n;
        'down: while down > 0 {
            down -= 1;
            if down == 77 {
                break;
            }
            if down % 4 == 0 {
                continue 'down;
            }
            sum ^= down;
        }
        let all = numbers(n);
        let mut j = 0;
        while j < all.len() && all[j] != 96 {
            sum += all[j];
            j += 1;
        }
        Ok(sum + j as u64 + down)
    }

    fn nested_whiles(log, n) {
        let n = n % 90;
        let (mut i, mut sum) = (0, 0);
        'rows: while i < n {
            i += 1;
            let mut j = 0;
            while j < n {
                j += 1;
                if j == i {
                    continue 'rows;
                }
                if i * j == 3000 {
                    break 'rows;
                }
                sum += j;
            }
            log.push(sum);
        }
        Ok(sum)
    }

    fn impure_whiles(log, n) {
        let mut stack = numbers(n);
        let mut sum = 0;
        while let Some(top) = stack.pop() {
            if top > 90 {
                stack.push(top / 2);
            }
            if top == 17 {
                continue;
            }
            sum += top;
            log.push(top);
        }
        let mut it = numbers(n).into_iter().peekable();
        while let Some(value) = it.next() {
            sum ^= value;
        }
        Ok(sum)
    }

    fn whiles_to_bounds_that_stay(log, n) {
        let (mut i, mut sum) = (0, 0_u64);
        let list = numbers(n);
        'a: while i < list.len() {
            if list[i] == 96 && i > 300 {
                break 'a;
            }
            sum ^= list[i];
            i += 1;
        }
        log.push(i as u64);
        let mut i = 0_u64;
        while i <= n {
            if i % 5 == 1 {
                i += 1;
            }
            log.push(i);
            i += 3;
        }
        let mut down = i;
        while down > 3 {
            down -= 2;
            if down == 17 {
                break;
            }
            log.push(down);
        }
        let mut few = 250_u8;
        while few < 255 {
            few += 1;
            log.push(u64::from(few));
        }
        let mut low = i64::MIN;
        while low < i64::MIN + 20 {
            low += 1;
        }
        while low >= i64::MIN + 3 {
            if low == -5 {
                return Ok(1);
            }
            low -= 1;
        }
        Ok(sum ^ low.unsigned_abs())
    }

    fn whiles_whose_bound_moves(log, n) {
        let mut list = numbers(n);
        let mut i = 0;
        while i < list.len() {
            if list[i] % 9 == 1 && list.len() < 30_000 {
                list.push(list[i] * 2);
            }
            i += 1;
        }
        let (mut low, mut high) = (0, i);
        while low < high {
            log.push(low as u64);
            low += 2;
            high -= 1;
        }
        Ok(list.len() as u64)
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
