//! `while` loops that count to a bound. The bound may move as well: by its name, through a pointer, or with a list.

use crate::random_functions::generator::Generator;
use crate::random_functions::scope::Scope;

/// A bound, as text.
struct Bound {
    /// What declares it, in front of the loop.
    declared: String,
    /// What the condition compares the counter with.
    asked: String,
    /// What moves it in the body.
    moved: String,
}

impl Generator<'_> {
    pub(crate) fn counted(&mut self, scope: &Scope, depth: u32, prefix: &str) -> String {
        let (counter, turns) = (self.name("i"), self.name("turns"));
        let ty = self.one_of(&[
            "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128", "isize", "usize",
            "usize",
        ]);
        let is_up = self.below(3) > 0;
        let (low, high) = self.ends(ty);
        let (from, to) = if is_up { (low, high) } else { (high, low) };
        let bound = if ty == "usize" && is_up && self.below(2) == 0 {
            self.length()
        } else {
            self.number(ty, &to, &counter, is_up)
        };
        let (than, by) = if is_up { ("<", "+=") } else { (">", "-=") };
        let ahead = if is_up && self.below(4) == 0 {
            " + 1"
        } else {
            ""
        };
        let by_one = self.below(8) > 0;
        let step = format!("{counter} {by} {};\n", if by_one { 1 } else { 2 });
        let mut inner = scope.clone();
        inner.plain |= self.below(4) > 0;
        inner.ints.push(format!("({counter} as i64 % 97)"));
        let body = self.block(&inner, depth);
        let (first, last) = if self.below(2) == 0 {
            (step, String::new())
        } else {
            (String::new(), step)
        };
        let Bound {
            declared,
            asked,
            moved,
        } = bound;
        format!(
            "let mut {counter}: {ty} = {from};\n{declared}let mut {turns} = 0;\n\
             {prefix}while {counter}{ahead} {than} {asked} {{\n\
             {turns} += 1;\nif {turns} > 90 {{ break; }}\n{first}{moved}{body}{last}}}\n\
             s ^= ({counter} as i64 % 97 + {turns}) % 97;"
        )
    }

    /// Two numbers of the type that are near each other, at a limit of it or above zero.
    fn ends(&mut self, ty: &str) -> (String, String) {
        let (near, far) = (self.below(3), 3 + self.below(60));
        match self.below(4) {
            0 => (format!("{ty}::MAX - {far}"), format!("{ty}::MAX - {near}")),
            1 => (format!("{ty}::MIN + {near}"), format!("{ty}::MIN + {far}")),
            _ => (near.to_string(), far.to_string()),
        }
    }

    fn number(&mut self, ty: &str, to: &str, counter: &str, is_up: bool) -> Bound {
        let (name, pointer) = (self.name("n"), self.name("p"));
        let moved = match self.below(9) {
            0 => format!("{name} ^= 1;\n"),
            1 => format!("if {counter} & 7 == 5 {{ {name} = {counter}; }}\n"),
            2 => format!("unsafe {{ *{pointer} ^= 1; }}\n"),
            3 => format!("if {counter} & 7 == 5 {{ unsafe {{ *{pointer} = {counter}; }} }}\n"),
            4 => format!("unsafe {{ (*{pointer}.cast::<[{ty}; 1]>())[0] ^= 1; }}\n"),
            _ => String::new(),
        };
        let of = if self.below(6) == 0 { counter } else { &name };
        let taken = if moved.contains("unsafe") {
            format!("let {pointer} = &raw mut {of};\n")
        } else {
            String::new()
        };
        let asked = match self.below(4) {
            0 if is_up => format!("{name} - 1"),
            0 => format!("{name} + 1"),
            1 if moved.is_empty() => format!("({to})"),
            _ => name.clone(),
        };
        Bound {
            declared: format!("let mut {name}: {ty} = {to};\n{taken}"),
            asked,
            moved,
        }
    }

    /// The length of a list, which may grow or shrink.
    fn length(&mut self) -> Bound {
        let list = self.name("list");
        let moved = match self.below(5) {
            0 => format!("if {list}.len() < 50 {{ {list}.push(1); }}\n"),
            1 => format!("{list}.pop();\n"),
            2 => format!("{list} = {list}[1..].to_vec();\n"),
            _ => String::new(),
        };
        let asked = match self.below(3) {
            0 => format!("{list}.len() - 1"),
            _ => format!("{list}.len()"),
        };
        Bound {
            declared: format!("let mut {list}: Vec<i64> = [v, v, v, v].concat();\n"),
            asked,
            moved,
        }
    }
}
