//! With the feature `disable` a guarded item stays exactly as it was.

use proc_macro2::TokenStream;

use crate::args::features::Features;
use crate::expand::expand;

fn disabled(args: &str, item: &str) -> String {
    let item: TokenStream = item.parse().unwrap();
    let expanded = expand(args.parse().unwrap(), item, Features::ALL, true);
    TokenStream::from_iter(expanded).to_string()
}

fn tokens(item: &str) -> String {
    item.parse::<TokenStream>().unwrap().to_string()
}

#[test]
fn every_kind_of_item_stays_as_it_was() {
    let cases = [
        ("timeout = \"30s\"", "fn f() { loop {} }"),
        (
            "timeout = limit, fallback = 0, cleanup = |exit| log(exit)",
            "/// Says.\n#[inline] pub(crate) unsafe fn f<'a, T: Copy>(limit: Duration, x: &'a [T]) -> u32 where T: Send { for _ in x.iter().map(|x| *x) { while next()? {} } 1 }",
        ),
        (
            "iterations = 10, yield_every = \"1ms\"",
            "async fn f() -> Result<(), E> { 'a: loop { poll().await?; continue 'a; } }",
        ),
        (
            "inherit",
            "impl<T> Trait for S<T> { const C: u8 = 1; fn f(&self) { loop {} } async fn g() {} }",
        ),
        (
            "inherit",
            "mod m { fn f() { for i in 0..3 { print!(\"{i}\") } } }",
        ),
    ];
    for (args, item) in cases {
        assert_eq!(disabled(args, item), tokens(item));
    }
}

#[test]
fn attributes_on_loops_are_ours_and_go() {
    let with = "fn f() { #[loop_guard(skip)] loop {} #[loop_guard(every = 8)] while a() {} #[allow(x)] for _ in b {} }";
    let without = "fn f() { loop {} while a() {} #[allow(x)] for _ in b {} }";
    assert_eq!(disabled("timeout = \"1s\"", with), tokens(without));
}

#[test]
fn what_is_wrong_in_the_attribute_is_wrong_all_the_same() {
    let item = "fn f() { loop {} }";
    let expanded = disabled("timout = \"1s\"", item);
    assert!(expanded.contains("compile_error") && expanded.ends_with(&tokens(item)));
}
