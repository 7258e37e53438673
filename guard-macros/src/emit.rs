//! Every path into `guard_runtime::__private` that an expansion contains. Decides nothing.
//!
//! All tokens are bound at `mixed_site`: locals cannot meet the user's, and lints that spare code
//! from other crates' macros spare this.

pub(crate) mod exit;
pub(crate) mod poll;
pub(crate) mod weave;

use std::cell::Cell;

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Attribute, Block, Expr, Ident, Path, ReturnType, Stmt, Type};

use crate::analyze::{Leave, Limits, Plan};
use crate::args::Timeout;
use crate::syntax::walk::{self, Visitor};

macro_rules! q {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*) };
}
pub(crate) use q;

/// Quotes for one function.
pub(crate) struct Emit<'p> {
    pub(crate) plan: &'p Plan<'p>,
    /// `::guard_runtime::__private`
    pub(crate) private: TokenStream,
    /// Iterations are counted in the frame, where closures can reach the count.
    pub(crate) shared_count: bool,
    /// A check was written that leaves to the fallback from outside closures.
    pub(crate) falls_back: Cell<bool>,
}

/// A keyword and where it stands: what an error names.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) kind: &'static str,
    pub(crate) span: Span,
}

/// What a check needs to know of its loop.
#[derive(Clone, Copy)]
pub(crate) struct Check {
    pub(crate) mark: Mark,
    pub(crate) place: Place,
    /// The number of its counter, and the iterations between two checks.
    pub(crate) every: Option<(u32, u32)>,
    /// What was seen last is read from the thread, and not from a local.
    pub(crate) fresh: bool,
    /// The task yields here when its turn is over.
    pub(crate) turns: bool,
}

/// From where a trip has to leave.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Entry,
    Body,
    Closure,
}

