//! The matcher of `examples/quickstart` finds what another implementation finds.

use std::time::Duration;

use harness::Random;

use crate::matcher::{self, Found, SHOWN, STACK, Stopped};
use crate::pattern::Pattern;

fn find<'t>(pattern: &str, line: &'t str) -> Option<&'t str> {
    let pattern = Pattern::parse(pattern).unwrap_or_else(|mistake| panic!("{pattern}: {mistake}"));
    let found = matcher::find(&pattern, line, 0).expect("no budget");
    found.map(|(start, end)| &line[start..end])
}

#[test]
fn finds_what_each_construct_means() {
    for (pattern, line, expected) in [
        ("b", "abc", Some("b")),
        ("", "abc", Some("")),
        (".", "\u{e9}a", Some("\u{e9}")),
        ("[b-d]+", "abcde", Some("bcd")),
        ("[^a-c]", "abcd", Some("d")),
        ("[]x]+", "a]x", Some("]x")),
        ("[a-]+", "b-a-", Some("-a-")),
        (r"[\d.]+", "a1.2b", Some("1.2")),
        (r"\d+", "ab12c", Some("12")),
        (r"\D+", "12ab3", Some("ab")),
        (r"\w+", "  a_1 ", Some("a_1")),
        (r"\W+", "a, b", Some(", ")),
        (r"\s\S", "a b", Some(" b")),
        (r"\.\*", "a.*", Some(".*")),
        (r"a\tb", "a\tb", Some("a\tb")),
        ("ab*", "abbb", Some("abbb")),
        ("ab*c", "ac", Some("ac")),
        ("ab+c", "ac", None),
        ("ab?bc", "abc", Some("abc")),
        ("a|ab", "ab", Some("a")),
        ("(a|ab)c", "abc", Some("abc")),
        ("(?:ab)+", "xababa", Some("abab")),
        ("^b", "ab", None),
        ("^a", "ab", Some("a")),
        ("a$", "aba", Some("a")),
        ("(^a|b)$", "ab", Some("b")),
        // Rounds that match nothing end.
        ("(a*)*", "aab", Some("aa")),
        ("(a*)+b", "aab", Some("aab")),
        ("(|a)*", "aa", Some("")),
        ("(a|b*)*c", "abbac", Some("abbac")),
        ("(^)*a", "a", Some("a")),
    ] {
        assert_eq!(find(pattern, line), expected, "{pattern} in {line}");
    }
}

#[test]
fn a_mistake_is_told_with_its_position() {
    for (pattern, position, what) in [
        ("a(b", 2, "never closed"),
        ("a)b", 2, "closes nothing"),
        ("ab[cd", 3, "never closed"),
        ("[]", 1, "never closed"),
        ("[a[b]", 3, "class in a class"),
        ("[z-a]", 2, "ends before it begins"),
        (r"[\d-z]", 2, "between two characters"),
        ("*a", 1, "nothing to repeat"),
        ("a|+", 3, "nothing to repeat"),
        ("^*", 2, "nothing to repeat"),
        ("a+?", 3, "repeats a repetition"),
        ("a{2}", 2, "counted repetition"),
        ("(?i)a", 3, "only `(?:`"),
        (r"\q", 1, "not known"),
        ("\u{e9}\\", 2, "nothing follows"),
        (&"(".repeat(100_000), 101, "100 groups"),
    ] {
        let mistake = Pattern::parse(pattern).expect_err(pattern);
        assert_eq!(mistake.position, position, "{mistake}");
        assert!(mistake.what.contains(what), "{mistake}");
    }
}

