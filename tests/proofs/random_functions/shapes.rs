//! Statements in shapes that are met less often: collections of values with an end, iterators with effects, `?` in
//! closures, guards with loops, constants that loop.

use crate::random_functions::generator::Generator;
use crate::random_functions::scope::Scope;

impl Generator<'_> {
    pub(crate) fn shape(&mut self, scope: &mut Scope, depth: u32) -> String {
        match self.below(10) {
            0 | 1 => self.by_value(scope, depth),
            9 if self.awaits(scope) => self.awaited_items(scope, depth),
            2 => self.queue(scope, depth),
            3 => self.let_else(scope),
            4 => self.question(scope),
            5 => self.guarded_arm(scope, depth),
            6 => self.counting(scope, depth),
            7 => self.block_with_a_value(scope, depth),
            _ => "s += const { let (mut i, mut t) = (0, 0); while i < 5 { t += i; i += 1; } t } + [0_u8; { let mut n = 0; while n < 3 { n += 1; } n }].len() as i64;".to_owned(),
        }
    }

    /// Three values whose ends are noted.
    fn three(&mut self) -> String {
        let (one, two, three) = (self.at(), self.at(), self.at());
        format!("[log.held({one}), log.held({two}), log.held({three})]")
    }

    fn by_value(&mut self, scope: &Scope, depth: u32) -> String {
        let (name, at, held) = (self.name("h"), self.at(), self.three());
        let over = match self.below(9) {
            0 => held,
            1 => format!("Vec::from({held})"),
            2 => format!("Vec::from({held}).into_iter().rev()"),
            3 => format!("Vec::from({held}).drain(1..)"),
            4 => format!("std::collections::VecDeque::from({held})"),
            5 => format!("std::collections::LinkedList::from({held})"),
            6 => format!(
                "(0..).zip({held}).collect::<std::collections::BTreeMap<_, _>>().into_values()"
            ),
            7 => format!("{held}.into_iter().chain(Some(log.held({at})))"),
            _ => format!("Some(log.held({at}))"),
        };
        let label = self.label();
        let mut inner = scope.inside(Some(&label), true, false);
        inner.ints.push(format!("{name}.get()"));
        let body = self.block(&inner, depth);
        format!("{label}: for {name} in {over} {{\nlog.note({at}, {name}.get());\n{body}}}")
    }

    /// Temporaries of a head that awaits.
    fn awaited_items(&mut self, scope: &Scope, depth: u32) -> String {
        let (name, at) = (self.name("h"), self.at());
        let (over, after) = self.one_of(&[
            ("log.items_later(AT).await", ""),
            ("log.items_later(AT).await.iter()", ""),
            (
                "log.held(AT).items_of(log.items_later(AT).await).iter().rev()",
                "",
            ),
            ("log.items_later(AT).await.drain(1..)", "log.free(AT);"),
        ]);
        let mut inner = scope.inside(None, true, false);
        inner.ints.push(format!("{name}.get()"));
        let body = self.block(&inner, depth);
        let text =
            format!("for {name} in {over} {{\nlog.note(AT, {name}.get());\n{body}}}\n{after}");
        text.replace("AT", &at.to_string())
    }

    fn queue(&mut self, scope: &Scope, depth: u32) -> String {
        let (queue, name, at) = (self.name("q"), self.name("h"), self.at());
        let mut inner = scope.inside(None, true, false);
        if self.below(3) == 0 {
            let body = self.block(&inner, depth);
            return format!(
                "let mut {queue} = std::collections::BinaryHeap::from([2, 1, 3]);\n\
                 while let Some(mut top) = {queue}.peek_mut() {{\nif *top <= 0 {{ break; }}\n*top -= 1;\nlog.note({at}, *top);\n{body}}}"
            );
        }
        let held = self.three();
        inner.ints.push(format!("{name}.get()"));
        let body = self.block(&inner, depth);
        format!(
            "let mut {queue} = std::collections::VecDeque::from({held});\n\
             while let Some({name}) = {queue}.pop_front() {{\nlog.note({at}, {name}.get());\n{body}}}"
        )
    }

    fn let_else(&mut self, scope: &mut Scope) -> String {
        let (name, index, value) = (self.name("x"), self.int(scope, 1), self.int(scope, 1));
        let value = if scope.in_closure {
            value
        } else {
            self.wrapped(&value)
        };
        scope.ints.push(name.clone());
        format!(
            "let Some({name}) = v.get(i64::unsigned_abs({index}) as usize % 9).copied() else {{ return {value}; }};"
        )
    }

    /// A closure that is called where it stands, with a `?` in its loop.
    fn question(&mut self, scope: &Scope) -> String {
        let (at, held, most) = (self.at(), self.at(), 2 + self.below(8));
        let mut inner = scope.in_closure("i");
        inner.places.clear();
        let (condition, value) = (self.condition(&inner, 1), self.int(&inner, 1));
        let (ty, question, end, taken) = match self.below(3) {
            0 => (
                "Option<i64>",
                format!("t += v.get(i as usize * 2)?; if {condition} {{ None::<i64>?; }}"),
                "Some(t)",
                format!(".unwrap_or({at})"),
            ),
            1 => (
                "Result<i64, Failure>",
                format!("t += check({value})?; if {condition} {{ return Ok(i); }}"),
                "Ok(t)",
                format!(".unwrap_or({at})"),
            ),
            _ => (
                "std::ops::ControlFlow<i64, i64>",
                format!(
                    "t += i; if {condition} {{ std::ops::ControlFlow::<i64>::Break({value})?; }}"
                ),
                "std::ops::ControlFlow::Continue(t)",
                ".break_value().unwrap_or(3)".to_owned(),
            ),
        };
        format!(
            "let found = (|| -> {ty} {{\nlet mut t = 0;\nfor i in 0..{most}_i64 {{\nlog.note({at}, i);\nlet _held = log.held({held});\n{question}\n}}\n{end}\n}})(){taken};\ns ^= found % 97;"
        )
    }

    fn guarded_arm(&mut self, scope: &Scope, depth: u32) -> String {
        let (at, value, condition) = (self.at(), self.int(scope, 1), self.condition(scope, 1));
        let (one, other) = (self.block(scope, depth), self.block(scope, depth));
        format!(
            "match ({value}) % 4 {{\nx if {{ let mut t = 0; while t < x {{ t += 1; }} log.yes({at}, t == x) }} => {{\n{one}}}\n_ if {condition} => {{}}\n_ => {{\n{other}}}\n}}"
        )
    }

    /// An iterator that notes each call.
    fn counting(&mut self, scope: &Scope, depth: u32) -> String {
        let (name, at, other, most) = (self.name("x"), self.at(), self.at(), self.below(5));
        let adaptor = match self.below(9) {
            0 => format!(".zip(log.counting({other}, 2)).map(|(x, y)| x + y)"),
            1 => ".enumerate().map(|(i, x)| x + i as i64)".to_owned(),
            2 => ".take(2)".to_owned(),
            3 => ".skip(1)".to_owned(),
            4 => ".step_by(2)".to_owned(),
            5 => format!(".filter(|x| log.yes({other}, x % 2 == 0))"),
            6 => ".peekable()".to_owned(),
            7 => format!(".chain(log.counting({other}, 1))"),
            _ => String::new(),
        };
        let mut inner = scope.inside(None, true, false);
        inner.ints.push(name.clone());
        let body = self.block(&inner, depth);
        format!("for {name} in log.counting({at}, {most}){adaptor} {{\n{body}}}")
    }

    fn block_with_a_value(&mut self, scope: &mut Scope, depth: u32) -> String {
        let (name, label, at) = (self.name("x"), self.label(), self.at());
        let inner = scope.inside(Some(&label), false, true);
        let body = self.block(&inner, depth);
        let (condition, early, late) = (
            self.condition(&inner, 1),
            self.int(&inner, 1),
            self.int(&inner, 1),
        );
        scope.ints.push(name.clone());
        format!(
            "let {name}: i64 = {label}: {{\nlet _held = log.held({at});\n{body}for i in 0..3 {{ if i == 1 && {condition} {{ break {label} {early}; }} }}\n{late}\n}};"
        )
    }
}
