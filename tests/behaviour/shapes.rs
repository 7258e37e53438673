//! Loops of every form. Each body begins with `log.step()`, and nothing else takes a step.
#![allow(
    clippy::never_loop,
    clippy::while_let_loop,
    clippy::while_let_on_iterator,
    clippy::blocks_in_conditions,
    clippy::needless_continue,
    clippy::explicit_counter_loop,
    clippy::match_same_arms,
    clippy::unnecessary_wraps,
    clippy::let_and_return,
    clippy::items_after_statements,
    clippy::too_many_lines,
    reason = "the shapes are what users write, not what clippy would"
)]

pub(crate) mod values;

use guard_runtime::loop_guard;

use crate::sweep::{Outcome, Shape, Stop, nanos_for, shapes};
use crate::trace::Log;

fn add(a: u32, b: u32, c: u32) -> u32 {
    a + b + c
}

fn below(n: u32, bound: u32) -> Result<u32, Stop> {
    if n < bound { Ok(n) } else { Err(Stop::Own(n)) }
}

shapes! { ALL:
    fn plain_loop(log, n) {
        let mut i = 0;
        loop {
            log.step();
            let _inside = log.value(i);
            if i == n {
                break;
            }
            i += 1;
        }
        log.note(i);
        Ok(i)
    }

    fn plain_while(log, n) {
        let _outside = log.value(500);
        let mut i = 0;
        while log.condition(i < n) {
            log.step();
            i += 1;
        }
        Ok(i)
    }

    fn while_let(log, n) {
        let mut stack = vec![log.value(n)];
        let mut popped = 0;
        while let Some(top) = stack.pop() {
            log.step();
            popped += 1;
            if top.id > 0 {
                stack.push(log.value(top.id - 1));
                if top.id % 10 == 0 {
                    stack.push(log.value(top.id / 10));
                }
            }
        }
        Ok(popped)
    }

    fn while_let_with_a_temporary(log, n) {
        let mut i = 0;
        while let Some(first) = log.value(700 + i).source(n.saturating_sub(i)).next().as_ref() {
            log.step();
            log.note(first.id);
            i += 1;
        }
        Ok(i)
    }

    fn for_over_values(log, n) {
        let mut sum = 0;
        for value in log.source(n) {
            log.step();
            sum += value.id;
        }
        log.note(sum);
        Ok(sum)
    }

    fn for_with_a_temporary_in_the_head(log, n) {
        let mut sum = 0;
        for value in log.value(600).source(n) {
            log.step();
            sum += value.id;
        }
        Ok(sum)
    }

    fn for_over_ranges(log, n) {
        let mut sum = 0;
        for i in (0..n).rev() {
            log.step();
            sum += i;
        }
        for i in 0..=n {
            log.step();
            sum += i;
        }
        Ok(sum)
    }

    fn for_with_patterns_and_adaptors(log, n) {
        let mut pairs = vec![(0, 1); n as usize];
        for (i, (left, _)) in pairs.iter_mut().enumerate().skip(1).step_by(2) {
            log.step();
            *left = i;
        }
        let mut sum = 0;
        for (value, &(left, right)) in log.source(n).zip(&pairs) {
            log.step();
            sum += value.id + u32::try_from(left + right).unwrap_or(0);
        }
        Ok(sum)
    }

    fn by_ref_and_then_the_rest(log, n) {
        let mut source = log.source(n);
        for value in source.by_ref() {
            log.step();
            if value.id == 5 {
                break;
            }
        }
        let mut rest = 0;
        while let Some(value) = source.next() {
            log.step();
            rest += value.id;
        }
        Ok(rest)
    }

    fn nested(log, n) {
        let mut sum = 0;
        for outer in log.source(n.min(9)) {
            log.step();
            let mut inner = outer.id;
            while log.condition(inner > 0) {
                log.step();
                inner -= 1;
                loop {
                    log.step();
                    sum += 1;
                    if sum % 3 != 0 {
                        break;
                    }
                }
            }
        }
        Ok(sum)
    }

    fn labels(log, n) {
        let mut sum = 0;
        'outer: for outer in log.source(n) {
            log.step();
            let _between = log.value(800);
            'inner: loop {
                log.step();
                for value in log.source(4) {
                    log.step();
                    match (outer.id + value.id) % 5 {
                        0 => continue 'outer,
                        1 => break 'inner,
                        2 if outer.id > 20 => break 'outer,
                        3 => continue,
                        _ => sum += value.id,
                    }
                }
                break;
            }
            log.note(sum);
        }
        Ok(sum)
    }

    fn continue_everywhere(log, n) {
        let mut i = 0;
        let mut odd = 0;
        while i < n {
            log.step();
            i += 1;
            if i % 2 == 0 {
                continue;
            }
            odd += 1;
        }
        Ok(odd)
    }

    fn question_mark(log, n) {
        let mut sum = 0;
        for value in log.source(n) {
            log.step();
            sum += below(value.id, 45)?;
        }
        Ok(sum)
    }

    fn let_else(log, n) {
        let mut source = log.source(n);
        let mut sum = 0;
        loop {
            log.step();
            let Some(value) = source.next() else { break };
            let Ok(id) = below(value.id, 55) else { return Err(Stop::Own(sum)) };
            sum += id;
        }
        Ok(sum)
    }

    fn returns_from_within(log, n) {
        let _first = log.value(900);
        for outer in log.source(n) {
            log.step();
            let _second = log.value(901);
            for inner in log.source(outer.id) {
                log.step();
                if inner.id + outer.id > 14 {
                    return Ok(inner.id);
                }
            }
        }
        Err(Stop::Own(n))
    }

    fn shadowed_names(log, n) {
        let (__seen, __left, __limit, __scope, __tripped) = (1, 2, 3, 4, 5);
        let seen = __seen + __left + __limit + __scope + __tripped;
        let (enter, tick, due, limit) = (seen, seen, seen, seen);
        let n = n.max(1) - 1;
        let mut i = 0;
        while i < n {
            log.step();
            let __left = i;
            let i_before = i;
            i = __left + 1;
            let i = i_before;
            log.note(i);
        }
        Ok(i + enter + tick + due + limit + __left)
    }

    fn labelled_blocks(log, n) {
        let mut sum = 0;
        'values: for value in log.source(n) {
            log.step();
            sum += 'block: {
                let _inside = log.value(850);
                if value.id % 2 == 0 {
                    break 'block 1;
                }
                if value.id % 3 == 0 {
                    continue 'values;
                }
                value.id
            };
        }
        Ok(sum)
    }

    fn drop_order(log, n) {
        let _a = log.value(901);
        let kept: Vec<_> = log.source(3).collect();
        let mut moved = Some(log.value(902));
        for value in log.source(n) {
            log.step();
            let _b = log.value(903);
            if value.id == 3 {
                drop(moved.take());
            }
            let _c = (log.value(904), log.value(905));
            let _ = log.value(906);
            moved = moved.or_else(|| (value.id == 9).then_some(value));
        }
        let _d = log.value(907);
        Ok(u32::try_from(kept.len()).unwrap_or(0))
    }

    fn others_loops_are_left_alone(log, n) {
        const FOUR: u32 = {
            let mut i = 0;
            while i < 4 {
                i += 1;
            }
            i
        };
        fn inner(log: &Log) -> u32 {
            for i in 0..100 {
                if i % 50 == 0 {
                    log.note(i);
                }
            }
            FOUR
        }
        let mut sum = 0;
        for _ in 0..n {
            log.step();
            sum += inner(log);
        }
        Ok(sum)
    }

    fn several_in_a_row(log, n) {
        let mut i = 0;
        if n > 3 {
            for _ in 0..n {
                log.step();
                i += 1;
            }
        }
        if n > 100 {
            return Ok(i);
        }
        let _between = log.value(1);
        while i > 0 {
            log.step();
            i -= 1;
        }
        let last = {
            let _inner = log.value(2);
            loop {
                log.step();
                i += 1;
                if i > 2 {
                    break i;
                }
            }
        };
        Ok(last)
    }
}
