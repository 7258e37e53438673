//! Names of the user's and names of ours never meet: no prelude, modules called like crates, locals
//! and labels called like those of expansions, code that macros wrote.
#![no_implicit_prelude]
#![allow(
    clippy::bool_to_int_with_if,
    clippy::manual_async_fn,
    clippy::no_effect_underscore_binding,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    clippy::while_let_on_iterator,
    reason = "code as macros write it, and without a prelude"
)]

use ::guard_runtime::loop_guard;
use ::std::assert;
use ::std::assert_eq;
use ::std::prelude::rust_2024::{Err, Fn, Iterator, None, Ok, Option, Some, Vec, test};

type Tripped = ::guard_runtime::Tripped;

#[allow(dead_code, reason = "they are there to be in the way")]
mod core {
    pub(crate) mod primitive {}
}
#[allow(dead_code, reason = "they are there to be in the way")]
mod std {
    pub(crate) struct Duration;
}
mod alloc {}
mod guard_runtime {
    #[allow(dead_code, reason = "it is there to be in the way")]
    pub(crate) mod __private {}
}

/// In the way, too.
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "they are there to be in the way"
)]
mod types {
    pub(crate) struct Result;
    pub(crate) struct u64;
    pub(crate) struct Site;
    pub(crate) struct Tripped;
    pub(crate) trait IntoIterator {}
}

macro_rules! twice {
    (($n:ident) $body:block) => {
        pub(super) fn plain($n: u32) -> ::core::result::Result<u32, super::Tripped> $body

        #[::guard_runtime::loop_guard(iterations = 500, timeout = "1h")]
        pub(super) fn guarded($n: u32) -> ::core::result::Result<u32, super::Tripped> $body
    };
}
use twice;

mod among_strangers;

#[test]
fn names_like_ours_are_the_users() {
    for n in 0..10 {
        let plain = among_strangers::plain(n).unwrap();
        assert_eq!(among_strangers::guarded(n).unwrap(), plain);
    }
    assert!(among_strangers::guarded(1000).is_err());
    assert_eq!(among_strangers::arguments_like_ours(3, (4, 5)), 13);
}

#[test]
fn no_prelude_is_needed() {
    let lengths = among_strangers::without_a_prelude(&["a", "bc"]);
    assert_eq!(lengths.unwrap(), [1, 2]);
    assert!(among_strangers::without_a_prelude(&[""]).is_none());
    assert!(among_strangers::told(4).is_ok());
    assert!(among_strangers::told(5).is_err());
}

/// Writes a guarded function out of every kind of fragment.
macro_rules! written {
    (
        $(#[$attribute:meta])*
        $vis:vis fn $name:ident<$life:lifetime>($argument:ident: $ty:ty) -> $output:ty $body:block
        $limit:expr, $label:lifetime, $literal:literal, $pat:pat, $stmt:stmt, $path:path, $loop:expr, $item:item
    ) => {
        $(#[$attribute])*
        #[loop_guard(iterations = $limit, name = $literal)]
        $vis fn $name<$life>($argument: &$life $ty, more: Option<u32>) -> $output {
            $item
            $stmt
            let mut extra = helper(0);
            $loop
            $label: for i in 0..$limit {
                if i == 3 {
                    break $label;
                }
                extra += 1;
            }
            while let $pat = more {
                extra += 10;
                break;
            }
            let _: Option<$path> = None;
            let count = |n: u32| -> $output {
                for _ in 0..n {}
                $body
                Ok(n)
            };
            let counted: u32 = count(2)?;
            if more == None $body else if counted > 500 { return Ok(1); }
            $body
            Ok(extra + counted)
        }
    };
}

written! {
    /// Documented.
    #[inline]
    pub(crate) fn fragments<'a>(n: u32) -> ::core::result::Result<u32, Tripped> {
        let mut sum = *n;
        while sum < 3 {
            sum += 1;
        }
        if sum == 4 {
            return Ok(0);
        }
    }
    20 + 5, 'label, "written", Some(_), let _unused = 1, ::core::primitive::u8,
    for _ in 0..2 {},
    fn helper(n: u32) -> u32 { let mut n = n; while n > 3 { n -= 1; } n }
}

/// The attribute on modules and impl blocks that a macro wrote, of items it captured whole.
macro_rules! wrapped {
    ($name:ident, $ty:ty { $($item:item)* } $($method:item)*) => {
        #[loop_guard(iterations = 5)]
        mod $name {
            use super::*;
            $($item)*
        }

        #[loop_guard(iterations = 5)]
        impl $ty {
            $($method)*
        }
    };
}

struct Wrapped;

wrapped! {
    items, Wrapped {
        pub(super) fn spin(n: u32) -> ::core::result::Result<u32, Tripped> {
            for _ in 0..n {}
            Ok(n)
        }

        pub(super) fn generic<T>(of: &[T], is: impl Fn(&T) -> bool) -> ::core::result::Result<usize, Tripped> {
            let mut found = 0;
            for one in of {
                found += if is(one) { 1 } else { 0 };
            }
            Ok(found)
        }
    }

    fn method(&self, n: u32) -> ::core::result::Result<u32, Tripped> {
        let count = || {
            let mut i = 0;
            while i < n {
                i += 1;
            }
            i
        };
        Ok(count())
    }
}

#[test]
fn macros_may_write_the_function() {
    assert_eq!(fragments(&1, None).unwrap(), 5);
    assert_eq!(fragments(&1, Some(1)).unwrap(), 15);
    assert_eq!(items::spin(5).unwrap(), 5);
    assert!(items::spin(6).is_err());
    assert_eq!(items::generic(&["", "x"], |one| one.is_empty()).unwrap(), 1);
    assert_eq!(Wrapped.method(5).unwrap(), 5);
    assert!(Wrapped.method(6).is_err());
}

#[test]
fn two_in_one_scope_and_one_in_another() {
    #[loop_guard(iterations = 3)]
    fn one(n: u32) -> ::core::result::Result<u32, Tripped> {
        for _ in 0..n {}
        Ok(n)
    }
    #[loop_guard(iterations = 5)]
    fn two(n: u32) -> ::core::result::Result<u32, Tripped> {
        #[loop_guard(iterations = 4)]
        fn three(n: u32) -> ::core::result::Result<u32, Tripped> {
            let count = || for _ in 0..n {};
            count();
            Ok(n)
        }
        let count = || for _ in 0..n {};
        count();
        three(n)
    }
    assert!(one(3).is_ok());
    let scope = |outcome: ::core::result::Result<u32, Tripped>| outcome.unwrap_err().scope();
    assert!(scope(one(4)).ends_with("::one"));
    assert!(two(4).is_ok());
    assert!(scope(two(5)).ends_with("::three"));
    assert!(scope(two(6)).ends_with("::two"));
}

#[loop_guard(iterations = 10)]
#[allow(clippy::needless_lifetimes, reason = "names are what is tested")]
fn generic_and_recursive<'a, T, const N: usize>(
    of: &'a [T; N],
    depth: u32,
) -> ::core::result::Result<Vec<&'a T>, Tripped>
where
    T: Fn(u32) -> u32,
{
    let mut found = Vec::new();
    for one in of {
        if one(depth) == 0 {
            found.push(one);
        }
        if depth > 0 {
            found.append(&mut generic_and_recursive(of, depth - 1)?);
        }
    }
    let mut again = || {
        while found.len() > 5 {
            found.truncate(5);
        }
    };
    again();
    Ok(found)
}

