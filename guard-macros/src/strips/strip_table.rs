//! Which loops run in strips, form by form.

/// How a loop runs.
#[derive(Debug, PartialEq)]
enum Runs {
    /// Checked in each iteration.
    Checked,
    InStrips,
}
use Runs::{Checked, InStrips};

/// How the loop among these statements of a guarded function runs.
fn runs(statements: &str) -> Runs {
    let item =
        format!("fn f(xs: &[u32], ys: Vec<u32>, map: Map<u32, u32>, n: u32) {{ {statements} }}");
    let expanded = crate::expand::guarded("inherit".parse().unwrap(), item.parse().unwrap());
    let text = expanded.to_string();
    assert!(!text.contains("compile_error"), "{text}");
    if text.contains("__LOOP_GUARD_STRIDE") {
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
        ("for x in xs { s = s * 31 + u32::from(x); }", InStrips),
        ("for x in xs { (a, b) = (b, a % b); }", InStrips),
        (
            "for x in xs { if x == s { return Some(Pair(x, s)); } }",
            InStrips,
        ),
        (
            "for x in xs { if x == s { break; } else { continue } }",
            InStrips,
        ),
        ("for x in xs { unsafe { s += *x.get(0); } }", InStrips),
        ("for x in xs { s += word::from(x); }", Checked),
        ("for x in xs { s += Word::from(x); }", Checked),
        ("for x in xs { s += work(x); }", Checked),
        ("for x in xs { s += Point::new(x); }", Checked),
        ("for x in xs { unsafe { WaitForObject(x) } }", Checked),
        ("for x in xs { print!(); }", Checked),
        ("for x in xs { x.send(); }", Checked),
        ("for x in xs { s += stack.pop().unwrap_or(0); }", Checked),
        (
            "for x in xs { 'b: { if x == s { break 'b; } s += x; } }",
            Checked,
        ),
        ("while xs[s] != t { s += 1; }", Checked),
        ("loop { s = xs[s]; if s == 0 { break; } }", Checked),
        ("loop { if s == 0 { return; } s = xs[s]; }", Checked),
        ("while let Some(t) = xs.get(s) { s += t; }", Checked),
        (
            "let t = loop { if s == 0 { break 1; } s = xs[s]; };",
            Checked,
        ),
        ("'a: loop { s = xs[s]; if s == 0 { break 'a; } }", Checked),
    ]);
}

#[test]
fn whiles_that_count_to_a_bound_run_in_strips() {
    let of = |expected: &[&str], how: fn() -> Runs| {
        for text in expected {
            all(&[(
                &format!("let (mut s, mut t, mut e) = (0, 1_u8, made()); {text}"),
                how(),
            )]);
        }
    };
    let counted = [
        "while s < n { s += 1; }",
        "while s > 0 { s -= 1; t ^= xs[s]; }",
        "while s < xs.len() { t += xs[s]; s += 1; }",
        "while s < LIMIT { s += 1; }",
        "let zs = vec![1, 2]; while s < zs.len() { s += 1; }",
        "let m = made(); while s < m { s += 1; }",
        "while s < e as u32 { s += 1; }",
        "while s < Self::LIMIT { s += 1; }",
        "while s + 1 < xs.len() { s += 1; }",
        "let mut i = xs.len().saturating_sub(1); while i > 0 { i -= 1; }",
        "let m = xs.len() - 1; while s < m { s += 1; }",
        "while s < xs.len() - 1 { t ^= xs[s]; s += 1; }",
        "while s < (n - 1) / 2 { s += 1; }",
        "while s < SIDE * SIDE { s += 1; }",
        "while s < n as usize { s += 1; }",
        "'a: while s < n { if t == 3 { break 'a; } s += 1; }",
        "while s < n { if t == 3 { return; } s += 1; }",
        "let mut i = s + 1; while i < n { i += 1; }",
        "let mut i = n as usize; while i > 0 { i -= 1; }",
        "for i in 0..n { let mut j = i; while j < n { j += 1; } }",
    ];
    of(&counted, || InStrips);
    let others = [
        // At the largest integer, each of these may begin again.
        "while s <= n { s += 1; }",
        "while s >= 0 { s -= 1; }",
        "while s < n { s += 2; }",
        "while s < n { if t == 4 { s += 1; } s += 1; }",
        // The bound may be anything, or be counted.
        "while s < made() { s += 1; }",
        "let m = xs.len().min(ys.len()); while s < m { m += 1; s += 1; }",
        "while s < made() - 1 { s += 1; }",
        "while s < n - made() { s += 1; }",
        "while s < e - 1 { s += 1; }",
        "while s < n - 1 { n -= 1; s += 1; }",
        "while s < n - s { s += 1; }",
        "while s < 2 * (s - 1) { s += 1; }",
        "while s < xs.len().min(ys.len()) { s += 1; }",
        "while s < e.len() { s += 1; }",
        "while s + t < n { s += 1; }",
        "while 1 + s < n { s += 1; }",
        "while s - 1 < n { s += 1; }",
        "while s < self.rows.len() { self.rows[s] = t; s += 1; }",
        "while s != n { s += 1; }",
        "while s < n { s -= 1; }",
        "while s > n { s += 1; }",
        "while s < n { s += 0; }",
        "while s < n { s += t; }",
        "while s < n && t < 3 { s += 1; }",
        "while s < f(n) { s += 1; }",
        "while s < self.end { self.end += 1; s += 1; }",
        "while s < n { if t == 3 { continue; } s += 1; }",
        "while s < n { if t == 3 { s += 1; } }",
        "while s < n { if t == 3 { s = 0; } s += 1; }",
        "while s < n { (t, s) = (s, t); s += 1; }",
        "while s < n { n += 1; s += 1; }",
        "while s < xs.len() { xs = &xs[1..]; s += 1; }",
        "while s < n { let s = 3; s += 1; }",
        "while s < n { work(); s += 1; }",
        "while s < n { swap(&mut s, t); s += 1; }",
        "while e < n { e += 1; }",
        "let s = made(); while s < n { s += 1; }",
    ];
    of(&others, || Checked);
}

