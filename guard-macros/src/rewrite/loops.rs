//! The visitor that puts a check at the head of every loop. Reports no error.

use proc_macro2::TokenStream;
use syn::{Attribute, Block, Expr, ExprClosure, ExprForLoop, ExprLoop, ExprWhile, Item, Pat};

use crate::args::pace::{Pace, paced as paced_by};
use crate::emit::check::counters;
use crate::emit::{self, Check, Emit, Mark, Position, statement};
use crate::plan::{Leave, Plan};
use crate::rewrite::constants;
use crate::strips::names::Names;
use crate::syntax::awaits;
use crate::syntax::calls;
use crate::syntax::function::{is_on_loop, without_ours};
use crate::syntax::walk::{self, Visitor};

fn while_kind(expr: &ExprWhile) -> &'static str {
    if matches!(*expr.cond, Expr::Let(_)) {
        "while let"
    } else {
        "while"
    }
}

/// Whether the local `__seen` is declared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SeenLocal {
    Absent,
    /// A loop of the current statement needs it.
    Wanted,
    Declared,
}

pub(crate) struct Instrument<'p> {
    pub(crate) emit: Emit<'p>,
    seen: SeenLocal,
    pub(crate) position: Position,
    /// The number of loops with `every` so far, for the names of their counters.
    paced: u32,
    /// What is known about the names that the function binds; empty if no loop may run in strips.
    pub(crate) names: Option<Names>,
    /// Whether loops may await, and continue on another thread: the epoch seen last is then read from the thread,
    /// and not from a local.
    pub(crate) awaits: bool,
    /// Whether a check was written that leaves from outside closures.
    pub(crate) leaves: bool,
}

impl<'p> Instrument<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>, in_closures: bool) -> Self {
        let apart = plan.policies.is_some();
        let emit = Emit::new(plan, in_closures || apart);
        let declared = plan.budget.is_some() && plan.future.is_none() && !apart;
        Self {
            seen: if declared {
                SeenLocal::Declared
            } else {
                SeenLocal::Absent
            },
            position: Position::Body,
            paced: 0,
            names: (!emit.yields() && !plan.crowded).then(Names::default),
            awaits: plan.future.is_some(),
            leaves: false,
            emit,
        }
    }
}

impl Instrument<'_> {
    /// The body becomes a closure or a future inside policies, if there are any. It is left by `return` unless a
    /// fallback stands outside: then its trips unwind to the boundary that policies have.
    pub(crate) fn in_policies(&mut self) {
        let outside = matches!(self.emit.plan.leave, Leave::Fallback(_));
        if self.emit.plan.policies.is_some() && outside {
            self.position = Position::Closure;
        }
    }

    /// `{ body }   =>   { check; body }`. `waits`: the loop may await outside its body.
    fn check(&mut self, mark: Mark, attrs: &mut Vec<Attribute>, body: &mut Block, waits: bool) {
        let paced = attrs.iter().find(|attribute| is_on_loop(attribute));
        let paced = paced.and_then(|attribute| paced_by(attribute).ok());
        without_ours(attrs);
        let condition = paced.as_ref().and_then(|paced| paced.condition.as_ref());
        let pace = paced.as_ref().map(|paced| paced.pace);
        if pace == Some(Pace::Skip) && condition.is_none() {
            return self.visit_block_mut(body);
        }
        let turns = self.emit.yields() && self.position == Position::Body;
        let fresh =
            self.awaits && (turns || waits || awaits::in_block(body, self.emit.plan.macros));
        if fresh {
            self.visit_block_mut(body);
        } else {
            self.want();
            let outer = std::mem::replace(&mut self.seen, SeenLocal::Declared);
            self.visit_block_mut(body);
            self.seen = outer;
        }
        self.leaves |= self.position == Position::Body;
        let every = match pace {
            Some(Pace::Every(every)) => {
                self.paced += 1;
                Some((self.paced, every))
            }
            _ => None,
        };
        let check = Check {
            mark,
            position: self.position,
            every,
            fresh,
            turns,
        };
        let mut tokens = match pace {
            Some(Pace::Skip) => TokenStream::new(),
            _ => self.emit.check(check),
        };
        if let Some(condition) = condition {
            let usual = self.emit.check(Check {
                every: None,
                ..check
            });
            tokens = emit::q!(#[cfg(#condition)] { #tokens } #[cfg(not(#condition))] { #usual });
        }
        body.stmts.insert(0, statement(tokens));
    }

    /// Visits code that runs when somebody else calls or polls it.
    fn inside<T>(&mut self, awaits: bool, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.position, self.seen, self.awaits);
        (self.position, self.seen, self.awaits) = (Position::Closure, SeenLocal::Absent, awaits);
        let result = visit(self);
        (self.position, self.seen, self.awaits) = outer;
        result
    }

    /// Visits a value that somebody else asks for, and puts what its loops need in front of it.
    fn value_apart(&mut self, awaits: bool, value: &mut Expr) {
        let declaration = self.inside(awaits, |it| {
            let paced = it.paced;
            it.visit_expr_mut(value);
            it.declaration(paced)
        });
        if !declaration.is_empty() {
            *value = emit::block(&declaration, value);
        }
    }

    pub(super) fn want(&mut self) {
        if self.seen == SeenLocal::Absent {
            self.seen = SeenLocal::Wanted;
        }
    }

    pub(crate) fn declaration(&self, paced: u32) -> TokenStream {
        let mut tokens = counters(paced + 1..=self.paced);
        if self.seen == SeenLocal::Wanted {
            tokens.extend(self.emit.inherit());
        }
        tokens
    }
}

