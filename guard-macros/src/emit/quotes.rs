//! What all quotes are made of: hygiene, places, braces.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Expr, Stmt};

use crate::plan::Plan;

macro_rules! q {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*) };
}
pub(crate) use q;

/// Quotes for one function.
pub(crate) struct Emit<'p> {
    pub(crate) plan: &'p Plan<'p>,
    /// `::guard_runtime::__private`
    pub(crate) private: TokenStream,
    /// Whether iterations are counted in the frame, where closures can reach the count.
    pub(crate) shared_count: bool,
    /// Whether this is for loops that run while the scope is not open, so that their iterations are not counted.
    pub(crate) outside: bool,
    /// Whether the future's body stays in place, so that its awaits go through its scope.
    pub(crate) in_place: bool,
}

impl<'p> Emit<'p> {
    /// `in_closures`: whether closures or `async` blocks of the function have loops.
    pub(crate) fn new(plan: &'p Plan<'p>, in_closures: bool) -> Self {
        let private = match plan.runtime {
            Some(runtime) => q!(#runtime::__private),
            None => q!(::guard_runtime::__private),
        };
        let shared = in_closures || plan.future.is_some();
        let mut emit = Self {
            plan,
            private,
            shared_count: false,
            outside: false,
            in_place: false,
        };
        emit.shared_count = shared && emit.counts();
        emit
    }

    /// Whether every iteration is counted.
    pub(crate) fn counts(&self) -> bool {
        let limits = self.plan.budget.as_ref();
        limits.is_some_and(|limits| {
            let budget = limits.via_budget.as_ref().and_then(|it| it.budget);
            limits.iterations.or(budget).is_some()
        })
    }

    /// Whether loops yield to other tasks, where they can.
    pub(crate) fn yields(&self) -> bool {
        let limits = self.plan.budget.as_ref();
        limits.is_some_and(|limits| limits.yield_every.is_some())
    }

    /// See [`blaming`].
    pub(crate) fn blaming(&self, cause: &impl ToTokens) -> (TokenStream, Span) {
        blaming(&self.private, cause)
    }
}

/// `private` located where the cause begins, and the place where the cause ends: the compiler reports an error
/// between the two at the whole cause.
pub(crate) fn blaming(private: &TokenStream, cause: &impl ToTokens) -> (TokenStream, Span) {
    let (first, last) = ends(cause);
    let at_first = |mut token: TokenTree| {
        token.set_span(token.span().located_at(first));
        token
    };
    let private = private.clone().into_iter().map(at_first).collect();
    (private, last)
}

/// Where these tokens begin and end.
pub(crate) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut places = tokens
        .to_token_stream()
        .into_iter()
        .map(|token| token.span());
    let first = places.next().unwrap_or_else(Span::mixed_site);
    let last = places.last().unwrap_or(first);
    let at = |place| Span::mixed_site().located_at(place);
    (at(first), at(last))
}

/// A statement that is only printed.
pub(crate) fn statement(tokens: TokenStream) -> Stmt {
    Stmt::Expr(Expr::Verbatim(tokens), None)
}

/// `{ declarations; value }`
pub(crate) fn block(declarations: &TokenStream, value: &Expr) -> Expr {
    Expr::Verbatim(q!({ #declarations #value }))
}

/// The block in the user's braces, because the edition of the braces decides whether the temporaries of its last
/// expression are dropped before its locals or after them. A block on one line and without locals gets our braces,
/// because a lint would call the user's unnecessary.
pub(crate) fn braced(block: &Block) -> TokenStream {
    let places = block.brace_token.span;
    let one_line = places.open().start().line == places.close().end().line;
    match block.stmts.as_slice() {
        _ if !one_line => block.to_token_stream(),
        [only @ Stmt::Expr(_, None)] => q!({ #only }),
        _ => block.to_token_stream(),
    }
}

/// The body as the last expression of our own block. The temporaries of its last expression are dropped at the end
/// of the match arm: before the locals in front of it, just as they are dropped before a function's arguments.
pub(crate) fn run(body: &Block) -> TokenStream {
    let body = braced(body);
    q!(match () { () => #body })
}

/// The tokens in the user's braces: coverage looks for the regions of a closure in the file of its braces.
pub(crate) fn in_braces_of(body: &Block, tokens: TokenStream) -> TokenStream {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(body.brace_token.span.join());
    TokenTree::Group(group).into()
}

/// The tokens in parentheses that begin where the user's expression begins: lints report what a `?` behind them yields.
pub(crate) fn parenthesized_at(begin: &impl ToTokens, tokens: TokenStream) -> TokenStream {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(first(begin));
    TokenTree::Group(group).into()
}

/// Where these tokens begin, with the user's hygiene.
pub(super) fn first(tokens: &impl ToTokens) -> Span {
    match tokens.to_token_stream().into_iter().next() {
        Some(TokenTree::Group(group)) => group.span_open(),
        Some(token) => token.span(),
        None => Span::mixed_site(),
    }
}
