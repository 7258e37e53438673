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

/// Whether these tokens stand before the arguments of a macro call: `name!`, `macro_rules! name`.
pub(super) fn is_called_with(before: &[TokenTree]) -> bool {
    let named = match before {
        [named @ .., TokenTree::Punct(_)] => named,
        [named @ .., sign @ TokenTree::Punct(_), TokenTree::Ident(_)] if is(sign, '!') => {
            return matches!(named.last(), Some(TokenTree::Ident(_)));
        }
        _ => return false,
    };
    let ends = before.last().is_some_and(|sign| is(sign, '!'));
    let condition = |word: &proc_macro2::Ident| word == "if" || word == "while" || word == "match";
    // A path of `$name:path` is a group.
    ends && match named.last() {
        Some(TokenTree::Ident(word)) => !condition(word),
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::None,
        _ => false,
    }
}

/// The tokens between two delimiters with a semicolon behind each such group; `None` if there is none. Unless they
/// `are_statements`, only a `let` is sure to be one.
pub(super) fn ended(content: &TokenStream, are_statements: bool) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = content.clone().into_iter().collect();
    let is_arrow = |pair: &[TokenTree]| is(&pair[0], '=') && is(&pair[1], '>');
    // Patterns of arms look like expressions.
    let are_statements = are_statements && !trees.windows(2).any(is_arrow);
    let mut changed = false;
    let mut ended = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        ended.extend([tree.clone()]);
        if is_open(tree, &trees[..at], &trees[at + 1..], are_statements) {
            ended.extend([TokenTree::from(Punct::new(';', Spacing::Alone))]);
            changed = true;
        }
    }
    changed.then_some(ended)
}

/// Whether this is a statement that only its group ended.
fn is_open(tree: &TokenTree, before: &[TokenTree], after: &[TokenTree], expressions: bool) -> bool {
    let TokenTree::Group(group) = tree else {
        return false;
    };
    if group.delimiter() != Delimiter::None {
        return false;
    }
    if is_let(group.stream()) {
        return !after.first().is_some_and(|sign| is(sign, ';'));
    }
    expressions
        && begins_statement(before)
        && after.first().is_some_and(begins_another)
        && syn::parse2::<Expr>(group.stream()).is_ok_and(|expr| needs_end(&expr, &after[0]))
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

fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}
