//! Macro calls: the arguments of well-known macros, as expressions that a visitor can edit.
//!
//! A macro is known by the last segment of its path. Tokens that do not parse as the known macro's arguments are
//! left as they are, and so is every macro that nobody named.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Error, Expr, Ident, Macro, Pat, Path, Stmt, Token};

use crate::syntax::paths::{ends_in, is_among, last};
use crate::syntax::walk::Visitor;

/// Macros whose arguments are expressions that run where they are written.
const EXPRESSIONS: &str = "\
    assert assert_eq assert_ne dbg debug_assert debug_assert_eq debug_assert_ne eprint eprintln format \
    format_args join panic print println todo try_join unimplemented unreachable vec write writeln debug error \
    info trace warn ready pin bail";

/// The macros among them that are not the standard library's, with the crates that have one which does not await. By its
/// name alone it could be one of the user's that does.
const OF_CRATES: [(&str, &str); 8] = [
    ("bail", "anyhow eyre color_eyre"),
    ("debug", "log tracing"),
    ("error", "log tracing"),
    ("info", "log tracing"),
    ("trace", "log tracing"),
    ("warn", "log tracing"),
    ("join", ""),
    ("try_join", ""),
];

/// Whether the call may contain an `await`, visible or not. One of the macros that the user `named` may, whatever it is
/// called.
pub(crate) fn may_await(call: &Macro, named: &[Path]) -> bool {
    is_named(&call.path, named)
        || !never_awaits(&call.path)
        || any_ident(call.tokens.clone(), &|ident| ident == "await")
}

/// Whether a macro of this name has no `await` of its own.
fn never_awaits(path: &Path) -> bool {
    let names: Vec<_> = (path.segments.iter())
        .map(|segment| segment.ident.unraw().to_string())
        .collect();
    let (of, name) = match names.as_slice() {
        [name] => (None, name),
        [of, .., name] => (Some(of.as_str()), name),
        [] => return false,
    };
    match OF_CRATES.iter().find(|(known, _)| name == known) {
        Some((_, crates)) => of.is_some_and(|of| is_among(crates, of)),
        None => {
            let is_std = of.is_none_or(|of| matches!(of, "std" | "core" | "alloc"));
            is_std && (name == "matches" || is_among(EXPRESSIONS, name))
        }
    }
}

/// How a macro parses its tokens.
enum Grammar {
    /// `a, b`, or `a; n` with a length.
    Expressions,
    /// `a, pattern if guard`
    Matches,
    /// `pattern = future, if condition => handler, ...`
    Select,
    /// One of the user's macros: expressions, or else statements.
    Any,
}

fn is_named(path: &Path, named: &[Path]) -> bool {
    named.iter().any(|name| last(name) == last(path))
}

fn grammar(path: &Path, named: &[Path]) -> Option<Grammar> {
    if is_named(path, named) {
        return Some(Grammar::Any);
    }
    let name = path.segments.last()?.ident.unraw().to_string();
    match name.as_str() {
        "matches" => Some(Grammar::Matches),
        "select" | "select_biased" => Some(Grammar::Select),
        _ => is_among(EXPRESSIONS, &name).then_some(Grammar::Expressions),
    }
}

/// Whether the call's arguments are certain to run where they are written: in macros that the user named, and in
/// `select!`, whose handlers may leave the function.
pub(crate) fn runs_in_place(call: &Macro, named: &[Path]) -> bool {
    matches!(
        grammar(&call.path, named),
        Some(Grammar::Any | Grammar::Select)
    )
}

/// Whether a loop's keyword is among the tokens.
pub(crate) fn mentions_loop(tokens: TokenStream) -> bool {
    any_ident(tokens, &|ident| {
        ident == "loop" || ident == "while" || ident == "for"
    })
}

/// Whether the name is among the tokens.
pub(crate) fn names(tokens: TokenStream, name: &Ident) -> bool {
    any_ident(tokens, &|ident| ident == name)
}

/// Where the name is first among the tokens.
pub(crate) fn place_of(tokens: TokenStream, name: &Ident) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => place_of(group.stream(), name),
        TokenTree::Ident(ident) => (ident == *name).then(|| ident.span()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}

/// Whether a macro of this name only evaluates its arguments.
pub(crate) fn is_known(path: &Path) -> bool {
    grammar(path, &[]).is_some()
}

/// Passes the identifiers among the tokens to `see`.
pub(crate) fn each_ident(tokens: TokenStream, see: &mut dyn FnMut(&Ident)) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => each_ident(group.stream(), see),
            TokenTree::Ident(ident) => see(&ident),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Whether `wanted` accepts any identifier among the tokens.
