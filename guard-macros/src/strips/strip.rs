//! Which loops run in strips, and over what: those whose body is plain (`plain.rs`).

use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    Block, Expr, ExprBlock, ExprBreak, ExprForLoop, ExprMethodCall, ExprWhile, Ident, Label,
    Lifetime, Pat, Stmt, Token,
};

use crate::strips::plain::{Judge, TURNS, is_plain, is_pure};
use crate::strips::undecided::Undecided;
use crate::syntax::calls;
use crate::syntax::walk::{self, Visitor};

/// What a loop is over: a base that may be cut, and adaptors that can be cut with it.
pub(crate) struct Strips {
    pub(crate) base: Expr,
    pub(crate) adaptors: Vec<Adaptor>,
    /// How many turns there are is a constant of the program.
    pub(crate) constant: bool,
    /// The label that the outer of the two loops takes over from the user's.
    pub(crate) outer: Option<Label>,
}

pub(crate) struct Adaptor {
    pub(crate) method: Ident,
    pub(crate) argument: Option<Expr>,
}

impl Adaptor {
    /// An argument that is iterated too; others are numbers.
    pub(crate) fn iterated(&self) -> Option<&Expr> {
        self.argument.as_ref().filter(|_| self.method == "zip")
    }
}

/// The strips of a `for` that qualifies. That the type of what it is over is known takes what the function has
/// bound so far; of what a closure is given nobody knows.
pub(crate) fn of_for(
    expr: &mut ExprForLoop,
    in_closure: bool,
    undecided: &Undecided,
) -> Option<Strips> {
    if !is_plain(&mut expr.body) || (in_closure && !is_range(&expr.expr)) {
        return None;
    }
    let (base, adaptors) = peel(&expr.expr);
    if matches!(&base, Expr::MethodCall(call) if UNCUT.contains(&call.method.to_string().as_str()))
    {
        return None;
    }
    let mut arguments = adaptors.iter().filter_map(Adaptor::iterated);
    if undecided.contains(&base) || arguments.any(|argument| undecided.contains(argument)) {
        return None;
    }
    let outer = redirect(&mut expr.label, &mut expr.body);
    Some(Strips {
        constant: is_constant_range(&base),
        base,
        adaptors,
        outer,
    })
}

/// How a `while` that qualifies runs.
pub(crate) struct Turns {
    pub(crate) outer: Option<Label>,
    /// The condition has no effects that the place where it is asked could change.
    pub(crate) pure: bool,
}

/// The turns of a `while` that qualifies.
///
/// Of those with a pure condition only the ones that count by one: they are vectorised. The others
/// (`j += i`, `x = x / 2`) are as fast with a check in each iteration, and strips were 1.5 times
/// slower, since such loops tend to be short.
pub(crate) fn of_while(expr: &mut ExprWhile) -> Option<Turns> {
    let mut cond = Judge::new();
    cond.visit_expr_mut(&mut expr.cond);
    let qualifies = cond.plain
        && !is_linted(&expr.cond)
        && is_plain(&mut expr.body)
        && (!cond.pure || counts_by_one(&expr.cond, &expr.body));
    if !qualifies {
        return None;
    }
    if cond.pure {
        Continues::redirect(expr.label.as_ref(), &mut expr.body);
    }
    Some(Turns {
        outer: redirect(&mut expr.label, &mut expr.body),
        pure: cond.pure,
    })
}

/// Whether the compiler warns of this condition, in words that name the loop it stands in.
fn is_linted(cond: &Expr) -> bool {
    match cond {
        Expr::Block(_) | Expr::Paren(_) => true,
        Expr::Let(cond) => matches!(*cond.pat, Pat::Wild(_)),
        _ => false,
    }
}

/// Sends `continue`s to the end of the body, where a pure condition is asked.
///
/// ```text
/// { if odd { continue } rest }   =>   { '__turn: { if odd { break '__turn } rest } }
/// ```
struct Continues {
    label: Option<Ident>,
    found: bool,
}

impl Continues {
    fn redirect(label: Option<&Label>, body: &mut Block) {
        let mut continues = Self {
            label: label.map(|label| label.name.ident.clone()),
            found: false,
        };
        continues.visit_block_mut(body);
        if continues.found {
            let turn = Label {
                name: turn(),
                colon_token: Token![:](Span::mixed_site()),
            };
            let inner = ExprBlock {
                attrs: Vec::new(),
                label: Some(turn),
                block: body.clone(),
            };
            body.stmts = vec![Stmt::Expr(Expr::Block(inner), None)];
        }
    }
}

