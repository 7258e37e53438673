//! The attribute on a loop: how often that loop is checked.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Ident, Meta, Token};

use crate::args::attribute::names;
use crate::args::keys::unknown;

/// How often a loop is checked, as its attribute sets it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Never.
    Skip,
    /// Once in this many iterations.
    Every(u32),
}

const PACES: [&str; 2] = ["skip", "every"];

/// The attribute on a loop.
pub(crate) struct Paced {
    pub(crate) pace: Pace,
    /// The `cfg` condition under which it applies.
    pub(crate) condition: Option<Meta>,
}

const WHAT: &str = "on a loop, write `loop_guard(skip)` or `loop_guard(every = 1024)`";

/// Parses `#[loop_guard(skip)]`, `#[loop_guard(every = 1024)]`, or one of them in a `cfg_attr`.
pub(crate) fn paced(attribute: &Attribute) -> Result<Paced, Error> {
    if !attribute.path().is_ident("cfg_attr") {
        let pace = pace(&attribute.meta)?;
        return Ok(Paced {
            pace,
            condition: None,
        });
    }
    let all = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
    let mut all = all.into_iter();
    let condition = all.next();
    match all.find(is_pace) {
        Some(meta) => Ok(Paced {
            pace: pace(&meta)?,
            condition,
        }),
        None => Err(Error::new_spanned(&attribute.meta, WHAT)),
    }
}

/// Whether the attribute of a loop is this macro, under whatever name it is imported: Rust accepts no other macro
/// there.
pub(crate) fn is_pace(meta: &Meta) -> bool {
    let called = meta.path().segments.last();
    let is_called =
        |names: &[&str]| called.is_some_and(|called| names.iter().any(|name| called.ident == name));
    let Meta::List(list) = meta else {
        return is_called(&["loop_guard"]);
    };
    let mut words = list.tokens.clone().into_iter();
    let is_meant = match (words.next(), words.next()) {
        (Some(TokenTree::Ident(word)), None) => word == "skip",
        (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(next))) => {
            word == "every" && next.as_char() == '='
        }
        _ => false,
    };
    is_called(&["loop_guard"]) || (is_meant && !is_called(&BUILT_IN))
}

/// Attributes of the language that may contain any word.
const BUILT_IN: [&str; 6] = ["allow", "cfg", "deny", "expect", "forbid", "warn"];

fn pace(meta: &Meta) -> Result<Pace, Error> {
    let Meta::List(list) = meta else {
        return Err(Error::new_spanned(meta, WHAT));
    };
    list.parse_args_with(|input: ParseStream| {
        let key = Ident::parse_any(input).map_err(|error| Error::new(error.span(), WHAT))?;
        let pace = match key.to_string().as_str() {
            "skip" => Pace::Skip,
            "every" => Pace::Every(every(input, &key)?),
            name if names().contains(&name) => {
                return Err(Error::new(
                    key.span(),
                    format!("`{name}` goes on the function; {WHAT}"),
                ));
            }
            _ => return Err(unknown(&key, &PACES)),
        };
        if input.is_empty() {
            Ok(pace)
        } else {
            Err(input.error(WHAT))
        }
    })
}

fn every(input: ParseStream, key: &Ident) -> Result<u32, Error> {
    let number = (input.parse::<Token![=]>()).and_then(|_| input.parse::<syn::LitInt>());
    match number.as_ref().map(syn::LitInt::base10_parse::<u32>) {
        Ok(Ok(every)) if every > 0 => Ok(every),
        Ok(_) => Err(Error::new(
            number?.span(),
            "`every` must be at least 1 and below 2^32",
        )),
        Err(_) => Err(Error::new(
            key.span(),
            "`every` needs a whole number: write for example `every = 1024`",
        )),
    }
}