#[test]
fn a_few_turns_by_literals_belong_to_the_iteration_around() {
    let around = |body: &str| {
        let statements = format!("for x in xs {{ {body} }} for x in rows() {{ {body} }}");
        let item = format!("fn f(xs: &[u32], n: u32) {{ {statements} }}");
        let expanded = crate::expand::guarded("inherit".parse().unwrap(), item.parse().unwrap());
        expanded
            .to_string()
            .matches("static __LOOP_GUARD_STRIDE")
            .count()
    };
    // The first outer loop runs in strips, the second does not and has a check at its head.
    for body in [
        "for i in 0..4 { s[i] += x; }",
        "for i in (1..=4) { s[i] += x; }",
        "for i in [1, n, x] { s += i; }",
        "for i in 0..4 { for j in 0..4 { s += x; } }",
    ] {
        assert_eq!(around(body), 1, "{body}");
    }
    for jump in ["break;", "continue;", "if x == 1 { break; }"] {
        assert_eq!(around(&format!("for _ in 0..1 {{ {jump} }}")), 0, "{jump}");
    }
    all(&[
        ("for x in xs { for i in 0..17 { s += work(x); } }", Checked),
        ("for x in xs { for i in 0..4 { s += work(x); } }", Checked),
        (
            "for x in xs { for i in 0..4 { for j in 0..5 { work(x); } } }",
            Checked,
        ),
    ]);
}

#[test]
fn bodies_that_may_drop_a_value_of_an_unknown_type_are_checked() {
    all(&[
        ("for x in &mut *xs { *x = None; }", Checked),
        ("for x in xs { s = Some(x); }", Checked),
        ("for x in xs { s = State::Word; }", Checked),
        ("for x in xs { s = EMPTY; }", Checked),
        (
            "for x in xs { s = if x == n { None } else { s }; }",
            Checked,
        ),
        ("for x in xs { s = match x { _ => { EMPTY } }; }", Checked),
        ("for x in xs { (s, t) = (t, NONE); }", Checked),
        ("for x in xs { let slow = Slow; }", Checked),
        ("for x in xs { p = Point { x, ..p }; }", Checked),
        ("for x in xs { s = u32::MAX; }", InStrips),
    ]);
}

