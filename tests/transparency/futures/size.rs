//! A guarded future is hardly larger.

use super::*;

/// A large value with a destructor.
struct Large([u8; 512]);

impl Drop for Large {
    fn drop(&mut self) {
        self.0[0] = 0;
    }
}

type Bytes = [u8; 256];

/// The same functions without a guard, and under the guards that have most to store.
macro_rules! sized {
    ($(async fn $name:ident($($arguments:tt)*) -> $output:ty { $($body:tt)* })*) => {
        mod sized_plain {
            use super::*;
            $(pub(super) async fn $name($($arguments)*) -> $output { $($body)* })*
        }
        mod sized_timed {
            use super::*;
            $(#[guard_runtime::loop_guard(timeout = "1h")]
            #[allow(deprecated, reason = "in some of them it guards nothing")]
            pub(super) async fn $name($($arguments)*) -> $output { $($body)* })*
        }
        mod sized_counted {
            use super::*;
            $(#[guard_runtime::loop_guard(timeout = "1h", iterations = 10, yield_every = "1ms")]
            #[allow(deprecated, reason = "in some of them it guards nothing")]
            pub(super) async fn $name($($arguments)*) -> $output { $($body)* })*
        }
        mod sized_falling_back {
            use super::*;
            $(#[guard_runtime::loop_guard(timeout = "1h", fallback = ::std::process::abort())]
            #[allow(deprecated, reason = "in some of them it guards nothing")]
            pub(super) async fn $name($($arguments)*) -> $output { $($body)* })*
        }
        mod sized_inherited {
            use super::*;
            $(#[guard_runtime::loop_guard(inherit)]
            #[allow(deprecated, reason = "in some of them it guards nothing")]
            pub(super) async fn $name($($arguments)*) -> $output { $($body)* })*
        }
    };
}

sized! {
    async fn nothing() -> () { wait().await }
    async fn ready() -> u32 { 7 }
    async fn endless() -> () { pending().await }
    async fn looping(n: u32) -> u32 { let mut sum = 0; for i in 0..n { wait().await; sum += i; } sum }
    async fn spinning(n: u32) -> u32 { let mut sum = 0; while sum < n { sum += 1; } wait().await; sum }
    async fn dropped_at_the_end(a: Large) -> () { wait().await; let _ = &a; }
    async fn used_later(a: Large, b: Bytes) -> u8 { wait().await; a.0[1] + b[2] }
    async fn several(a: Large, b: Large, c: Bytes) -> u8 { for _ in 0..3 { wait().await; } a.0[1] + b.0[2] + c[3] }
    async fn large_local(n: u8) -> u8 { let local = [n; 2048]; wait().await; local[usize::from(n)] }
    async fn reference(a: &[u8]) -> u8 { let mut sum = 0; for b in a { wait().await; sum += b; } sum }
    async fn references(a: &str, b: &str, c: &Large) -> usize { wait().await; a.len() + b.len() + c.0.len() }
    async fn text(a: String) -> usize { wait().await; a.len() }
    async fn nested(a: &str) -> usize { let block = async { for _ in a.chars() { wait().await; } a.len() }; block.await }
    async fn closures(a: Vec<u32>) -> u32 { let f = |n| { let mut s = 0; for i in &a { s += i * n; } s }; wait().await; f(3) }
}

/// How much larger a guarded future may be, in bytes. With `metrics` it also stores when it began.
const MORE: usize = if cfg!(feature = "metrics") { 80 } else { 64 };

#[test]
fn it_is_hardly_larger() {
    macro_rules! compared {
        ($($name:ident($($argument:expr),*);)*) => {$(
            let plain = size_of_val(&sized_plain::$name($($argument),*));
            let all = [
                size_of_val(&sized_timed::$name($($argument),*)),
                size_of_val(&sized_counted::$name($($argument),*)),
                size_of_val(&sized_falling_back::$name($($argument),*)),
                size_of_val(&sized_inherited::$name($($argument),*)),
            ];
            assert!(all.iter().all(|size| *size <= plain + MORE), "{}: {plain}, {all:?}", stringify!($name));
        )*};
    }
    let large = || Large([1; 512]);
    compared! {
        nothing();
        ready();
        endless();
        looping(3);
        spinning(3);
        dropped_at_the_end(large());
        used_later(large(), [0; 256]);
        several(large(), large(), [0; 256]);
        large_local(3);
        reference(&[1]);
        references("", "", &Large([1; 512]));
        text(String::new());
        nested("");
        closures(vec![1]);
    }
}

#[test]
fn without_a_scope_it_is_as_large_as_before() {
    let inherited = size_of_val(&sized_inherited::looping(3));
    assert_eq!(inherited, size_of_val(&sized_plain::looping(3)));
}

#[test]
fn an_argument_that_goes_before_the_first_await_is_kept_twice() {
    async fn plain(a: Large) {
        drop(a);
        wait().await;
    }
    #[guard_runtime::loop_guard(timeout = "1h")]
    async fn guarded(a: Large) {
        drop(a);
        wait().await;
    }
    let (plain, guarded) = (
        size_of_val(&plain(Large([1; 512]))),
        size_of_val(&guarded(Large([1; 512]))),
    );
    assert!(
        guarded <= plain + size_of::<Large>() + MORE,
        "{plain}, {guarded}"
    );
}

/// What programs with many tasks hold of each: two words of the scope, and two references for the await.
#[test]
fn a_future_in_place_is_four_words_larger() {
    async fn plain() {
        wait().await;
    }
    #[guard_runtime::loop_guard(timeout = "1h")]
    async fn guarded() {
        wait().await;
    }
    let (plain, guarded) = (size_of_val(&plain()), size_of_val(&guarded()));
    let word = size_of::<u64>();
    assert!(
        guarded <= plain.next_multiple_of(word) + 4 * word,
        "{plain}, {guarded}"
    );
}
