//! Every path into `guard_runtime::__private` that an expansion contains. Decides nothing.
//!
//! All tokens are bound at `mixed_site`: locals cannot meet the user's, and lints that spare code
//! from other crates' macros spare this.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Block, Expr, Ident, Stmt};

use crate::analyze::{Leave, Limits, Plan};
use crate::args::Timeout;

macro_rules! q {
    ($($tokens:tt)*) => { quote_spanned!(Span::mixed_site()=> $($tokens)*) };
}

/// Quotes for one function.
pub(crate) struct Emit<'p> {
    plan: &'p Plan<'p>,
    /// `::guard_runtime::__private`
    private: TokenStream,
}

/// A keyword and where it stands: what an error names.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) kind: &'static str,
    pub(crate) span: Span,
}

/// A statement that is only printed.
pub(crate) fn statement(tokens: TokenStream) -> Stmt {
    Stmt::Expr(Expr::Verbatim(tokens), None)
}

impl<'p> Emit<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>) -> Self {
        let private = match plan.root {
            Some(root) => q!(#root::__private),
            None => q!(::guard_runtime::__private),
        };
        Self { plan, private }
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
        let (line, column) = (u32::try_from(line).unwrap_or(0), u32::try_from(column).unwrap_or(0));
        q!(#private::file!(), #line, #column)
    }

    fn at(&self, mark: Mark) -> TokenStream {
        let (private, kind, place) = (&self.private, mark.kind, self.place(mark.span));
        q!(&const { #private::At::new(#kind, #place) })
    }

    /// Opens the scope, and looks whether a budget is spent already.
    pub(crate) fn enter(&self, limits: &Limits<'_>, function: &Ident) -> TokenStream {
        let private = &self.private;
        let name = match self.plan.name {
            Some(name) => q!(#name),
            None => {
                let function = function.to_string();
                q!(#private::concat!(#private::module_path!(), "::", #function))
            }
        };
        let place = self.place(function.span());
        let nanos = match limits.timeout {
            Some(Timeout::Nanos(nanos)) => q!(#nanos),
            Some(Timeout::Expr(expr)) => q!(#private::nanos(#expr)),
            None => q!(#private::u64::MAX),
        };
        let count = limits.iterations.map(|expr| {
            q!(let __limit = #private::Count::count(#expr); let mut __left = __limit;)
        });
        let tick = self.tick(Mark { kind: "fn", span: function.span() }, true);
        q! {
            #count
            let (__scope, mut __seen) = {
                static __SITE: #private::Site = #private::Site::new(#name, #place);
                #private::enter(&__SITE, #nanos)
            };
            if __seen.is_stale() {
                #tick
            }
        }
    }

    /// The state of checks where no scope is opened.
    pub(crate) fn inherit(&self) -> TokenStream {
        let private = &self.private;
        q!(let mut __seen = #private::inherit();)
    }

    /// The check at the head of a loop's body.
    pub(crate) fn check(&self, mark: Mark) -> TokenStream {
        let private = &self.private;
        let tick = self.tick(mark, false);
        let due = q!(if #private::due(__seen) { #tick });
        if self.plan.budget.as_ref().is_none_or(|limits| limits.iterations.is_none()) {
            return due;
        }
        let (at, leave) = (self.at(mark), self.leave(false));
        q! {
            if __left == 0 {
                let __tripped = #private::spend(&__scope, __limit, #at);
                #leave
            }
            __left -= 1;
            #due
        }
    }

    /// The cold path of a check.
    fn tick(&self, mark: Mark, entry: bool) -> TokenStream {
        let (private, at, leave) = (&self.private, self.at(mark), self.leave(entry));
        q! {
            match #private::tick(#at) {
                #private::Result::Ok(__now) => __seen = __now,
                #private::Result::Err(__tripped) => { #leave }
            }
        }
    }

    /// Leaves with `__tripped`.
    fn leave(&self, entry: bool) -> TokenStream {
        let private = &self.private;
        match &self.plan.leave {
            Leave::Probe(ty) => {
                // A missing `From` is reported at the return type.
                let leave = Ident::new("leave", Span::mixed_site().located_at(ty.span()));
                q!(return #private::Probe::<#ty>::new().#leave(__tripped);)
            }
            Leave::Error => q!(return #private::Result::Err(#private::FromTripped::from_tripped(__tripped));),
            Leave::Panic => q!(#private::panic(__tripped)),
            // There is no loop to break at the entry; the first one will notice.
            Leave::Break if entry => q!(_ = __tripped;),
            Leave::Break => q!(#private::broken(__tripped); break;),
            Leave::Fallback(_) => q!(break '__tripped __tripped;),
        }
    }

    /// ```text
    /// { body }   =>   { let __tripped = '__tripped: { enter; return { body }; }; fallback }
    /// ```
    /// The fallback sees the arguments and nothing of the body, when scope and locals are gone.
    pub(crate) fn with_fallback(&self, enter: &TokenStream, body: &Block, diverges: bool) -> Option<TokenStream> {
        let Leave::Fallback(fallback) = &self.plan.leave else { return None };
        let private = &self.private;
        let value = match fallback {
            Expr::Closure(_) => q!(#private::Fallback::with(__tripped, #fallback)),
            _ => q!(#fallback),
        };
        let run = if diverges { q!(#body) } else { q!(return #body;) };
        Some(q! {
            let __tripped = '__tripped: { #enter #run };
            #value
        })
    }
}
