//! Loops that yield values, and loops in expressions.

use guard_runtime::loop_guard;

use super::add;
use crate::sweep::{Outcome, Shape, Stop, nanos_for, shapes};
use crate::trace::Log;

shapes! { VALUES:
    fn break_with_a_value(log, n) {
        let mut i = 0;
        let found = loop {
            log.step();
            i += 1;
            if i * i > n {
                break log.value(i);
            }
        };
        let far = 'far: loop {
            log.step();
            loop {
                log.step();
                i += 1;
                if i > n {
                    break 'far i;
                }
                if i % 3 == 0 {
                    break;
                }
            }
        };
        Ok(found.id + far)
    }

    fn tail_expression(log, n) {
        let mut source = log.source(n);
        loop {
            log.step();
            match source.next() {
                Some(value) if value.id < 50 => {}
                Some(value) => break Err(Stop::Own(value.id)),
                None => break Ok(n),
            }
        }
    }

    fn body_of_type_never(log, n) {
        let mut i = 0;
        loop {
            log.step();
            if i == n {
                return Ok(i);
            }
            i += 1;
        }
    }

    fn never_around_other_loops(log, n) {
        let mut i = 0;
        loop {
            log.step();
            for _ in log.source(2) {
                log.step();
            }
            i += 1;
            if i > n {
                return Ok(i);
            }
        }
    }

    fn loops_in_match_arms(log, n) {
        let mut i = 0;
        let first = match n % 3 {
            0 => loop {
                log.step();
                i += 1;
                if i > n {
                    break i;
                }
            },
            1 => {
                for value in log.source(n) {
                    log.step();
                    i += value.id;
                }
                i
            }
            _ => {
                while i < n {
                    log.step();
                    i += 1;
                }
                i
            }
        };
        Ok(first)
    }

    fn loops_in_conditions(log, n) {
        let mut i = 0;
        if loop {
            log.step();
            i += 1;
            if i > n / 2 {
                break i % 2 == 0;
            }
        } {
            log.note(1);
        }
        while {
            for _ in 0..i % 3 {
                log.step();
            }
            i < n
        } {
            log.step();
            i += 1;
        }
        for i in loop {
            log.step();
            break 0..i;
        } {
            log.step();
            log.note(i);
        }
        Ok(i)
    }

    fn loops_as_operands(log, n) {
        let mut i = 0;
        let sum = add(
            loop {
                log.step();
                i += 1;
                if i > n {
                    break i;
                }
            },
            {
                for _ in log.source(n) {
                    log.step();
                }
                2
            },
            [1, loop {
                log.step();
                break 3;
            }][1],
        );
        Ok(sum)
    }
}
