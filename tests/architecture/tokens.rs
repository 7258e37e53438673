//! Facts about the tokens of one item: the paths in it, and whether it is compiled only for tests.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, UseTree};

/// The number of lines of an item that are compiled only for tests.
pub(crate) fn lines_of_tests(item: &Item) -> usize {
    match item {
        item if is_test(item) => {
            let tokens: Vec<_> = item.to_token_stream().into_iter().collect();
            let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
                return 0;
            };
            last.span().end().line - first.span().start().line + 1
        }
        Item::Mod(module) => {
            let items = module.content.iter().flat_map(|(_, items)| items);
            items.map(lines_of_tests).sum()
        }
        _ => 0,
    }
}

pub(crate) fn first_line(tokens: TokenStream) -> usize {
    let first = tokens.into_iter().next();
    first.map_or(0, |first| first.span().start().line)
}

/// Whether an item is compiled only for tests.
pub(crate) fn is_test(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => says_test(list.tokens.clone()),
        meta => meta.path().is_ident("test"),
    })
}

/// Whether a condition is true only in tests: it is `test`, or an `all` that contains such a condition.
fn says_test(tokens: TokenStream) -> bool {
    let tokens: Vec<_> = tokens.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(name)] => name == "test" || name == "doctest",
        [TokenTree::Ident(all), TokenTree::Group(group)] if all == "all" => {
            let parts: Vec<_> = group.stream().into_iter().collect();
            let mut parts = parts
                .split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
            parts.any(|part| says_test(part.iter().cloned().collect()))
        }
        _ => false,
    }
}

/// The value of `#[path = ".."]`.
pub(crate) fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("path") => {
                let value = pair.value.to_token_stream().to_string();
                Some(value.trim_matches('"').to_owned())
            }
            _ => None,
        })
}

/// The paths of a `use` item, each with the name that it binds; globs bind none.
pub(crate) fn flatten(
    tree: &UseTree,
    prefix: &mut Vec<String>,
    leaves: &mut Vec<(Vec<String>, Option<String>)>,
) {
    let with = |prefix: &[String], name: &str| {
        let mut path = prefix.to_vec();
        if name != "self" || path.is_empty() {
            path.push(name.to_owned());
        }
        path
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, leaves);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let path = with(prefix, &name.ident.to_string());
            let last = path.last().cloned();
            leaves.push((path, last));
        }
        UseTree::Rename(rename) => {
            let path = with(prefix, &rename.ident.to_string());
            leaves.push((path, Some(rename.rename.to_string())));
        }
        UseTree::Glob(_) => leaves.push((prefix.clone(), None)),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix, leaves);
            }
        }
    }
}

/// The paths of two segments or more in tokens that are no `use` item, with their lines.
pub(crate) fn paths(tokens: TokenStream, found: &mut Vec<(Vec<String>, usize)>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => paths(group.stream(), found),
            TokenTree::Ident(first) => {
                let (mut path, line) = (vec![first.to_string()], first.span().start().line);
                // After one of these tokens no path begins: it is a field, another segment, or the crate of a macro.
                let begins = at == 0
                    || !['.', ':', '$', '#'].iter().any(|mark| is(at - 1, *mark))
                    || (is(at - 1, ':') && !(at > 1 && is(at - 2, ':')));
                while is(at + 1, ':') && is(at + 2, ':') {
                    let Some(TokenTree::Ident(segment)) = tokens.get(at + 3) else {
                        break;
                    };
                    path.push(segment.to_string());
                    at += 3;
                }
                if begins && path.len() > 1 {
                    found.push((path, line));
                }
            }
            _ => {}
        }
        at += 1;
    }
}
