//! Expressions of a random function: integers and conditions.

use crate::random_functions::generator::Generator;
use crate::random_functions::scope::Scope;

impl Generator<'_> {
    pub(crate) fn int(&mut self, scope: &Scope, depth: u32) -> String {
        if depth == 0 || self.below(3) == 0 {
            return if self.below(3) == 0 {
                self.below(12).to_string()
            } else {
                self.one_of(&scope.ints)
            };
        }
        if self.awaits(scope) && self.below(4) == 0 {
            return self.awaited(scope, depth - 1);
        }
        match self.below(if scope.plain { 4 } else { 7 }) {
            0 | 1 => {
                let (left, right) = (self.int(scope, depth - 1), self.int(scope, depth - 1));
                let operator = self.one_of(&["+", "-", "^", "&", "|"]);
                format!("(({left}) % 97 {operator} ({right}) % 97)")
            }
            2 => {
                let condition = self.condition(scope, depth - 1);
                let (then, other) = (self.int(scope, depth - 1), self.int(scope, depth - 1));
                format!("(if {condition} {{ {then} }} else {{ {other} }})")
            }
            3 => {
                let index = self.int(scope, depth - 1);
                format!("v[i64::unsigned_abs({index}) as usize % 7]")
            }
            4 => format!("log.held({}).get()", self.at()),
            5 => {
                let (at, value) = (self.at(), self.int(scope, depth - 1));
                format!("log.note({at}, {value})")
            }
            _ => {
                let (at, value) = (self.at(), self.int(scope, depth - 1));
                format!("{{ let _held = log.held({at}); {value} }}")
            }
        }
    }

    /// An integer that a future yields, with temporaries and locals that live across the await.
    fn awaited(&mut self, scope: &Scope, depth: u32) -> String {
        let (at, value) = (self.at(), self.int(scope, depth));
        match self.below(6) {
            0 => format!("log.held({at}).later().await"),
            1 => format!("value(log, {at}, {value}).await"),
            2 => format!("value(&*log.held({at}).log, {at}, {value}).await"),
            3 => format!("{{ let _held = log.held({at}); value(log, {at}, {value}).await }}"),
            4 => format!(
                "async {{ let _held = log.held({at}); pause(log, {at}).await; {value} }}.await"
            ),
            _ => format!("Box::pin(value(log, {at}, {value})).await"),
        }
    }

    pub(crate) fn condition(&mut self, scope: &Scope, depth: u32) -> String {
        let (left, right) = (self.int(scope, depth), self.int(scope, 0));
        match self.below(5) {
            0 => format!("({left}) % 3 == 1"),
            1 => format!("({left}) > ({right})"),
            2 => format!("({left}) & 1 == 0"),
            3 if self.awaits(scope) => {
                format!("log.yes_later({}, ({left}) < ({right})).await", self.at())
            }
            3 if !scope.plain => format!("log.yes({}, ({left}) < ({right}))", self.at()),
            _ => format!("({left}) % 4 != ({right}) % 3"),
        }
    }
}
