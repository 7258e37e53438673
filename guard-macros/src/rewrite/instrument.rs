//! The visitor: puts a check at the head of every loop. Reports no error.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Block, Expr, ExprClosure, ExprForLoop, ExprLoop, ExprWhile, FnArg, Item, Pat,
    PatIdent, PatType, Stmt, Token,
};

use crate::analyze::{Leave, Plan, is_unit};
use crate::args::{Pace, pace};
use crate::emit::{self, Check, Emit, Mark, Place, statement};
use crate::rewrite::cleanup;
use crate::rewrite::future;
use crate::strips::strip;
use crate::strips::undecided::Undecided;
use crate::syntax::calls;
use crate::syntax::diverge;
use crate::syntax::target::{Function, is_loop_guard};
use crate::syntax::walk::{self, Visitor};

/// Edits the function's block in place.
///
/// ```text
/// fn f() -> R { body }   =>   fn f() -> R { enter; body, its loops checked }
/// ```
///
/// A loop in a closure cannot leave the function by `return`: its trip unwinds to a boundary.
///
/// ```text
/// fn f(x: X) -> R { body }   =>   fn f(x: X) -> R {
///     match boundary(move || -> R { let x = x; enter; body }) { Ok(value) => value, Err(tripped) => leave }
/// }
/// ```
pub(crate) fn instrument(plan: &Plan<'_>, function: &mut Function<'_>) {
    if let Some(output) = &plan.future {
        return future::instrument(plan, output, function);
    }
    let in_closures = !plan.unchecked && closures_have_loops(function.block, plan);
    let mut instrument = Instrument::new(plan, in_closures);
    instrument.strips = !ends_in_wrong_loop(function);
    if !plan.unchecked {
        instrument.visit_block_mut(function.block);
    }

    let emit = instrument.emit;
    let enter = plan
        .budget
        .as_ref()
        .map(|limits| emit.enter(limits, &function.sig.ident))
        .or_else(|| plan.entry.then(|| emit.look(&function.sig.ident)))
        .unwrap_or_default();
    let mut before = cleanup(plan, &emit).unwrap_or_default();
    before.extend(enter);
    let enter = before;
    let block = &mut *function.block;
    let diverges = diverge::block(block);
    let mut items = Vec::new();
    if let Some(tokens) = emit.with_fallback(&enter, block, diverges, false) {
        block.stmts = vec![statement(tokens)];
    } else if plan.cleanup.is_some() {
        block.stmts = vec![statement(cleanup::before(&enter, block, diverges))];
    } else {
        items = leading_items(block);
        if !enter.is_empty() {
            block.stmts.insert(0, statement(enter));
        }
    }
    if in_closures && plan.boundary && !matches!(plan.leave, Leave::Break) {
        let arguments = rebind(plan, &block.stmts, &mut function.sig.inputs);
        block.stmts = vec![statement(emit.boundary(
            &arguments,
            block,
            &function.sig.output,
        ))];
    }
    block.stmts.splice(0..0, items);
}

/// What the attribute's `cleanup` becomes, in front of everything else. Its loops are checked too.
pub(crate) fn cleanup(plan: &Plan<'_>, emit: &Emit<'_>) -> Option<TokenStream> {
    let cleanup = plan.cleanup.as_ref()?;
    let call = cleanup.instrumented(plan);
    Some(cleanup.emit(emit, &call, plan.budget.is_some()))
}

/// Takes the items at the block's start, which would otherwise stand behind our statements.
pub(crate) fn leading_items(block: &mut Block) -> Vec<Stmt> {
    let is_other = |stmt: &Stmt| !matches!(stmt, Stmt::Item(_));
    let first = block.stmts.iter().position(is_other);
    let count = first.unwrap_or(block.stmts.len());
    block.stmts.drain(..count).collect()
}

/// The arguments of a function with a boundary, bound once more.
pub(crate) struct Rebound {
    /// In the boundary's closure, whole and in order, so that they are dropped in the order of a
    /// function's arguments: each after the bindings of its own pattern.
    pub(crate) body: TokenStream,
    /// For the fallback that is evaluated outside.
    pub(crate) fallback: TokenStream,
}

