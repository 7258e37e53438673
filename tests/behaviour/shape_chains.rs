//! Loops with `let` chains, which older compilers cannot parse.

#![allow(clippy::unnecessary_wraps, reason = "every shape has the same type")]

use guard_runtime::loop_guard;

use crate::sweep::{Outcome, Shape, Stop, nanos_for, shapes};
use crate::trace::Log;

shapes! { CHAINS:
    fn while_chain(log, n) {
        let mut source = log.source(n);
        let mut sum = 0;
        while let Some(value) = source.next()
            && log.condition(value.id < 40)
            && let Some(id) = value.id.checked_add(1)
        {
            log.step();
            sum += id;
        }
        Ok(sum)
    }

    fn chains_inside(log, n) {
        let mut last = None;
        for value in log.source(n) {
            log.step();
            if let Some(last) = last
                && value.id % 3 == 0
                && let 12.. = last
            {
                break;
            }
            last = Some(value.id);
        }
        let mut left = last;
        while log.condition(n > 0) && let Some(id) = left {
            log.step();
            left = id.checked_sub(1);
        }
        last.ok_or(Stop::Own(n))
    }
}
