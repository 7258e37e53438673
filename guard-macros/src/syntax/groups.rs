//! The invisible groups that `macro_rules!` puts around `$e:expr`, `$t:ty` and `$s:stmt`.
//!
//! The compiler forgets them when tokens come back from an attribute macro, so `$e * 2` with `1 + 2` for `$e` would
//! become `1 + 2 * 2`. Where a neighbour would take a part of such a group, the group becomes parentheses:
//!
//! ```text
//! ⟦1 + 2⟧ * 2   =>   (1 + 2) * 2          &⟦dyn Debug + Send⟧   =>   &(dyn Debug + Send)
//! ```
//!
//! A statement gets the semicolon that its group made unnecessary (`groups/statements.rs`).
//!
//! This works on tokens, because the arguments of macro calls are never parsed.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use syn::Expr;

use crate::syntax::groups::statements::Within;

mod statements;

/// The same tokens, with parentheses or a semicolon where a forgotten group would change what they mean.
pub(crate) fn kept(tokens: TokenStream) -> TokenStream {
    with_parentheses(&tokens, true).unwrap_or(tokens)
}

/// `None` if the tokens stay as they are, since a group that is made anew loses the places of its two ends.
/// `are_code`: braces among the tokens enclose statements. What an unknown macro is called with may be anything.
fn with_parentheses(tokens: &TokenStream, are_code: bool) -> Option<TokenStream> {
    let mut trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut changed = false;
    for at in 0..trees.len() {
        let TokenTree::Group(group) = &trees[at] else {
            continue;
        };
        let invisible = group.delimiter() == Delimiter::None;
        let call = statements::called_with(&trees[..at]);
        let inside = call.unwrap_or(are_code);
        let mut inner = with_parentheses(&group.stream(), inside);
        if !invisible {
            let content = inner.clone().unwrap_or_else(|| group.stream());
            let within = match (group.delimiter(), call) {
                (_, Some(_)) => Within::Call,
                (Delimiter::Brace, None) if are_code => Within::Block,
                (Delimiter::Brace, None) => Within::Braces,
                (_, None) => Within::List,
            };
            inner = statements::ended(&content, within).or(inner);
        }
        let content = inner.clone().unwrap_or_else(|| group.stream());
        let group = if invisible && is_torn(content.clone(), &trees[..at], &trees[at + 1..]) {
            let mut parentheses = Group::new(Delimiter::Parenthesis, content);
            // Of the expansion, so that no lint calls them unnecessary.
            parentheses.set_span(Span::mixed_site().located_at(group.span()));
            parentheses
        } else if let Some(public) = invisible.then(|| public(group)).flatten() {
            public
        } else if inner.is_some() {
            let mut same = Group::new(group.delimiter(), content);
            same.set_span(group.span());
            same
        } else {
            continue;
        };
        trees[at] = TokenTree::Group(group);
        changed = true;
    }
    changed.then(|| trees.into_iter().collect())
}

/// The group of a `$vis:vis` that is not empty. A function that begins with it is the macro's, of which lints say less;
/// without the group it would begin, and therefore be, where the macro is called.
fn public(group: &Group) -> Option<Group> {
    let mut trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let first = trees.first_mut()?;
    if !matches!(first, TokenTree::Ident(word) if word == "pub") {
        return None;
    }
    first.set_span(group.span());
    let mut public = Group::new(Delimiter::None, trees.into_iter().collect());
    public.set_span(group.span());
    Some(public)
}

/// Whether a neighbour would take a part of what is in a group.
fn is_torn(content: TokenStream, before: &[TokenTree], after: &[TokenTree]) -> bool {
    let mut trees = content.clone().into_iter();
    match (trees.next(), trees.next()) {
        (_, Some(_)) => {}
        // One macro passed it on to another.
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            return is_torn(group.stream(), before, after);
        }
        _ => return false,
    }
    if is_sum_of_traits(&content) {
        return takes_a_type(before);
    }
    let in_braces = |tree: TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    match syn::parse2::<Expr>(content.clone()) {
        // Only what stands behind them binds more tightly.
        Ok(Expr::Unary(_) | Expr::Reference(_) | Expr::RawAddr(_)) => is_postfix(after),
        Ok(
            Expr::Assign(_)
            | Expr::Binary(_)
            | Expr::Break(_)
            | Expr::Cast(_)
            | Expr::Closure(_)
            | Expr::Let(_)
            | Expr::Range(_)
            | Expr::Return(_),
        ) => {
            takes_from_the_left(before)
                || takes_from_the_right(after)
                || ends_early(&content, before)
                || (content.into_iter().any(in_braces) && is_condition(before))
        }
        Ok(Expr::Call(_) | Expr::Index(_)) => ends_early(&content, before),
        _ => false,
    }
}

