//! The compiler's own tokens, before `proc_macro2` wraps them: what need not be looked at, and what must be.
//!
//! The attribute is mostly a debug build, which is slow to take tokens apart; `proc_macro` is optimised in each. In textwrap,
//! which is well documented, these two questions were 29 of the attribute's 160 million instructions (callgrind).

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

use crate::syntax::groups;

/// The attributes `#[doc ..]` at the start of an item, and the rest.
///
/// ```text
/// /// Two         =>   #[doc = " Two"] #[doc = " lines."],
/// /// lines.           and what stands behind them
/// fn f() {}
/// ```
pub(crate) fn split_docs(item: TokenStream) -> (TokenStream, TokenStream) {
    let mut trees: Vec<TokenTree> = item.clone().into_iter().collect();
    let lines = trees.chunks_exact(2).take_while(|pair| {
        matches!(pair, [TokenTree::Punct(sign), TokenTree::Group(group)] if sign.as_char() == '#' && is_doc(group))
    });
    let rest = match 2 * lines.count() {
        0 => return (TokenStream::new(), item),
        docs => trees.split_off(docs),
    };
    (trees.into_iter().collect(), rest.into_iter().collect())
}

/// Whether what stands in the brackets of an attribute is documentation.
fn is_doc(group: &Group) -> bool {
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word.to_string() == "doc")
}

/// The tokens, with what the compiler would forget of them. Most functions come from no macro, and have nothing of that kind.
pub(crate) fn kept(tokens: TokenStream) -> proc_macro2::TokenStream {
    if has_groups(tokens.clone()) {
        groups::kept(tokens.into())
    } else {
        tokens.into()
    }
}

fn has_groups(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || has_groups(group.stream())
        }
        _ => false,
    })
}
