//! Places in source code, and the site of a scope.

use crate::args::value::OnOverdue;
use proc_macro2::{Literal, Span, TokenStream};
use syn::Ident;

use crate::emit::{Emit, q};

/// A keyword and its position: what an error names.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) kind: &'static str,
    pub(crate) span: Span,
}

impl Mark {
    pub(crate) fn new(kind: &'static str, span: Span) -> Self {
        Self { kind, span }
    }

    /// The mark of a check at the entry of a function.
    pub(crate) fn entry(function: &Ident) -> Self {
        Self::new("fn", function.span())
    }
}

impl Emit<'_> {
    /// `file, line, column` of a token.
    pub(crate) fn place(&self, span: Span) -> TokenStream {
        let (private, rest) = (&self.private, self.line_and_column(span));
        q!(#private::file!(), #rest)
    }

    /// `line, column` of a token.
    pub(crate) fn line_and_column(&self, span: Span) -> TokenStream {
        let private = &self.private;
        let start = span.start();
        let (line, column) = (start.line, start.column + 1);
        if line == 0 {
            // Before Rust 1.88 a macro cannot ask where a token is; these macros give the place of the attribute.
            return q!(#private::line!(), #private::column!());
        }
        let (line, column) = (
            Literal::usize_unsuffixed(line),
            Literal::usize_unsuffixed(column),
        );
        q!(#line, #column)
    }

    /// A reference to the place, in a constant.
    pub(crate) fn at(&self, mark: Mark) -> TokenStream {
        let (private, kind, place) = (&self.private, mark.kind, self.place(mark.span));
        q!(&const { #private::At::new(#kind, #place) })
    }

    /// The scope's name.
    pub(crate) fn name(&self, function: &Ident) -> TokenStream {
        let private = &self.private;
        match self.plan.name {
            Some(name) => q!(#name),
            None => {
                let function = function.to_string();
                q!(#private::concat!(#private::module_path!(), "::", #function))
            }
        }
    }

    /// The static with the scope's name and place. `within`: its time limit, if that is always the same.
    pub(crate) fn site(&self, function: &Ident, within: Option<&TokenStream>) -> TokenStream {
        let private = &self.private;
        let name = self.name(function);
        let place = self.place(function.span());
        // Without a fixed limit it has a frame in any mode.
        let framed = self.plan.framed.then(|| q!(.framed()));
        let within = within.map(|nanos| q!(.within(#nanos) #framed));
        let options = self.options();
        q!(static __LOOP_GUARD_SITE: #private::Site = #private::Site::new(#name, #place) #within #options;)
    }

    /// Settings that few sites have.
    fn options(&self) -> Option<TokenStream> {
        let (private, limits) = (&self.private, self.plan.budget.as_ref()?);
        let warn_at = limits.warn_at.map(|share| q!(.warn_at(#share)));
        let on_overdue = match limits.on_overdue {
            Some(OnOverdue::Restart) => Some(q!(.on_overdue(#private::OnOverdue::Restart))),
            Some(OnOverdue::Abort) => Some(q!(.on_overdue(#private::OnOverdue::Abort))),
            Some(OnOverdue::Report) | None => None,
        };
        let pauses = limits.ignores_pauses.then(|| q!(.ignore_pauses()));
        Some(q!(#warn_at #on_overdue #pauses))
    }
}
