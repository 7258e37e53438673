//! A future whose body stays where it was written: each of its awaits goes through the scope.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Block, Expr, ExprAsync, ExprClosure, ExprConst, FnArg, Ident, Item, PatIdent, Stmt};

use crate::emit::poll as emit;
use crate::emit::{Emit, parenthesized_at, q};
use crate::plan::{Cleanup, Guarded, Leave, Plan};
use crate::rewrite::strict;
use crate::syntax::awaits::are_in_sight;
use crate::syntax::calls;
use crate::syntax::function::{Function, is_foreign};
use crate::syntax::types::never;
use crate::syntax::walk::{self, Visitor};

/// Whether the body may stay in place. It may not if it has to be caught or called as a whole, or if something
/// other than an await in sight (a macro, or another attribute's work) may suspend it, because its scope would stay
/// on the thread's stack.
pub(crate) fn stay(plan: &Plan<'_>, future: &Guarded, function: &mut Function<'_>) -> bool {
    let leaves_in_sight = |body| !never(&future.output) && strict::leaves_in_sight(body);
    let is_polled_as_one = (plan.cleanup.as_ref())
        .is_some_and(|cleanup| !borrows_only(cleanup, function))
        || plan.policies.is_some()
        || matches!(plan.leave, Leave::Break | Leave::Cut);
    plan.budget.is_some()
        && !is_polled_as_one
        && !function.attrs.iter().any(is_foreign)
        && (future.body.find(function.block)).is_some_and(|body| {
            are_in_sight(body, plan.macros) && (!strict::may_be(plan) || leaves_in_sight(body))
        })
}

/// Whether the cleanup can stand beside the body. An awaited one has to wait for the body as a whole, since that may
/// panic. One that names an argument which the body may change needs the value that it had at the entry.
fn borrows_only(cleanup: &Cleanup<'_>, function: &Function<'_>) -> bool {
    let tokens = cleanup.call.to_token_stream();
    let is_named = |name: &Ident| calls::mentions(&tokens, name);
    !cleanup.is_async
        && function.sig.inputs.iter().all(|input| match input {
            FnArg::Receiver(receiver) => {
                receiver.mutability.is_none() || !is_named(&receiver.self_token.into())
            }
            FnArg::Typed(argument) => {
                let mut changed = Mutable(Vec::new());
                changed.visit_pat_mut(&mut (*argument.pat).clone());
                !changed.0.iter().any(is_named)
            }
        })
}

/// The names that a pattern binds so that they can be assigned to.
struct Mutable(Vec<Ident>);

impl Visitor for Mutable {
    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        if pat.mutability.is_some() {
            self.0.push(pat.ident.clone());
        }
        walk::pat_ident(self, pat);
    }
}

/// Whether nothing of the user's but durations is evaluated in front of the body, where items of the body are in scope
/// if that does not get a block of its own.
pub(crate) fn begins_plainly(plan: &Plan<'_>) -> bool {
    let is_granted = (plan.budget.as_ref()).is_some_and(|limits| limits.via_budget.is_some());
    plan.cleanup.is_none() && !is_granted
}

/// Whether the last expression of the block has no temporaries, so that our task may stand in front of it as a
/// local. Temporaries would be dropped after the task in one edition, and before it in the next.
pub(crate) fn ends_plainly(block: &Block) -> bool {
    fn is_plain(value: &Expr) -> bool {
        match value {
            Expr::Path(_) | Expr::Lit(_) => true,
            Expr::Call(call) => is_plain(&call.func) && call.args.iter().all(is_plain),
            Expr::Tuple(tuple) => tuple.elems.iter().all(is_plain),
            _ => false,
        }
    }
    match block.stmts.last() {
        Some(Stmt::Expr(value, None)) => is_plain(value),
        Some(Stmt::Macro(call)) => call.semi_token.is_some(),
        _ => true,
    }
}

/// Replaces the awaits of a body that stays in place.
pub(crate) fn replace(block: &mut Block, emit: &Emit<'_>) {
    Replacement(emit).visit_block_mut(block);
}

struct Replacement<'e>(&'e Emit<'e>);

impl Replacement<'_> {
    fn awaited(&self, expr: &Expr, discarded: bool) -> TokenStream {
        match expr {
            Expr::Await(awaited) => self.0.awaited(awaited, discarded),
            other => other.to_token_stream(),
        }
    }
}

impl Visitor for Replacement<'_> {
    /// If an await is a statement, the compiler checks whether its value is used.
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Expr(expr @ Expr::Await(_), semicolon) => {
                walk::expr(self, expr);
                let awaited = self.awaited(expr, semicolon.is_some());
                *expr = Expr::Verbatim(awaited);
            }
            Stmt::Local(local) => {
                if local
                    .init
                    .as_ref()
                    .is_some_and(|init| matches!(*init.expr, Expr::Await(_)))
                {
                    local.attrs.push(emit::allow_unit());
                }
                walk::stmt(self, stmt);
            }
            _ => walk::stmt(self, stmt),
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Try(tried) = expr {
            if let Expr::Await(_) = *tried.expr {
                walk::expr(self, &mut tried.expr);
                let awaited = self.awaited(&tried.expr, false);
                *tried.expr = Expr::Verbatim(parenthesized_at(&tried.expr, awaited));
                return;
            }
        }
        walk::expr(self, expr);
        if let Expr::Await(_) = expr {
            let awaited = self.awaited(expr, false);
            *expr = Expr::Verbatim(q!((#awaited)));
        }
    }

    // These are futures of their own, which an await of the body polls, or other functions.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