impl Visitor for Instrument<'_> {
    /// If no scope is opened, `__seen` is declared right before the statement with the outermost loop: a function
    /// that returns before its loop pays nothing.
    fn visit_block_mut(&mut self, block: &mut Block) {
        let outer = self.seen;
        let mut index = 0;
        while index < block.stmts.len() {
            let paced = self.paced;
            if self.seen == SeenLocal::Wanted {
                self.seen = SeenLocal::Absent;
            }
            self.visit_stmt_mut(&mut block.stmts[index]);
            let declaration = self.declaration(paced);
            if !declaration.is_empty() {
                block.stmts.insert(index, statement(declaration));
                index += 1;
            }
            // The statements behind it see the declaration. Across an await it would become part of the future.
            if self.seen == SeenLocal::Wanted && !self.awaits {
                self.seen = SeenLocal::Declared;
            }
            index += 1;
        }
        self.seen = outer;
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut ExprLoop) {
        let mark = Mark::new("loop", expr.loop_token.span);
        self.check(mark, &mut expr.attrs, &mut expr.body, false);
    }

    fn visit_expr_while_mut(&mut self, expr: &mut ExprWhile) {
        self.visit_expr_mut(&mut expr.cond);
        let mark = Mark::new(while_kind(expr), expr.while_token.span);
        let waits = self.awaits && awaits::in_expr(&mut expr.cond, self.emit.plan.macros);
        self.check(mark, &mut expr.attrs, &mut expr.body, waits);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::ForLoop(plain) => match self.for_strips(plain) {
                Some(tokens) => *expr = Expr::Verbatim(tokens),
                None => self.visit_expr_for_loop_mut(plain),
            },
            Expr::While(plain) => match self.while_strips(plain) {
                Some(tokens) => *expr = Expr::Verbatim(tokens),
                None => self.visit_expr_while_mut(plain),
            },
            _ => walk::expr(self, expr),
        }
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut ExprForLoop) {
        self.visit_expr_mut(&mut expr.expr);
        let mark = Mark::new("for", expr.for_token.span);
        self.check(mark, &mut expr.attrs, &mut expr.body, false);
    }

    /// The loops of a closure check the scopes of the thread that calls it. Nothing of the guard is captured, so
    /// the closure keeps its type.
    ///
    /// ```text
    /// |x| value   =>   |x| { declarations; value }
    /// ```
    fn visit_expr_closure_mut(&mut self, expr: &mut ExprClosure) {
        self.value_apart(expr.asyncness.is_some(), &mut expr.body);
    }

    /// Like a closure: its loops check the scopes of the thread that polls it.
    fn visit_expr_async_mut(&mut self, expr: &mut syn::ExprAsync) {
        self.inside(true, |it| it.visit_block_mut(&mut expr.block));
    }

    /// A macro of the user's may have the name of a known one and evaluate its arguments at any time, in a closure
    /// of its own.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let named = self.emit.plan.macros;
        if calls::runs_in_place(call, named) {
            calls::visit(call, named, self);
        } else {
            calls::visit(call, named, &mut Arguments(self));
        }
    }

    fn visit_expr_repeat_mut(&mut self, expr: &mut syn::ExprRepeat) {
        // The length is evaluated at compile time.
        self.visit_expr_mut(&mut expr.expr);
        constants::plain(&mut expr.len);
    }

    // Loops in nested items belong to those items; `const` blocks, types and patterns run at compile time.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        constants::plain_in_type(ty);
    }
    fn visit_path_arguments_mut(&mut self, arguments: &mut syn::PathArguments) {
        constants::plain_in_arguments(arguments);
    }

    /// The only part of a pattern that runs is the guard of a match arm.
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Guard(pat) = pat {
            self.visit_expr_mut(&mut pat.guard);
        }
    }
}

/// Visits the arguments of a macro call. Each is checked like the body of a closure.
///
/// ```text
/// debug!("{}", value)   =>   debug!("{}", { declarations; value })
/// ```
struct Arguments<'i, 'p>(&'i mut Instrument<'p>);

impl Visitor for Arguments<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.0.value_apart(self.0.awaits, expr);
    }
}

/// Whether any closure or `async` block of the function contains a loop, macro calls included.
pub(crate) fn closures_have_loops(block: &mut Block, plan: &Plan<'_>) -> bool {
    struct Closures<'p> {
        plan: &'p Plan<'p>,
        inside: bool,
        found: bool,
    }
    impl Visitor for Closures<'_> {
        fn visit_expr_closure_mut(&mut self, expr: &mut ExprClosure) {
            let outer = std::mem::replace(&mut self.inside, true);
            self.visit_expr_mut(&mut expr.body);
            self.inside = outer;
        }
        fn visit_expr_async_mut(&mut self, expr: &mut syn::ExprAsync) {
            let outer = std::mem::replace(&mut self.inside, true);
            self.visit_block_mut(&mut expr.block);
            self.inside = outer;
        }
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            self.found |=
                self.inside && matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
            walk::expr(self, expr);
        }
        fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
            let lazy = !calls::runs_in_place(call, self.plan.macros);
            let outer = self.inside;
            self.inside |= lazy;
            calls::visit(&mut call.clone(), self.plan.macros, self);
            self.inside = outer;
        }
        fn visit_item_mut(&mut self, _: &mut Item) {}
        fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    }
    let mut closures = Closures {
        plan,
        inside: false,
        found: false,
    };
    closures.visit_block_mut(block);
    closures.found
}
