//! Where a group of `$s:stmt` ends a statement.
//!
//! ```text
//! { ⟦x += 1⟧ ⟦f(x)⟧ x }   =>   { ⟦x += 1⟧; ⟦f(x)⟧; x }
//! ```
//!
//! The tokens do not say which fragment a group was. But an expression at the start of a statement that another
//! statement follows can only have been one.

use proc_macro2::{Delimiter, Punct, Spacing, TokenStream, TokenTree};
use syn::{Expr, MacroDelimiter};

use crate::syntax::assigns::is_assigning;
use crate::syntax::calls;

/// What a group of tokens is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A block.
    Block,
    /// Braces among what an unknown macro is called with: most likely a block.
    Braces,
    /// Parentheses or brackets.
    List,
    /// The delimiters of a macro call.
    Call,
}

/// If these tokens stand before the arguments of a macro call (`name!`, `macro_rules! name`): whether braces among those
/// are blocks, since it is known that the macro takes expressions.
pub(super) fn called_with(before: &[TokenTree]) -> Option<bool> {
    let named = match before {
        [named @ .., sign @ TokenTree::Punct(_)] if is(sign, '!') => named,
        [named @ .., sign @ TokenTree::Punct(_), TokenTree::Ident(_)] if is(sign, '!') => {
            return matches!(named.last(), Some(TokenTree::Ident(_))).then_some(false);
        }
        _ => return None,
    };
    match named.last() {
        Some(TokenTree::Ident(word)) if word == "if" || word == "while" || word == "match" => None,
        Some(TokenTree::Ident(name)) => Some(calls::is_known(&name.clone().into())),
        // A path of `$name:path` is a group.
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => Some(false),
        _ => None,
    }
}

/// The tokens between two delimiters with a semicolon behind each such group; `None` if there is none.
pub(super) fn ended(content: &TokenStream, within: Within) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = content.clone().into_iter().collect();
    let is_arrow = |pair: &[TokenTree]| is(&pair[0], '=') && is(&pair[1], '>');
    // Patterns of arms look like expressions.
    let has_arms = trees.windows(2).any(is_arrow);
    let mut changed = false;
    let mut ended = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        ended.extend([tree.clone()]);
        if is_open(tree, &trees[..at], &trees[at + 1..], within, has_arms) {
            ended.extend([TokenTree::from(Punct::new(';', Spacing::Alone))]);
            changed = true;
        }
    }
    changed.then_some(ended)
}

/// Whether this is a statement that only its group ended.
fn is_open(
    tree: &TokenTree,
    before: &[TokenTree],
    after: &[TokenTree],
    within: Within,
    has_arms: bool,
) -> bool {
    let TokenTree::Group(group) = tree else {
        return false;
    };
    if group.delimiter() != Delimiter::None {
        return false;
    }
    let next = after.first();
    if is_let(group.stream()) {
        // The macro may take one statement, as `$s:stmt`, or some with signs in between.
        let is_argument = || within == Within::Call && !next.is_some_and(begins_another);
        return !next.is_some_and(|sign| is(sign, ';')) && !is_argument();
    }
    let Some(next) = next.filter(|next| begins_another(next)) else {
        return false;
    };
    let needs_end = |expr: Expr| match within {
        Within::Block => needs_end(&expr, next),
        Within::Braces => assigns(&expr),
        Within::List | Within::Call => false,
    };
    matches!(within, Within::Block | Within::Braces)
        && !has_arms
        && begins_statement(before)
        && syn::parse2::<Expr>(group.stream()).is_ok_and(needs_end)
}

fn is_let(content: TokenStream) -> bool {
    match content.into_iter().next() {
        Some(TokenTree::Ident(word)) => word == "let",
        // One macro passed it on to another.
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
            is_let(group.stream())
        }
        _ => false,
    }
}

fn begins_statement(before: &[TokenTree]) -> bool {
    match before.last() {
        None => true,
        Some(TokenTree::Group(group)) => {
            matches!(group.delimiter(), Delimiter::Brace | Delimiter::None)
        }
        Some(last) => is(last, ';'),
    }
}

/// Whether the token cannot continue an expression.
fn begins_another(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(word) => word != "as",
        TokenTree::Group(group) => {
            matches!(group.delimiter(), Delimiter::Brace | Delimiter::None)
        }
        TokenTree::Punct(sign) => sign.as_char() == '#' || sign.as_char() == '\'',
        TokenTree::Literal(_) => true,
    }
}

/// Whether the expression is not a statement without a semicolon. A path before braces is that of a structure.
fn needs_end(expr: &Expr, next: &TokenTree) -> bool {
    match expr {
        Expr::Group(group) => needs_end(&group.expr, next),
        Expr::Macro(call) => !matches!(call.mac.delimiter, MacroDelimiter::Brace(_)),
        Expr::Path(_) => {
            !matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
        }
        Expr::Block(_)
        | Expr::Const(_)
        | Expr::ForLoop(_)
        | Expr::If(_)
        | Expr::Loop(_)
        | Expr::Match(_)
        | Expr::TryBlock(_)
        | Expr::Unsafe(_)
        | Expr::Verbatim(_)
        | Expr::While(_) => false,
        _ => true,
    }
}

/// Whether the expression can hardly be anything but a statement, wherever a macro puts it.
fn assigns(expr: &Expr) -> bool {
    match expr {
        Expr::Assign(_) => true,
        Expr::Binary(binary) => is_assigning(&binary.op),
        Expr::Group(group) => assigns(&group.expr),
        _ => false,
    }
}

fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}
