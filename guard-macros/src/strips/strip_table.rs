//! Which loops run in strips, form by form.

/// How a loop runs.
#[derive(Debug, PartialEq)]
enum Runs {
    /// Checked in each turn, or once in front of a few that are written down.
    Checked,
    InStrips,
    /// In strips, and a few turns are one.
    AsConstant,
}
use Runs::{AsConstant, Checked, InStrips};

/// The loop stands in a guarded function.
fn runs(statements: &str) -> Runs {
    let item = format!("fn f(xs: &[u32], n: u32) {{ {statements} }}");
    let expanded = crate::expand::expand("inherit".parse().unwrap(), item.parse().unwrap());
    let text = expanded.to_string();
    assert!(!text.contains("compile_error"), "{text}");
    if text.contains("strip_of_constant") {
        AsConstant
    } else if text.contains("__LOOP_GUARD_STRIDE") {
        InStrips
    } else {
        Checked
    }
}

fn all(table: &[(&str, Runs)]) {
    for (statements, expected) in table {
        assert_eq!(runs(statements), *expected, "{statements}");
    }
}

#[test]
fn bodies_that_only_compute_run_in_strips() {
    all(&[
        ("for x in xs { s += x; }", InStrips),
        ("for x in xs { s = Some(x); t = Pair(x, s); }", InStrips),
        ("for x in xs { p = Point { x, ..p }; }", InStrips),
        ("for x in xs { s += Word::from(x); }", InStrips),
        ("for x in xs { s += word::from(x); }", Checked),
        ("for x in xs { s += work(x); }", Checked),
        ("for x in xs { s += Point::new(x); }", Checked),
        ("for x in xs { unsafe { s += *x.get(0); } }", InStrips),
        ("for x in xs { unsafe { WaitForObject(x) } }", Checked),
        ("for x in xs { print!(); }", Checked),
        ("for x in xs { x.send(); }", Checked),
        ("for x in xs.iter().skip(1).take(n) { s += x; }", InStrips),
        (
            "for x in xs.iter().skip(work()).zip(ys) { s += x; }",
            InStrips,
        ),
        ("for x in rows() { s += x; }", InStrips),
        ("for x in xs.iter().map(work) { s += x; }", Checked),
        ("for x in lines.lines() { s += x; }", Checked),
        ("for x in [1, n] { s += x; }", Checked),
        ("while s < n { s += 1; }", InStrips),
        ("while s < n { s *= 2; }", Checked),
        ("while let Some(x) = xs.pop() { s += x; }", InStrips),
    ]);
}

#[test]
fn a_few_turns_by_literals_belong_to_the_turn_around() {
    all(&[
        ("for x in xs { for i in 0..4 { s[i] += x; } }", InStrips),
        ("for x in xs { for i in (1..=4) { s[i] += x; } }", InStrips),
        (
            "for x in xs { for i in 0..4 { for j in 0..4 { s += x; } } }",
            InStrips,
        ),
        (
            "for x in xs { for i in 0..17 { s += x; if s { work() } } }",
            Checked,
        ),
        ("for x in xs { for i in 0..4 { s += work(x); } }", Checked),
        // Jumps in it are another loop's.
        (
            "for x in xs { for i in 0..n { if s == x { break } work(x); } }",
            Checked,
        ),
        (
            "for x in xs { for _ in 0..1 { if x == s { break } work(x); } }",
            Checked,
        ),
    ]);
    let nest = "for x in xs { for i in 0..4 { for j in 0..5 { s += x; } } }";
    let around = runs(nest);
    assert_eq!(
        around, AsConstant,
        "the two inner loops run, the one around is checked"
    );
    let expanded = |body: &str| runs(&format!("for x in xs {{ for _ in 0..1 {{ {body} }} }}"));
    for jump in ["break;", "continue;", "if x == 1 { break; }"] {
        assert_eq!(expanded(jump), AsConstant, "{jump}");
    }
}

#[test]
fn constant_bounds_are_seen_by_their_looks() {
    all(&[
        ("for i in 0..8 { s += i; }", AsConstant),
        ("for i in 0..CHUNK { s += i; }", AsConstant),
        ("for i in 1..=Self::N - 1 { s += i; }", AsConstant),
        ("for i in (0..N as u32).rev() { s += i; }", AsConstant),
        ("for (i, x) in (0..4).zip(xs) { s += i * x; }", AsConstant),
        ("for c in 'a'..='z' { s += c; }", AsConstant),
        ("for i in 0..n { s += i; }", InStrips),
        ("for i in 0..xs.len() { s += i; }", InStrips),
    ]);
}

#[test]
fn what_gets_its_type_later_does_not_run_in_strips() {
    all(&[
        (
            "let v: Vec<_> = w.collect(); for x in &v { s += x; }",
            InStrips,
        ),
        (
            "let v = w.collect::<Vec<_>>(); for x in &v { s += x; }",
            InStrips,
        ),
        ("let v = Vec::from(w); for x in &v { s += x; }", InStrips),
        (
            "let v = w.collect::<Result<Vec<_>, E>>()?; for x in &v { s += x; }",
            InStrips,
        ),
        (
            "let v = w.collect::<Result<_, E>>()?; for x in &v { s += x; }",
            Checked,
        ),
        (
            "let v: Option<_> = w.collect(); let v = v?; for x in &v { s += x; }",
            Checked,
        ),
        (
            "let v = w.collect(); for x in v.iter() { s += x; }",
            InStrips,
        ),
        ("let v = w.collect(); for x in &v { s += x; }", Checked),
        (
            "let v = w.parse().unwrap(); for x in v { s += x; }",
            Checked,
        ),
        (
            "let v = json::from_str(w)?; for x in &mut v { s += x; }",
            Checked,
        ),
        ("let v; v = w; for x in v { s += x; }", Checked),
        ("let f = |v| for x in v { s += x; };", Checked),
        (
            "let v = w.into(); for x in xs.iter().zip(&v) { s += x; }",
            Checked,
        ),
    ]);
}