fn turn() -> Lifetime {
    Lifetime::new("'__turn", Span::mixed_site())
}

impl Visitor for Continues {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let Expr::Continue(jump) = expr else {
            return walk::expr(self, expr);
        };
        if jump.label.is_none()
            || jump.label.as_ref().map(|label| &label.ident) == self.label.as_ref()
        {
            self.found = true;
            let break_token = Token![break](jump.continue_token.span);
            *expr = Expr::Break(ExprBreak {
                attrs: Vec::new(),
                break_token,
                label: Some(turn()),
                expr: None,
            });
        }
    }
}

/// Whether the body has an `i += 1` of a name in the condition.
fn counts_by_one(cond: &Expr, body: &Block) -> bool {
    let is_one = |expr: &Expr| matches!(expr, Expr::Lit(lit) if matches!(&lit.lit, syn::Lit::Int(int) if int.base10_digits() == "1"));
    body.stmts.iter().any(|stmt| {
        let Stmt::Expr(Expr::Binary(binary), _) = stmt else {
            return false;
        };
        let counter = match &*binary.left {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        };
        matches!(
            binary.op,
            syn::BinOp::AddAssign(_) | syn::BinOp::SubAssign(_)
        ) && is_one(&binary.right)
            && counter.is_some_and(|name| calls::names(cond.to_token_stream(), name))
    })
}

/// Sends the `break`s of a body to the outer of the two loops. That is `'__strips` or, if nothing
/// continues by the user's label, takes that over; the inner loop keeps what is left in `label`.
fn redirect(label: &mut Option<Label>, body: &mut Block) -> Option<Label> {
    let name = label.as_ref().map(|label| label.name.ident.clone());
    let mut jumps = Jumps {
        label: name,
        continues: false,
        target: None,
    };
    jumps.visit_block_mut(body);
    let outer = if jumps.continues { None } else { label.take() };
    let ours = || Lifetime::new("'__strips", Span::mixed_site());
    jumps.target = Some(outer.as_ref().map_or_else(ours, |label| label.name.clone()));
    jumps.visit_block_mut(body);
    outer
}

fn is_range(expr: &Expr) -> bool {
    match expr {
        Expr::Range(range) => range.start.is_some() && range.end.is_some(),
        Expr::Paren(paren) => is_range(&paren.expr),
        _ => false,
    }
}

/// Methods that return an iterator wherever they are found, and how many arguments they have.
const ITERATING: [(&str, usize); 6] = [
    ("bytes", 0),
    ("chunks", 1),
    ("chunks_exact", 1),
    ("iter", 0),
    ("iter_mut", 0),
    ("windows", 1),
];

/// Methods that return what cannot be cut, wherever they are found: a plain loop with a check is faster and shorter.
const UNCUT: [&str; 16] = [
    "chain",
    "char_indices",
    "chars",
    "drain",
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "incoming",
    "inspect",
    "into_keys",
    "into_values",
    "keys",
    "lines",
    "map",
    "split_whitespace",
];

/// A loop over a few items that are written down: one check in front of it is enough.
pub(crate) fn is_over_a_list(expr: &mut ExprForLoop) -> bool {
    let list = match &*expr.expr {
        Expr::Reference(part) => &*part.expr,
        list => list,
    };
    let few = matches!(list, Expr::Array(list) if list.elems.len() as u64 <= TURNS);
    few && is_plain(&mut expr.body)
}

/// `0..8`, `0..CHUNK`, `1..=N - 1`
fn is_constant_range(expr: &Expr) -> bool {
    match expr {
        Expr::Range(range) => [&range.start, &range.end]
            .into_iter()
            .all(|bound| bound.as_ref().is_some_and(|bound| is_constant(bound))),
        Expr::Paren(part) => is_constant_range(&part.expr),
        _ => false,
    }
}

/// By the looks of it.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(binary) => is_constant(&binary.left) && is_constant(&binary.right),
        Expr::Cast(part) => is_constant(&part.expr),
        Expr::Group(part) => is_constant(&part.expr),
        Expr::Lit(_) => true,
        Expr::Paren(part) => is_constant(&part.expr),
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            !name.contains(char::is_lowercase)
        }),
        Expr::Unary(part) => is_constant(&part.expr),
        _ => false,
    }
}

