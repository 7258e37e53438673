//! Which loops run in strips, and over what.
//!
//! A loop qualifies if its body is plain: what the optimiser can see through, and what takes so
//! little time that some thousands of iterations may pass between two checks. Whether they really do
//! is measured when the loop runs; operators can be overloaded, and a cheap name can be misleading.

use proc_macro2::Span;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprBlock, ExprBreak, ExprForLoop, ExprMethodCall, ExprWhile, Ident, Item, Label,
    Lifetime, Pat, Stmt, Token,
};

use crate::calls;

/// Methods that a plain body may call: on numbers, slices and options they are a few instructions,
/// and compilers vectorise or unroll loops with them.
const CHEAP: [&str; 72] = [
    "abs",
    "abs_diff",
    "as_bytes",
    "as_mut",
    "as_ref",
    "as_slice",
    "ceil",
    "checked_add",
    "checked_mul",
    "checked_sub",
    "clamp",
    "copied",
    "cos",
    "count_ones",
    "count_zeros",
    "eq",
    "eq_ignore_ascii_case",
    "first",
    "floor",
    "fract",
    "ge",
    "get",
    "get_mut",
    "gt",
    "is_ascii",
    "is_ascii_alphabetic",
    "is_ascii_alphanumeric",
    "is_ascii_digit",
    "is_ascii_lowercase",
    "is_ascii_uppercase",
    "is_ascii_whitespace",
    "is_empty",
    "is_negative",
    "is_none",
    "is_positive",
    "is_power_of_two",
    "is_some",
    "le",
    "leading_zeros",
    "len",
    "lt",
    "max",
    "min",
    "mul_add",
    "ne",
    "overflowing_add",
    "rem_euclid",
    "rotate_left",
    "rotate_right",
    "saturating_add",
    "saturating_sub",
    "sqrt",
    "swap_bytes",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "to_bits",
    "trailing_zeros",
    "unwrap_or",
    "wrapping_add",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_sub",
    "pop",
    "push",
    "swap",
    "is_alphabetic",
    "is_alphanumeric",
    "is_numeric",
    "is_whitespace",
    "wrapping_shl",
    "wrapping_shr",
    "is_ascii_punctuation",
];

/// Types whose functions (`u64::from(x)`) are as cheap as their operators.
const PRIMITIVE: [&str; 15] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32",
    "u64", "u8",
];

/// Variants that are called to be made.
const VARIANTS: [&str; 3] = ["Some", "Ok", "Err"];

/// What a loop is over: a base that may be cut, and adaptors that can be cut with it.
pub(crate) struct Strips {
    pub(crate) base: Expr,
    pub(crate) adaptors: Vec<Adaptor>,
    /// The label that the outer of the two loops takes over from the user's.
    pub(crate) outer: Option<Label>,
}

pub(crate) struct Adaptor {
    pub(crate) method: Ident,
    /// Of `zip`.
    pub(crate) argument: Option<Expr>,
}