/// ```text
/// fn f(mut a: A, (b, _): B)   =>   fn f(a': A, argument_1': B) {
///     let mut a = a'; let argument_1' = argument_1'; let (b, _) = argument_1'; ...
/// ```
/// What is marked has our hygiene: the same name, which lints do not take for shadowed.
fn rebind(plan: &Plan<'_>, body: &[Stmt], inputs: &mut Punctuated<FnArg, Token![,]>) -> Rebound {
    let mut rebound = Rebound {
        body: TokenStream::new(),
        fallback: TokenStream::new(),
    };
    let body: TokenStream = body.iter().map(ToTokens::to_token_stream).collect();
    for (index, input) in inputs.iter_mut().enumerate() {
        match input {
            // A closure would capture no more than the fields it uses.
            FnArg::Receiver(receiver)
                if !matches!(receiver.kind, syn::ReceiverKind::Reference(..)) =>
            {
                rebound.body.extend(emit::mention(receiver.self_token));
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(argument) => {
                let pat = argument.pat.clone();
                rebound.body.extend(rebind_one(&body, index, argument));
                rebound
                    .fallback
                    .extend(rebind_for_fallback(plan, pat, argument));
            }
        }
    }
    rebound
}

/// Gives the argument a name, and binds its pattern to that.
pub(crate) fn rebind_one(body: &TokenStream, index: usize, argument: &mut PatType) -> TokenStream {
    let mut rebound = TokenStream::new();
    let attrs = argument.attrs.clone();
    argument.attrs.retain(is_condition);
    let conditions = &argument.attrs;
    let (name, simple) = match &*argument.pat {
        Pat::Ident(pat) => (
            emit::ours(&pat.ident, index),
            pat.by_ref.is_none() && pat.subpat.is_none(),
        ),
        _ => (emit::argument(index), false),
    };
    let unused = match &*argument.pat {
        Pat::Wild(_) => true,
        // Lints object to its mention, so there is none but the body's own.
        Pat::Ident(pat) if simple && pat.ident.to_string().starts_with('_') => {
            !calls::mentions(body, &pat.ident)
        }
        _ => false,
    };
    if !simple || unused {
        let borrowed = BorrowsMutably::from(&*argument.pat).0;
        rebound.extend(emit::rebind_whole(conditions, &name, borrowed));
    }
    if !unused {
        rebound.extend(emit::rebind(&attrs, &argument.pat, &name));
    }
    *argument.pat = Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: name,
        subpat: None,
    });
    rebound
}

/// Binds the pattern to the argument that has a name now, if the fallback uses what it binds.
pub(crate) fn rebind_for_fallback(
    plan: &Plan<'_>,
    mut pat: Box<Pat>,
    argument: &PatType,
) -> TokenStream {
    let Leave::Fallback(fallback) = &plan.leave else {
        return TokenStream::new();
    };
    let mut used = Used(fallback.to_token_stream(), false);
    used.visit_pat_mut(&mut pat);
    match &*argument.pat {
        Pat::Ident(name) if used.1 => emit::rebind_for_fallback(&argument.attrs, &pat, &name.ident),
        _ => TokenStream::new(),
    }
}

/// Whether a pattern borrows its value with `ref mut`.
struct BorrowsMutably(bool);

impl From<&Pat> for BorrowsMutably {
    fn from(pat: &Pat) -> Self {
        let mut borrows = Self(false);
        borrows.visit_pat_mut(&mut pat.clone());
        borrows
    }
}

impl Visitor for BorrowsMutably {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.0 |= pat.by_ref.is_some() && pat.mutability.is_some();
        walk::pat_ident(self, pat);
    }
}

/// Whether a pattern binds a name that is among the tokens.
struct Used(TokenStream, bool);

impl Visitor for Used {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.1 |= calls::mentions(&self.0, &pat.ident);
        walk::pat_ident(self, pat);
    }
}

/// Whether the attribute decides if there is an argument at all; others belong to its binding.
pub(crate) fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// Whether the place of the value is taken by a loop that has none: what the compiler says of that
/// is clear where it finds the user's loop.
fn ends_in_wrong_loop(function: &Function<'_>) -> bool {
    let last = function.block.stmts.last();
    !is_unit(&function.sig.output)
        && matches!(
            last,
            Some(Stmt::Expr(Expr::ForLoop(_) | Expr::While(_), None))
        )
}

