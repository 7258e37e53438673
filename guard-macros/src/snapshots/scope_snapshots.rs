//! Scopes, entries and budgets.

use expect_test::expect;

use crate::snapshots::check;

#[test]
fn a_timeout_opens_a_scope() {
    check(
        r#"timeout = "1m 30s""#,
        r#"fn f(n: u32) -> io::Result<u32> {
    Ok(n.get())
}"#,
        &expect![[r#"
            fn f(n: u32) -> io::Result<u32> {
                probe!();
                let (__scope, mut __seen) = match {
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_4
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
                    static __LOOP_GUARD_SITE: p::Site = site_job_1_4;
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
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_4
                        .within(p::u64::MAX)
                        .framed();
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
                probe!();
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
fn recursion_without_a_loop_is_checked_at_entry() {
    check(
        r#"inherit"#,
        r#"fn f(n: u32) -> u32 {
    if n < 2 { n } else { f(n - 1) + f(n - 2) }
}"#,
        &expect![[r#"
            fn f(n: u32) -> u32 {
                probe!();
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
fn a_strict_future_checks_what_leaves_it() {
    check(
        r#"timeout = "1s", strict"#,
        r#"async fn f(early: bool) -> Result<u32, E> {
    if early {
        return Ok(1);
    }
    step().await?;
    Ok(2)
}"#,
        &expect![[r#"
            async fn f(early: bool) -> Result<u32, E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let mut __task = p::InPlace::new();
                let __seen = __task.begin(&__LOOP_GUARD_SITE, 1_000_000_000_u64);
                if __seen.is_stale() {
                    match __probe.look(at_fn_1_10) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__out) => return __out,
                    }
                }
                match () {
                    () => {
                        #[allow(unreachable_code)]
                        let __value = __probe
                            .typed('__strict: {
                                {
                                    if early {
                                        break '__strict Ok(1);
                                    }
                                    (match ((match p::IntoFuture::into_future(
                                        step(),
                                    ) {
                                        __future => {
                                            let __awaited = __task
                                                .awaits_caught(p::pin!(__future))
                                                .await;
                                            match __awaited {
                                                p::Result::Ok(__value) => __value,
                                                p::Result::Err(__tripped) => {
                                                    return __probe
                                                        .leave(__tripped)
                                                        .unwrap_or_else(|| p::abandon());
                                                }
                                            }
                                        }
                                    })) {
                                        __tried => {
                                            if p::has_failed(&__tried) {
                                                match __probe.look(at_async_fn_1_10) {
                                                    p::Result::Ok(_) => {}
                                                    p::Result::Err(__out) => {
                                                        return __out;
                                                    }
                                                }
                                            }
                                            __tried
                                        }
                                    })?;
                                    Ok(2)
                                }
                            });
                        match __probe.look(at_async_fn_1_10) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__out) => return __out,
                        }
                        __value
                    }
                }
            }
        "#]],
    );
}
