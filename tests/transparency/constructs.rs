//! Loops in unusual places, and what surrounds them.

use std::cell::RefCell;
use std::future::Future;
use std::ops::ControlFlow;
use std::task::{Context, Poll, Waker};

use guard_runtime::{Tripped, loop_guard};

use crate::panics;

/// An iterator that logs every call.
pub(crate) struct Told<'l>(u32, &'l RefCell<Vec<u32>>);

impl Iterator for Told<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.1.borrow_mut().push(self.0);
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

twins! { shapes: ()
    pub(crate) fn loops_in_loop_heads(n: u32) -> u32 {
        let mut rounds = 0;
        while {
            let mut m = 0;
            while m < rounds { m += 1; }
            m < n
        } {
            for i in { let mut v = Vec::new(); for i in 0..rounds { v.push(i); } v } {
                rounds += u32::from(i == 0);
            }
            rounds += 1;
        }
        while let Some(next) = { let mut x = rounds; loop { if x < 100 { break Some(x) } x -= 1; } } {
            rounds += next + 1;
            if rounds > 500 { break; }
        }
        rounds
    }

    pub(crate) fn loops_in_guards_and_operands(n: u32) -> (u32, [u32; 3], Option<u32>) {
        let a = match n {
            m if { let mut ok = false; for i in 0..m { ok |= i == 3; } ok } => loop { break 7 },
            m => { let mut m = m; while m > 1 { m /= 2; } m }
        };
        let b = [{ let mut i = 0; while i < n { i += 2; } i }; 3];
        let c = (0..n).find(|&i| { let mut j = i; while j > 3 { j -= 3; } j == 2 });
        (a, b, if loop { break n > 5 } { c } else { None })
    }

    pub(crate) fn compile_time(n: usize) -> [usize; { let mut i = 0; while i < 4 { i += 1; } i }] {
        const TABLE: [usize; 4] = { let mut t = [0; 4]; let mut i = 0; while i < 4 { t[i] = i; i += 1; } t };
        static SUM: usize = { let mut s = 0; let mut i = 0; while i < 4 { s += i; i += 1; } s };
        let block = const { let mut i = 0; while i < 9 { i += 1; } i };
        let mut all = [const { let mut i = 0; loop { if i == 2 { break i } i += 1; } }; { let mut i = 0; while i < 4 { i += 1; } i }];
        for (a, t) in all.iter_mut().zip(TABLE) { *a += t + n + block + SUM; }
        all
    }

    pub(crate) fn labels(n: u32) -> Vec<u32> {
        let mut out = vec![];
        'a: for i in 0..n {
            'b: while out.len() < 50 {
                let picked = 'block: {
                    for j in 0..i {
                        if j == 3 { continue 'a; }
                        if j + i == 9 { break 'b; }
                        if j == 2 { break 'block 77; }
                    }
                    5
                };
                out.push(picked + i);
                'd: loop { if i > 1 { break 'd; } else { break 'b; } }
            }
        }
        'c: { if out.len() > 3 { break 'c; } out.clear(); }
        out
    }

    pub(crate) fn breaks_with_values(n: u32) -> u32 {
        let a = 'outer: loop {
            let mut m = n;
            let b = loop {
                if m == 0 { break 'outer 1; }
                if m % 7 == 0 { break m; }
                m -= 1;
            };
            break b + loop { break 2 };
        };
        a + loop { if a > 0 { break 3 } }
    }

    pub(crate) fn tail_loops(n: u32) -> u32 {
        let add = |m: u32| loop { if m > 0 { break m + 1; } else { return 5; } };
        let nested = |a: u32| move |b: u32| { let mut s = 0; for i in 0..b { s += i * a; } s };
        let forever = |m: u32| -> u32 { let mut m = m; while m < 10 { m += 1 } m };
        loop { return add(n) + nested(3)(n) + forever(n) + [1, 2].iter().map(|x| { let mut x = *x; while x < n { x += x } x }).sum::<u32>(); }
    }

    pub(crate) fn attributes_and_cfg(n: u32) -> u32 {
        #![allow(unused_variables, reason = "an inner attribute")]
        let mut sum = 0;
        #[cfg(any())]
        for i in 0..n { this_is_not_there(i); }
        #[cfg(not(any()))]
        for i in 0..n { sum += i; }
        #[allow(unused_mut, reason = "an attribute of a statement")]
        for mut i in 0..n { sum += 1; }
        #[allow(clippy::while_let_loop, reason = "an attribute of a statement")]
        while sum < 10 { sum += 1 }
        #[allow(unused, reason = "an attribute of a statement")]
        let unused = loop { break; };
        let closure = |a: u32| { for _ in 0..n { sum += 1; } sum };
        #[rustfmt::skip]
        let mut closure = closure;
        closure(1)
    }

    pub(crate) fn argument_attributes(#[cfg(any())] missing: Missing, #[cfg(not(any()))] n: u32, #[allow(unused_mut, unused_variables)] mut unused: u32, #[expect(unused_variables)] expected: u32) -> u32 {
        (0..n).map(|i| { for _ in 0..1 {} i }).sum()
    }

    pub(crate) fn shadowing(n: u32) -> u32 {
        let (seen, scope, left, limit, tripped, out) = (1, 2, 3, 4, 5, 6);
        let (__seen, __scope, __left, __limit, __tripped, __out, __now, __value) = (1, 2, 3, 4, 5, 6, 7, 8);
        let mut sum = seen + scope + left + limit + tripped + out;
        for __seen in 0..n { for __scope in 0..2 { sum += __seen + __scope; } }
        while sum < __left + __limit + __tripped + __out + __now + __value + __scope { let __seen = 1; sum += __seen; }
        sum + __seen
    }

    pub(crate) fn next_calls(n: u32) -> Vec<u32> {
        let told = RefCell::new(Vec::new());
        for i in Told(n, &told) { if i == 2 { break; } }
        for i in &mut Told(n, &told) { if i % 2 == 0 { continue; } told.borrow_mut().push(i + 100); }
        let mut it = Told(n, &told).peekable();
        while let Some(i) = it.next_if(|i| *i > 1) { told.borrow_mut().push(i + 200); }
        for (i, j) in Told(n, &told).zip(Told(2, &told)).rev_free() { told.borrow_mut().push(i + j); }
        told.into_inner()
    }

    pub(crate) fn chains(v: &[Option<u32>]) -> u32 {
        let (mut i, mut sum) = (0, 0);
        while let Some(Some(n)) = v.get(i) && *n < 10 && let Some(m) = n.checked_sub(1) {
            sum += m;
            i += 1;
        }
        if let Some(first) = v.first() && { let mut k = 0; while k < 3 { k += 1 } k == 3 } && first.is_some() { sum += 1000; }
        sum
    }

    pub(crate) fn temporaries(n: u32) -> Vec<u32> {
        let told = RefCell::new(vec![n]);
        for i in told.borrow().clone().iter() { told.borrow_mut().push(*i); }
        while told.borrow().len() < 5 { let len = told.borrow().len() as u32; told.borrow_mut().push(len); }
        match told.borrow_mut().pop() { Some(x) => { for _ in 0..x {} } None => {} }
        (|| { for _ in 0..2 {} })();
        let x = told.borrow().clone(); x
    }

    pub(crate) fn flow(n: u32) -> ControlFlow<u32, u32> {
        for i in 0..n { if i == 4 { return ControlFlow::Break(i); } }
        let sum = (0..n).try_fold(0, |a, i| { for _ in 0..i {} if i > 2 { ControlFlow::Break(a) } else { ControlFlow::Continue(a + i) } })?;
        ControlFlow::Continue(sum)
    }

    pub(crate) fn items(n: u32) -> u32 {
        fn inner(n: u32) -> u32 { let mut s = 0; for i in 0..n { s += i; } s }
        struct S(u32);
        impl S { fn get(&self) -> u32 { let mut x = self.0; while x > 5 { x -= 1; } x } }
        impl Drop for S { fn drop(&mut self) { for _ in 0..3 { self.0 += 1; } } }
        macro_rules! sum { ($e:expr) => {{ let mut s = 0; for i in 0..$e { s += i; } s }}; }
        use std::cmp::max;
        let mut k = 0;
        for i in 0..n { k = max(k, inner(i)); }
        k + S(n).get() + sum!(n)
    }

    pub(crate) fn diverges(n: u32) -> ! {
        let mut i = 0;
        loop {
            i += 1;
            if i > n { panic!("diverged at {i}"); }
        }
    }

    pub(crate) fn diverges_in_a_closure(n: u32) -> ! {
        let forever = || loop { for i in 0.. { if i > n { panic!("diverged at {i}"); } } };
        forever()
    }

    pub(crate) fn r#loop(r#while: u32) -> u32 {
        let r#for = r#while;
        let mut r#match = 0;
        'r#for: for r#in in 0..r#for { r#match += r#in; if r#match > 100 { break 'r#for; } }
        r#match
    }

    /// Documented.
    #[doc(hidden)]
    #[inline(never)]
    #[must_use = "or else"]
    pub(in super::super) fn decorated(n: u32) -> u32 { let mut s = 0; for i in 0..n { s ^= i; } s }

    pub(crate) unsafe fn unsafely(p: *const u32, n: usize) -> u32 {
        let mut s = 0;
        for i in 0..n { s += unsafe { *p.add(i) }; }
        let again = |n| { let mut s = 0; for i in 0..n { s += unsafe { *p.add(i) }; } s };
        s + again(n)
    }

    pub(crate) extern "C-unwind" fn foreign(n: u32) -> u32 { let mut s = 0; for i in 0..n { s += i; } s }

    pub(crate) fn empties(n: u32) {
        for _ in 0..n {}
        while false {}
        loop { break }
        for () in [(); 3] {}
        if n > 0 { loop { return } }
        ;
    }
}

