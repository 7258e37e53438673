//! The expansion of each form of a future, formatted.
//!
//! `UPDATE_EXPECT=1 cargo test -p guard-macros` rewrites the snapshots; read the difference.

use expect_test::expect;

use crate::snapshots::check;

#[test]
fn an_async_fn() {
    check(
        r#"timeout = "30s""#,
        r#"async fn f(a: A, mut b: B) -> Result<u32, E> {
    step(a).await;
    while b.next().await {}
    Ok(1)
}"#,
        &expect![[r#"
            async fn f(a: A, mut b: B) -> Result<u32, E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let mut __task = p::InPlace::new();
                let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                if __seen.is_stale() {
                    match __probe.look(at_fn_1_10) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__out) => return __out,
                    }
                }
                let __same = p::Same::new();
                p::discard(
                    match __same.of(p::IntoFuture::into_future(step(a))) {
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
                                    return __probe
                                        .leave(__tripped)
                                        .unwrap_or_else(|| p::abandon());
                                }
                            }
                        }
                    },
                );
                while (match p::IntoFuture::into_future(b.next()) {
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
                }) {
                    if p::due(p::inherit()) {
                        match __probe.look(at_while_3_5) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__out) => return __out,
                        }
                    }
                }
                Ok(1)
            }
        "#]],
    );
}

#[test]
fn one_without_a_value() {
    check(
        r#"timeout = limit(), name = "named""#,
        r#"async fn f(self: &Self) {
    step(self).await;
}"#,
        &expect![[r#"
            async fn f(self: &Self) {
                static __LOOP_GUARD_SITE: p::Site = site_named_1_10;
                let mut __task = p::InPlace::new();
                let __seen = __task
                    .begin(&__LOOP_GUARD_SITE, p::nanos(limit()));
                if __seen.is_stale() {
                    _ = p::look(at_fn_1_10);
                }
                let __same = p::Same::new();
                p::discard(
                    match __same.of(p::IntoFuture::into_future(step(self)))
                    {
                        __future => {
                            if false {
                                p::unheard(async {
                                    (__same.it()).await;
                                });
                            }
                            let __awaited = __task
                                .awaits(p::pin!(__future))
                                .await;
                            match __awaited {
                                p::Result::Ok(__value) => __value,
                                p::Result::Err(__tripped) => {
                                    p::panic(__tripped);
                                    p::abandon()
                                }
                            }
                        }
                    },
                );
            }
        "#]],
    );
}

#[test]
fn one_that_never_ends() {
    check(
        r#"timeout = "30s""#,
        r#"async fn f() -> ! {
    serve().await
}"#,
        &expect![[r#"
            async fn f() -> ! {
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let mut __task = p::InPlace::new();
                let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                if __seen.is_stale() {
                    _ = p::look(at_fn_1_10);
                }
                match () {
                    () => {
                        match p::IntoFuture::into_future(serve()) {
                            __future => {
                                let __awaited = __task
                                    .awaits(p::pin!(__future))
                                    .await;
                                match __awaited {
                                    p::Result::Ok(__value) => __value,
                                    p::Result::Err(__tripped) => {
                                        p::panic(__tripped);
                                        p::abandon()
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

#[test]
fn iterations_and_turns() {
    check(
        r#"timeout = "30s", iterations = 10, yield_every = "1ms""#,
        r#"async fn f() -> Result<u32, E> {
    for x in list() { step(x); }
    Ok(1)
}"#,
        &expect![[r#"
            async fn f() -> Result<u32, E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let mut __task = p::Task::with_extras();
                let __outcome = {
                    let __body = p::pin!(
                        async move { if false { return __probe.value(); } let __limit = 10_u64; let
                        __seen = p::begin(& __LOOP_GUARD_SITE,
                        30_000_000_000_u64); p::allow(__limit);
                        p::take_turns(1_000_000_u64); if __seen.is_stale() {
                        match __probe.look(at_fn_1_10) { p::Result::Ok(_) =>
                        {} p::Result::Err(__out) => return __out, } } match
                        () { () => { for x in list() { if let
                        p::Option::Some(__tripped) =
                        p::count(& __LOOP_GUARD_SITE, at_for_2_5) { if let
                        p::Option::Some(__out) = __probe.leave(__tripped) {
                        return __out; } } if
                        p::due(p::inherit()) {
                        match __probe.look(at_for_2_5) { p::Result::Ok(_) =>
                        {} p::Result::Err(__out) => return __out, }
                        p::turn(). await; } step(x); } Ok(1) } } }
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
fn inherit_opens_no_scope() {
    check(
        r#"inherit, fallback = 3"#,
        r#"async fn f() -> u32 {
    loop { step().await; }
}"#,
        &expect![[r#"
            async fn f() -> u32 {
                match '__tripped: {
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
                            step().await;
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
fn an_async_block_that_is_the_value() {
    check(
        r#"timeout = "30s""#,
        r#"fn f(n: u32) -> impl Future<Output = Result<u32, E>> + Send {
    let mut m = n;
    while more() { m += 1; }
    async move { Ok(m) }
}"#,
        &expect![[r#"
            fn f(n: u32) -> impl Future<Output = Result<u32, E>> + Send {
                let mut m = n;
                let mut __seen = p::inherit();
                while more() {
                    if p::due(__seen) {
                        match p::tick(at_while_3_5) {
                            p::Result::Ok(__now) => __seen = __now,
                            p::Result::Err(__tripped) => {
                                __seen = p::unwind(__tripped);
                            }
                        }
                    }
                    m += 1;
                }
                async move {
                    let __probe = p::Probe::<Result<u32, E>>::new();
                    if false {
                        return __probe.value();
                    }
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_4;
                    let mut __task = p::InPlace::new();
                    let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                    if __seen.is_stale() {
                        match __probe.look(at_fn_1_4) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__out) => return __out,
                        }
                    }
                    Ok(m)
                }
            }
        "#]],
    );
}

#[test]
fn one_in_a_box() {
    check(
        r#"timeout = "30s""#,
        r#"fn f<'a>(&'a self) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
    Box::pin(async move { self.n })
}"#,
        &expect![[r#"
            fn f<'a>(&'a self) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
                Box::pin(async move {
                    let __probe = p::Probe::<u32>::new();
                    if false {
                        return __probe.value();
                    }
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_4;
                    let mut __task = p::InPlace::new();
                    let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                    if __seen.is_stale() {
                        match __probe.look(at_fn_1_4) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__out) => return __out,
                        }
                    }
                    match () {
                        () => self.n,
                    }
                })
            }
        "#]],
    );
}

#[test]
fn what_tokio_made_of_a_main_function() {
    check(
        r#"timeout = "30s""#,
        r#"fn main() -> Result<(), E> {
    let body = async { serve().await };
    let body = { if false { let _: &dyn Future<Output = Result<(), E>> = &body; } body };
    { return runtime().block_on(body); }
}"#,
        &expect![[r#"
            fn main() -> Result<(), E> {
                let body = async {
                    probe!();
                    static __LOOP_GUARD_SITE: p::Site = site_main_1_4;
                    let mut __task = p::InPlace::new();
                    let __seen = __task.begin(&__LOOP_GUARD_SITE, 30_000_000_000_u64);
                    if __seen.is_stale() {
                        match __probe.look(at_fn_1_4) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__out) => return __out,
                        }
                    }
                    match () {
                        () => {
                            match p::IntoFuture::into_future(serve()) {
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
                };
                let body = {
                    if false {
                        let _: &dyn Future<Output = Result<(), E>> = &body;
                    }
                    body
                };
                {
                    return runtime().block_on(body);
                }
            }
        "#]],
    );
}
