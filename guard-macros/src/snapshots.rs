//! The expansion of each form, formatted.
//!
//! `UPDATE_EXPECT=1 cargo test -p guard-macros` rewrites the snapshots; read the difference.

#![allow(
    clippy::needless_raw_string_hashes,
    reason = "as `expect-test` writes them"
)]

mod budget_snapshots;
mod cleanup_snapshots;
mod disabled;
mod future_snapshots;
mod policy_snapshots;

use expect_test::{Expect, expect};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::format_ident;
use syn::Ident;

/// Checks the expansion. Lines and columns count within `item`.
pub(crate) fn check(args: &str, item: &str, expected: &Expect) {
    let expanded = crate::expand::expand(args.parse().unwrap(), item.parse().unwrap(), false);
    let file = syn::parse2(places(expanded)).unwrap();
    // Real paths are absolute; short ones are easier to read here.
    let text = prettyplease::unparse(&file).replace("::guard_runtime::__private::", "p::");
    expected.assert_eq(&text);
}

/// `&const { ::guard_runtime::__private::At::new("while let", file!(), 2, 5) }   =>   at_while_let_2_5`
fn places(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut short = TokenStream::new();
    let mut rest = tokens.as_slice();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if let ([TokenTree::Ident(_), TokenTree::Group(place), behind @ ..], "&") =
            (behind, first.to_string().as_str())
        {
            if let Some(at) = place_of(place) {
                short.extend([TokenTree::Ident(at)]);
                rest = behind;
                continue;
            }
        }
        short.extend([match first {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), places(group.stream())))
            }
            other => other.clone(),
        }]);
    }
    short
}

fn place_of(group: &Group) -> Option<Ident> {
    let text = group.stream().to_string().replace(' ', "");
    let (_, place) = text.split_once("__private::At::new(")?;
    let parts: Vec<_> = place.trim_end_matches(')').split(',').collect();
    let [kind, _, line, column] = parts[..] else {
        return None;
    };
    let kind = kind.trim_matches('"').replace("whilelet", "while_let");
    Some(format_ident!(
        "at_{}_{line}_{column}",
        kind.replace("asyncfn", "async_fn")
    ))
}

