//! The documentation in front of an item, which is not parsed.
//!
//! ```text
//! /// Two         =>   the attributes #[doc = " Two"] and #[doc = " lines."],
//! /// lines.           and what stands behind them
//! fn f() {}
//! ```
//!
//! `syn` would make a literal of each line, and of that a string. In a debug build of the attribute that was a sixth of the
//! time in which it expands a crate that is well documented.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{AttrStyle, Attribute, Expr, Meta, MetaNameValue, Token, token};

/// The lines of documentation at the start, as attributes, and the rest. Whatever is written in another way, such as
/// `#[doc = include_str!("it.md")]`, belongs to the rest.
pub(crate) fn split(item: TokenStream) -> (Vec<Attribute>, TokenStream) {
    let mut trees = item.into_iter().peekable();
    let mut lines = Vec::new();
    let mut rest = TokenStream::new();
    while let Some(tree) = trees.next() {
        let line = match (&tree, trees.peek()) {
            (TokenTree::Punct(sign), Some(TokenTree::Group(group))) if sign.as_char() == '#' => {
                line(sign, group)
            }
            _ => None,
        };
        if let Some(line) = line {
            lines.push(line);
            trees.next();
        } else {
            rest.extend([tree]);
            break;
        }
    }
    rest.extend(trees);
    (lines, rest)
}

/// `#[doc = "line"]`
fn line(sign: &proc_macro2::Punct, group: &proc_macro2::Group) -> Option<Attribute> {
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let mut content = group.stream().into_iter();
    let (
        Some(TokenTree::Ident(doc)),
        Some(TokenTree::Punct(eq)),
        Some(text @ TokenTree::Literal(_)),
        None,
    ) = (
        content.next(),
        content.next(),
        content.next(),
        content.next(),
    )
    else {
        return None;
    };
    (doc == "doc" && eq.as_char() == '=').then(|| Attribute {
        pound_token: Token![#](sign.span()),
        style: AttrStyle::Outer,
        bracket_token: token::Bracket {
            span: group.delim_span(),
        },
        meta: Meta::NameValue(MetaNameValue {
            path: doc.into(),
            eq_token: Token![=](eq.span()),
            value: Expr::Verbatim(text.into()),
        }),
    })
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::split;

    #[test]
    fn lines_are_kept_word_for_word_and_the_rest_as_it_is() {
        let rest = quote! { #[inline] #[doc = "after"] pub fn f() {} };
        let of = |docs: proc_macro2::TokenStream, count: usize| {
            let (lines, left) = split(quote!(#docs #rest));
            assert_eq!(lines.len(), count);
            let lines: proc_macro2::TokenStream =
                lines.iter().map(ToTokens::to_token_stream).collect();
            assert_eq!(
                quote!(#lines #left).to_string(),
                quote!(#docs #rest).to_string()
            );
        };
        of(quote!(), 0);
        of(quote!(#[doc = " one"]), 1);
        of(quote!(#[doc = " one"] #[doc = r"two"]), 2);
        of(quote!(#[doc = " one"] #[doc(hidden)]), 1);
        of(quote!(#[doc = include_str!("it.md")]), 0);
        of(quote!(#[doc(alias = "g")] #[doc = " one"]), 0);
        of(quote!(#[cfg(all())] #[doc = " one"]), 0);
        assert_eq!(split(quote!()).0.len(), 0);
    }
}