/// Whether a closure or an `async` block of the function has a loop in it, macro calls included.
pub(crate) fn closures_have_loops(block: &mut Block, plan: &Plan<'_>) -> bool {
    struct Closures<'p> {
        plan: &'p Plan<'p>,
        inside: bool,
        found: bool,
    }
    impl Visitor for Closures<'_> {
        fn as_dyn(&mut self) -> &mut dyn Visitor {
            self
        }

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
            calls::visit(&mut call.clone(), self.plan.macros, self);
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

fn while_kind(expr: &ExprWhile) -> &'static str {
    if matches!(*expr.cond, Expr::Let(_)) {
        "while let"
    } else {
        "while"
    }
}

/// The local `__seen`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Absent,
    /// A loop of the statement at hand needs it.
    Wanted,
    Declared,
}

pub(crate) struct Instrument<'p> {
    pub(crate) emit: Emit<'p>,
    seen: Seen,
    pub(crate) place: Place,
    /// Loops with `every`, numbered for the names of their counters.
    paced: u32,
    /// Whether loops may run in strips.
    strips: bool,
    undecided: Undecided,
    /// Whether loops may await: what the thread has seen last is then no local's business.
    pub(crate) awaits: bool,
}

impl<'p> Instrument<'p> {
    pub(crate) fn new(plan: &'p Plan<'p>, in_closures: bool) -> Self {
        let emit = Emit::new(plan, in_closures || plan.future.is_some());
        let declared = plan.budget.is_some() && plan.future.is_none();
        Self {
            seen: if declared {
                Seen::Declared
            } else {
                Seen::Absent
            },
            place: Place::Body,
            paced: 0,
            strips: !emit.yields(),
            undecided: Undecided::default(),
            awaits: plan.future.is_some(),
            emit,
        }
    }
}

