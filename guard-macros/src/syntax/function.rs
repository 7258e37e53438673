//! One function, wherever it is written.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Block, Meta, Signature, Token};

use crate::args::pace::is_pace;
use crate::syntax::paths::{ends_in, is_among};

/// A free function, a method, or a function in a block that carries the attribute.
pub(crate) struct Function<'f> {
    pub(crate) attrs: &'f mut Vec<Attribute>,
    pub(crate) sig: &'f mut Signature,
    pub(crate) block: &'f mut Block,
    /// Whether the attribute is on the `impl`, trait or module around the function.
    pub(crate) of_block: bool,
}

/// Whether the attribute is this macro, under whatever path.
pub(crate) fn is_loop_guard(attribute: &Attribute) -> bool {
    ends_in(attribute.path(), "loop_guard")
}

/// Whether the attribute of a loop is this macro, or expands to it: `#[cfg_attr(test, loop_guard(skip))]`.
pub(crate) fn is_on_loop(attribute: &Attribute) -> bool {
    is_pace(&attribute.meta) || conditional(attribute).is_some_and(|said| said.iter().any(is_pace))
}

/// What a `cfg_attr` says: its condition, and attributes.
fn conditional(attribute: &Attribute) -> Option<Punctuated<Meta, Token![,]>> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    attribute.parse_args_with(Punctuated::parse_terminated).ok()
}

/// Removes this macro from the attributes of a loop, and keeps what else a `cfg_attr` contains.
pub(crate) fn without_ours(attrs: &mut Vec<Attribute>) {
    attrs.retain_mut(|attribute| {
        if !is_on_loop(attribute) {
            return true;
        }
        match (conditional(attribute), &mut attribute.meta) {
            (Some(said), Meta::List(list)) => {
                let kept: Punctuated<Meta, Token![,]> =
                    said.into_iter().filter(|meta| !is_pace(meta)).collect();
                list.tokens = kept.to_token_stream();
                kept.len() > 1
            }
            _ => false,
        }
    });
}

/// Whether the attribute decides if there is an argument at all; other attributes belong to its binding.
pub(crate) fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// Whether the attribute may be another macro, which reads the function: it stands below ours.
pub(crate) fn is_foreign(attribute: &Attribute) -> bool {
    const KNOWN: &str = "\
        allow cfg clippy cold deny deprecated doc expect forbid ignore inline loop_guard must_use no_mangle \
        rustfmt should_panic target_feature test track_caller unsafe warn";
    let first = attribute.path().segments.first();
    first.is_some_and(|first| !is_among(KNOWN, &first.ident))
}
