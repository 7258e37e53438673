//! Expansions of functions with policies.

use expect_test::expect;

use crate::snapshots::check;

#[test]
fn a_breaker_around_a_bulkhead() {
    check(
        r#"timeout = "1s", breaker = LEDGER, bulkhead = self.reports"#,
        "fn f(&self, n: u32) -> Result<u32, E> {
    while n > 0 { g(); }
    Ok(n)
}",
        &expect![[r#"
            fn f(&self, n: u32) -> Result<u32, E> {
                probe!();
                let (__scope, mut __seen) = match {
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_4
                        .within(1_000_000_000_u64)
                        .framed();
                    __probe.enter(__LOOP_GUARD_SITE.always(1_000_000_000_u64))
                } {
                    p::Result::Ok(__open) => __open,
                    p::Result::Err(__out) => return __out,
                };
                match p::policy::breaker::<
                    _,
                    Result<u32, E>,
                >(
                    &LEDGER,
                    || p::policy::bulkhead(
                        &self.reports,
                        || p::boundary(|| -> Result<u32, E> {
                            let mut __seen = p::inherit();
                            while n > 0 {
                                if p::due(__seen) {
                                    match __probe.look(at_while_2_5) {
                                        p::Result::Ok(__now) => {
                                            __seen = __now;
                                        }
                                        p::Result::Err(__out) => {
                                            return __out;
                                        }
                                    }
                                }
                                g();
                            }
                            Ok(n)
                        }),
                    ),
                ) {
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

#[test]
fn attempts_and_a_fallback() {
    check(
        r#"timeout = "1s", retry = RETRY, attempt_timeout = "100ms", breaker = LEDGER, fallback = 0"#,
        "fn f(n: u32) -> u32 {
    use g::h;
    loop { h(n); }
}",
        &expect![[r#"
            fn f(n: u32) -> u32 {
                use g::h;
                probe!();
                match '__tripped: {
                    let (__scope, mut __seen) = match {
                        static __LOOP_GUARD_SITE: p::Site = site_f_1_4
                            .within(1_000_000_000_u64)
                            .framed();
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
                        const _: () = p::policy::needs_unwinding();
                        static __LOOP_GUARD_TOKENS: p::policy::Tokens = p::policy::Tokens::new();
                        let mut __attempts = p::policy::Attempts::new(
                            &RETRY,
                            &__LOOP_GUARD_TOKENS,
                        );
                        let mut __body = p::policy::repeatable(|| -> u32 {
                            let mut __seen = p::inherit();
                            loop {
                                if p::due(__seen) {
                                    match p::tick(at_loop_3_5) {
                                        p::Result::Ok(__now) => {
                                            __seen = __now;
                                        }
                                        p::Result::Err(__tripped) => {
                                            __seen = p::unwind(__tripped);
                                        }
                                    }
                                }
                                h(n);
                            }
                        });
                        match loop {
                            __attempts.begin();
                            let __outcome = p::policy::attempt(
                                p::concat!(
                                    p::module_path!(), "::", "f"
                                ),
                                100_000_000_u64,
                                || p::policy::breaker::<
                                    _,
                                    u32,
                                >(&LEDGER, || p::boundary(&mut __body)),
                            );
                            if !p::policy::Outcome::<u32>::new()
                                .is_failure(&__outcome) || !__attempts.again()
                            {
                                break __outcome;
                            }
                        } {
                            p::Result::Ok(__value) => __value,
                            p::Result::Err(__tripped) => {
                                break '__tripped __tripped;
                            }
                        }
                    };
                } {
                    __tripped => 0,
                }
            }
        "#]],
    );
}

#[test]
fn a_future() {
    check(
        r#"timeout = "1s", retry = RETRY, bulkhead = REPORTS"#,
        "async fn f(n: u32) -> Result<u32, E> {
    g(n).await
}",
        &expect![[r#"
            async fn f(n: u32) -> Result<u32, E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let mut __task = p::Task::new();
                let __outcome = {
                    let __body = p::pin!(
                        async move { if false { return __probe.value(); } let _ = & n; let __seen =
                        p::begin(& __LOOP_GUARD_SITE, 1_000_000_000_u64); if
                        __seen.is_stale() { match __probe.look(at_fn_1_10) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__out) => return __out, } } match ()
                        { () => { if false { p::policy::again(&
                        p::policy::Taken::new(& n).again()); } static
                        __LOOP_GUARD_TOKENS : p::policy::Tokens =
                        p::policy::Tokens::new(); let mut __attempts =
                        p::policy::Attempts::new(& RETRY, &
                        __LOOP_GUARD_TOKENS); let mut __body =
                        p::policy::repeatable_async(async || -> Result <
                        u32, E > { if let p::Option::Some(__value) =
                        p::Option::None:: < Result < u32, E > > { return
                        __value; } g(n). await }); match loop { __attempts.begin(); let __outcome =
                        match __body() { __inner => { let __inner =
                        p::pin!(__inner); let __inner =
                        p::Body::new(__inner); match
                        p::policy::caught(__inner) { __inner => { let
                        __inner = p::pin!(__inner); let __inner =
                        p::Body::new(__inner); match
                        p::policy::bulkhead_async(& REPORTS, __inner) {
                        __inner => { let __inner = p::pin!(__inner); let
                        __inner = p::Body::new(__inner); __inner. await } }
                        } } } }; if ! p::policy::Outcome:: < Result < u32, E
                        > > ::new().is_failure(& __outcome) || ! __attempts.again_async(). await {
                        break __outcome; } } { p::Result::Ok(__value) =>
                        __value, p::Result::Err(__tripped) => __probe
                        .leave(__tripped).unwrap_or_else(|| p::abandon()), }
                        } } }
                    );
                    let mut __body = p::Body::new(__body);
                    p::poll_fn(move |__context| {
                            __task.poll(__body.as_mut(), __context, at_async_fn_1_10)
                        })
                        .await
                };
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

/// What nobody asked for is not there: with and without the feature, these are the same tokens.
#[test]
fn without_a_policy_nothing_names_one() {
    let body = "{ for x in 0..9 { g(x); } Ok(()) }";
    for args in [
        r#"timeout = "1s""#,
        "inherit",
        "iterations = 9, depth = 3",
        r#"timeout = "1s", fallback = Ok(())"#,
        r#"timeout = "1s", cleanup = |_| (), strict"#,
        r#"timeout = "1s", cancel = TOKEN"#,
        "budget = BUDGET",
    ] {
        for form in ["fn", "async fn"] {
            let item = format!("{form} f() -> Result<(), E> {body}");
            let expanded = crate::expand::guarded(
                args.parse().expect("tokens"),
                item.parse().expect("tokens"),
            );
            let text = expanded.to_string();
            assert!(!text.contains("compile_error"), "{args} on {item}: {text}");
            for name in ["policy", "__LOOP_GUARD_TOKENS", "repeatable"] {
                assert!(!text.contains(name), "{args} on {item}: {text}");
            }
        }
    }
}
