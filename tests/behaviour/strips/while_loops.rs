//! `while` loops that strips must not change.

use guard_runtime::loop_guard;

use super::{Kernel, Log, Outcome, numbers};

kernels! {
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
}
