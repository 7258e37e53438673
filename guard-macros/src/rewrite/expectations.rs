//! `#[expect]`ed lints in a function.
//!
//! A lint may not fire any more in rewritten code: a `for` with a check in it, or in strips, is no needless range
//! loop. The expectation would then be unfulfilled, so each `expect` becomes an `allow`.
//!
//! ```text
//! #[expect(clippy::needless_range_loop)]   =>   #[allow(clippy::needless_range_loop)]
//! ```

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use syn::{Attribute, Item, Meta};

use crate::syntax::function::Function;
use crate::syntax::walk::Visitor;

/// Turns the expectations on the function and in its body into permissions.
pub(crate) fn permit(function: &mut Function<'_>) {
    for attribute in function.attrs.iter_mut() {
        Expectations.visit_attribute_mut(attribute);
    }
    Expectations.visit_block_mut(function.block);
}

/// Turns the expectations on an `impl`, a trait or a module whose functions are rewritten into permissions, and those on
/// the blocks in a module.
pub(crate) fn permit_block(item: &mut Item) {
    let attrs = match item {
        Item::Impl(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Mod(item) => {
            let inside = item.content.iter_mut().flat_map(|(_, items)| items);
            inside.for_each(permit_block);
            &mut item.attrs
        }
        _ => return,
    };
    for attribute in attrs {
        Expectations.visit_attribute_mut(attribute);
    }
}

struct Expectations;

impl Visitor for Expectations {
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        let conditional = attribute.path().is_ident("cfg_attr");
        let Meta::List(list) = &mut attribute.meta else {
            return;
        };
        if let Some(name) = list.path.get_ident().filter(|name| *name == "expect") {
            list.path = Ident::new("allow", name.span()).into();
        } else if conditional {
            list.tokens = permitted(std::mem::take(&mut list.tokens));
        }
    }

    // Items are not rewritten.
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// `feature = "x", expect(..)   =>   feature = "x", allow(..)`
fn permitted(tokens: TokenStream) -> TokenStream {
    let permit = |token| match token {
        TokenTree::Ident(name) if name == "expect" => {
            TokenTree::Ident(Ident::new("allow", name.span()))
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), permitted(group.stream()));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.into_iter().map(permit).collect()
}