#[test]
fn heads_whose_type_is_known_run_in_strips() {
    let heads = [
        "&f(n)[1..]",
        "xs",
        "&ys",
        "&mut ys",
        "&ys[1..]",
        "&xs[..n]",
        "self.slice",
        "&self.rows[n]",
        "0..n",
        "(1..=n).rev()",
        "xs.iter().enumerate()",
        "f(n).iter_mut()",
        "xs.iter().copied().zip(&ys)",
        "(0..n).zip(ys.iter_mut())",
        "xs.iter().rev().zip(xs.iter().rev()).enumerate()",
        "lines.lines()",
        "lines.split(' ').enumerate()",
        "xs.chunks_exact(f(n)).take(n)",
        "xs.iter().skip(n).rev()",
        "xs.iter().enumerate().rev()",
        "(0..n).step_by(2)",
        "ys",
        "ys.into_iter().enumerate()",
        "w.collect::<Vec<u64>>()",
        "&map",
        "xs.iter().zip(ys.chunks_exact(n))",
        "xs.iter().zip(f(n).iter())",
        "xs.iter().map(|x| x * n)",
        "xs.iter().zip(&ys).map(|(x, y)| { if x == y { 1 } else { n } })",
    ];
    for head in heads {
        all(&[(&format!("for x in {head} {{ s += x; }}"), InStrips)]);
    }
    all(&[
        ("let v = vec![0; n]; for x in &v { s += x; }", InStrips),
        (
            "let v: Vec<_> = w.collect(); for x in &v { s += x; }",
            InStrips,
        ),
        ("let v: [u32; 3] = w; for x in v { s += x; }", InStrips),
        (
            "let v = w.collect::<Vec<_>>(); for x in &v { s += x; }",
            InStrips,
        ),
        (
            "let v: &[Vec<f64>] = w; for row in v { for x in row { s += x; } }",
            InStrips,
        ),
        (
            "let v: [[f64; 3]; 3] = w; for row in v.iter_mut() { for x in row { *x += s; } }",
            InStrips,
        ),
        (
            "let v = w.collect(); for x in v.iter() { s += x; }",
            InStrips,
        ),
        ("let f = |v: &[u32]| for x in v { s += x; };", InStrips),
        (
            "for row in xs.chunks(n) { work(); for x in row { s += x; } }",
            InStrips,
        ),
        (
            "for (i, row) in xs.chunks(n).enumerate() { work(i); for x in row { s += x; } }",
            InStrips,
        ),
        (
            "for (x, &xs) in ys.iter().zip(xs) { s += x * xs; }",
            InStrips,
        ),
    ]);
}

#[test]
fn heads_of_which_the_type_is_in_doubt_are_checked() {
    let heads = [
        "rows()",
        "map",
        "n",
        "vec![1, n]",
        "w.collect::<Vec<String>>()",
        "rows().rev()",
        "rows().into_iter()",
        "&list",
        "list.field",
        "0..",
        "lines.split(is_space)",
        "xs.iter().map(work)",
        "xs.iter().map(|x| work(x))",
        "xs.iter().map(|x| Some(x))",
        "xs.iter().map(|x| { for i in 0..2 { s += i; } x })",
        "xs.iter().map(|x| x + 1).enumerate()",
        "xs.iter().skip_while(work)",
        "xs.iter().cloned()",
        "xs.iter().zip(rows())",
        "xs.iter().zip(0..)",
    ];
    for head in heads {
        all(&[(&format!("for x in {head} {{ s += x; }}"), Checked)]);
    }
    all(&[
        ("let v = made(w); for x in &v { s += x; }", Checked),
        // In edition 2018, the items are references.
        (
            "let v: [u32; 3] = w; for x in v.into_iter() { s += x; }",
            Checked,
        ),
        ("let v; v = w; for x in &v { s += x; }", Checked),
        ("let v: Result<_, E> = w; for x in &v { s += x; }", Checked),
        ("let f = |v| for x in v { s += x; };", Checked),
        (
            "let v = vec![1]; { let v = made(w); for x in &v { s += x; } }",
            Checked,
        ),
        ("if let Some(xs) = w { for x in xs { s += x; } }", Checked),
        ("for xs in rows() { for x in xs { s += x; } }", Checked),
        ("let xs = xs.into(); for x in xs { s += x; }", Checked),
        ("bind!(xs); for x in xs { s += x; }", Checked),
        (
            "let v: Vec<_> = w; for row in &v { for x in row { s += x; } }",
            Checked,
        ),
    ]);
}
