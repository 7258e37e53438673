//! The warning for an attribute that guards nothing, or that stands in the wrong place.
//!
//! A macro cannot warn on stable Rust, so the expansion uses something deprecated.
//!
//! ```text
//! { body }   =>   { { #[deprecated(note = "..")] const LOOP_GUARD: () = (); LOOP_GUARD } body }
//! ```

use proc_macro2::{Ident, Span};
use quote::quote_spanned;

use crate::emit::statement;
use crate::syntax::function::Function;

/// Makes the compiler warn about the function's attribute.
pub(crate) fn warn(function: &mut Function<'_>, note: &str, at: Span) {
    let span = Span::mixed_site().located_at(at);
    let name = Ident::new("LOOP_GUARD", span);
    let tokens = quote_spanned!(span=> {
        #[deprecated(note = #note)]
        const #name: () = ();
        #name
    });
    let items = crate::rewrite::function::leading_items(function.block);
    function.block.stmts.insert(0, statement(tokens));
    function.block.stmts.splice(0..0, items);
}
