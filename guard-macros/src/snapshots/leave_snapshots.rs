//! Ways out: fallbacks, `break`, and trips in closures.

use expect_test::expect;

use crate::snapshots::check;

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
                probe!();
                let __outcome = __probe
                    .boundary(move || {
                        let _ = &n;
                        match '__tripped: {
                            let (__scope, mut __seen) = match {
                                static __LOOP_GUARD_SITE: p::Site = site_f_1_4
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
                                            p::Result::Ok(__now) => {
                                                __seen = __now;
                                            }
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
                    });
                return match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => n,
                };
            }
        "#]],
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
        let expanded = crate::expand::guarded(args.parse().unwrap(), item.parse().unwrap());
        assert!(syn::parse2::<syn::File>(expanded).is_ok(), "{fallback}");
    }
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
                probe!();
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
                return match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => {
                        __probe
                            .leave(__tripped)
                            .unwrap_or_else(|| p::abandon())
                    }
                };
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
                let __probe = p::Probe::<()>::new();
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
                probe!();
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
                return match __outcome {
                    p::Result::Ok(__value) => __value,
                    p::Result::Err(__tripped) => {
                        p::panic(__tripped);
                        p::abandon()
                    }
                };
            }
        "#]],
    );
}
