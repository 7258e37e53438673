//! Expansions of `cleanup`.

use expect_test::expect;

use crate::snapshots::check;

#[test]
fn a_cleanup_by_path_under_a_caller() {
    check(
        r#"inherit, cleanup = log"#,
        r#"fn f() -> u32 {
    once();
    3
}"#,
        &expect![[r#"
            fn f() -> u32 {
                let __cleanup = p::cleanup(
                    false,
                    p::Option::None,
                    p::named(log),
                );
                match () {
                    () => {
                        once();
                        3
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_cleanup_with_a_loop_of_a_scope() {
    check(
        r#"timeout = "30s", cleanup = |exit| while busy() { wait(exit) }, cleanup_timeout = "250ms""#,
        r#"fn f() -> Result<(), E> {
    step()
}"#,
        &expect![[r#"
            fn f() -> Result<(), E> {
                probe!();
                let __outcome = __probe
                    .boundary(move || {
                        let __cleanup = p::cleanup(
                            true,
                            p::Option::Some(250_000_000_u64),
                            |exit| {
                                let mut __seen = p::inherit();
                                while busy() {
                                    if p::due(__seen) {
                                        match p::tick(at_while_1_35) {
                                            p::Result::Ok(__now) => {
                                                __seen = __now;
                                            }
                                            p::Result::Err(__tripped) => {
                                                return;
                                            }
                                        }
                                    }
                                    wait(exit)
                                }
                            },
                        );
                        let (__scope, mut __seen) = match {
                            static __LOOP_GUARD_SITE: p::Site = site_f_1_4
                                .within(30_000_000_000_u64)
                                .framed();
                            __probe.enter(__LOOP_GUARD_SITE.always(30_000_000_000_u64))
                        } {
                            p::Result::Ok(__open) => __open,
                            p::Result::Err(__out) => return __out,
                        };
                        match () {
                            () => step(),
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

#[test]
fn a_cleanup_and_a_fallback() {
    check(
        r#"inherit, fallback = 3, cleanup = move |_| drop(file), cleanup_timeout = limit"#,
        r#"fn f(file: File, limit: Duration) -> u32 {
    loop {
        step();
    }
}"#,
        &expect![[r#"
            fn f(file: File, limit: Duration) -> u32 {
                match '__tripped: {
                    let __cleanup = p::cleanup(
                        false,
                        p::Option::Some(
                            p::nanos(limit),
                        ),
                        move |_| drop(file),
                    );
                    {
                        let mut __seen = p::inherit();
                        loop {
                            if p::due(__seen) {
                                match p::tick(at_loop_2_5) {
                                    p::Result::Ok(__now) => __seen = __now,
                                    p::Result::Err(__tripped) => {
                                        break '__tripped __tripped;
                                    }
                                }
                            }
                            step();
                        }
                    }
                } {
                    __tripped => 3,
                }
            }
        "#]],
    );
}

#[test]
fn a_cleanup_and_a_boundary() {
    check(
        r#"inherit, cleanup = log"#,
        r#"fn f(file: File) {
    (0..3).for_each(|_| loop {
        step();
    });
}"#,
        &expect![[r#"
            fn f(file: File) {
                probe!();
                let __outcome = __probe
                    .boundary(move || {
                        let file = file;
                        let __cleanup = p::cleanup(
                            false,
                            p::Option::None,
                            p::named(log),
                        );
                        match () {
                            () => {
                                (0..3)
                                    .for_each(|_| {
                                        let mut __seen = p::inherit();
                                        loop {
                                            if p::due(__seen) {
                                                match p::tick(at_loop_2_25) {
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

#[test]
fn a_cleanup_that_is_awaited() {
    check(
        r#"inherit, cleanup = { let a = a.clone(); async |exit| while busy().await { wait(a, exit) } }"#,
        r#"async fn f(a: A) -> u32 {
    once(a).await
}"#,
        &expect![[r#"
            async fn f(a: A) -> u32 {
                probe!();
                let __cleanup = p::cleanup_async(
                    false,
                    p::Option::None,
                    {
                        let a = a.clone();
                        move |__left| async move {
                            let exit = &__left.exit();
                            while busy().await {
                                if p::due(
                                    p::inherit(),
                                ) {
                                    match p::tick(at_while_1_54) {
                                        p::Result::Ok(_) => {}
                                        p::Result::Err(__tripped) => {
                                            return;
                                        }
                                    }
                                }
                                wait(a, exit)
                            }
                        }
                    },
                );
                let __outcome = {
                    let __body = p::pin!(
                        async move { if false { return __probe.value(); } let _ = & a; match () { ()
                        => { once(a). await } } }
                    );
                    let mut __body = p::Body::new(__body);
                    p::poll_fn(move |__context| p::until_panic(||
                        p::poll_caught(__body.as_mut(), __context)))
                        .await
                };
                let __outcome = __cleanup.finish(__outcome).await;
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
fn a_cleanup_stands_with_the_scope() {
    check(
        r#"timeout = "30s", root, cleanup = |exit| a.log(exit)"#,
        r#"async fn f(a: A) -> Result<(), E> {
    step(&a).await
}"#,
        &expect![[r#"
            async fn f(a: A) -> Result<(), E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let __cleanup = p::cleanup_of_future(
                    true,
                    p::Option::None,
                    |exit| a.log(exit),
                );
                let mut __task = p::InPlace::<
                    _,
                    true,
                >::with(p::covered(__cleanup, ()));
                let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                if __seen.is_stale() {
                    match __probe.look(at_fn_1_10) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__out) => return __out,
                    }
                }
                match () {
                    () => {
                        match p::IntoFuture::into_future(step(&a)) {
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
                        }
                    }
                }
            }
        "#]],
    );
}