struct Numbers(Random);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0.index(limit)
    }

    fn one_of<'s>(&mut self, choices: &[&'s str]) -> &'s str {
        choices[self.below(choices.len())]
    }

    fn line(&mut self) -> String {
        let length = self.below(9);
        (0..length)
            .map(|_| self.one_of(&["a", "b", "c", "1", " ", "\u{e9}"]))
            .collect()
    }

    /// A random pattern, and whether it can match nothing.
    fn pattern(&mut self, depth: usize) -> (String, bool) {
        let kinds = if depth == 0 { 4 } else { 11 };
        match self.below(kinds) {
            0 | 1 => (self.one_of(&["a", "b", "c", "1", "\u{e9}"]).into(), false),
            2 => (
                self.one_of(&[
                    ".", "[ab]", "[^a]", "[a-c1]", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S",
                    r"[^\d\s]",
                ])
                .into(),
                false,
            ),
            3 => (self.one_of(&["^", "$", "a", "b"]).into(), true),
            4..=6 => {
                let (left, right) = (self.pattern(depth - 1), self.pattern(depth - 1));
                (left.0 + &right.0, left.1 && right.1)
            }
            7 | 8 => {
                let (left, right) = (self.pattern(depth - 1), self.pattern(depth - 1));
                (format!("({}|{})", left.0, right.0), left.1 || right.1)
            }
            _ => self.repetition(depth),
        }
    }

    /// A random repetition of something that cannot match nothing, since implementations differ about empty rounds.
    fn repetition(&mut self, depth: usize) -> (String, bool) {
        let (inner, empty) = self.pattern(depth - 1);
        match self.one_of(&["*", "+", "?"]) {
            "?" => (format!("(?:{inner})?"), true),
            _ if empty => (inner, true),
            sign => (format!("({inner}){sign}"), sign == "*"),
        }
    }
}

/// What `search` should report about a line, according to the other implementation.
fn expected<'t>(regex: &regex_lite::Regex, line: &'t str) -> (usize, Vec<&'t str>) {
    let all: Vec<_> = regex.find_iter(line).map(|one| one.as_str()).collect();
    (all.len(), all.into_iter().take(SHOWN).collect())
}

#[test]
fn random_patterns_find_what_regex_lite_finds() {
    let mut numbers = Numbers(Random::new(1));
    let mut matching = 0;
    for _ in 0..3_000 {
        let (text, _) = numbers.pattern(4);
        let pattern = Pattern::parse(&text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
        let regex = regex_lite::Regex::new(&text).expect("a subset of its syntax");
        for _ in 0..8 {
            let line = numbers.line();
            let position = matcher::find(&pattern, &line, 0).expect("no budget");
            let theirs = regex.find(&line).map(|one| (one.start(), one.end()));
            assert_eq!(position, theirs, "{text} in {line:?}");

            let mut found = Found::default();
            matcher::search(&pattern, &line, Duration::MAX, &mut found).expect("it never ends");
            let pieces: Vec<_> = found.first.iter().map(|one| one.text).collect();
            if !line.is_empty() {
                assert_eq!(
                    (found.count, pieces),
                    expected(&regex, &line),
                    "{text} in {line:?}"
                );
            }
            matching += usize::from(position.is_some());
        }
    }
    assert!(matching > 5_000, "too few to prove anything: {matching}");
}

#[test]
fn a_search_that_is_stopped_keeps_what_it_found() {
    let text = format!("aac\nac\n{}b\nac\n", "a".repeat(60));
    let pattern = Pattern::parse("(a+)+c").expect("a pattern");
    let mut found = Found::default();
    let budget = Duration::from_millis(20);
    let stopped = matcher::search(&pattern, &text, budget, &mut found).expect_err("a runaway");
    assert!(matches!(&stopped, Stopped::Tripped(tripped) if tripped.scope().ends_with("::search")));
    assert!(stopped.to_string().contains("20ms allowed"), "{stopped}");
    assert_eq!((found.count, found.line), (2, 3));
}

#[test]
fn a_line_that_is_too_deep_for_the_stack_is_an_error() {
    let line = "ab".repeat(500_000);
    let search = move || {
        ["(a|b)*", "((a|b)+)+c", "((((a|bb?)?)+)?)*c"].map(|pattern| {
            let pattern = Pattern::parse(pattern).expect("a pattern");
            matcher::search(&pattern, &line, Duration::MAX, &mut Found::default())
        })
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(search);
    for outcome in thread.expect("a thread").join().expect("no panic") {
        assert!(matches!(outcome, Err(Stopped::TooDeep)), "{outcome:?}");
    }
}

#[test]
fn a_run_of_single_characters_needs_no_stack() {
    let line = "ab".repeat(500_000);
    for pattern in ["[ab]*", "(a|[ab]+)$", "^.+$", "([ab])+"] {
        assert_eq!(find(pattern, &line), Some(line.as_str()), "{pattern}");
    }
}
