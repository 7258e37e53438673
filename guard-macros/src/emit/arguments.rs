//! Arguments that are bound once more, in the closure or the future that the body becomes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Attribute, Ident};

use crate::emit::q;

/// `let pattern = argument;`
pub(crate) fn rebind(attrs: &[Attribute], pat: &impl ToTokens, argument: &Ident) -> TokenStream {
    q!(#(#attrs)* let #pat = #argument;)
}

/// `let argument = argument;`, which may have to be `mut`.
pub(crate) fn rebind_whole(
    conditions: &[Attribute],
    argument: &Ident,
    mutable: bool,
) -> TokenStream {
    let mutable = mutable.then(|| q!(mut));
    rebind(conditions, &q!(#mutable #argument), argument)
}

/// `let pattern = argument;`, where the fallback may use but a part of it.
pub(crate) fn rebind_for_fallback(
    conditions: &[Attribute],
    pat: &impl ToTokens,
    argument: &Ident,
) -> TokenStream {
    q!(#(#conditions)* #[allow(unused_variables, unused_mut)] let #pat = #argument;)
}

/// Makes a closure capture the whole variable.
pub(crate) fn mention(variable: impl ToTokens) -> TokenStream {
    q!(let _ = &#variable;)
}

/// The same for an argument that is called unused: a lint objects to its mention.
pub(crate) fn mention_argument(conditions: &[Attribute], name: &Ident) -> TokenStream {
    let unused =
        (name.to_string().starts_with('_')).then(|| q!(#[allow(clippy::used_underscore_binding)]));
    q!(#(#conditions)* #unused let _ = &#name;)
}

/// A name for an argument that is a pattern.
pub(crate) fn argument(index: usize) -> Ident {
    format_ident!("__argument_{index}", span = Span::mixed_site())
}

/// The same name, which the user's code does not see; another if it could be one of ours already.
pub(crate) fn ours(name: &Ident, index: usize) -> Ident {
    if name.to_string().starts_with("__") {
        return argument(index);
    }
    let mut ours = name.clone();
    ours.set_span(Span::mixed_site().located_at(name.span()));
    ours
}