twins! { leaving: (on_trip = "panic")
    pub(crate) fn leaves(text: &str) -> Result<u32, std::num::ParseIntError> {
        let mut sum = 0;
        for word in text.split(' ') {
            let Some(rest) = word.strip_prefix('x') else { continue };
            if rest == "end" { return Ok(sum); }
            sum += rest.parse::<u32>()?;
            let try_like = || -> Option<u32> {
                for c in rest.chars() { c.to_digit(8)?; }
                for c in rest.chars() { if c == '7' { return Some(7); } }
                Some(0)
            };
            sum += try_like().unwrap_or(100);
        }
        Ok(sum)
    }
}

/// Its name is not that of any adaptor of the standard library.
pub(crate) trait Free: Sized {
    fn rev_free(self) -> Self {
        self
    }
}

impl<I: Iterator> Free for I {}

/// Calls a function of `$twins` in all its versions, and compares the results.
macro_rules! same {
    ($twins:ident: $($name:ident($($arg:expr),*);)*) => {
        $(
            let plain = panics::of(|| $twins::plain::$name($($arg),*));
            assert_eq!(panics::of(|| $twins::timed::$name($($arg),*)), plain, stringify!($name));
            assert_eq!(panics::of(|| $twins::counted::$name($($arg),*)), plain, stringify!($name));
            assert_eq!(panics::of(|| $twins::inherited::$name($($arg),*)), plain, stringify!($name));
        )*
    };
}

