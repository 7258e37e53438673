//! Loops of each form.

use expect_test::expect;

use crate::snapshots::check;

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
                probe!();
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
                probe!();
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
                probe!();
                let mut sum = 0;
                let mut __seen = p::inherit();
                {
                    match (xs.iter(),) {
                        (__it_0,) => {
                            match p::kind(&__it_0) {
                                __kind => {
                                    match __kind.run(__kind.make(__it_0).enumerate()) {
                                        mut __strips => {
                                            static __LOOP_GUARD_STRIDE: p::Stride = p::Stride::new();
                                            let mut __length = __LOOP_GUARD_STRIDE.length();
                                            if __strips.is_short(__length, __seen) {
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
                                                    let __strip = __strips.strip(__length);
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
fn a_while_that_counts_in_strips() {
    check(
        r#"inherit"#,
        r#"fn f(xs: &mut [u32], n: usize) {
    let mut i = 0;
    while i < n {
        xs[i] += 1;
        i += 1;
    }
}"#,
        &expect![[r#"
            fn f(xs: &mut [u32], n: usize) {
                let mut i = 0;
                let mut __seen = p::inherit();
                {
                    let __kind = p::between(&(i), &(n));
                    static __LOOP_GUARD_STRIDE: p::Stride = p::Stride::new();
                    let mut __length = __LOOP_GUARD_STRIDE.length();
                    '__strips: {
                        let __is_done = __kind.up(&(i), &(n)).is_short(__length, __seen)
                            && {
                                let __stop = __kind.up(&(i), &(n)).all().end;
                                while i < __stop {
                                    xs[i] += 1;
                                    i += 1;
                                }
                                __kind.up(&(i), &(n)).is_done()
                            };
                        if !__is_done {
                            while i < n {
                                if p::due(__seen) {
                                    __seen = p::look(at_while_3_5);
                                    __length = __LOOP_GUARD_STRIDE.doubt(__length);
                                }
                                let __stop = __kind.up(&(i), &(n)).strip(__length).end;
                                while i < __stop {
                                    xs[i] += 1;
                                    i += 1;
                                }
                                if __kind.up(&(i), &(n)).is_done() {
                                    break;
                                }
                                __length = __LOOP_GUARD_STRIDE.adapt(__length);
                            }
                        }
                    }
                }
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
                probe!();
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
