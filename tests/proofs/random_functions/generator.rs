//! Random functions as text: well-typed, with loops, labels, closures, temporaries and drops.
//!
//! All of them end: each iteration of a loop uses up one of a limited number of log entries, or counts a variable
//! of its own.

use std::fmt::Write as _;

use harness::Random;

use crate::random_functions::heads::head;
use crate::random_functions::scope::Scope;

/// One function: the text after `fn name`.
pub(crate) struct Function {
    pub(crate) is_async: bool,
    /// What it is called with.
    pub(crate) arguments: &'static str,
    /// `(log: &Log, ..) -> .. { .. }`
    pub(crate) text: String,
}

pub(crate) struct Generator<'r> {
    random: &'r mut Random,
    is_async: bool,
    /// What its `return`s return.
    returns: Returns,
    at: u32,
    names: u32,
    /// How many more statements may be written.
    left: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Returns {
    Int,
    Result,
    Option,
}

impl Returns {
    fn ty(self) -> &'static str {
        match self {
            Self::Int => "i64",
            Self::Result => "Result<i64, Failure>",
            Self::Option => "Option<i64>",
        }
    }

    fn wrap(self, value: &str) -> String {
        match self {
            Self::Int => value.to_owned(),
            Self::Result => format!("Ok({value})"),
            Self::Option => format!("Some({value})"),
        }
    }
}

impl<'r> Generator<'r> {
    pub(crate) fn function(random: &'r mut Random) -> Function {
        let is_async = random.below(4) == 0;
        let returns = [Returns::Int, Returns::Result, Returns::Option][random.index(3)];
        let left = 8 + u32::try_from(random.below(20)).expect("few");
        let mut this = Self {
            random,
            is_async,
            returns,
            at: 0,
            names: 0,
            left,
        };
        let mut scope = Scope {
            ints: vec!["a".to_owned(), "b".to_owned()],
            places: vec!["s".to_owned()],
            ..Scope::default()
        };
        scope.ints.push("s".to_owned());
        let body = this.block(&scope, 4);
        let value = this.int(&scope, 2);
        // Arguments with an end, some of which no pattern binds.
        let (parameters, arguments) = this.one_of(&[
            ("a: i64, b: i64", "a, b"),
            ("a: i64, b: i64", "a, b"),
            (
                "a: i64, (b, _): (i64, Held<'_>), _held: Held<'_>",
                "a, (b, log.held(901)), log.held(902)",
            ),
            (
                "_: Held<'_>, a: impl Into<i64>, [b, ..]: [i64; 2], held: Held<'_>",
                "log.held(903), a, [b, 0], log.held(904)",
            ),
        ]);
        let a = if parameters.contains("impl") {
            "let a: i64 = a.into();\nlet held = held;\n"
        } else {
            ""
        };
        let text = format!(
            "(log: &Log, {parameters}) -> {} {{\n{a}\nlet v = &VALUES[..];\nlet mut s = b;\n{body}\n\
             log.note(0, s);\n{}\n}}\n",
            returns.ty(),
            returns.wrap(&value),
        );
        Function {
            is_async,
            arguments,
            text,
        }
    }

    /// A value of the function's own type.
    pub(crate) fn wrapped(&self, value: &str) -> String {
        self.returns.wrap(value)
    }