impl Instrument<'_> {
    /// `{ body }   =>   { check; body }`; the loop may wait in its body, or elsewhere (`waits`).
    fn check(&mut self, mark: Mark, attrs: &mut Vec<Attribute>, body: &mut Block, waits: bool) {
        let pace = attrs
            .iter()
            .find(|attribute| is_loop_guard(attribute))
            .and_then(|attribute| pace(attribute).ok());
        attrs.retain(|attribute| !is_loop_guard(attribute));
        if pace == Some(Pace::Skip) {
            return self.visit_block_mut(body);
        }
        let turns = self.emit.yields() && self.place == Place::Body;
        let fresh = self.awaits && (turns || waits || future::may_await(body));
        if fresh {
            self.visit_block_mut(body);
        } else {
            self.want();
            let outer = std::mem::replace(&mut self.seen, Seen::Declared);
            self.visit_block_mut(body);
            self.seen = outer;
        }
        let every = match pace {
            Some(Pace::Every(every)) => {
                self.paced += 1;
                Some((self.paced, every))
            }
            _ => None,
        };
        body.stmts.insert(
            0,
            statement(self.emit.check(Check {
                mark,
                place: self.place,
                every,
                fresh,
                turns,
            })),
        );
    }

    /// Visits what runs when somebody else calls or polls it.
    fn inside<T>(&mut self, awaits: bool, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.place, self.seen, self.awaits);
        (self.place, self.seen, self.awaits) = (Place::Closure, Seen::Absent, awaits);
        let result = visit(self);
        (self.place, self.seen, self.awaits) = outer;
        result
    }

    /// Where iterations are counted, or the loop says how often it is checked, each one is looked at.
    fn may_strip(&self, attrs: &[Attribute]) -> bool {
        self.strips && !self.emit.counts() && !attrs.iter().any(is_loop_guard)
    }

    /// ```text
    /// for x in [a, b] { plain }   =>   { check; for x in [a, b] { plain } }
    /// ```
    /// and strips of what can be cut.
    fn for_strips(&mut self, expr: &mut ExprForLoop) -> Option<TokenStream> {
        if !self.may_strip(&expr.attrs) {
            return None;
        }
        let check = Check {
            mark: Mark {
                kind: "for",
                span: expr.for_token.span,
            },
            place: self.place,
            every: None,
            fresh: false,
            turns: false,
        };
        if strip::is_over_a_list(expr) {
            self.visit_expr_mut(&mut expr.expr);
            self.want();
            let check = self.emit.check(check);
            return Some(emit::q!({ #check #expr }));
        }
        let mut strips = strip::of_for(expr, self.place == Place::Closure, &self.undecided)?;
        self.visit_expr_mut(&mut strips.base);
        for argument in strips
            .adaptors
            .iter_mut()
            .filter_map(|adaptor| adaptor.argument.as_mut())
        {
            self.visit_expr_mut(argument);
        }
        self.want();
        Some(self.emit.for_strips(&strips, expr, check))
    }

    fn while_strips(&mut self, expr: &mut ExprWhile) -> Option<TokenStream> {
        if !self.may_strip(&expr.attrs) {
            return None;
        }
        let turns = strip::of_while(expr)?;
        self.want();
        let mark = Mark {
            kind: while_kind(expr),
            span: expr.while_token.span,
        };
        Some(self.emit.while_strips(
            &turns,
            expr,
            Check {
                mark,
                place: self.place,
                every: None,
                fresh: false,
                turns: false,
            },
        ))
    }

    fn want(&mut self) {
        if self.seen == Seen::Absent {
            self.seen = Seen::Wanted;
        }
    }

    pub(crate) fn declaration(&self, paced: u32) -> TokenStream {
        let mut tokens = emit::counters(paced + 1..=self.paced);
        if self.seen == Seen::Wanted {
            tokens.extend(self.emit.inherit());
        }
        tokens
    }
}

impl Visitor for Instrument<'_> {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    /// Where no scope is opened, `__seen` is declared right before the statement with the outermost
    /// loop: a function that returns before its loop pays nothing.
    fn visit_block_mut(&mut self, block: &mut Block) {
        let outer = self.seen;
        let mut index = 0;
        while index < block.stmts.len() {
            let paced = self.paced;
            if self.seen == Seen::Wanted {
                self.seen = Seen::Absent;
            }
            self.visit_stmt_mut(&mut block.stmts[index]);
            let declaration = self.declaration(paced);
            if !declaration.is_empty() {
                block.stmts.insert(index, statement(declaration));
                index += 1;
            }
            index += 1;
        }
        self.seen = outer;
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut ExprLoop) {
        let mark = Mark {
            kind: "loop",
            span: expr.loop_token.span,
        };
        self.check(mark, &mut expr.attrs, &mut expr.body, false);
    }

    fn visit_expr_while_mut(&mut self, expr: &mut ExprWhile) {
        self.visit_expr_mut(&mut expr.cond);
        let mark = Mark {
            kind: while_kind(expr),
            span: expr.while_token.span,
        };
        let waits = self.awaits && future::condition_may_await(&mut expr.cond);
        self.check(mark, &mut expr.attrs, &mut expr.body, waits);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        self.undecided.see_stmt(stmt);
        walk::stmt(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.undecided.see_expr(expr);
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
        let mark = Mark {
            kind: "for",
            span: expr.for_token.span,
        };
        self.check(mark, &mut expr.attrs, &mut expr.body, false);
    }

    /// Its loops look at the scopes of the thread that calls it: nothing of the guard is captured,
    /// so that the closure keeps its type.
    ///
    /// ```text
    /// |x| value   =>   |x| { declarations; value }
    /// ```
    fn visit_expr_closure_mut(&mut self, expr: &mut ExprClosure) {
        let awaits = expr.asyncness.is_some();
        let declaration = self.inside(awaits, |it| {
            let paced = it.paced;
            it.visit_expr_mut(&mut expr.body);
            it.declaration(paced)
        });
        if !declaration.is_empty() {
            *expr.body = emit::block(&declaration, &expr.body);
        }
    }

    /// As a closure: its loops look at the scopes of the thread that polls it.
    fn visit_expr_async_mut(&mut self, expr: &mut syn::ExprAsync) {
        self.inside(true, |it| it.visit_block_mut(&mut expr.block));
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let named = self.emit.macros();
        calls::visit(call, named, self);
    }

    fn visit_expr_repeat_mut(&mut self, expr: &mut syn::ExprRepeat) {
        // The length is evaluated at compile time.
        self.visit_expr_mut(&mut expr.expr);
    }

    // Loops in nested items belong to those; `const` blocks, types and patterns run at compile time.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_path_arguments_mut(&mut self, _: &mut syn::PathArguments) {}

    /// The guard of a match arm is all in a pattern that runs.
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Guard(pat) = pat {
            self.visit_expr_mut(&mut pat.guard);
        }
    }
}
