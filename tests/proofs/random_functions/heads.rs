//! What `for` loops iterate over: bases of a known type, and adaptors on them.

use crate::random_functions::generator::Generator;

/// `for pattern in over`, and the integers that the pattern binds.
pub(crate) struct Head {
    pub(crate) pattern: String,
    pub(crate) over: String,
    pub(crate) ints: Vec<String>,
}

/// A chain that is being built.
struct Chain {
    head: Head,
    /// Knows its length, and can be turned around.
    exact: bool,
    /// What an adaptor can be called on, once it stands in parentheses if it is a range.
    iterates: bool,
    range: bool,
}

pub(crate) fn head(generator: &mut Generator<'_>, plain: bool) -> Head {
    // Temporaries that live as long as the loop does.
    if !plain && generator.below(4) == 0 {
        let (name, at) = (generator.name("x"), 500 + generator.below(100));
        let over = match generator.below(4) {
            0 => format!("log.held({at}).items()"),
            1 => format!("log.held({at}).items().iter().rev()"),
            2 => "log.cell().borrow().clone().iter()".to_owned(),
            _ => "log.cell().borrow().iter()".to_owned(),
        };
        return Head {
            pattern: format!("&{name}"),
            over,
            ints: vec![name],
        };
    }
    let mut chain = base(generator);
    for _ in 0..generator.below(4) {
        adapt(generator, &mut chain);
    }
    chain.head
}

/// An iteration with the pattern and value of its items.
fn chain(pattern: &str, over: String, value: String, exact: bool, iterates: bool) -> Chain {
    let range = over.contains("..") && !over.ends_with(".rev()");
    Chain {
        head: Head {
            pattern: pattern.to_owned(),
            over,
            ints: vec![value],
        },
        exact,
        iterates,
        range,
    }
}

fn base(generator: &mut Generator<'_>) -> Chain {
    if generator.below(3) == 0 {
        return rare_base(generator);
    }
    let name = generator.name("x");
    let count = 1 + generator.below(9);
    let low = generator.below(3);
    match generator.below(11) {
        10 => chain(
            &name,
            format!("({low}..{count}_i64).rev()"),
            name.clone(),
            false,
            true,
        ),
        0 => chain(&name, format!("0..{count}_i64"), name.clone(), false, true),
        1 => chain(
            &name,
            "(b % 5)..(a % 7)".to_owned(),
            name.clone(),
            false,
            true,
        ),
        2 => chain(
            &name,
            format!("{low}..{count}_usize"),
            format!("({name} as i64)"),
            true,
            true,
        ),
        3 => chain(
            &name,
            format!("-{low}_i32..{count}"),
            format!("i64::from({name})"),
            true,
            true,
        ),
        4 => chain(
            &name,
            format!("{low}..={count}_u8"),
            format!("i64::from({name})"),
            false,
            true,
        ),
        5 => chain(
            &name,
            "v.iter()".to_owned(),
            format!("(*{name})"),
            true,
            true,
        ),
        6 => chain(&name, "v".to_owned(), format!("(*{name})"), true, false),
        7 => chain(
            &name,
            format!("v.chunks({})", 1 + low),
            format!("({name}.len() as i64 + {name}[0])"),
            true,
            true,
        ),
        8 => chain(
            &name,
            format!("v.windows({})", 1 + low),
            format!("({name}[0] + {name}.len() as i64)"),
            true,
            true,
        ),
        _ => chain(
            &name,
            "\"guarded\".bytes()".to_owned(),
            format!("i64::from({name})"),
            true,
            true,
        ),
    }
}

/// Ranges at the limits of each type, items of other types, and iterations that are never cut.
fn rare_base(generator: &mut Generator<'_>) -> Chain {
    let name = generator.name("x");
    let (count, low) = (1 + generator.below(9), generator.below(3));
    let ty = generator.one_of(&[
        "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128", "isize", "usize",
    ]);
    match generator.below(8) {
        0 | 1 => {
            let over = match generator.below(6) {
                0 => format!("{ty}::MAX - {low}..={ty}::MAX"),
                1 => format!("{ty}::MIN..={ty}::MIN + {low}"),
                2 => format!("({ty}::MAX - {low}..={ty}::MAX).rev()"),
                3 => format!("({ty}::MIN..{ty}::MIN + {low}).rev()"),
                4 => format!("{ty}::MAX..={ty}::MIN"),
                _ => format!("{ty}::MAX - {low}..{ty}::MAX"),
            };
            chain(&name, over, format!("({name} as i64 % 97)"), false, true)
        }
        2 => chain(
            &name,
            format!("[3_{ty}, 0, 7, 1].iter().copied()"),
            format!("({name} as i64)"),
            true,
            true,
        ),
        3 => chain(
            &name,
            format!("v.rchunks({})", 1 + low),
            format!("({name}.len() as i64 + {name}[0])"),
            true,
            true,
        ),
        4 => chain(
            &name,
            format!("v[{low}..].chunks_exact({})", 1 + low),
            format!("{name}[0]"),
            true,
            true,
        ),
        5 => chain(
            &name,
            "[[1, 2], [3, 4_i64]].iter()".to_owned(),
            format!("({name}[1] - {name}[0])"),
            true,
            true,
        ),
        6 => chain(
            &name,
            "\"gu\u{df}rd\u{1d11e}d\".chars()".to_owned(),
            format!("i64::from({name} as u32 % 97)"),
            false,
            true,
        ),
        _ => chain(
            &name,
            format!("[1.5_f64, 2.5, {count}.0].iter()"),
            format!("(*{name} as i64)"),
            true,
            true,
        ),
    }
}

fn adapt(generator: &mut Generator<'_>, chain: &mut Chain) {
    if !chain.iterates {
        return;
    }
    let few = generator.below(5);
    let count = generator.one_of(&[
        format!("{few}"),
        format!("(a.unsigned_abs() as usize).min({few})"),
    ]);
    let head = &mut chain.head;
    if chain.range {
        head.over = format!("({})", head.over);
        chain.range = false;
    }
    match generator.below(6) {
        0 => head.over += &format!(".skip({count})"),
        1 => head.over += &format!(".take({count})"),
        2 => head.over += &format!(".step_by({})", 1 + few),
        3 if chain.exact => head.over += ".rev()",
        4 => {
            let name = generator.name("n");
            head.over += ".enumerate()";
            head.pattern = format!("({name}, {})", head.pattern);
            head.ints.push(format!("({name} as i64)"));
        }
        5 => {
            let other = base(generator);
            head.over += &format!(".zip({})", other.head.over);
            head.pattern = format!("({}, {})", head.pattern, other.head.pattern);
            head.ints.extend(other.head.ints);
            chain.exact &= other.exact;
        }
        _ => {}
    }
}
