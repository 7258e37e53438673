//! Futures that are polled as a whole, because trips may unwind in them.

use expect_test::expect;

use crate::snapshots::check;

#[test]
fn patterns_are_bound_in_the_body() {
    check(
        r#"timeout = "30s", fallback = b"#,
        r#"async fn f(a: A, (b, _): (u32, D), #[allow(unused_variables)] c: C) -> u32 {
    step(a).await
}"#,
        &expect![[r#"
            async fn f(a: A, (b, _): (u32, D), #[allow(unused_variables)] c: C) -> u32 {
                match '__tripped: {
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                    let mut __task = p::InPlace::new();
                    let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                    if __seen.is_stale() {
                        match p::tick(at_fn_1_10) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__tripped) => {
                                break '__tripped __tripped;
                            }
                        }
                    }
                    return {
                        match p::IntoFuture::into_future(step(a)) {
                            __future => {
                                let __awaited = __task
                                    .awaits_caught(p::pin!(__future))
                                    .await;
                                match __awaited {
                                    p::Result::Ok(__value) => __value,
                                    p::Result::Err(__tripped) => {
                                        break '__tripped __tripped;
                                    }
                                }
                            }
                        }
                    };
                } {
                    __tripped => b,
                }
            }
        "#]],
    );
}

#[test]
fn loops_in_blocks_and_closures_are_caught() {
    check(
        r#"timeout = "30s""#,
        r#"async fn f(n: u32) -> Result<u32, E> {
    let block = async { loop { step().await; } };
    let closure = || for _ in list() { step() };
    block.await
}"#,
        &expect![[r#"
            async fn f(n: u32) -> Result<u32, E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let mut __task = p::Task::new();
                let __outcome = {
                    let __body = p::pin!(
                        async move { if false { return __probe.value(); } let n = n; let __seen =
                        p::begin(& __LOOP_GUARD_SITE, 30_000_000_000_u64);
                        if __seen.is_stale() { match __probe.look(at_fn_1_10) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__out) => return __out, } } match ()
                        { () => { let block = async { loop { if
                        p::due(p::inherit()) {
                        match p::tick(at_loop_2_25) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__tripped) => { _ =
                        p::unwind(__tripped); } } } step(). await; } }; let
                        closure = | | { let mut __seen = p::inherit(); for _
                        in list() { if p::due(__seen) { match
                        p::tick(at_for_3_22) {
                        p::Result::Ok(__now) => __seen = __now,
                        p::Result::Err(__tripped) => { __seen =
                        p::unwind(__tripped); } } } step() } }; block. await
                        } } }
                    );
                    let mut __body = p::Body::new(__body);
                    p::poll_fn(move |__context| {
                            __task.poll_caught(__body.as_mut(), __context, at_async_fn_1_10)
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

#[test]
fn a_fallback_runs_when_the_body_is_gone() {
    check(
        r#"timeout = "30s", fallback = |t| t.into()"#,
        r#"async fn f() -> u32 {
    loop { step().await; }
}"#,
        &expect![[r#"
            async fn f() -> u32 {
                match '__tripped: {
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                    let mut __task = p::InPlace::new();
                    let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                    if __seen.is_stale() {
                        match p::tick(at_fn_1_10) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__tripped) => {
                                break '__tripped __tripped;
                            }
                        }
                    }
                    {
                        loop {
                            if p::due(
                                p::inherit(),
                            ) {
                                match p::tick(at_loop_2_5) {
                                    p::Result::Ok(_) => {}
                                    p::Result::Err(__tripped) => {
                                        break '__tripped __tripped;
                                    }
                                }
                            }
                            let __same = p::Same::new();
                            p::discard(
                                match __same
                                    .of(p::IntoFuture::into_future(step()))
                                {
                                    __future => {
                                        if false {
                                            p::unheard(async {
                                                (__same.it()).await;
                                            });
                                        }
                                        let __awaited = __task
                                            .awaits_caught(p::pin!(__future))
                                            .await;
                                        match __awaited {
                                            p::Result::Ok(__value) => __value,
                                            p::Result::Err(__tripped) => {
                                                break '__tripped __tripped;
                                            }
                                        }
                                    }
                                },
                            );
                        }
                    }
                } {
                    __tripped => p::Fallback::with(__tripped, |t| t.into()),
                }
            }
        "#]],
    );
}

#[test]
fn inherit_with_a_loop_in_a_closure() {
    check(
        r#"inherit"#,
        r#"async fn f(a: A) -> Result<(), E> {
    list().each(|x| while x.more() {});
    step(a).await
}"#,
        &expect![[r#"
            async fn f(a: A) -> Result<(), E> {
                probe!();
                let __outcome = {
                    let __body = p::pin!(
                        async move { if false { return __probe.value(); } let _ = & a; match () { ()
                        => { list().each(| x | { let mut __seen =
                        p::inherit(); while x.more() { if
                        p::due(__seen) { match
                        p::tick(at_while_2_21) {
                        p::Result::Ok(__now) => __seen = __now,
                        p::Result::Err(__tripped) => { __seen =
                        p::unwind(__tripped); } } } } }); step(a). await } }
                        }
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
fn another_macro_below_may_make_a_block_of_it() {
    check(
        "inherit",
        "#[async_recursion] async fn f(n: u32) -> u32 { for _ in 0..n { step().await; } n }",
        &expect![[r#"
            #[async_recursion]
            async fn f(n: u32) -> u32 {
                let __probe = p::Probe::<u32>::new();
                if false {
                    return __probe.value();
                }
                for _ in 0..n {
                    if p::due(p::inherit()) {
                        match __probe.look(at_for_1_48) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__out) => return __out,
                        }
                    }
                    step().await;
                }
                n
            }
        "#]],
    );
}