pub(crate) fn any_ident(tokens: TokenStream, wanted: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => any_ident(group.stream(), wanted),
        TokenTree::Ident(ident) => wanted(&ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether `function(argument)` is among the tokens.
pub(crate) fn calls_with(tokens: TokenStream, function: &str, argument: &Ident) -> bool {
    let mut called = false;
    tokens.into_iter().any(|token| {
        let was_called = std::mem::take(&mut called);
        match token {
            TokenTree::Group(group) if was_called => *argument == group.stream().to_string(),
            TokenTree::Group(group) => calls_with(group.stream(), function, argument),
            TokenTree::Ident(ident) => {
                called = ident == function;
                false
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}

/// Whether a name is among the tokens, or in a string, which may be a format.
pub(crate) fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Literal(literal) => literal.to_string().contains(&name.unraw().to_string()),
        TokenTree::Punct(_) => false,
    })
}

/// Lets `visitor` edit the expressions in the call, if the macro is known and the call contains a loop.
pub(crate) fn visit(call: &mut Macro, named: &[Path], visitor: &mut dyn Visitor) {
    let Some(grammar) = grammar(&call.path, named).filter(|_| mentions_loop(call.tokens.clone()))
    else {
        return;
    };
    let tokens = call.tokens.clone();
    let edited = match grammar {
        Grammar::Expressions => expressions(tokens, visitor),
        Grammar::Matches => (|input: ParseStream| matches(input, visitor)).parse2(tokens),
        Grammar::Select => (|input: ParseStream| select(input, visitor)).parse2(tokens),
        Grammar::Any => list(tokens.clone(), visitor).or_else(|_| statements(tokens, visitor)),
    };
    if let Ok(edited) = edited {
        call.tokens = edited;
    }
}

fn list(tokens: TokenStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    let mut list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens)?;
    list.iter_mut()
        .for_each(|expr| visitor.visit_expr_mut(expr));
    Ok(list.into_token_stream())
}

fn expressions(tokens: TokenStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    if let Ok(edited) = list(tokens.clone(), visitor) {
        return Ok(edited);
    }
    let repeat = |input: ParseStream| {
        let mut tokens = edit(input, visitor)?;
        input.parse::<Token![;]>()?.to_tokens(&mut tokens);
        tokens.extend(edit(input, visitor)?); // of a `vec`: no constant
        Ok(tokens)
    };
    repeat.parse2(tokens)
}

fn statements(tokens: TokenStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    let stmts: Vec<Stmt> = Block::parse_within.parse2(tokens)?;
    let mut block = Block {
        brace_token: syn::token::Brace::default(),
        stmts,
    };
    visitor.visit_block_mut(&mut block);
    Ok(block.stmts.iter().map(ToTokens::to_token_stream).collect())
}

fn matches(input: ParseStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    let mut tokens = edit(input, visitor)?;
    tokens.extend(input.parse::<TokenStream>()?);
    Ok(tokens)
}

fn edit(input: ParseStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    let mut expr: Expr = input.parse()?;
    visitor.visit_expr_mut(&mut expr);
    Ok(expr.into_token_stream())
}

/// Both `tokio::select!` and `futures::select!`.
fn select(input: ParseStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    let mut tokens = TokenStream::new();
    if input.peek(Ident) && input.peek2(Token![;]) {
        input.parse::<Ident>()?.to_tokens(&mut tokens); // `biased`
        input.parse::<Token![;]>()?.to_tokens(&mut tokens);
    }
    while !input.is_empty() {
        if input.peek2(Token![=>]) {
            input.call(Ident::parse_any)?.to_tokens(&mut tokens); // `else`, `complete`, `default`
        } else {
            Pat::parse_multi_with_leading_vert(input)?.to_tokens(&mut tokens);
            input.parse::<Token![=]>()?.to_tokens(&mut tokens);
            tokens.extend(edit(input, visitor)?);
            if let Some(comma) = input.parse::<Option<Token![,]>>()? {
                comma.to_tokens(&mut tokens);
                input.parse::<Token![if]>()?.to_tokens(&mut tokens);
                tokens.extend(edit(input, visitor)?);
            }
        }
        input.parse::<Token![=>]>()?.to_tokens(&mut tokens);
        tokens.extend(handler(input, visitor)?);
        if let Some(comma) = input.parse::<Option<Token![,]>>()? {
            comma.to_tokens(&mut tokens);
        }
    }
    Ok(tokens)
}

/// Parses a handler. As in a match arm, a block ends it.
fn handler(input: ParseStream, visitor: &mut dyn Visitor) -> Result<TokenStream, Error> {
    if !input.peek(syn::token::Brace) {
        return edit(input, visitor);
    }
    let mut block: Block = input.parse()?;
    visitor.visit_block_mut(&mut block);
    Ok(block.into_token_stream())
}

/// Whether a fallback is a function of the trip: a closure, or `chain()..last(..)`.
pub(crate) fn takes_the_trip(fallback: &Expr) -> bool {
    match fallback {
        Expr::Closure(_) => true,
        Expr::MethodCall(call) if call.method == "last" => begins_chain(&call.receiver),
        _ => false,
    }
}

/// Whether this is `chain()`, under whatever path, with methods behind it.
fn begins_chain(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => begins_chain(&call.receiver),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => ends_in(&path.path, "chain"),
            _ => false,
        },
        _ => false,
    }
}