/// Whether a statement would end in the middle: `{ 1 } + 1`, or an arm of a `match`.
fn ends_early(content: &TokenStream, before: &[TokenTree]) -> bool {
    const BLOCKS: [&str; 6] = ["if", "match", "loop", "while", "for", "unsafe"];
    let begins_with_block = match content.clone().into_iter().next() {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(TokenTree::Ident(word)) => BLOCKS.iter().any(|it| word == it),
        _ => false,
    };
    let begins_statement = match before {
        [] => true,
        [.., TokenTree::Group(group)] => group.delimiter() == Delimiter::Brace,
        [.., TokenTree::Punct(first), TokenTree::Punct(last)] => {
            last.as_char() == ';' || (first.as_char() == '=' && last.as_char() == '>')
        }
        [.., TokenTree::Punct(last)] => last.as_char() == ';',
        _ => false,
    };
    begins_with_block && begins_statement
}

/// Whether these are the bounds of a trait object or an opaque type: `dyn A + B`.
fn is_sum_of_traits(content: &TokenStream) -> bool {
    let mut trees = content.clone().into_iter();
    matches!(trees.next(), Some(TokenTree::Ident(word)) if word == "dyn" || word == "impl")
        && trees.any(|tree| matches!(tree, TokenTree::Punct(sign) if sign.as_char() == '+'))
}

/// `&`, `&mut`, `&'a`, `*const`
fn takes_a_type(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Punct(sign)] => sign.as_char() == '&',
        [.., TokenTree::Punct(sign), TokenTree::Ident(_)] => "&*'".contains(sign.as_char()),
        [.., TokenTree::Ident(_), TokenTree::Ident(word)] => word == "mut",
        _ => false,
    }
}

/// `if`, `while`, `match`, `in`: a brace would begin the block.
fn is_condition(before: &[TokenTree]) -> bool {
    matches!(before.last(), Some(TokenTree::Ident(word))
        if ["if", "while", "match", "in"].iter().any(|it| word == it))
}

fn takes_from_the_left(before: &[TokenTree]) -> bool {
    let Some((TokenTree::Punct(sign), earlier)) = before.split_last() else {
        return false;
    };
    let joined = match earlier.last() {
        Some(TokenTree::Punct(first)) if first.spacing() == Spacing::Joint => first.as_char(),
        _ => ' ',
    };
    match sign.as_char() {
        '>' => !matches!(joined, '-' | '='),
        '=' => matches!(joined, '=' | '!' | '<' | '>'),
        other => "+-*/%^&|<!.@".contains(other),
    }
}

fn takes_from_the_right(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Punct(sign), rest @ ..] => {
            let next = match rest.first() {
                Some(TokenTree::Punct(next)) if sign.spacing() == Spacing::Joint => next.as_char(),
                _ => ' ',
            };
            match sign.as_char() {
                '=' | '!' => next == '=',
                other => "+-*/%^&|<>.?@".contains(other),
            }
        }
        [TokenTree::Ident(word), ..] => word == "as",
        _ => is_postfix(after),
    }
}

/// A method or field, `?`, arguments or an index.
fn is_postfix(after: &[TokenTree]) -> bool {
    let is_dot = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(sign)) if sign.as_char() == '.');
    match after.first() {
        Some(TokenTree::Punct(sign)) => {
            sign.as_char() == '?' || (sign.as_char() == '.' && !is_dot(after.get(1)))
        }
        Some(TokenTree::Group(group)) => {
            matches!(
                group.delimiter(),
                Delimiter::Parenthesis | Delimiter::Bracket
            )
        }
        _ => false,
    }
}
