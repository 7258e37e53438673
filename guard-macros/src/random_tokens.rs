//! Random token streams: the expander never panics, and returns an item for every item.
//!
//! ```text
//! cargo test -p guard-macros random_tokens                               10,000 streams
//! LOOP_GUARD_STREAMS=1000000 cargo test -p guard-macros random_tokens    the long run
//! ```
//!
//! Each stream is one of [`ITEMS`] under one of [`ARGUMENTS`] with some tokens removed, doubled, swapped or
//! replaced, so that most are wrong somewhere and right elsewhere. A failure names the number of its stream. An optimised
//! build of these tests takes longer than it saves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

const ARGUMENTS: [&str; 12] = [
    r#"timeout = "30s""#,
    "inherit",
    "iterations = 10, timeout = Duration::from_secs(3)",
    r#"timeout = "1s", on_trip = "break""#,
    r#"timeout = "1s", on_trip = "panic", name = "some name""#,
    r#"timeout = "1s", fallback = |t| Err(t.into())"#,
    r#"timeout = "1s", fallback = 3, cleanup = |exit| log(exit), cleanup_timeout = "2s""#,
    r#"timeout = "1m 30s", cleanup = async |exit| log(exit).await, yield_every = "1ms""#,
    "inherit, crate = my::guard_runtime, macros(my_vec, my::log)",
    "skip",
    "every = 1024",
    "",
];

const ITEMS: [&str; 16] = [
    "fn f(n: u32) -> u32 { let mut s = 0; for i in 0..n { s += i; } s }",
    "pub async fn f(&self, (a, mut b): (u32, T)) -> Result<u32, Tripped> { while g(a).await { b = h(&mut b)?; } Ok(b) }",
    "fn f<'a, T: Into<u64> + 'a>(v: &'a [T]) -> impl Iterator<Item = &'a T> + 'a { 'o: loop { loop { break 'o; } } v.iter() }",
    "fn f(v: &mut Vec<u32>) -> ! { while let Some(x) = v.pop() && x > 3 { if x == 4 { continue; } return; } loop {} }",
    "fn f() -> u32 { let x = 'l: loop { break 'l 3; }; let c = |y: u32| { for _ in 0..y {} y }; c(x) }",
    "impl<T> A<T> { const N: u32 = 3; fn f(self) { for (i, x) in self.0.iter().enumerate().rev().zip(1..) { g(i, x) } } #[loop_guard(skip)] fn g() {} }",
    "trait A { fn f(&self) { loop { break } } fn g(); async fn h(&mut self) { h().await } }",
    "mod m { use super::*; #[inline] unsafe fn f(p: *const u8) -> u8 { while *p != 0 { p = p.add(1); } *p } struct S; }",
    "extern \"C\" fn f(n: i32) -> i32 { for i in 0..n { g(i); } n }",
    "const fn f(n: u32) -> u32 { let mut i = 0; while i < n { i += 1; } i }",
    "#[tokio::test] async fn f() { tokio::select! { a = b() => loop { c(a) }, _ = d() => {} } tokio::join!(e(), g()); }",
    "fn f() -> Pin<Box<dyn Future<Output = u32> + Send>> { Box::pin(async move { for i in 0..3 { g(i).await } 3 }) }",
    "fn f(s: &str) -> usize { #[loop_guard(every = 16)] for b in s.bytes() { vec![b; loop { break 3 }]; println!(\"{b}\"); } s.len() }",
    "fn f(a: [u8; { let mut i = 0; while i < 3 { i += 1 } i }]) { struct L; fn inner() { loop {} } inner() }",
    "struct S { a: u32 }",
    "fn f(x: Option<u32>) -> u32 { let Some(y) = x else { loop { return 3 } }; match y { 0 => for _ in g() {}, _ => while c() {} } y }",
];

/// The tokens that replace others: what the grammar of functions is made of.
const POOL: &str = "fn loop while for in async await move break continue return if else match let const unsafe impl mod \
    trait self Self crate super 'a 'b : :: -> => = == , ; . .. ..= & * ? ! # | || < > + - _ 0 1u8 \"30s\" 1.5 'x' \
    timeout inherit iterations fallback cleanup on_trip name every skip loop_guard x y Result Option vec \
    () [] {} (x) [x] {x} {x; y} (x, y) |x| [x; 3]";

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}

/// The stream with about one token in `one_in` changed.
fn changed(
    stream: TokenStream,
    one_in: usize,
    numbers: &mut Numbers,
    pool: &[TokenTree],
) -> TokenStream {
    let mut all: Vec<TokenTree> = Vec::new();
    for token in stream {
        let token = match token {
            TokenTree::Group(group) => {
                let mut delimiter = group.delimiter();
                if numbers.below(one_in * 3) == 0 {
                    delimiter = [
                        Delimiter::Parenthesis,
                        Delimiter::Brace,
                        Delimiter::Bracket,
                        Delimiter::None,
                    ][numbers.below(4)];
                }
                let mut inside =
                    Group::new(delimiter, changed(group.stream(), one_in, numbers, pool));
                inside.set_span(group.span());
                TokenTree::Group(inside)
            }
            other => other,
        };
        if numbers.below(one_in) != 0 {
            all.push(token);
            continue;
        }
        match numbers.below(5) {
            0 => {}
            1 => all.extend([token.clone(), token]),
            2 => all.push(pool[numbers.below(pool.len())].clone()),
            3 => all.extend([token, pool[numbers.below(pool.len())].clone()]),
            _ => {
                let before = all.pop();
                all.push(token);
                all.extend(before);
            }
        }
    }
    all.into_iter().collect()
}

/// Whether `crate` stands where it begins no path and names no argument. syn takes that for an expression and, where a
/// statement begins, for an item; to the compiler it is neither.
fn has_bare_crate(stream: &TokenStream) -> bool {
    let text = stream.to_string();
    let paths_aside = text.replace("crate ::", "").replace("crate =", "");
    paths_aside.contains("crate")
}

#[test]
fn expand_to_an_item_without_a_panic() {
    let count =
        std::env::var("LOOP_GUARD_STREAMS").map_or(10_000, |text| text.parse().expect("a number"));
    let arguments = ARGUMENTS.map(tokens);
    let items = ITEMS.map(tokens);
    let pool: Vec<TokenTree> = tokens(POOL).into_iter().collect();
    let (mut right, mut expanded) = (0, 0);
    for number in 0..count {
        let mut numbers = Numbers((number + 1_u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let one_in = [1000, 60, 25, 8][numbers.below(4)];
        let args = arguments[numbers.below(arguments.len())].clone();
        let args = changed(args, one_in.min(60), &mut numbers, &pool);
        let item = items[numbers.below(items.len())].clone();
        let item = changed(item, one_in, &mut numbers, &pool);
        let was_an_item = syn::parse2::<syn::Item>(item.clone()).is_ok();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            crate::expand::guarded(args.clone(), item.clone())
        }));
        let text = || format!("stream {number}: #[loop_guard({args})] {item}");
        let output = outcome.unwrap_or_else(|_| panic!("{}", text()));
        if was_an_item {
            right += 1;
        }
        if was_an_item && !has_bare_crate(&args) && !has_bare_crate(&item) {
            let parsed = syn::parse2::<syn::File>(output.clone());
            assert!(parsed.is_ok(), "{}\nbecame\n{output}", text());
        }
        expanded += u32::from(!output.to_string().contains("compile_error"));
    }
    // Otherwise the streams would show little.
    assert!(right * 3 > count, "{right} of {count} are items");
    assert!(expanded > 0, "none was rewritten");
}
