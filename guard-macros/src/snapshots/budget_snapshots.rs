//! Scopes of a `Budget`.

use expect_test::expect;

use crate::snapshots::check;

#[test]
fn limits_that_a_frame_does_not_hold() {
    check(
        r#"timeout = "5s", iterations = 9, cpu = limit, depth = 3, cancel = token.clone(), when = "all""#,
        r#"fn f() -> Result<(), E> {
    loop {
        step();
    }
}"#,
        &expect![[r#"
            fn f() -> Result<(), E> {
                static __LOOP_GUARD_SITE: p::Site = site_f_1_4;
                let __budget = p::grant(
                    p::until_cancelled(
                        p::cpu::within(
                                p::spending(5_000_000_000_u64),
                                p::nanos(limit),
                            )
                            .iterations(9_u64)
                            .depth(3_u64)
                            .all(),
                        token.clone(),
                    ),
                    &__LOOP_GUARD_SITE,
                );
                let __root = __budget.root();
                probe!();
                let __outcome = __probe
                    .boundary(move || {
                        let __granted = __budget.open();
                        let __limit = __granted.iterations();
                        let (__scope, mut __seen) = match { __probe.enter(__granted.entry()) } {
                            p::Result::Ok(__open) => __open,
                            p::Result::Err(__out) => return __out,
                        };
                        let mut __left = __limit;
                        __granted.begin();
                        match () {
                            () => {
                                loop {
                                    if __left == 0 {
                                        if let p::Option::Some(__tripped) = p::spend(
                                            &__scope,
                                            __limit,
                                            at_loop_2_5,
                                        ) {
                                            if let p::Option::Some(__out) = __probe
                                                .leave(__tripped)
                                            {
                                                return __out;
                                            }
                                        }
                                        __left = p::u64::MAX;
                                    }
                                    __left = __left.saturating_sub(1);
                                    if p::due(__seen) {
                                        match __probe.look(at_loop_2_5) {
                                            p::Result::Ok(__now) => {
                                                __seen = __now;
                                            }
                                            p::Result::Err(__out) => {
                                                return __out;
                                            }
                                        }
                                    }
                                    step();
                                }
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

#[test]
fn a_budget_that_may_be_strict() {
    check(
        "budget = tenant.budget",
        r#"fn f() -> Result<(), E> {
    step()
}"#,
        &expect![[r#"
            fn f() -> Result<(), E> {
                static __LOOP_GUARD_SITE: p::Site = site_f_1_4;
                let __budget = p::grant(
                    p::budget(&(tenant.budget)),
                    &__LOOP_GUARD_SITE,
                );
                let __root = __budget.root();
                probe!();
                let __granted = __budget.open();
                let __limit = __granted.iterations();
                let (__scope, mut __seen) = match { __probe.enter(__granted.entry()) } {
                    p::Result::Ok(__open) => __open,
                    p::Result::Err(__out) => return __out,
                };
                let mut __left = __limit;
                __granted.begin();
                let __scope = &__scope;
                let __outcome = __probe
                    .strictly(
                        __budget.is_strict(),
                        at_fn_1_4,
                        move || {
                            match () {
                                () => step(),
                            }
                        },
                    );
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
fn a_budget_of_a_future() {
    check(
        "budget = tenant.budget, root",
        r#"async fn f() -> Result<(), E> {
    loop {
        step();
    }
}"#,
        &expect![[r#"
            async fn f() -> Result<(), E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let __budget = &p::grant(
                    p::budget(&(tenant.budget)).root(),
                    &__LOOP_GUARD_SITE,
                );
                let mut __task = p::Task::with_extras();
                let __outcome = {
                    let __inside = p::pin!(
                        async move { if false { return __probe.value(); } match () { () => { let mut
                        __seen = p::inherit(); loop { if let
                        p::Option::Some(__tripped) =
                        p::count(& __LOOP_GUARD_SITE, at_loop_2_5) { if let
                        p::Option::Some(__out) = __probe.leave(__tripped) {
                        return __out; } } if p::due(__seen) { match __probe
                        .look(at_loop_2_5) { p::Result::Ok(__now) => __seen
                        = __now, p::Result::Err(__out) => return __out, } }
                        step(); } } } }
                    );
                    let __body = p::pin!(
                        __budget.in_scope(p::Body::new(__inside))
                    );
                    let mut __body = p::Body::new(__body);
                    p::poll_fn(move |__context| {
                            let __root = __budget.root();
                            p::flat(
                                __task.poll_caught(__body.as_mut(), __context, at_async_fn_1_10),
                            )
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
fn what_is_about_the_time_of_a_scope_is_said_by_its_site() {
    check(
        r#"timeout = "5s", warn_at = 0.8, on_overdue = "abort", pauses = "ignore""#,
        r#"fn f() -> Option<()> {
    loop {
        step();
    }
}"#,
        &expect![[r#"
            fn f() -> Option<()> {
                probe!();
                let (__scope, mut __seen) = match {
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_4
                        .within(5_000_000_000_u64)
                        .warn_at(800000u32)
                        .on_overdue(p::OnOverdue::Abort)
                        .ignore_pauses();
                    __probe.enter(__LOOP_GUARD_SITE.always(5_000_000_000_u64))
                } {
                    p::Result::Ok(__open) => __open,
                    p::Result::Err(__out) => return __out,
                };
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
fn limits_that_a_frame_does_not_store_are_kept_in_the_future() {
    check(
        r#"depth = 9, cancel = token.clone(), cleanup = log, fallback = 3"#,
        r#"async fn f(token: &Token) -> u32 {
    step().await
}"#,
        &expect![[r#"
            async fn f(token: &Token) -> u32 {
                match '__tripped: {
                    static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                    let __budget = &p::grant(
                        p::until_cancelled(
                            p::spending(
                                    p::u64::MAX,
                                )
                                .depth(9_u64),
                            token.clone(),
                        ),
                        &__LOOP_GUARD_SITE,
                    );
                    let __cleanup = p::cleanup_of_future(
                        true,
                        p::Option::None,
                        p::named(log),
                    );
                    let mut __task = p::InPlace::<
                        _,
                        false,
                    >::with(p::covered(__cleanup, __budget.spending()));
                    let __seen = __budget.begin(&mut __task);
                    if __seen.is_stale() {
                        match p::tick(at_fn_1_10) {
                            p::Result::Ok(_) => {}
                            p::Result::Err(__tripped) => {
                                break '__tripped __tripped;
                            }
                        }
                    }
                    if let p::Result::Err(__tripped) = __task.spend() {
                        break '__tripped __tripped;
                    }
                    return {
                        match p::IntoFuture::into_future(step()) {
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
                    __tripped => 3,
                }
            }
        "#]],
    );
}

#[test]
fn a_future_with_a_budget_of_the_users_asks_it_whether_it_is_strict() {
    check(
        "budget = tenant.budget",
        r#"async fn f(tenant: &Tenant) -> Result<u32, E> {
    Ok(step().await?)
}"#,
        &expect![[r#"
            async fn f(tenant: &Tenant) -> Result<u32, E> {
                probe!();
                static __LOOP_GUARD_SITE: p::Site = site_f_1_10;
                let __budget = &p::grant(
                    p::budget(&(tenant.budget)),
                    &__LOOP_GUARD_SITE,
                );
                let mut __task = p::InPlace::<
                    _,
                    false,
                >::with(__budget.spending());
                let __seen = __budget.begin(&mut __task);
                if __seen.is_stale() {
                    match __probe.look(at_fn_1_10) {
                        p::Result::Ok(_) => {}
                        p::Result::Err(__out) => return __out,
                    }
                }
                if let p::Result::Err(__tripped) = __task.spend() {
                    if let p::Option::Some(__out) = __probe.leave(__tripped)
                    {
                        return __out;
                    }
                }
                match () {
                    () => {
                        #[allow(unreachable_code)]
                        let __value = __probe
                            .typed({
                                Ok(
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
                                                if __budget.is_strict() {
                                                    match __probe.look(at_async_fn_1_10) {
                                                        p::Result::Ok(_) => {}
                                                        p::Result::Err(__out) => {
                                                            return __out;
                                                        }
                                                    }
                                                }
                                            }
                                            __tried
                                        }
                                    })?,
                                )
                            });
                        if __budget.is_strict() {
                            match __probe.look(at_async_fn_1_10) {
                                p::Result::Ok(_) => {}
                                p::Result::Err(__out) => return __out,
                            }
                        }
                        __value
                    }
                }
            }
        "#]],
    );
}
