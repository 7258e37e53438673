//! Which `while` loops run in strips: those that count by one to a bound, which compilers vectorise or unroll.
//!
//! A strip is the user's loop with a nearer bound, so the bound is something that stays and that may be asked more or
//! less often. The counter meets the bound exactly: with `<=` or a larger step it could pass the largest integer and
//! begin again, in a strip that never ends. Other `while` loops have a check in each iteration.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprContinue, ExprLit, ExprWhile, Ident, Label, Lit, Pat, Stmt};

use crate::strips::names::Names;
use crate::strips::plain::is_plain;
use crate::strips::strip::redirect;
use crate::syntax::assigns::is_assigning;
use crate::syntax::calls;
use crate::syntax::walk::{self, Visitor};

/// A `while` that qualifies: `while at < bound { plain; counter += 1; }`, or down with `>` and `-=`.
pub(crate) struct CountedWhile {
    /// The counter, or a number ahead of it: `i + 1`.
    pub(crate) at: Expr,
    pub(crate) bound: Expr,
    pub(crate) is_up: bool,
    /// The label that the block around the loops takes over from the user's loop.
    pub(crate) outer: Option<Label>,
}

/// Takes a `while` apart, if it qualifies: each iteration moves an integer by one towards an integer that only grows or
/// stays, so a nearer bound ends the same loop earlier.
pub(crate) fn of_while(expr: &mut ExprWhile, names: &Names) -> Option<CountedWhile> {
    let Expr::Binary(cond) = &*expr.cond else {
        return None;
    };
    let is_up = match cond.op {
        BinOp::Lt(_) => true,
        BinOp::Gt(_) => false,
        _ => return None,
    };
    let (at, bound) = ((*cond.left).clone(), (*cond.right).clone());
    let counter = match &at {
        Expr::Binary(ahead)
            if matches!((&ahead.op, &*ahead.right), (BinOp::Add(_), Expr::Lit(_))) =>
        {
            variable(&ahead.left)?
        }
        at => variable(at)?,
    };
    let counts_itself = calls::any_ident(bound.to_token_stream(), &|of| of == counter);
    if counts_itself || !names.is_integer(counter) || !names.stays(&bound) {
        return None;
    }
    let mut moves = Moves {
        counter,
        bound: &bound,
        is_up,
        is_unsafe: names.is_unsafe(),
        steps: 0,
        only: true,
    };
    let always = expr.body.stmts.iter().any(|stmt| moves.is_step(stmt));
    moves.visit_block_mut(&mut expr.body);
    if !always || moves.steps != 1 || !moves.only || !is_plain(&mut expr.body) {
        return None;
    }
    // A bound of the user's own type may be above the counter's largest number, where there is no nearer bound. A body
    // that does not leave there overflows; one that does would not run.
    let leaves = |word: &Ident| word == "break" || word == "return";
    if !names.counts(&bound) && calls::any_ident(expr.body.to_token_stream(), &leaves) {
        return None;
    }
    let outer = redirect(&mut expr.label, &mut expr.body);
    Some(CountedWhile {
        at,
        bound,
        is_up,
        outer,
    })
}

fn variable(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

fn is_behind_a_pointer(place: &Expr) -> bool {
    match place {
        Expr::Unary(_) => true,
        Expr::Field(part) => is_behind_a_pointer(&part.base),
        Expr::Index(part) => is_behind_a_pointer(&part.expr),
        Expr::Paren(part) => is_behind_a_pointer(&part.expr),
        _ => false,
    }
}

/// Looks for anything else that moves the counter or the bound.
struct Moves<'c> {
    counter: &'c Ident,
    bound: &'c Expr,
    is_up: bool,
    is_unsafe: bool,
    steps: u32,
    only: bool,
}

impl Moves<'_> {
    /// Whether the statement is `counter += 1` or, down, `counter -= 1`.
    fn is_step(&self, stmt: &Stmt) -> bool {
        matches!(stmt, Stmt::Expr(expr, _) if self.steps(expr))
    }

    fn steps(&self, expr: &Expr) -> bool {
        let Expr::Binary(step) = expr else {
            return false;
        };
        let by_one = matches!(&*step.right, Expr::Lit(ExprLit { lit: Lit::Int(by), .. }) if by.base10_digits() == "1");
        let towards = match step.op {
            BinOp::AddAssign(_) => self.is_up,
            BinOp::SubAssign(_) => !self.is_up,
            _ => false,
        };
        by_one && towards && variable(&step.left) == Some(self.counter)
    }

    /// Whether the name is the counter's or in the bound.
    fn concerns(&self, name: &Ident) -> bool {
        name == self.counter || calls::any_ident(self.bound.to_token_stream(), &|of| of == name)
    }

    /// Whether an assignment to this place, or a borrow of it, may move the counter or the bound. In unsafe code a
    /// pointer to one of them may exist while the condition reads it.
    fn is_theirs(&self, place: &Expr) -> bool {
        match place {
            _ if self.is_unsafe && is_behind_a_pointer(place) => true,
            Expr::Index(_) => false,
            Expr::Field(part) => self.is_theirs(&part.base),
            Expr::Unary(part) => self.is_theirs(&part.expr),
            Expr::Tuple(parts) => parts.elems.iter().any(|part| self.is_theirs(part)),
            _ => calls::any_ident(place.to_token_stream(), &|name| self.concerns(name)),
        }
    }
}

impl Visitor for Moves<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let is_step = self.steps(expr);
        self.steps += u32::from(is_step);
        let moves = match expr {
            Expr::Assign(assign) => self.is_theirs(&assign.left),
            Expr::Binary(binary) if is_assigning(&binary.op) => {
                self.is_theirs(&binary.left) && !is_step
            }
            Expr::Reference(borrow) => borrow.mutability.is_some() && self.is_theirs(&borrow.expr),
            // That of a pointer; the one of a slice has two arguments.
            Expr::MethodCall(call) => {
                self.is_unsafe && call.method == "swap" && call.args.len() == 1
            }
            _ => false,
        };
        self.only &= !moves;
        walk::expr(self, expr);
    }

    /// It may be in front of the step.
    fn visit_expr_continue_mut(&mut self, _: &mut ExprContinue) {
        self.only = false;
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Ident(pat) = pat {
            self.only &= !self.concerns(&pat.ident);
        }
        walk::pat(self, pat);
    }
}
