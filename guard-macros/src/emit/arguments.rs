//! Arguments that are bound again, in the closure or the future that the body becomes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Attribute, Ident};

use crate::emit::q;

/// What becomes of a function's arguments in a closure or a future that takes them over.
#[derive(Default)]
pub(crate) struct Moved {
    /// The bindings in its body.
    pub(crate) bindings: TokenStream,
    /// The bindings for a fallback, which is evaluated outside.
    pub(crate) rebound: TokenStream,
    /// Whether the body assigns to a field of one of them.
    pub(crate) assigns: bool,
}

impl Moved {
    /// Silences the lint for a field of a captured argument that is assigned last, for its destructor to see: the
    /// compiler calls that assignment unused.
    pub(crate) fn allow_assignments(&self) -> Option<TokenStream> {
        self.assigns.then(|| q!(#[allow(unused_assignments)]))
    }
}

/// `let pattern = argument;`
pub(crate) fn rebind(attrs: &[Attribute], pat: &impl ToTokens, argument: &Ident) -> TokenStream {
    q!(#(#attrs)* let #pat = #argument;)
}

/// `let argument = argument;`, with `mut` if it is needed.
pub(crate) fn rebind_whole(
    conditions: &[Attribute],
    argument: &Ident,
    mutable: bool,
) -> TokenStream {
    let mutable = mutable.then(|| q!(mut));
    rebind(conditions, &q!(#mutable #argument), argument)
}

/// `let pattern = argument;`, for a fallback that may use only a part of it.
pub(crate) fn rebind_for_fallback(
    conditions: &[Attribute],
    pat: &impl ToTokens,
    argument: &Ident,
) -> TokenStream {
    q!(#(#conditions)* #[allow(unused_variables, unused_mut)] let #pat = #argument;)
}

/// Makes a closure or an `async` block capture the whole variable.
pub(crate) fn mention(conditions: &[Attribute], name: &Ident) -> TokenStream {
    // A lint objects to mentioning an argument whose name begins with `_`.
    let unused =
        (name.to_string().starts_with('_')).then(|| q!(#[allow(clippy::used_underscore_binding)]));
    q!(#(#conditions)* #unused let _ = &#name;)
}

/// A name for an argument whose pattern is no single name.
pub(crate) fn argument(index: usize) -> Ident {
    format_ident!("__argument_{index}", span = Span::mixed_site())
}

/// The same name with our hygiene, which the user's code does not see; another name if it could be one of ours or a
/// keyword.
pub(crate) fn ours(name: &Ident, index: usize) -> Ident {
    // `gen` is a keyword in this crate's edition, which is the one that counts.
    if name.to_string().starts_with("__") || name == "gen" {
        return argument(index);
    }
    let mut ours = name.clone();
    ours.set_span(Span::mixed_site().located_at(name.span()));
    ours
}
