//! Random functions full of labels and jumps do the same with the attribute as without it, event by event.
//!
//! Labels are bound twice, named in conditions and in heads, and left unused. The compiler warns about that, so the
//! functions are written to a project of their own.

use std::fmt::Write;

use harness::Random;

use crate::cases;

const FUNCTIONS: u64 = 60;

#[test]
fn jumps_go_where_they_are_sent() {
    let mut random = Random::new(0x001A_BE15);
    let mut functions = String::new();
    let mut names = String::new();
    for number in 0..FUNCTIONS {
        _ = writeln!(functions, "{}", Function::of(&mut random, number));
        _ = write!(names, "f{number}, ");
    }
    let mut program = String::from(HEAD);
    for (mode, attribute) in [
        ("plain", ""),
        ("inheriting", "#[guard_runtime::loop_guard(inherit)]"),
        ("timed", "#[guard_runtime::loop_guard(timeout = \"1h\")]"),
        (
            "counting",
            "#[guard_runtime::loop_guard(iterations = 1_000_000)]",
        ),
    ] {
        _ = writeln!(
            program,
            "{attribute} mod {mode} {{ use super::Log; {functions} pub const ALL: &[fn(&[u64], &mut Log) -> u64] = &[{names}]; }}"
        );
    }
    cases::run("random_jumps", &program);
}

/// Runs all functions in all modes, and compares.
const HEAD: &str = r#"
#![allow(warnings, reason = "the program is generated")]

#[derive(Default, Debug, PartialEq)]
pub struct Log(Vec<u64>);

impl Log {
    fn push(&mut self, event: u64) { self.0.push(event) }
}

fn main() {
    for length in [0, 1, 2, 7, 15, 16, 17, 40] {
        let v: Vec<u64> = (0..length).map(|i| i * 7 % 11).collect();
        for (number, plain) in plain::ALL.iter().enumerate() {
            let run = |f: fn(&[u64], &mut Log) -> u64| { let mut log = Log::default(); (f(&v, &mut log), log) };
            let wanted = run(*plain);
            for all in [inheriting::ALL, timed::ALL, counting::ALL] {
                assert_eq!(run(all[number]), wanted, "f{number} of {length}");
            }
        }
    }
}
"#;

/// What a jump can name.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Loop(&'static str),
    Block(&'static str),
}

struct Function<'r> {
    random: &'r mut Random,
    text: String,
    /// The labels around, innermost last.
    labels: Vec<Named>,
    /// Whether a jump needs no label: the innermost thing around is a loop.
    bare: bool,
    depth: u32,
}

const LABELS: [&str; 3] = ["'a", "'b", "'c"];

impl Function<'_> {
    /// Ends in any case, because each iteration uses fuel.
    fn of(random: &mut Random, number: u64) -> String {
        let mut function = Function {
            random,
            text: format!(
                "fn f{number}(v: &[u64], log: &mut Log) -> u64 {{ let (mut s, mut fuel) = ({number}_u64, 900);\n"
            ),
            labels: Vec::new(),
            bare: false,
            depth: 0,
        };
        for _ in 0..3 {
            function.a_loop();
            function.push("log.push(s);\n");
        }
        function.push("s }");
        function.text
    }

    fn push(&mut self, text: &str) {
        self.text += text;
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random.below(limit)
    }

    fn statements(&mut self) {
        for _ in 0..=self.below(3) {
            self.statement();
        }
    }

    fn statement(&mut self) {
        let number = self.below(9);
        match self.below(9) {
            0 | 1 => self.push(&format!(
                "s = s.wrapping_mul(31).wrapping_add({number}) % 1009;\n"
            )),
            2 => self.push("log.push(s);\n"),
            3..=5 => self.jump(),
            6 if self.depth < 4 => self.block(),
            7 => self.push("for i in 0..4 { s += i; }\n"),
            8 if self.depth < 3 => self.a_loop(),
            _ => self.push("s += 1;\n"),
        }
    }

    /// `if s % 5 == 2 { continue 'a }`
    fn jump(&mut self) {
        let (by, rest) = (self.below(5) + 2, self.below(3));
        let target = usize::try_from(self.below(4)).unwrap();
        let named = self.labels.iter().rev().nth(target).copied();
        let jump = match (named, self.below(2)) {
            (Some(Named::Loop(label)), 0) => format!("continue {label}"),
            (Some(Named::Loop(label) | Named::Block(label)), _) => format!("break {label}"),
            (None, 0) if self.bare => "continue".to_owned(),
            (None, _) if self.bare => "break".to_owned(),
            _ => "s += 2".to_owned(),
        };
        self.push(&format!(
            "if s % {by} == {rest} {{ log.push({by}); {jump} }}\n"
        ));
    }

    fn block(&mut self) {
        let label = LABELS[usize::try_from(self.below(3)).unwrap()];
        self.push(&format!("{label}: {{\n"));
        let bare = std::mem::replace(&mut self.bare, false);
        self.within(Named::Block(label), Self::statements);
        self.bare = bare;
        self.push("}\n");
    }

    fn a_loop(&mut self) {
        let label = (self.below(3) > 0).then(|| LABELS[usize::try_from(self.below(3)).unwrap()]);
        if let Some(label) = label {
            self.push(&format!("{label}: "));
        }
        let (by, rest, many) = (self.below(5) + 2, self.below(2), self.below(30));
        match self.below(7) {
            0 => self.push(&format!("for i in 0..{many} {{ s ^= i;\n")),
            1 => self.push("for x in v { s += x;\n"),
            2 => self.push("for (i, x) in v.iter().enumerate() { s += i as u64 * x;\n"),
            3 => self.push(&format!(
                "for (x, i) in v.iter().rev().zip(3..={many}) {{ s ^= i + x;\n"
            )),
            4 => self.push(&format!("while s % {by} != {rest} {{\n")),
            5 => {
                let condition = label.map_or("s += 1".to_owned(), |label| {
                    format!("if s % {by} == {rest} {{ break {label} }} if s % 7 == 5 {{ s += 3; continue {label} }}")
                });
                self.push(&format!("while {{ fuel -= 1; if fuel <= 0 {{ return s; }} {condition}; s % 11 != 4 }} {{\n"));
            }
            _ => self.push("loop {\n"),
        }
        self.push("fuel -= 1; if fuel <= 0 { return s; }\n");
        let bare = std::mem::replace(&mut self.bare, true);
        match label {
            Some(label) => self.within(Named::Loop(label), Self::statements),
            None => {
                self.depth += 1;
                self.statements();
                self.depth -= 1;
            }
        }
        self.bare = bare;
        self.push("s += 1; }\n");
    }

    /// A label hides outer labels of the same name.
    fn within(&mut self, named: Named, visit: fn(&mut Self)) {
        let (Named::Loop(name) | Named::Block(name)) = named;
        let outer = self.labels.clone();
        self.labels.retain(
            |other| !matches!(other, Named::Loop(other) | Named::Block(other) if *other == name),
        );
        self.labels.push(named);
        self.depth += 1;
        visit(self);
        self.depth -= 1;
        self.labels = outer;
    }
}