/// The strips of a `for` that qualifies.
pub(crate) fn of_for(expr: &mut ExprForLoop, in_closure: bool) -> Option<Strips> {
    // In a closure the type of the iterator may not be known yet where it is asked for.
    if !is_plain(&mut expr.body) || (in_closure && !is_range(&expr.expr)) {
        return None;
    }
    let outer = redirect(&mut expr.label, &mut expr.body);
    let (base, adaptors) = peel(&expr.expr);
    Some(Strips {
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
    let mut cond = Plain {
        plain: true,
        pure: true,
    };
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

impl VisitMut for Continues {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let Expr::Continue(jump) = expr else {
            return visit_mut::visit_expr_mut(self, expr);
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
        || matches!(base, Expr::MethodCall(call) if call.args.is_empty() && (call.method == "iter" || call.method == "iter_mut"));
    // A cut from the back needs to know how far the front has come.
    let back_first = adaptors
        .iter()
        .skip(1)
        .all(|adaptor| adaptor.method != "rev");
    if iterates && back_first {
        // It becomes an argument, where parentheses would be too many.
        while let Expr::Paren(paren) = base {
            base = &paren.expr;
        }
        (base.clone(), adaptors)
    } else {
        (expr.clone(), Vec::new())
    }
}

fn adaptor(call: &ExprMethodCall) -> Option<Adaptor> {
    let plain = call.attrs.is_empty() && call.turbofish.is_none();
    let argument = match (call.method.to_string().as_str(), call.args.len()) {
        ("rev" | "enumerate" | "copied", 0) => None,
        ("zip", 1) => call.args.first().cloned(),
        _ => return None,
    };
    plain.then(|| Adaptor {
        method: call.method.clone(),
        argument,
    })
}

fn is_plain(body: &mut Block) -> bool {
    let mut plain = Plain {
        plain: true,
        pure: true,
    };
    plain.visit_block_mut(body);
    plain.plain
}

/// Looks for what is not plain, and for what is not pure.
struct Plain {
    plain: bool,
    pure: bool,
}

impl VisitMut for Plain {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.pure &= is_pure(expr);
        self.plain &= match expr {
            Expr::Array(_)
            | Expr::Assign(_)
            | Expr::Binary(_)
            | Expr::Block(_)
            | Expr::Cast(_)
            | Expr::Continue(_)
            | Expr::Field(_)
            | Expr::Group(_)
            | Expr::If(_)
            | Expr::Index(_)
            | Expr::Let(_)
            | Expr::Lit(_)
            | Expr::Match(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Range(_)
            | Expr::Reference(_)
            | Expr::Return(_)
            | Expr::Tuple(_)
            | Expr::Unary(_)
            | Expr::Unsafe(_) => true,
            // A value would be given to a loop that has none: the compiler shall say so of the user's.
            Expr::Break(jump) => jump.expr.is_none(),
            Expr::MethodCall(call) => CHEAP.contains(&call.method.to_string().as_str()),
            Expr::Call(call) => is_cheap_function(&call.func),
            _ => false,
        };
        if self.plain {
            visit_mut::visit_expr_mut(self, expr);
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        self.plain &= !matches!(stmt, Stmt::Item(_) | Stmt::Macro(_));
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Guard(pat) = pat {
            self.visit_expr_mut(&mut pat.guard);
        }
    }
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
}

/// Whether the expression itself, less its parts, does nothing but compute.
fn is_pure(expr: &Expr) -> bool {
    use syn::BinOp::{
        Add, And, BitAnd, BitOr, BitXor, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Or, Rem, Shl, Shr, Sub,
    };
    match expr {
        Expr::Binary(binary) => matches!(
            binary.op,
            Add(_)
                | And(_)
                | BitAnd(_)
                | BitOr(_)
                | BitXor(_)
                | Div(_)
                | Eq(_)
                | Ge(_)
                | Gt(_)
                | Le(_)
                | Lt(_)
                | Mul(_)
                | Ne(_)
                | Or(_)
                | Rem(_)
                | Shl(_)
                | Shr(_)
                | Sub(_)
        ),
        Expr::MethodCall(call) => call.method == "len" || call.method == "is_empty",
        Expr::Cast(_)
        | Expr::Field(_)
        | Expr::Group(_)
        | Expr::Index(_)
        | Expr::Lit(_)
        | Expr::Paren(_)
        | Expr::Path(_)
        | Expr::Reference(_)
        | Expr::Unary(_) => true,
        _ => false,
    }
}

fn is_cheap_function(function: &Expr) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    let names: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    match names.as_slice() {
        [variant] => VARIANTS.contains(&variant.as_str()),
        [.., ty, _] => PRIMITIVE.contains(&ty.as_str()),
        [] => false,
    }
}

/// Finds the jumps that are meant for the loop itself. A plain body has no loop inside.
struct Jumps {
    label: Option<Ident>,
    continues: bool,
    /// Where `break`s are sent.
    target: Option<Lifetime>,
}

impl VisitMut for Jumps {
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