/// `base.rev().enumerate()` -> `base`, `[rev, enumerate]`, if the base is what these methods of
/// `Iterator` are surely called on, and cutting commutes with them.
fn peel(expr: &Expr) -> (Expr, Vec<Adaptor>) {
    let mut adaptors = Vec::new();
    let mut base = expr;
    while let Expr::MethodCall(call) = base {
        let Some(adaptor) = adaptor(call) else { break };
        adaptors.push(adaptor);
        base = &call.receiver;
    }
    adaptors.reverse();
    let iterates = is_range(base)
        || matches!(base, Expr::MethodCall(call) if ITERATING.contains(&(&*call.method.to_string(), call.args.len())));
    // A cut from the back needs to know how far the front has come.
    let back_first = adaptors
        .iter()
        .skip(1)
        .all(|adaptor| adaptor.method != "rev");
    if iterates && back_first && keeps_effects(&adaptors) {
        // It becomes an argument, where parentheses would be too many.
        while let Expr::Paren(paren) = base {
            base = &paren.expr;
        }
        (base.clone(), adaptors)
    } else {
        (expr.clone(), Vec::new())
    }
}

/// Whether clones are made as often, and numbers read as early: what is skipped behind a `cloned` is cloned by `std`, and
/// what is zipped is evaluated before numbers in front of it. And how many steps are left of a `u128` nobody can count.
fn keeps_effects(adaptors: &[Adaptor]) -> bool {
    let last = ["cloned", "step_by"];
    let in_front = adaptors.iter().rev().skip(1);
    let mut methods = in_front.map(|adaptor| adaptor.method.to_string());
    let are_last = methods.all(|method| !last.contains(&method.as_str()));
    let is_number = |adaptor: &Adaptor| adaptor.argument.is_some() && adaptor.iterated().is_none();
    let behind = adaptors.iter().skip_while(|adaptor| !is_number(adaptor));
    are_last && behind.filter_map(Adaptor::iterated).all(only_reads)
}

/// `&list`, `list.iter().rev()`, `0..n`
fn only_reads(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) if is_iterating(call) => only_reads(&call.receiver),
        Expr::MethodCall(call) if adaptor(call).is_some() => {
            only_reads(&call.receiver) && call.args.iter().all(only_reads)
        }
        Expr::Paren(part) => only_reads(&part.expr),
        Expr::Range(range) => [&range.start, &range.end]
            .into_iter()
            .flatten()
            .all(|bound| is_pure(bound)),
        Expr::Reference(part) => only_reads(&part.expr),
        _ => is_pure(expr),
    }
}

fn is_iterating(call: &ExprMethodCall) -> bool {
    let found = (&*call.method.to_string(), call.args.len());
    ITERATING.contains(&found) && call.args.iter().all(is_pure)
}

fn adaptor(call: &ExprMethodCall) -> Option<Adaptor> {
    let plain = call.attrs.is_empty() && call.turbofish.is_none();
    let argument = match (call.method.to_string().as_str(), call.args.len()) {
        ("rev" | "enumerate" | "copied" | "cloned", 0) => None,
        ("zip", 1) => call.args.first().cloned(),
        // It is asked for behind what is zipped.
        ("skip" | "take" | "step_by", 1) => {
            call.args.first().filter(|count| is_pure(count)).cloned()
        }
        _ => return None,
    };
    plain.then(|| Adaptor {
        method: call.method.clone(),
        argument,
    })
}

/// Finds the jumps that are meant for the loop itself. A plain body has no loop inside.
struct Jumps {
    label: Option<Ident>,
    continues: bool,
    /// Where `break`s are sent.
    target: Option<Lifetime>,
}

impl Visitor for Jumps {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_continue_mut(&mut self, expr: &mut syn::ExprContinue) {
        self.continues |= expr.label.is_some()
            && expr.label.as_ref().map(|label| &label.ident) == self.label.as_ref();
    }

    fn visit_expr_break_mut(&mut self, expr: &mut ExprBreak) {
        let mine = match &expr.label {
            None => true,
            Some(label) => Some(&label.ident) == self.label.as_ref(),
        };
        if mine && self.target.is_some() {
            expr.label.clone_from(&self.target);
        }
    }
}