#[test]
fn each_activation_of_a_generic_function_has_its_own_budget() {
    assert_eq!(generic_and_recursive(&[|n| n, |n| n], 3).unwrap().len(), 5);
    assert!(generic_and_recursive(&[|n| n; 11], 0).is_err());
}

#[test]
fn raw_names() {
    assert_eq!(raw::r#loop(&[1, 2], (2, 3)).unwrap(), &1);
    let trip = raw::r#loop(&[1; 11], (2, 3)).unwrap_err();
    assert!(trip.scope().ends_with("::r#loop"), "{trip}");
}

mod raw {
    #[::guard_runtime::loop_guard(iterations = 10)]
    #[allow(clippy::needless_lifetimes, reason = "names are what is tested")]
    pub(super) fn r#loop<'r#for>(
        r#while: &'r#for [u32],
        (r#in, _): (u32, u32),
    ) -> ::core::result::Result<&'r#for u32, super::Tripped> {
        let r#match = || {
            'r#loop: for r#for in r#while {
                if *r#for == r#in {
                    break 'r#loop;
                }
            }
        };
        r#match();
        super::Ok(&r#while[0])
    }
}

mod cleaned {
    use super::{Err, None, Ok, Option, Some, Tripped};

    #[::guard_runtime::loop_guard(
        timeout = "1h",
        cleanup = |__cleanup| {
            let (__seen, __deferred) = (__tripped, 1);
            for __scope in 0..__seen {
                if __scope > __deferred { told.set(told.get() + 1); }
            }
            if let ::guard_runtime::Exit::Returned = __cleanup { told.set(told.get() + 10); }
        },
        cleanup_timeout = "1m"
    )]
    pub(super) fn names_like_ours(
        __tripped: u32,
        told: &::core::cell::Cell<u32>,
    ) -> ::core::result::Result<Option<u32>, Tripped> {
        let __cleanup = __tripped;
        let __deferred = __cleanup + 1;
        ::guard_runtime::defer! { told.set(told.get() + __deferred); }
        ::guard_runtime::defer!(within = "100ms", |__deferred| {
            if let ::guard_runtime::Exit::Returned = __deferred {
                told.set(told.get() + 1000);
            }
        });
        for __deferred in 0..__cleanup {
            if __deferred > 100 {
                return Ok(None);
            }
        }
        if __deferred > 1000 {
            return Err(
                ::guard_runtime::Budget::timeout(::core::time::Duration::ZERO).run(|| {
                    loop {
                        if let Err(tripped) = ::guard_runtime::checkpoint() {
                            break tripped;
                        }
                    }
                })?,
            );
        }
        Ok(Some(__deferred))
    }
}

#[test]
fn cleanup_meets_no_names_of_the_users() {
    let told = ::core::cell::Cell::new(0);
    assert_eq!(cleaned::names_like_ours(5, &told).unwrap(), Some(6));
    assert_eq!(told.get(), 1000 + 6 + 3 + 10);
}
mod futures_among_strangers;
