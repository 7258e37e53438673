//! The expansion of each form, formatted.
//!
//! `UPDATE_EXPECT=1 cargo test -p guard-macros` rewrites the snapshots; read the difference.

#![allow(
    clippy::needless_raw_string_hashes,
    reason = "as `expect-test` writes them"
)]

mod budget_snapshots;
mod cleanup_snapshots;
mod disabled;
mod future_snapshots;
mod growth;
mod leave_snapshots;
mod loop_snapshots;
mod policy_snapshots;
mod polled_snapshots;
mod scope_snapshots;

use expect_test::Expect;
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Ident;

/// Checks the expansion. Lines and columns count within `item`.
pub(crate) fn check(args: &str, item: &str, expected: &Expect) {
    let expanded = crate::expand::guarded(args.parse().unwrap(), item.parse().unwrap());
    let file = syn::parse2(shorten(expanded)).unwrap();
    // Real paths are absolute; short ones are easier to read here.
    let text = prettyplease::unparse(&file).replace("::guard_runtime::__private::", "p::");
    expected.assert_eq(&text);
}

/// Shortens what most expansions have in common:
///
/// | expansion | snapshot |
/// |---|---|
/// | `&const { ::guard_runtime::__private::At::new("while let", file!(), 2, 5) }` | `at_while_let_2_5` |
/// | `::guard_runtime::__private::Site::new(concat!(module_path!(), "::", "f"), file!(), 1, 4)` | `site_f_1_4` |
/// | `let __probe = ::guard_runtime::__private::Probe::new(); if false { return __probe.value(); }` | `probe!();` |
fn shorten(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut short = TokenStream::new();
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        let (known, count) = if let Some(at) = at(rest) {
            (quote!(#at), 3)
        } else if let Some(site) = site(rest) {
            (quote!(#site), SITE)
        } else if is_probe(rest) {
            (quote!(probe!();), PROBE)
        } else {
            let token = match first {
                TokenTree::Group(group) => {
                    let group = Group::new(group.delimiter(), shorten(group.stream()));
                    TokenTree::Group(group)
                }
                other => other.clone(),
            };
            (token.into(), 1)
        };
        short.extend(known);
        rest = &rest[count..];
    }
    short
}

/// The text of the first tokens, without blanks.
fn text(tokens: &[TokenTree], count: usize) -> Option<String> {
    let tokens: TokenStream = tokens.get(..count)?.iter().cloned().collect();
    Some(tokens.to_string().replace(char::is_whitespace, ""))
}

/// The tokens of `let __probe = ..; if false { .. }`.
const PROBE: usize = 20;

fn is_probe(tokens: &[TokenTree]) -> bool {
    let wanted =
        "let__probe=::guard_runtime::__private::Probe::new();iffalse{return__probe.value();}";
    text(tokens, PROBE).is_some_and(|text| text == wanted)
}

/// The tokens of `::guard_runtime::__private::Site::new(..)`.
const SITE: usize = 13;

fn site(tokens: &[TokenTree]) -> Option<Ident> {
    let text = text(tokens, SITE)?;
    let arguments = text.strip_prefix("::guard_runtime::__private::Site::new(")?;
    let mut parts = arguments.trim_end_matches(')').rsplit(',');
    let (column, line) = (parts.next()?, parts.next()?);
    let name = arguments.split('"').rev().nth(1)?;
    Some(format_ident!(
        "site_{}_{line}_{column}",
        name.replace(|it: char| !it.is_alphanumeric(), "_")
    ))
}

fn at(tokens: &[TokenTree]) -> Option<Ident> {
    let [first, TokenTree::Ident(_), TokenTree::Group(place), ..] = tokens else {
        return None;
    };
    (first.to_string() == "&").then(|| place_of(place))?
}

fn place_of(group: &Group) -> Option<Ident> {
    let text = group.stream().to_string().replace(' ', "");
    let (_, place) = text.split_once("__private::At::new(")?;
    let parts: Vec<_> = place.trim_end_matches(')').split(',').collect();
    let [kind, _, line, column] = parts[..] else {
        return None;
    };
    let kind = kind.trim_matches('"').replace("whilelet", "while_let");
    Some(format_ident!(
        "at_{}_{line}_{column}",
        kind.replace("asyncfn", "async_fn")
    ))
}
