//! Replaces loops by loops in strips.

use proc_macro2::{Span, TokenStream};
use syn::{AttrStyle, Attribute, ExprForLoop, ExprWhile};

use crate::emit::{self, Check, Mark, Position};
use crate::rewrite::loops::Instrument;
use crate::strips::counted;
use crate::strips::plain::{are_few, is_plain};
use crate::strips::strip;
use crate::syntax::function::is_on_loop;
use crate::syntax::walk::Visitor;

impl Instrument<'_> {
    /// Whether a loop may run in strips: not if iterations are counted, or if the loop says itself how often it is
    /// checked. An attribute inside the body (`#![allow(..)]`) has no place in front of what the loop becomes.
    fn may_strip(&self, attrs: &[Attribute]) -> bool {
        let stays =
            |attr: &Attribute| is_on_loop(attr) || matches!(attr.style, AttrStyle::Inner(_));
        !self.emit.counts() && !attrs.iter().any(stays)
    }

    /// The loop in strips, if it qualifies.
    pub(super) fn for_strips(&mut self, expr: &mut ExprForLoop) -> Option<TokenStream> {
        if self.names.is_none() || !self.may_strip(&expr.attrs) {
            return None;
        }
        if are_few(&expr.expr) && is_plain(&mut expr.body) {
            let check = self.check_of_strips("for", expr.for_token.span);
            let check = self.emit.check(check);
            self.visit_expr_mut(&mut expr.expr);
            return Some(emit::q!({ #check #expr }));
        }
        let mut strips = strip::of_for(expr, self.names.as_ref()?)?;
        for (_, base) in &mut strips.bases.of {
            self.visit_expr_mut(base);
        }
        let check = self.check_of_strips("for", expr.for_token.span);
        Some(self.emit.for_strips(&strips, expr, check))
    }

    /// The `while` in strips, if it qualifies.
    pub(super) fn while_strips(&mut self, expr: &mut ExprWhile) -> Option<TokenStream> {
        if !self.may_strip(&expr.attrs) {
            return None;
        }
        let counted = counted::of_while(expr, self.names.as_ref()?)?;
        let check = self.check_of_strips("while", expr.while_token.span);
        Some(self.emit.while_strips(&counted, expr, check))
    }

    fn check_of_strips(&mut self, kind: &'static str, span: Span) -> Check {
        self.want();
        self.leaves |= self.position == Position::Body;
        Check {
            mark: Mark::new(kind, span),
            position: self.position,
            every: None,
            fresh: false,
            turns: false,
        }
    }
}