/// The counters of loops with `every`.
pub(crate) fn counters(numbers: impl Iterator<Item = u32>) -> TokenStream {
    numbers
        .map(counter)
        .map(|name| q!(let mut #name = 0u32;))
        .collect()
}

/// `let pattern = argument;`
pub(crate) fn rebind(attrs: &[Attribute], pat: &impl ToTokens, argument: &Ident) -> TokenStream {
    q!(#(#attrs)* let #pat = #argument;)
}

/// `let argument = argument;`, which may have to be `mut`.
pub(crate) fn rebind_whole(
    conditions: &[Attribute],
    argument: &Ident,
    mutable: bool,
) -> TokenStream {
    let mutable = mutable.then(|| q!(mut));
    rebind(conditions, &q!(#mutable #argument), argument)
}

/// Has a closure capture the whole variable.
pub(crate) fn mention(variable: impl ToTokens) -> TokenStream {
    q!(let _ = &#variable;)
}

/// `let pattern = argument;`, where the fallback may use but a part of it.
pub(crate) fn rebind_for_fallback(
    conditions: &[Attribute],
    pat: &impl ToTokens,
    argument: &Ident,
) -> TokenStream {
    q!(#(#conditions)* #[allow(unused_variables, unused_mut)] let #pat = #argument;)
}

/// A name for an argument that is a pattern.
pub(crate) fn argument(index: usize) -> Ident {
    format_ident!("__argument_{index}", span = Span::mixed_site())
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

/// The same name, which the user's code does not see; another if it could be one of ours already.
pub(crate) fn ours(name: &Ident, index: usize) -> Ident {
    if name.to_string().starts_with("__") {
        return argument(index);
    }
    let mut ours = name.clone();
    ours.set_span(Span::mixed_site().located_at(name.span()));
    ours
}

/// The block in the user's braces: by their edition the temporaries of its last expression are dropped
/// before its locals or after them. In braces of ours where there are no locals: a lint would find
/// the user's unnecessary where we put them, on one line.
pub(crate) fn braced(block: &Block) -> TokenStream {
    let places = block.brace_token.span;
    let one_line = places.open().start().line == places.close().end().line;
    match block.stmts.as_slice() {
        _ if !one_line => block.to_token_stream(),
        [only @ Stmt::Expr(_, None)] => q!({ #only }),
        _ => block.to_token_stream(),
    }
}

/// `return { body };`: then nothing of the body is left, temporaries of its last expression included.
pub(crate) fn run(body: &Block, diverges: bool) -> TokenStream {
    let body = braced(body);
    if diverges {
        q!(#body)
    } else {
        q!(return #body;)
    }
}

/// `{ declarations; value }`
pub(crate) fn block(declarations: &TokenStream, value: &Expr) -> Expr {
    Expr::Verbatim(q!({ #declarations #value }))
}

/// A statement that is only printed.
pub(crate) fn statement(tokens: TokenStream) -> Stmt {
    Stmt::Expr(Expr::Verbatim(tokens), None)
}

/// `private` where these tokens begin, and the span where they end.
pub(crate) fn blaming(private: &TokenStream, cause: &impl ToTokens) -> (TokenStream, Span) {
    let (first, last) = ends(cause);
    let at_first = |mut token: TokenTree| {
        token.set_span(token.span().located_at(first));
        token
    };
    let private = private.clone().into_iter().map(at_first).collect();
    (private, last)
}

/// A duration in nanoseconds.
pub(crate) fn nanos(private: &TokenStream, timeout: &Timeout) -> TokenStream {
    match timeout {
        Timeout::Nanos(nanos) => grouped(*nanos),
        Timeout::Expr(expr) => {
            let (private, end) = blaming(private, expr);
            quote_spanned!(end=> #private::nanos(#expr))
        }
    }
}

impl<'p> Emit<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>, in_closures: bool) -> Self {
        let private = match plan.root {
            Some(root) => q!(#root::__private),
            None => q!(::guard_runtime::__private),
        };
        let counts = plan
            .budget
            .as_ref()
            .is_some_and(|limits| limits.iterations.is_some());
        Self {
            plan,
            private,
            shared_count: counts && in_closures,
            falls_back: Cell::new(false),
        }
    }

    pub(crate) fn macros(&self) -> &'p [Path] {
        self.plan.macros
    }

    /// `private` where these tokens of the user's begin, and the span where they end: what stands
    /// from the one to the other is reported at all of them.
    pub(crate) fn blaming(&self, cause: &impl ToTokens) -> (TokenStream, Span) {
        blaming(&self.private, cause)
    }

    /// `file, line, column` of a token.
    fn place(&self, span: Span) -> TokenStream {
        let private = &self.private;
        let start = span.start();
        let (line, column) = (start.line, start.column + 1);
        if line == 0 {
            // Before Rust 1.88 a macro is not told where a token stands; this is the attribute.
            return q!(#private::file!(), #private::line!(), #private::column!());
        }
        let (line, column) = (
            Literal::usize_unsuffixed(line),
            Literal::usize_unsuffixed(column),
        );
        q!(#private::file!(), #line, #column)
    }

    pub(crate) fn at(&self, mark: Mark) -> TokenStream {
        let (private, kind, place) = (&self.private, mark.kind, self.place(mark.span));
        q!(&const { #private::At::new(#kind, #place) })
    }

    /// The scope's name and place, in a static, and its time limit if that is always the same.
    pub(crate) fn site(&self, function: &Ident, within: Option<&TokenStream>) -> TokenStream {
        let private = &self.private;
        let name = match self.plan.name {
            Some(name) => q!(#name),
            None => {
                let function = function.to_string();
                q!(#private::concat!(#private::module_path!(), "::", #function))
            }
        };
        let place = self.place(function.span());
        let within = within.map(|nanos| q!(.within(#nanos)));
        q!(static __LOOP_GUARD_SITE: #private::Site = #private::Site::new(#name, #place) #within;)
    }

    /// A number of nanoseconds.
    pub(crate) fn nanos(&self, timeout: Option<&Timeout>) -> TokenStream {
        let private = &self.private;
        match timeout {
            Some(timeout) => nanos(private, timeout),
            None => q!(#private::u64::MAX),
        }
    }

    /// `let __limit = ..;`, if iterations are counted.
    pub(crate) fn limit(&self, limits: &Limits<'_>) -> Option<TokenStream> {
        let expr = limits.iterations?;
        Some(match unsuffixed(expr) {
            Some(number) => {
                let number = grouped(number);
                q!(let __limit = #number;)
            }
            None => {
                let (private, end) = self.blaming(expr);
                let count = quote_spanned!(end=> #private::Count::count(#expr));
                q!(let __limit = #count;)
            }
        })
    }

    /// Opens the scope, and leaves if a budget is spent already.
    pub(crate) fn enter(&self, limits: &Limits<'_>, function: &Ident) -> TokenStream {
        let (nanos, limit) = (self.nanos(limits.timeout), self.limit(limits));
        let (within, entry) = match limits.timeout {
            Some(Timeout::Expr(_)) => (None, q!(__LOOP_GUARD_SITE.once(#nanos))),
            _ => (Some(&nanos), q!(__LOOP_GUARD_SITE.always(#nanos))),
        };
        let site = self.site(function, within);
        if self.shared_count {
            let open = self.open(&entry, None);
            return q!(#site #limit #open __scope.allow(__limit););
        }
        let left = limit.is_some().then(|| q!(let mut __left = __limit;));
        let open = self.open(&entry, Some(&site));
        q!(#limit #left #open)
    }

    /// ```text
    /// let (__scope, mut __seen) = match { site; enter(entry) } { Ok(open) => open, Err(tripped) => leave };
    /// ```
    fn open(&self, entry: &TokenStream, site: Option<&TokenStream>) -> TokenStream {
        let private = &self.private;
        let open = match &self.plan.leave {
            Leave::Panic => q!({ #site #private::enter_or_panic(#entry) }),
            // There is no loop to break at the entry; the first one will notice.
            Leave::Break => q!({ #site #private::open(#entry) }),
            Leave::Probe(ty) => {
                let (blamed, end) = self.blaming(ty);
                let enter = quote_spanned!(end=> #blamed::Probe::<#ty>::new().enter(#entry));
                q! {
                    match { #site #enter } {
                        #private::Result::Ok(__open) => __open,
                        #private::Result::Err(__out) => return __out,
                    }
                }
            }
            _ => {
                let leave = self.leave(Place::Entry, false);
                q! {
                    match { #site #private::enter(#entry) } {
                        #private::Result::Ok(__open) => __open,
                        #private::Result::Err(__tripped) => { #leave }
                    }
                }
            }
        };
        q!(let (__scope, mut __seen) = #open;)
    }

    /// The state of checks where no scope is opened.
    pub(crate) fn inherit(&self) -> TokenStream {
        let private = &self.private;
        q!(let mut __seen = #private::inherit();)
    }

    /// A check at the entry of a function that opens no scope.
    pub(crate) fn look(&self, function: &Ident) -> TokenStream {
        let private = &self.private;
        let tick = self.tick(entry(function), Place::Entry, false);
        let declare = self.inherit();
        q!(#declare if #private::due(__seen) { #tick })
    }

    /// The check at the head of a loop's body.
    pub(crate) fn check(&self, check: Check) -> TokenStream {
        let private = &self.private;
        let tick = self.tick(check.mark, check.place, check.fresh);
        let seen = if check.fresh {
            q!(#private::inherit())
        } else {
            q!(__seen)
        };
        let turn = check.turns.then(|| q!(#private::turn().await;));
        let mut due = q!(if #private::due(#seen) { #tick #turn });
        if let Some((number, every)) = check.every {
            let name = counter(number);
            due = q! {
                if #name == 0 {
                    #name = #every;
                    #due
                }
                #name -= 1;
            };
        }
        let count = self.count(check);
        q!(#count #due)
    }

    /// Whether loops yield, where they can.
    pub(crate) fn yields(&self) -> bool {
        (self.plan.budget.as_ref()).is_some_and(|limits| limits.every.is_some())
    }

    /// Whether every iteration is counted.
    pub(crate) fn counts(&self) -> bool {
        self.plan
            .budget
            .as_ref()
            .is_some_and(|limits| limits.iterations.is_some())
    }

    /// Counts one iteration.
    fn count(&self, check: Check) -> Option<TokenStream> {
        self.plan.budget.as_ref()?.iterations?;
        let (private, at) = (&self.private, self.at(check.mark));
        let leave = self.leave(check.place, check.fresh);
        if self.shared_count {
            return Some(q! {
                if let #private::Option::Some(__tripped) = #private::count(&__LOOP_GUARD_SITE, #at) {
                    #leave
                }
            });
        }
        Some(q! {
            if __left == 0 {
                let __tripped = #private::spend(&__scope, __limit, #at);
                #leave
            }
            __left = __left.saturating_sub(1);
        })
    }

    /// The cold path of a check.
    pub(crate) fn tick(&self, mark: Mark, place: Place, fresh: bool) -> TokenStream {
        let (private, at) = (&self.private, self.at(mark));
        let fine = if fresh {
            q!(#private::Result::Ok(_) => {})
        } else {
            q!(#private::Result::Ok(__now) => __seen = __now,)
        };
        match &self.plan.leave {
            Leave::Probe(ty) if place != Place::Closure => {
                let (blamed, end) = self.blaming(ty);
                let look = quote_spanned!(end=> #blamed::Probe::<#ty>::new().look(#at));
                return q! {
                    match #look {
                        #fine
                        #private::Result::Err(__out) => return __out,
                    }
                };
            }
            Leave::Panic if place != Place::Closure && fresh => {
                return q!(_ = #private::look(#at););
            }
            Leave::Panic if place != Place::Closure => {
                return q!(__seen = #private::look(#at););
            }
            _ => {}
        }
        let leave = self.leave(place, fresh);
        q! {
            match #private::tick(#at) {
                #fine
                #private::Result::Err(__tripped) => { #leave }
            }
        }
    }
}

/// The place of a check at the entry.
pub(crate) fn entry(function: &Ident) -> Mark {
    Mark {
        kind: "fn",
        span: function.span(),
    }
}

/// The number, if the expression is one that leaves its type open.
fn unsuffixed(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Group(group) => unsuffixed(&group.expr),
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(int),
            ..
        }) if int.suffix().is_empty() => int.base10_parse().ok(),
        _ => None,
    }
}

/// The number as a person would write it.
fn grouped(number: u64) -> TokenStream {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push('_');
        }
        text.push(digit);
    }
    text.push_str("_u64");
    text.parse().unwrap_or_else(|_| q!(#number))
}

fn counter(number: u32) -> Ident {
    format_ident!("__every_{number}", span = Span::mixed_site())
}

/// The type, with `_` for each `impl Trait`.
pub(crate) fn nameable(output: &ReturnType) -> ReturnType {
    struct Infer;
    impl Visitor for Infer {
        fn as_dyn(&mut self) -> &mut dyn Visitor {
            self
        }

        fn visit_type_mut(&mut self, ty: &mut Type) {
            if matches!(ty, Type::ImplTrait(_)) {
                *ty = Type::Verbatim(q!(_));
            }
            walk::ty(self, ty);
        }
    }
    let mut output = output.clone();
    Infer.visit_return_type_mut(&mut output);
    output
}