#[test]
fn every_shape_computes_the_same() {
    for n in [0, 1, 2, 5, 7, 12] {
        same! { shapes:
            loops_in_loop_heads(n);
            loops_in_guards_and_operands(n);
            compile_time(n as usize);
            labels(n);
            breaks_with_values(n);
            tail_loops(n);
            attributes_and_cfg(n);
            argument_attributes(n, 1, 2);
            shadowing(n);
            next_calls(n);
            temporaries(n);
            flow(n);
            items(n);
            r#loop(n);
            decorated(n);
            foreign(n);
            empties(n);
        }
    }
    for text in ["x1 x2", "", "x17 x8 y", "x1 xend x5", "x1 x"] {
        same!(leaving: leaves(text););
    }
    for values in [
        &[Some(1), Some(4), None][..],
        &[],
        &[Some(0)],
        &[Some(3), Some(30)],
    ] {
        same!(shapes: chains(values););
    }
}

#[test]
fn a_function_that_never_returns_panics_the_same() {
    for n in [0, 3] {
        macro_rules! told {
            ($twin:ident) => {
                (
                    panics::of(|| shapes::$twin::diverges(n)).1,
                    panics::of(|| shapes::$twin::diverges_in_a_closure(n)).1,
                )
            };
        }
        let plain = told!(plain);
        assert_eq!(plain.0.len(), 1);
        assert_eq!(told!(timed), plain);
        assert_eq!(told!(counted), plain);
        assert_eq!(told!(inherited), plain);
    }
}

#[test]
fn an_unsafe_function_stays_one() {
    let numbers = [1, 2, 3, 4];
    macro_rules! sum {
        ($twin:ident) => {{
            let f: unsafe fn(*const u32, usize) -> u32 = shapes::$twin::unsafely;
            // SAFETY: the pointer and the length come from one slice.
            unsafe { f(numbers.as_ptr(), numbers.len()) }
        }};
    }
    assert_eq!(sum!(plain), 20);
    assert_eq!(sum!(timed), 20);
    assert_eq!(sum!(counted), 20);
    assert_eq!(sum!(inherited), 20);
}

#[loop_guard(iterations = 3)]
fn makes_a_future(n: u32) -> Result<impl Future<Output = u32> + Send + Unpin, Tripped> {
    for _ in 0..n {}
    Ok(Box::pin(async move {
        let mut sum = 0;
        for i in 0..n * 10 {
            sum += i;
        }
        sum
    }))
}

#[test]
fn an_async_block_is_left_alone() {
    let mut future = makes_a_future(3).unwrap();
    let polled = std::pin::Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(435));
    assert!(makes_a_future(4).is_err());
}
