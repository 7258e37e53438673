//! Loops in the arguments of macro calls: those of well-known macros are checked, others are not.

use std::fmt::Write as _;
use std::time::Duration;

use guard_runtime::{Cause, Tripped, loop_guard, testing};
use harness::Paused;

use crate::panics;

/// Guards a block that loops `n` times in a macro's arguments, with a budget of ten iterations.
macro_rules! reached {
    ($($name:ident: |$n:ident| $body:block;)*) => {
        $(
            #[test]
            fn $name() {
                #[loop_guard(iterations = 10, macros(own, own_statements))]
                fn guarded($n: u32) -> Result<(), Tripped> {
                    $body
                    Ok(())
                }
                assert!(panics::none(|| guarded(10)).is_ok());
                let trip = panics::none(|| guarded(11)).expect_err("eleven are more than ten");
                assert_eq!(trip.cause(), Cause::Iterations { limit: 10 });
            }
        )*
    };
}

/// A user's macro whose argument is an expression.
macro_rules! own {
    ($value:expr) => {
        $value
    };
}

/// A user's macro whose arguments are statements.
macro_rules! own_statements {
    ($($stmt:stmt;)*) => {
        $($stmt)*
    };
}

reached! {
    in_vec: |n| { drop(vec![{ for _ in 0..n {} n }, 1]); };
    in_vec_repeat: |n| { drop(vec![{ for _ in 0..n {} n }; 3]); };
    in_vec_length: |n| { drop(vec![1; { let mut i = 0; for _ in 0..n { i += 1; } i }]); };
    in_format: |n| { drop(format!("{:>w$}", { let mut i = 0; while i < n { i += 1; } i }, w = 7)); };
    in_named_argument: |n| { drop(format!("{a} {}", 1, a = { for _ in 0..n {} n })); };
    in_print: |n| { print!("{}", { for _ in 0..n {} "" }); };
    in_println: |n| { println!("{}", { for _ in 0..n {} "" }); };
    in_eprint: |n| { eprint!("{}", { for _ in 0..n {} "" }); };
    in_eprintln: |n| { eprintln!("{}", { for _ in 0..n {} "" }); };
    in_write: |n| { let mut s = String::new(); let _ = write!(s, "{}", { for _ in 0..n {} n }); };
    in_writeln: |n| { let mut s = String::new(); let _ = writeln!({ for _ in 0..n {} &mut s }); };
    in_assert: |n| { assert!({ for _ in 0..n {} true }, "message"); };
    in_assert_eq: |n| { assert_eq!({ for _ in 0..n {} n }, n); };
    in_assert_ne: |n| { assert_ne!(n + 1, { for _ in 0..n {} n }, "{}", 1); };
    in_debug_assert: |n| { debug_assert!(n > 0, "{}", 1); for _ in 0..n {} };
    in_dbg: |n| { let _ = dbg!({ for _ in 0..n {} n }); };
    in_matches: |n| { let _ = matches!({ for _ in 0..n {} Some(n) }, Some(n) if n > 3); };
    in_own: |n| { own!(for _ in 0..n {}); };
    in_own_statements: |n| { own_statements! { let m = n; for _ in 0..m {}; } };
    in_a_path: |n| { std::println!("{}", { for _ in 0..n {} "" }); };
    nested: |n| { println!("{}", vec![{ for _ in 0..n {} format!("{n}") }].len()); };
    in_a_closure_in_a_call: |n| { drop(vec![(0..n).map(|i| { for _ in 0..1 {} i + 1 }).sum::<u32>()]); };
    in_a_call_in_a_closure: |n| { (0..n).for_each(|_| print!("{}", { for _ in 0..1 {} "" })); };
}

#[test]
fn in_panic() {
    #[loop_guard(iterations = 10)]
    fn guarded(n: u32) -> Result<(), Tripped> {
        panic!("{}", {
            for _ in 0..n {}
            n
        });
    }
    assert_eq!(panics::one(|| guarded(10)), "10");
    assert!(panics::none(|| guarded(11)).is_err());
}

/// A macro that the attribute does not name, so nobody knows what it makes of its tokens.
macro_rules! unknown {
    ($value:expr) => {
        $value
    };
}

/// Its grammar is not Rust: a guard that guessed would break it.
macro_rules! words {
    ($(for $a:ident while $b:ident)*) => { [$((stringify!($a), stringify!($b))),*] };
}

#[test]
fn an_unknown_macro_is_left_alone() {
    #[loop_guard(iterations = 10)]
    fn guarded(n: u32) -> Result<usize, Tripped> {
        unknown!(for _ in 0..n {});
        Ok(words!(for a while b for c while d).len())
    }
    assert_eq!(guarded(1000).unwrap(), 2);
}

#[test]
fn what_does_not_read_as_the_macro_is_known_to_be_read_is_left_alone() {
    macro_rules! format {
        (for $what:ident) => {
            concat!("for ", stringify!($what))
        };
    }
    #[loop_guard(iterations = 10)]
    fn guarded() -> Result<&'static str, Tripped> {
        Ok(format!(for us))
    }
    assert_eq!(guarded().unwrap(), "for us");
}

#[test]
fn a_loop_in_a_call_leaves_in_time() {
    #[loop_guard(timeout = "10s", fallback = "late".to_owned())]
    fn guarded(seconds: u64) -> String {
        format!("{:?}", {
            let mut left = seconds;
            loop {
                if left == 0 {
                    break "in time";
                }
                testing::advance(Duration::from_secs(1));
                left -= 1;
            }
        })
    }
    let _paused = Paused::new();
    assert_eq!(guarded(10), "\"in time\"");
    assert_eq!(guarded(12), "late");
}
