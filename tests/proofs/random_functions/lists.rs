//! `for` loops over lists of numbers that they write to, take by value, or change on the way.

use crate::random_functions::generator::Generator;
use crate::random_functions::scope::Scope;

const LISTS: [&str; 4] = [
    "v.to_vec()",
    "vec![3_i64; 21]",
    "[1_i64, 5, 2, 8, 0, 3, 4, 9, 7, 6, 11, 12, 10, 14, 13, 15, 19, 18, 17, 16]",
    "(0..40_i64).collect::<Vec<_>>()",
];

/// `for pattern in over { place = ..; }`, and another integer that the pattern binds.
struct Writing {
    pattern: &'static str,
    over: &'static str,
    place: &'static str,
    other: Option<&'static str>,
}

const fn writing(
    pattern: &'static str,
    over: &'static str,
    place: &'static str,
    other: Option<&'static str>,
) -> Writing {
    Writing {
        pattern,
        over,
        place,
        other,
    }
}

const WRITINGS: [Writing; 16] = [
    writing("ITEM", "LIST.iter_mut()", "*ITEM", None),
    writing("ITEM", "&mut LIST[FROM..]", "*ITEM", None),
    writing("(ITEM, &y)", "LIST.iter_mut().zip(v)", "*ITEM", Some("y")),
    writing(
        "(y, ITEM)",
        "LIST.iter_mut().rev().enumerate()",
        "*ITEM",
        Some("(y as i64)"),
    ),
    writing("ITEM", "LIST.chunks_mut(FEW)", "ITEM[0]", None),
    writing(
        "(&y, ITEM)",
        "v.iter().zip(LIST.iter_mut())",
        "*ITEM",
        Some("y"),
    ),
    writing("ITEM", "0..LIST.len()", "LIST[ITEM]", Some("(ITEM as i64)")),
    writing("ITEM", "(FROM..LIST.len()).rev()", "LIST[ITEM]", None),
    writing(
        "(ITEM, &y)",
        "(1..LIST.len()).zip(LIST.clone().iter())",
        "LIST[ITEM - 1]",
        Some("y"),
    ),
    writing("mut ITEM", "LIST.clone()", "ITEM", None),
    writing("mut ITEM", "LIST.clone().into_iter().rev()", "ITEM", None),
    writing(
        "(_, (mut ITEM, y))",
        "LIST.clone().into_iter().zip(v.iter().copied()).enumerate()",
        "ITEM",
        Some("y"),
    ),
    writing("mut ITEM", "LIST.iter().map(|x| x * 2 % 97)", "ITEM", None),
    writing(
        "mut ITEM",
        "LIST.iter().rev().map(|&x| { SEEN += 1; x ^ SEEN % 7 })",
        "ITEM",
        None,
    ),
    writing(
        "mut ITEM",
        "LIST.iter().copied().skip(FROM).step_by(FEW)",
        "ITEM",
        None,
    ),
    writing(
        "(ITEM, z)",
        "LIST.windows(FEW).zip(LIST.chunks_exact(FEW))",
        "s",
        Some("(ITEM[0] - z[0])"),
    ),
];

impl Generator<'_> {
    pub(crate) fn over_list(&mut self, scope: &Scope, depth: u32, prefix: &str) -> String {
        let names = [
            ("LIST", self.name("list")),
            ("ITEM", self.name("x")),
            ("SEEN", self.name("seen")),
            ("FROM", self.below(3).to_string()),
            ("FEW", (1 + self.below(4)).to_string()),
        ];
        let filled = |text: &str| {
            let with = |text: String, (word, name): &(&str, String)| text.replace(word, name);
            names.iter().fold(text.to_owned(), with)
        };
        let writing = &WRITINGS[usize::try_from(self.below(16)).expect("few")];
        let place = filled(writing.place);
        let mut inner = scope.clone();
        inner.plain |= self.below(4) > 0;
        inner.ints.push(place.clone());
        inner.ints.extend(writing.other.map(filled));
        let (made, value) = (self.one_of(&LISTS), self.int(&inner, 2));
        let body = self.block(&inner, depth);
        let head = filled(&format!("{} in {}", writing.pattern, writing.over));
        filled(&format!(
            "let mut LIST = {made};\nlet mut SEEN = 0;\n{prefix}for {head} {{\n{place} = ({value}) % 97;\n{body}}}\n\
             s ^= LIST.iter().fold(0, |sum, x| (sum * 3 + x) % 97) + SEEN;"
        ))
    }
}
