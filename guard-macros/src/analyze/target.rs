//! What the attribute can stand on: a function, or every function of a block.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Block, Error, Expr, Ident, ImplItem, Item, ItemFn, Meta, Signature, TraitItem,
    TraitItemFn,
};

use crate::args::attribute::names;
use crate::syntax::calls;
use crate::syntax::function::{Function, is_foreign, is_loop_guard, without_ours};
use crate::syntax::paths::ends_in;
use crate::syntax::walk::{self, Visitor};

/// What the attribute can stand on.
pub(crate) enum Target {
    Function(ItemFn),
    /// An `impl` block, a trait or an inline module: every function in it.
    Block(Item),
}

impl ToTokens for Target {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Function(function) => function.to_tokens(tokens),
            Self::Block(item) => item.to_tokens(tokens),
        }
    }
}

/// The item, if the attribute can stand on it.
pub(crate) fn target(item: TokenStream) -> Result<Target, Error> {
    let parsed = syn::parse2::<Item>(item.clone());
    let item = match parsed.or_else(|error| syn::parse2(ungroup(item.clone())).map_err(|_| error)) {
        Ok(item) => item,
        Err(_) if syn::parse2::<syn::Stmt>(item.clone()).is_ok() => return Err(misplaced(item)),
        // Rust itself rejects text that is no item, and does so at the same token.
        Err(error) => return Err(error),
    };
    match item {
        Item::Fn(mut function) => {
            restore(&mut function.attrs, &mut function.sig, &mut function.block);
            Ok(Target::Function(function))
        }
        Item::Impl(_) | Item::Trait(_) => Ok(Target::Block(item)),
        Item::Mod(ref module) if module.content.is_some() => Ok(Target::Block(item)),
        Item::Mod(module) => Err(Error::new_spanned(
            module.semi,
            "the attribute cannot see another file: put it on the functions of the module, or on an inline one",
        )),
        item => Err(reject(&item)),
    }
}

/// The tokens without the invisible groups around what a `macro_rules` captured (`$body:block`, `$first:stmt`): as
/// a statement such a group would need a semicolon that Rust does not require.
fn ungroup(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut flat = TokenStream::new();
    while let Some(token) = tokens.next() {
        let TokenTree::Group(group) = token else {
            flat.extend([token]);
            continue;
        };
        let inner = ungroup(group.stream());
        let ends = match tokens.peek() {
            Some(TokenTree::Punct(next)) => matches!(next.as_char(), ';' | ',' | '#' | '\''),
            _ => true,
        };
        if group.delimiter() == Delimiter::None && ends && is_block_like(&inner) {
            flat.extend(inner);
        } else if group.delimiter() == Delimiter::None && is_let(&inner) {
            flat.extend(inner);
            if !matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ';') {
                flat.extend(quote::quote_spanned!(group.span()=> ;));
            }
        } else {
            let mut outer = Group::new(group.delimiter(), inner);
            outer.set_span(group.span());
            flat.extend([TokenTree::Group(outer)]);
        }
    }
    flat
}

fn is_let(tokens: &TokenStream) -> bool {
    let first = tokens.clone().into_iter().next();
    matches!(first, Some(TokenTree::Ident(first)) if first == "let")
}