#[test]
fn a_loop() {
    check(
        r#"inherit"#,
        r#"fn f() -> Result<(), E> {
    loop {
        step();
    }
}"#,
        &expect![[r#"
            fn f() -> Result<(), E> {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let mut __seen = p::inherit();
                loop {
                    if p::due(__seen) {
                        match __probe.look(at_loop_2_5) {
                            p::Result::Ok(__now) => __seen = __now,
                            p::Result::Err(__out) => return __out,
                        }
                    }
                    step();
                }
            }
        "#]],
    );
}

#[test]
fn a_while() {
    check(
        r#"inherit"#,
        r#"fn f() -> u32 {
    while more() {
        step();
    }
    3
}"#,
        &expect![[r#"
            fn f() -> u32 {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let mut __seen = p::inherit();
                while more() {
                    if p::due(__seen) {
                        match __probe.look(at_while_2_5) {
                            p::Result::Ok(__now) => __seen = __now,
                            p::Result::Err(__out) => return __out,
                        }
                    }
                    step();
                }
                3
            }
        "#]],
    );
}

#[test]
fn a_while_let_with_a_label() {
    check(
        r#"inherit"#,
        r#"fn f(mut it: It) {
    'a: while let Some(x) = it.next() {
        if x == 1 { continue 'a; }
    }
}"#,
        &expect![[r#"
            fn f(mut it: It) {
                let mut __seen = p::inherit();
                'a: while let Some(x) = it.next() {
                    if p::due(__seen) {
                        __seen = p::look(at_while_let_2_9);
                    }
                    if x == 1 {
                        continue 'a;
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_for_with_calls() {
    check(
        r#"inherit"#,
        r#"fn f() {
    for x in items() {
        step(x);
    }
}"#,
        &expect![[r#"
            fn f() {
                let mut __seen = p::inherit();
                for x in items() {
                    if p::due(__seen) {
                        __seen = p::look(at_for_2_5);
                    }
                    step(x);
                }
            }
        "#]],
    );
}

#[test]
fn a_plain_for_in_strips() {
    check(
        r#"inherit"#,
        r#"fn f(xs: &[u32]) -> u32 {
    let mut sum = 0;
    for (i, x) in xs.iter().enumerate() {
        if i == 9 { break; }
        sum += x;
    }
    sum
}"#,
        &expect![[r#"
            fn f(xs: &[u32]) -> u32 {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let mut sum = 0;
                let mut __seen = p::inherit();
                {
                    match (xs.iter(),) {
                        (__it_0,) => {
                            match p::kind(&__it_0).maker() {
                                __maker => {
                                    match __maker.run(__maker.make(__it_0).enumerate()) {
                                        mut __strips => {
                                            static __LOOP_GUARD_STRIDE: p::Stride = p::Stride::new();
                                            let mut __length = __LOOP_GUARD_STRIDE.length();
                                            if __strips.is_short(__length)
                                                && !p::due(__seen)
                                            {
                                                let __strip = __strips.all();
                                                for (i, x) in __strip {
                                                    if i == 9 {
                                                        break;
                                                    }
                                                    sum += x;
                                                }
                                            } else {
                                                '__strips: while !__strips.is_done() {
                                                    if p::due(__seen) {
                                                        match __probe.look(at_for_3_5) {
                                                            p::Result::Ok(__now) => {
                                                                __seen = __now;
                                                            }
                                                            p::Result::Err(__out) => {
                                                                return __out;
                                                            }
                                                        }
                                                        __length = __LOOP_GUARD_STRIDE.doubt(__length);
                                                    }
                                                    let __strip = __strips.strip(__length, __seen);
                                                    for (i, x) in __strip {
                                                        if i == 9 {
                                                            break '__strips;
                                                        }
                                                        sum += x;
                                                    }
                                                    if __strips.is_done() {
                                                        break;
                                                    }
                                                    __length = __strips.adapt(&__LOOP_GUARD_STRIDE, __length);
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    };
                }
                sum
            }
        "#]],
    );
}

#[test]
fn a_timeout_opens_a_scope() {
    check(
        r#"timeout = "1m 30s""#,
        r#"fn f(n: u32) -> io::Result<u32> {
    Ok(n.get())
}"#,
        &expect![[r#"
            fn f(n: u32) -> io::Result<u32> {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let (__scope, mut __seen) = match {
                    static __LOOP_GUARD_SITE: p::Site = p::Site::new(
                            p::concat!(
                                p::module_path!(), "::", "f"
                            ),
                            p::file!(),
                            1,
                            4,
                        )
                        .within(90_000_000_000_u64);
                    __probe.enter(__LOOP_GUARD_SITE.always(90_000_000_000_u64))
                } {
                    p::Result::Ok(__open) => __open,
                    p::Result::Err(__out) => return __out,
                };
                Ok(n.get())
            }
        "#]],
    );
}

#[test]
fn a_timeout_expression() {
    check(
        r#"timeout = d * 2, name = "job""#,
        r#"fn f(d: Duration) {
    loop {}
}"#,
        &expect![[r#"
            fn f(d: Duration) {
                let (__scope, mut __seen) = {
                    static __LOOP_GUARD_SITE: p::Site = p::Site::new(
                        "job",
                        p::file!(),
                        1,
                        4,
                    );
                    p::enter_or_panic(
                        __LOOP_GUARD_SITE.once(p::nanos(d * 2)),
                    )
                };
                loop {
                    if p::due(__seen) {
                        __seen = p::look(at_loop_2_5);
                    }
                }
            }
        "#]],
    );
}

#[test]
fn iterations_are_counted() {
    check(
        r#"iterations = 1_000"#,
        r#"fn f() {
    while more() {}
}"#,
        &expect![[r#"
            fn f() {
                let __limit = 1_000_u64;
                let mut __left = __limit;
                let (__scope, mut __seen) = {
                    static __LOOP_GUARD_SITE: p::Site = p::Site::new(
                            p::concat!(
                                p::module_path!(), "::", "f"
                            ),
                            p::file!(),
                            1,
                            4,
                        )
                        .within(p::u64::MAX);
                    p::enter_or_panic(
                        __LOOP_GUARD_SITE.always(p::u64::MAX),
                    )
                };
                while more() {
                    if __left == 0 {
                        if let p::Option::Some(__tripped) = p::spend(
                            &__scope,
                            __limit,
                            at_while_2_5,
                        ) {
                            p::panic(__tripped);
                        }
                        __left = p::u64::MAX;
                    }
                    __left = __left.saturating_sub(1);
                    if p::due(__seen) {
                        __seen = p::look(at_while_2_5);
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_fallback() {
    check(
        r#"timeout = "1s", fallback = n"#,
        r#"fn f(n: u32) -> u32 {
    while more() {}
    n + 1
}"#,
        &expect![[r#"
            fn f(n: u32) -> u32 {
                match '__tripped: {
                    let (__scope, mut __seen) = match {
                        static __LOOP_GUARD_SITE: p::Site = p::Site::new(
                                p::concat!(
                                    p::module_path!(), "::", "f"
                                ),
                                p::file!(),
                                1,
                                4,
                            )
                            .within(1_000_000_000_u64);
                        p::enter(
                            __LOOP_GUARD_SITE.always(1_000_000_000_u64),
                        )
                    } {
                        p::Result::Ok(__open) => __open,
                        p::Result::Err(__tripped) => {
                            break '__tripped __tripped;
                        }
                    };
                    return {
                        while more() {
                            if p::due(__seen) {
                                match p::tick(at_while_2_5) {
                                    p::Result::Ok(__now) => __seen = __now,
                                    p::Result::Err(__tripped) => {
                                        break '__tripped __tripped;
                                    }
                                }
                            }
                        }
                        n + 1
                    };
                } {
                    __tripped => n,
                }
            }
        "#]],
    );
}

#[test]
fn on_trip_break() {
    check(
        r#"inherit, on_trip = "break""#,
        r#"fn f() {
    while more() {}
}"#,
        &expect![[r#"
            fn f() {
                let mut __seen = p::inherit();
                while more() {
                    if p::due(__seen) {
                        match p::tick(at_while_2_5) {
                            p::Result::Ok(__now) => __seen = __now,
                            p::Result::Err(__tripped) => {
                                p::broken(__tripped);
                                break;
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_closure_needs_a_boundary() {
    check(
        r#"inherit"#,
        r#"fn f(mut n: u32) -> Option<u32> {
    let g = |x| while more(x) { n += 1; };
    g(1);
    Some(n)
}"#,
        &expect![[r#"
            fn f(mut n: u32) -> Option<u32> {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let __outcome = __probe
                    .boundary(move || {
                        let _ = &n;
                        match () {
                            () => {
                                let g = |x| {
                                    let mut __seen = p::inherit();
                                    while more(x) {
                                        if p::due(__seen) {
                                            match p::tick(at_while_2_17) {
                                                p::Result::Ok(__now) => {
                                                    __seen = __now;
                                                }
                                                p::Result::Err(__tripped) => {
                                                    __seen = p::unwind(__tripped);
                                                }
                                            }
                                        }
                                        n += 1;
                                    }
                                };
                                g(1);
                                Some(n)
                            }
                        }
                    });
                match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => {
                        __probe
                            .leave(__tripped)
                            .unwrap_or_else(|| p::abandon())
                    }
                }
            }
        "#]],
    );
}

/// Another macro below the attribute reads the names.
#[test]
fn arguments_keep_their_names_above_another_macro() {
    check(
        r#"inherit"#,
        r#"#[rstest]
#[case(1, (2, 3))]
async fn f(#[case] n: u32, #[case] (a, _): (u32, u32)) {
    (0..n).for_each(|i| for _ in 0..a { step(i); });
}"#,
        &expect![[r#"
            #[rstest]
            #[case(1, (2, 3))]
            async fn f(#[case] n: u32, #[case] (a, _): (u32, u32)) {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let __outcome = {
                    let __body = p::pin!(
                        async move { if false { return __probe.value(); } let _ = & a; let _ = & n;
                        match () { () => { (0..n).for_each(| i | { let mut __seen =
                        p::inherit(); for _ in 0..a { if
                        p::due(__seen) { match
                        p::tick(at_for_4_25) {
                        p::Result::Ok(__now) => __seen = __now,
                        p::Result::Err(__tripped) => { __seen =
                        p::unwind(__tripped); } } } step(i); } }); } } }
                    );
                    let mut __body = p::Body::new(__body);
                    p::poll_fn(move |__context| p::poll_caught(
                            __body.as_mut(),
                            __context,
                        ))
                        .await
                };
                match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => {
                        p::panic(__tripped);
                        p::abandon()
                    }
                }
            }
        "#]],
    );
}

/// `gen` is a keyword in the edition of this crate, whose tokens would name the argument again.
#[test]
fn an_argument_named_gen() {
    check(
        r#"inherit"#,
        r#"fn f(gen: u32, (a, _): (u32, u32)) {
    (0..a).for_each(|i| for _ in 0..i { step(); });
}"#,
        &expect![[r#"
            fn f(__argument_0: u32, __argument_1: (u32, u32)) {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let __outcome = __probe
                    .boundary(move || {
                        let gen = __argument_0;
                        let __argument_1 = __argument_1;
                        let (a, _) = __argument_1;
                        match () {
                            () => {
                                (0..a)
                                    .for_each(|i| {
                                        let mut __seen = p::inherit();
                                        for _ in 0..i {
                                            if p::due(__seen) {
                                                match p::tick(at_for_2_25) {
                                                    p::Result::Ok(__now) => {
                                                        __seen = __now;
                                                    }
                                                    p::Result::Err(__tripped) => {
                                                        __seen = p::unwind(__tripped);
                                                    }
                                                }
                                            }
                                            step();
                                        }
                                    });
                            }
                        }
                    });
                match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => {
                        p::panic(__tripped);
                        p::abandon()
                    }
                }
            }
        "#]],
    );
}

#[test]
fn an_attribute_under_a_condition() {
    check(
        r#"inherit"#,
        r#"fn f() {
    #[cfg_attr(test, allow(unused), loop_guard(skip))]
    while more() {}
}"#,
        &expect![[r#"
            fn f() {
                let mut __seen = p::inherit();
                #[cfg_attr(test, allow(unused))] while more() {
                    #[cfg(test)] {}
                    #[cfg(not(test))]
                    {
                        if p::due(__seen) {
                            __seen = p::look(at_while_3_5);
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn entry_without_a_loop() {
    check(
        r#"inherit, entry"#,
        r#"fn f(n: u32) -> u32 {
    if n == 0 { 0 } else { g(n - 1) }
}"#,
        &expect![[r#"
            fn f(n: u32) -> u32 {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let mut __seen = p::inherit();
                if p::due(__seen) {
                    match __probe.look(at_fn_1_4) {
                        p::Result::Ok(__now) => __seen = __now,
                        p::Result::Err(__out) => return __out,
                    }
                }
                if n == 0 { 0 } else { g(n - 1) }
            }
        "#]],
    );
}

#[test]
fn paces() {
    check(
        r#"inherit"#,
        r#"fn f() {
    #[loop_guard(skip)]
    while more() {
        #[loop_guard(every = 64)]
        loop {}
    }
}"#,
        &expect![[r#"
            fn f() {
                let mut __every_1 = 0u32;
                while more() {
                    let mut __every_1 = 0u32;
                    let mut __seen = p::inherit();
                    loop {
                        if __every_1 == 0 {
                            __every_1 = 64u32;
                            if p::due(__seen) {
                                __seen = p::look(at_loop_5_9);
                            }
                        }
                        __every_1 -= 1;
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_macro_call() {
    check(
        r#"inherit"#,
        r#"fn f() {
    println!("{}", { while more() {} 1 });
}"#,
        &expect![[r#"
            fn f() {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let __outcome = __probe
                    .boundary(move || {
                        match () {
                            () => {
                                println!(
                                    "{}", { let mut __seen = p::inherit();
                                    while more() { if p::due(__seen) { match
                                    p::tick(at_while_2_22) {
                                    p::Result::Ok(__now) => __seen = __now,
                                    p::Result::Err(__tripped) => { __seen =
                                    p::unwind(__tripped); } } } } 1 }
                                );
                            }
                        }
                    });
                match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => {
                        p::panic(__tripped);
                        p::abandon()
                    }
                }
            }
        "#]],
    );
}

#[test]
fn errors_stand_beside_the_item() {
    check(
        r#"timeout = "soon", iterations = -1"#,
        r#"const fn f() {
    #[loop_guard(skip)]
    loop {}
}"#,
        &expect![[r#"
            compile_error! {
                "\"soon\" is not a duration: a number is missing; write for example \"30s\", \"1m 30s\" or \"250ms\""
            }
            compile_error! {
                "a number of iterations cannot be negative: write for example `iterations = 1000`"
            }
            compile_error! {
                "a `const fn` can run at compile time, where there is no clock: remove `const` or the attribute"
            }
            const fn f() {
                loop {}
            }
        "#]],
    );
}

#[test]
fn recursion_without_a_loop_is_checked_at_entry() {
    check(
        r#"inherit"#,
        r#"fn f(n: u32) -> u32 {
    if n < 2 { n } else { f(n - 1) + f(n - 2) }
}"#,
        &expect![[r#"
            fn f(n: u32) -> u32 {
                let __probe = p::Probe::new();
                if false {
                    return __probe.value();
                }
                let mut __seen = p::inherit();
                if p::due(__seen) {
                    match __probe.look(at_fn_1_4) {
                        p::Result::Ok(__now) => __seen = __now,
                        p::Result::Err(__out) => return __out,
                    }
                }
                if n < 2 { n } else { f(n - 1) + f(n - 2) }
            }
        "#]],
    );
}

/// The CPU time of this thread in nanoseconds, which other load on the machine does not change; wall-clock time
/// where the system does not tell.
fn processor_time(since: std::time::Instant) -> u128 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let busy = stat.and_then(|stat| stat.split_whitespace().next()?.parse().ok());
    busy.unwrap_or_else(|| since.elapsed().as_nanos())
}

/// The nanoseconds that this many expansions take.
fn time(item: &str, times: usize) -> u128 {
    let origin = std::time::Instant::now();
    let start = processor_time(origin);
    for _ in 0..times {
        let expanded =
            crate::expand::expand("inherit".parse().unwrap(), item.parse().unwrap(), false);
        assert!(!expanded.is_empty());
    }
    processor_time(origin) - start
}

/// An eighth of the input, expanded eight times as often, takes about as long. If expanding were quadratic, the
/// large input would take eight times longer.
fn assert_linear(generate: impl Fn(usize) -> String, size: usize) {
    let (small, large) = (time(&generate(size), 24), time(&generate(size * 8), 3));
    assert!(
        large < small * 4,
        "{size}: {small} ns, {}: {large} ns",
        size * 8
    );
}

#[test]
fn a_fallback_that_begins_with_a_block_is_one_value() {
    let item = "fn f(n: u32) -> u32 { loop { step() } }";
    for fallback in [
        "{ n } | 1",
        "if n > 3 { 1 } else { 2 } + 3",
        "match n { _ => 1 } as u32",
    ] {
        let args = format!("timeout = \"1s\", fallback = {fallback}");
        let expanded = crate::expand::expand(args.parse().unwrap(), item.parse().unwrap(), false);
        assert!(syn::parse2::<syn::File>(expanded).is_ok(), "{fallback}");
    }
}

#[test]
fn a_crowd_of_loops_has_no_strips_and_short_checks() {
    let function = |loops: usize| {
        let loops = "for x in xs { sum += x; }".repeat(loops);
        let item = format!("fn f(xs: &[u32]) -> u32 {{ let mut sum = 0; {loops} sum }}");
        let args = "timeout = \"1h\"".parse().unwrap();
        let expanded = crate::expand::expand(args, item.parse().unwrap(), false);
        expanded.to_string()
    };
    let count = |text: &str, what: &str| text.matches(what).count();
    let (few, crowd) = (function(32), function(33));
    assert_eq!(count(&few, "while ! __strips"), 32);
    assert_eq!(count(&crowd, "__strips"), 0);
    // Each loop has one call, and no constant of its own.
    assert_eq!(count(&crowd, "__probe . check"), 33);
    assert_eq!(count(&crowd, "const {"), 0);
    assert_eq!(count(&crowd, "match"), 1, "the entry");
}

#[test]
fn long_functions_expand_in_linear_time() {
    let body = "for x in items(n) {\n    total += (0..x).map(|y| { while y < total {} y }).sum::<u64>();\n}\n";
    // 5,000 lines at the larger size.
    assert_linear(
        |times| {
            format!(
                "fn f(n: u64) -> u64 {{ let mut total = 0; {} total }}",
                body.repeat(times)
            )
        },
        208,
    );
}

#[test]
fn deep_nests_expand_in_linear_time() {
    // 60 nested loops at the larger size, next to enough others to be measurable.
    let nest = |depth: usize| {
        format!(
            "{}step();{}",
            "while more() { ".repeat(depth),
            " }".repeat(depth)
        )
    };
    assert_linear(
        |scale| {
            format!(
                "fn f() {{ {} }}",
                format!("{}\n", nest(scale * 60 / 64)).repeat(8)
            )
        },
        8,
    );
}
