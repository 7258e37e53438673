//! Which loops run in strips, and over what.
//!
//! A loop qualifies if its body is plain: what the optimiser can see through, and what takes so
//! little time that some thousands of iterations may pass between two checks. Whether they really do
//! is measured when the loop runs; operators can be overloaded, and a cheap name can be misleading.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    Block, Expr, ExprBlock, ExprBreak, ExprForLoop, ExprMethodCall, ExprWhile, Ident, Item, Label,
    Lifetime, Pat, Stmt, Token,
};

use crate::calls;
use crate::undecided::Undecided;
use crate::walk::{self, Visitor};

/// Methods that a plain body may call: on numbers, slices and options they are a few instructions,
/// and compilers vectorise or unroll loops with them.
const CHEAP: [&str; 124] = [
    "abs",
    "abs_diff",
    "as_bytes",
    "as_mut",
    "as_ref",
    "as_slice",
    "borrowing_sub",
    "carrying_add",
    "carrying_mul",
    "ceil",
    "checked_add",
    "checked_div",
    "checked_mul",
    "checked_neg",
    "checked_rem",
    "checked_shl",
    "checked_shr",
    "checked_sub",
    "clamp",
    "cmp",
    "copied",
    "copysign",
    "cos",
    "count_ones",
    "count_zeros",
    "div_euclid",
    "eq",
    "eq_ignore_ascii_case",
    "first",
    "floor",
    "fract",
    "ge",
    "get",
    "get_mut",
    "gt",
    "ilog2",
    "is_alphabetic",
    "is_alphanumeric",
    "is_ascii",
    "is_ascii_alphabetic",
    "is_ascii_alphanumeric",
    "is_ascii_control",
    "is_ascii_digit",
    "is_ascii_graphic",
    "is_ascii_hexdigit",
    "is_ascii_lowercase",
    "is_ascii_punctuation",
    "is_ascii_uppercase",
    "is_ascii_whitespace",
    "is_char_boundary",
    "is_control",
    "is_digit",
    "is_empty",
    "is_err",
    "is_finite",
    "is_infinite",
    "is_nan",
    "is_negative",
    "is_none",
    "is_numeric",
    "is_ok",
    "is_positive",
    "is_power_of_two",
    "is_some",
    "is_whitespace",
    "isqrt",
    "last",
    "le",
    "leading_ones",
    "leading_zeros",
    "len",
    "len_utf8",
    "lt",
    "max",
    "min",
    "mul_add",
    "ne",
    "overflowing_add",
    "overflowing_mul",
    "overflowing_sub",
    "partial_cmp",
    "pop",
    "push",
    "rem_euclid",
    "reverse_bits",
    "rotate_left",
    "rotate_right",
    "round",
    "saturating_add",
    "saturating_mul",
    "saturating_sub",
    "signum",
    "sin",
    "split_at",
    "split_at_mut",
    "sqrt",
    "swap",
    "swap_bytes",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "to_be",
    "to_be_bytes",
    "to_bits",
    "to_digit",
    "to_le",
    "to_le_bytes",
    "to_ne_bytes",
    "to_radians",
    "total_cmp",
    "trailing_ones",
    "trailing_zeros",
    "trunc",
    "unsigned_abs",
    "unwrap_or",
    "widening_mul",
    "wrapping_abs",
    "wrapping_add",
    "wrapping_div",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_rem",
    "wrapping_shl",
    "wrapping_shr",
    "wrapping_sub",
];

/// Types whose functions (`u64::from(x)`) are as cheap as their operators.
const PRIMITIVE: [&str; 16] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32",
    "u64", "u8", "usize",
];

/// Variants that are called to be made.
const VARIANTS: [&str; 3] = ["Some", "Ok", "Err"];

/// Functions of three words or more that number libraries and ciphers call in their innermost loops, by
/// names that the field shares: add or multiply with the carry, and hand it on. None waits for anything,
/// and a check in each turn keeps compilers from unrolling the chain (a product of big numbers was 1.6
/// times slower).
const CARRY: [&str; 9] = [
    "_addcarry_u64",
    "_subborrow_u64",
    "adc",
    "add_with_carry",
    "add_ww",
    "mac_with_carry",
    "mul_add_www",
    "mul_with_carry",
    "sbb",
];

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
    let mut arguments = adaptors
        .iter()
        .filter_map(|adaptor| adaptor.argument.as_ref());
    if undecided.contains(&base) || arguments.any(|argument| undecided.contains(argument)) {
        return None;
    }
    let outer = redirect(&mut expr.label, &mut expr.body);
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

impl Visitor for Plain {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

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
            Expr::Call(call) => is_cheap_function(&call.func, call.args.len()),
            _ => false,
        };
        if self.plain {
            walk::expr(self, expr);
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        self.plain &= !matches!(stmt, Stmt::Item(_) | Stmt::Macro(_));
        walk::stmt(self, stmt);
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

fn is_cheap_function(function: &Expr, arguments: usize) -> bool {
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
        [.., carry] if arguments > 2 && CARRY.contains(&carry.as_str()) => true,
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