fn is_block_like(tokens: &TokenStream) -> bool {
    matches!(
        syn::parse2(tokens.clone()),
        Ok(Expr::Block(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Loop(_)
            | Expr::Match(_)
            | Expr::Unsafe(_)
            | Expr::While(_))
    )
}

fn reject(item: &Item) -> Error {
    let tokens = item.to_token_stream();
    if let Ok(TraitItemFn {
        semi_token: Some(semicolon),
        ..
    }) = syn::parse2(tokens.clone())
    {
        return Error::new_spanned(
            semicolon,
            "a method without a body has no loops: put the attribute on its implementations",
        );
    }
    misplaced(tokens)
}

fn misplaced(item: TokenStream) -> Error {
    let keyword = item
        .into_iter()
        .find(|token| matches!(token, TokenTree::Ident(ident) if ident != "pub"));
    Error::new_spanned(
        keyword,
        "`loop_guard` goes on a function, an `impl`, a trait or an inline `mod`: move it there",
    )
}

/// The original function, kept in a tool attribute that the compiler accepts and ignores.
///
/// ```text
/// #[cfg_attr(feature = "x", loop_guard(iterations = 3))]
/// #[rustfmt::__loop_guard_was { fn f() { body } }]
/// fn f() { body, its loops checked }
/// ```
fn marker(sig: &Signature, block: &Block) -> Attribute {
    let name = Ident::new(MARKER, Span::mixed_site());
    syn::parse_quote_spanned!(Span::mixed_site()=> #[rustfmt::#name { #sig #block }])
}

const MARKER: &str = "__loop_guard_was";

/// Undoes what the attribute of a block has made of the function: its own attribute, or that of a block further in,
/// has precedence.
fn restore(attrs: &mut Vec<Attribute>, sig: &mut Signature, block: &mut Block) {
    let is_marker = |attribute: &Attribute| ends_in(attribute.path(), MARKER);
    let Some(index) = attrs.iter().position(is_marker) else {
        return;
    };
    let Meta::List(marker) = attrs.remove(index).meta else {
        return;
    };
    if let Ok(was) = syn::parse2::<ItemFn>(marker.tokens) {
        (*sig, *block) = (was.sig, *was.block);
    }
}

/// Calls `visit` for every function of a block that has no attribute of its own.
pub(crate) fn each_function(item: &mut Item, visit: &mut dyn FnMut(Function<'_>)) {
    each_in(item, false, visit);
}

/// `again`: a block around the function may have an attribute of its own, which is then expanded later.
fn each_in(item: &mut Item, again: bool, visit: &mut dyn FnMut(Function<'_>)) {
    let mut one = |attrs: &mut Vec<Attribute>, sig: &mut Signature, block: &mut Block| {
        restore(attrs, sig, block);
        if attrs.iter().any(is_loop_guard) {
            return;
        }
        // Another attribute may be this macro under another name, or expand to it.
        let marker = (again || attrs.iter().any(is_foreign)).then(|| marker(sig, block));
        visit(Function {
            attrs,
            sig,
            block,
            of_block: true,
        });
        attrs.extend(marker);
    };
    match item {
        Item::Fn(function) => one(&mut function.attrs, &mut function.sig, &mut function.block),
        Item::Impl(item) => {
            for member in &mut item.items {
                if let ImplItem::Fn(function) = member {
                    one(&mut function.attrs, &mut function.sig, &mut function.block);
                }
            }
        }
        Item::Trait(item) => {
            for member in &mut item.items {
                if let TraitItem::Fn(TraitItemFn {
                    attrs,
                    sig,
                    default: Some(block),
                    ..
                }) = member
                {
                    one(attrs, sig, block);
                }
            }
        }
        Item::Mod(module) => {
            for item in module.content.iter_mut().flat_map(|(_, items)| items) {
                let attrs = match item {
                    Item::Impl(item) => &item.attrs,
                    Item::Trait(item) => &item.attrs,
                    Item::Mod(item) => &item.attrs,
                    _ => &Vec::new(),
                };
                if !attrs.iter().any(is_loop_guard) {
                    let again = again || attrs.iter().any(may_be_ours);
                    each_in(item, again, visit);
                }
            }
        }
        _ => {}
    }
}

/// Whether the attribute of a block may be this macro under another name, or under a condition.
fn may_be_ours(attribute: &Attribute) -> bool {
    let is_argument = |word: &Ident| names().contains(&word.to_string().as_str());
    is_foreign(attribute) && calls::any_ident(attribute.to_token_stream(), &is_argument)
}

/// The item as it was, without the attributes on loops: Rust would take them for calls of the macro and hide our
/// message behind its own.
pub(crate) fn untouched(item: TokenStream) -> TokenStream {
    struct Strip {
        stripped: bool,
    }
    impl Visitor for Strip {
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            let attrs = match expr {
                Expr::Loop(expr) => &mut expr.attrs,
                Expr::While(expr) => &mut expr.attrs,
                Expr::ForLoop(expr) => &mut expr.attrs,
                _ => return walk::expr(self, expr),
            };
            let before = attrs.len();
            without_ours(attrs);
            self.stripped |= attrs.len() < before;
            walk::expr(self, expr);
        }
    }
    let Ok(mut parsed) = syn::parse2::<Item>(item.clone()) else {
        return item;
    };
    let mut strip = Strip { stripped: false };
    strip.visit_item_mut(&mut parsed);
    if strip.stripped {
        parsed.into_token_stream()
    } else {
        item
    }
}