    /// Whether an await may stand here.
    pub(crate) fn awaits(&self, scope: &Scope) -> bool {
        self.is_async && !scope.in_closure && !scope.plain
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.random.below(limit)
    }

    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.random.index(all.len())].clone()
    }

    pub(crate) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    pub(crate) fn at(&mut self) -> u32 {
        self.at += 1;
        self.at
    }

    /// Statements; each may use what earlier ones declare.
    pub(crate) fn block(&mut self, scope: &Scope, depth: u32) -> String {
        let mut scope = scope.clone();
        let mut text = String::new();
        for _ in 0..=self.below(4) {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            text += &self.statement(&mut scope, depth);
            text.push('\n');
        }
        text
    }

    fn statement(&mut self, scope: &mut Scope, depth: u32) -> String {
        if depth == 0 || self.below(3) == 0 {
            return self.simple(scope);
        }
        match self.below(if scope.plain { 8 } else { 21 }) {
            0..4 => self.a_loop(scope, depth - 1),
            4 => {
                let condition = self.condition(scope, 1);
                let (then, other) = (self.block(scope, depth - 1), self.block(scope, depth - 1));
                format!("if {condition} {{\n{then}}} else {{\n{other}}}")
            }
            5 => {
                let label = self.label();
                let inner = scope.inside(Some(&label), false, false);
                let body = self.block(&inner, depth - 1);
                format!("{label}: {{\n{body}}}")
            }
            6 => self.a_loop_with_a_value(scope, depth - 1),
            7 => {
                let value = self.int(scope, 1);
                let (zero, one) = (self.block(scope, depth - 1), self.block(scope, depth - 1));
                format!("match {value} % 3 {{ 0 => {{\n{zero}}} 1 => {{\n{one}}} _ => {{}} }}")
            }
            8 => {
                let at = self.at();
                let (zero, other) = (self.block(scope, depth - 1), self.block(scope, depth - 1));
                format!("match log.held({at}).get() {{ 0 | 2 => {{\n{zero}}} _ => {{\n{other}}} }}")
            }
            9 | 10 => self.closure(scope, depth - 1),
            11 => {
                // An item after statements.
                let (name, at) = (self.name("inner"), self.at());
                format!(
                    "s += {name}(a);\nfn {name}(n: i64) -> i64 {{ let mut sum = 0; for i in 0..n % 4 {{ sum += i; }} sum + {at} }}"
                )
            }
            12 => {
                let (at, body) = (self.at(), self.block(scope, depth - 1));
                format!(
                    "if let Some(x) = log.cell().borrow().first() {{\nlog.note({at}, *x);\n{body}}}"
                )
            }
            13 => {
                let (at, body) = (self.at(), self.block(scope, depth - 1));
                format!("{{\nlet _held = log.held({at});\n{body}}}")
            }
            14 => self.chain(scope, depth - 1),
            _ => self.shape(scope, depth - 1),
        }
    }

    /// A statement that contains no other.
    fn simple(&mut self, scope: &mut Scope) -> String {
        match self.below(if scope.plain { 5 } else { 12 }) {
            0 => {
                let (name, value) = (self.name("x"), self.int(scope, 2));
                let mutable = self.below(2) == 0;
                scope.ints.push(name.clone());
                if mutable {
                    scope.places.push(name.clone());
                }
                format!(
                    "let {}{name}: i64 = {value};",
                    if mutable { "mut " } else { "" }
                )
            }
            1 | 2 => {
                let (place, value) = (self.one_of(&scope.places), self.int(scope, 2));
                let operator = self.one_of(&["=", "+=", "-=", "^="]);
                // Bounded, so that nothing overflows.
                format!("{place} {operator} ({value}) % 97;")
            }
            3 | 4 => self.jump(scope),
            5 => format!("log.free({});", self.at()),
            6 => format!("let _held = log.held({});", self.at()),
            7 => format!("let _ = log.held({});", self.at()),
            8 => {
                let (at, value) = (self.at(), self.int(scope, 1));
                format!("log.note({at}, {value} + log.held({at}).get());")
            }
            9 if self.awaits(scope) => {
                let at = self.at();
                format!("pause(log, {at}).await;")
            }
            10 => {
                let (at, value) = (self.at(), self.int(scope, 1));
                format!(
                    "if let Ok(mut cell) = log.cell().try_borrow_mut() {{ cell.push({value} % 9); log.note({at}, cell.len() as i64); }}"
                )
            }
            _ => {
                let (at, value) = (self.at(), self.int(scope, 2));
                format!("log.note({at}, {value});")
            }
        }
    }

    /// A way out of a loop, a block, or the function; usually under a condition.
    fn jump(&mut self, scope: &Scope) -> String {
        self.jump_from(scope, false)
    }

    /// In the condition of a `while` only labels can be named, and `continue` might never end.
    fn jump_from(&mut self, scope: &Scope, in_condition: bool) -> String {
        let jump = match self.below(6) {
            0 if scope.in_closure => {
                let value = self.int(scope, 1);
                format!("return {value};")
            }
            0 => {
                let value = self.int(scope, 1);
                let value = self.returns.wrap(&value);
                format!("return {value};")
            }
            1 if self.returns == Returns::Result && !scope.in_closure && !scope.plain => {
                let value = self.int(scope, 1);
                if self.awaits(scope) {
                    let at = self.at();
                    return format!("s = check_later(log, {at}, {value}).await?;");
                }
                format!("s = check({value})?;")
            }
            _ if scope.targets.is_empty() => return String::new(),
            kind => {
                let at = self.random.index(scope.targets.len());
                let target = &scope.targets[at];
                // Without a label, a jump means the innermost loop, and never a block.
                let is_last = at + 1 == scope.targets.len() && target.is_loop;
                let label = match &target.label {
                    Some(label) if !is_last || in_condition || self.below(2) == 0 => {
                        format!(" {label}")
                    }
                    None if !is_last || in_condition => return String::new(),
                    _ => String::new(),
                };
                if kind < 4 && target.is_loop && !in_condition {
                    format!("continue{label};")
                } else if target.value {
                    let value = self.int(scope, 1);
                    format!("break{label} {value};")
                } else {
                    format!("break{label};")
                }
            }
        };
        let condition = self.condition(scope, 1);
        format!("if {condition} {{ {jump} }}")
    }

    pub(crate) fn label(&mut self) -> String {
        // Labels may be used again, even by an outer loop of the same function.
        self.one_of(&["'a", "'b", "'c", "'again"]).to_owned()
    }

    fn a_loop(&mut self, scope: &Scope, depth: u32) -> String {
        let label = (self.below(2) == 0).then(|| self.label());
        let mut inner = scope.inside(label.as_ref(), true, false);
        inner.plain |= self.below(2) == 0;
        let prefix = label.map_or_else(String::new, |label| format!("{label}: "));
        let at = self.at();
        let first = if inner.plain {
            String::new()
        } else {
            format!("log.note({at}, s);\n")
        };
        match self.below(10) {
            0..3 => {
                let head = head(self, scope.plain);
                inner.ints.extend(head.ints);
                let body = self.block(&inner, depth);
                format!(
                    "{prefix}for {} in {} {{\n{first}{body}}}",
                    head.pattern, head.over
                )
            }
            3 | 4 => {
                let (count, most) = (self.name("i"), 2 + self.below(9));
                inner.ints.push(count.clone());
                let mut condition = format!("{count} < {most}");
                if self.below(3) == 0 {
                    // A condition that may leave.
                    let jump = self.jump_from(&inner, true);
                    condition += &format!(" && {{ {jump} true }}");
                }
                if !inner.plain && self.below(2) == 0 {
                    condition = format!("log.yes({at}, {condition})");
                }
                let body = self.block(&inner, depth);
                format!(
                    "let mut {count} = 0;\n{prefix}while {condition} {{\n{count} += 1;\n{first}{body}}}"
                )
            }
            5 | 6 => self.counted(&inner, depth, &prefix),
            7 | 8 => self.over_list(&inner, depth, &prefix),
            _ => {
                let (items, item) = (self.name("items"), self.name("x"));
                inner.ints.push(item.clone());
                let body = self.block(&inner, depth);
                format!(
                    "let mut {items} = v.to_vec();\n{prefix}while let Some({item}) = {items}.pop() {{\n{first}{body}}}"
                )
            }
        }
    }

    fn a_loop_with_a_value(&mut self, scope: &mut Scope, depth: u32) -> String {
        let (name, count) = (self.name("x"), self.name("i"));
        let label = (self.below(2) == 0).then(|| self.label());
        let mut inner = scope.inside(label.as_ref(), true, true);
        inner.ints.push(count.clone());
        let body = self.block(&inner, depth);
        let value = self.int(&inner, 1);
        let prefix = label.map_or_else(String::new, |label| format!("{label}: "));
        let text = format!(
            "let mut {count} = 0;\nlet {name}: i64 = {prefix}loop {{\n{count} += 1;\nif {count} > 5 {{ break {value}; }}\n{body}}};"
        );
        scope.ints.push(name);
        text
    }

    fn closure(&mut self, scope: &mut Scope, depth: u32) -> String {
        let (name, argument, at) = (self.name("f"), self.name("y"), self.at());
        let inner = scope.in_closure(&argument);
        let (body, value) = (self.block(&inner, depth), self.int(&inner, 1));
        let with = self.int(scope, 1);
        let mut text = format!(
            "let with = {with};\nlet mut {name} = |{argument}: i64| -> i64 {{\nlog.note({at}, {argument});\n{body}{value}\n}};\n"
        );
        _ = write!(text, "let called = {name}(with % 50);\ns = called % 97;");
        text
    }

    fn chain(&mut self, scope: &Scope, depth: u32) -> String {
        let (argument, at) = (self.name("y"), self.at());
        let mut inner = scope.in_closure(&argument);
        // Everything else would be borrowed twice.
        inner.places.clear();
        inner.places.push("t".to_owned());
        let (body, value) = (self.block(&inner, depth), self.int(&inner, 1));
        format!(
            "let sum: i64 = v.iter().copied().take(3).map(|{argument}| {{\nlet mut t = log.note({at}, {argument});\n{body}({value}) % 97 + t % 97\n}}).sum();\ns ^= sum % 97;"
        )
    }
}
