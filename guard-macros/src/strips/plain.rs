//! What a loop body may do to run in strips.
//!
//! A body is plain if the optimiser sees through it, and if it takes so little time that some thousands of
//! iterations may pass between two checks. The only user code that it runs are operators and methods with a cheap
//! name; how long those take is measured while the loop runs. Destructors are not plain: a plain body drops no
//! value whose type may have one, except results of operators.

use syn::{
    Block, Expr, ExprClosure, ExprForLoop, ExprLit, Ident, Item, Lit, Pat, RangeLimits, Stmt, Type,
};

use crate::syntax::paths::{is_among, last};
use crate::syntax::walk::{self, Visitor};

/// Methods that a plain body may call: on numbers, slices and options they are a few instructions, and compilers
/// vectorise or unroll loops with them.
const CHEAP: &str = "\
    abs abs_diff as_bytes as_mut as_ref as_slice borrowing_sub carrying_add carrying_mul ceil checked_add \
    checked_div checked_mul checked_neg checked_rem checked_shl checked_shr checked_sub clamp cmp copied copysign \
    cos count_ones count_zeros div_euclid eq eq_ignore_ascii_case first floor fract ge get get_mut gt ilog2 \
    is_alphabetic is_alphanumeric is_ascii is_ascii_alphabetic is_ascii_alphanumeric is_ascii_control \
    is_ascii_digit is_ascii_graphic is_ascii_hexdigit is_ascii_lowercase is_ascii_punctuation is_ascii_uppercase \
    is_ascii_whitespace is_char_boundary is_control is_digit is_empty is_err is_finite is_infinite is_nan \
    is_negative is_none is_numeric is_ok is_positive is_power_of_two is_some is_whitespace isqrt last le \
    leading_ones leading_zeros len len_utf8 lt max min mul_add ne overflowing_add overflowing_mul overflowing_sub \
    partial_cmp push rem_euclid reverse_bits rotate_left rotate_right round saturating_add saturating_mul \
    saturating_sub signum sin split_at split_at_mut sqrt swap swap_bytes to_ascii_lowercase to_ascii_uppercase \
    to_be to_be_bytes to_bits to_digit to_le to_le_bytes to_ne_bytes to_radians total_cmp trailing_ones \
    trailing_zeros trunc unsigned_abs unwrap_or widening_mul wrapping_abs wrapping_add wrapping_div wrapping_mul \
    wrapping_neg wrapping_rem wrapping_shl wrapping_shr wrapping_sub";

/// Types whose functions (`u64::from(x)`) are as cheap as their operators.
const PRIMITIVE: &str = "bool char f32 f64 i128 i16 i32 i64 i8 isize u128 u16 u32 u64 u8 usize";

/// The largest number of iterations that nested short loops in a body may have in total.
const FEW: u64 = 16;

/// Whether a method of this name is cheap.
pub(crate) fn is_cheap(name: &Ident) -> bool {
    is_among(CHEAP, name)
}

/// Whether the type is primitive.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    match ty {
        Type::Group(ty) => is_primitive(&ty.elem),
        Type::Path(path) => (path.path.get_ident()).is_some_and(|name| is_among(PRIMITIVE, name)),
        _ => false,
    }
}

/// Whether a body is plain.
pub(crate) fn is_plain(body: &mut Block) -> bool {
    let mut judge = Judge {
        plain: true,
        leaves: false,
        turns: 1,
    };
    judge.visit_block_mut(body);
    judge.plain
}

/// Whether a closure that is called in each iteration is as plain as the body has to be. It has no loops.
pub(crate) fn is_plain_closure(closure: &mut ExprClosure) -> bool {
    let mut judge = Judge {
        plain: closure.attrs.is_empty() && closure.asyncness.is_none(),
        leaves: false,
        turns: FEW,
    };
    judge.plain &= !may_own(&closure.body);
    judge.visit_expr_mut(&mut closure.body);
    judge.plain
}

/// Looks for what is not plain.
struct Judge {
    plain: bool,
    /// Whether this is inside the value of a `return`, which is evaluated only once.
    leaves: bool,
    /// The product of the iterations of the short loops around.
    turns: u64,
}

impl Judge {
    /// `for i in 0..4 { plain }` without jumps is as plain as four copies of its body.
    fn visit_short_loop(&mut self, expr: &mut ExprForLoop) {
        let outer = self.turns;
        self.turns = outer.saturating_mul(turns(&expr.expr).unwrap_or(u64::MAX).max(2));
        self.plain &= self.turns <= FEW && expr.label.is_none() && expr.attrs.is_empty();
        if self.plain {
            self.visit_block_mut(&mut expr.body);
        }
        self.turns = outer;
    }
}

impl Visitor for Judge {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.plain &= match expr {
            Expr::Array(_)
            | Expr::Binary(_)
            | Expr::Cast(_)
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
            Expr::Assign(assign) => !may_own(&assign.right),
            // The label could be one that jumps of the outer loop name.
            Expr::Block(block) => block.label.is_none(),
            // A `break` with a value does not compile in such a loop; the compiler should report the user's loop.
            Expr::Break(jump) => jump.expr.is_none() && self.turns == 1,
            Expr::Continue(_) => self.turns == 1,
            Expr::ForLoop(expr) => return self.visit_short_loop(expr),
            Expr::MethodCall(call) => is_cheap(&call.method),
            Expr::Call(call) => is_of_primitive(&call.func) || (self.leaves && is_made(&call.func)),
            Expr::Struct(_) => self.leaves,
            _ => false,
        };
        if self.plain {
            let outer = self.leaves;
            self.leaves |= matches!(expr, Expr::Return(_));
            walk::expr(self, expr);
            self.leaves = outer;
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        self.plain &= !matches!(stmt, Stmt::Item(_) | Stmt::Macro(_));
        if let Stmt::Local(local) = stmt {
            self.plain &= local.init.as_ref().is_none_or(|init| !may_own(&init.expr));
        }
        walk::stmt(self, stmt);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Guard(pat) = pat {
            self.visit_expr_mut(&mut pat.guard);
        }
    }
    fn visit_type_mut(&mut self, _: &mut Type) {}
}

/// Whether a value may be of a type with a destructor of the user's. A variant or a constant can only be trusted if
/// it contains numbers, references and results of operators on them. The value replaces another of its type, or is
/// dropped at the end of the iteration.
fn may_own(value: &Expr) -> bool {
    let tail = |block: &Block| matches!(block.stmts.last(), Some(Stmt::Expr(value, None)) if may_own(value));
    match value {
        Expr::Path(_) => is_made(value) && !is_of_primitive(value),
        Expr::Array(part) => part.elems.iter().any(may_own),
        Expr::Block(part) => tail(&part.block),
        Expr::Group(part) => may_own(&part.expr),
        Expr::If(part) => {
            let other = part.else_branch.as_ref();
            tail(&part.then_branch) || other.is_some_and(|(_, other)| may_own(other))
        }
        Expr::Match(part) => part.arms.iter().any(|arm| may_own(&arm.body)),
        Expr::Paren(part) => may_own(&part.expr),
        Expr::Tuple(part) => part.elems.iter().any(may_own),
        Expr::Unsafe(part) => tail(&part.block),
        _ => false,
    }
}

/// `u64::from`, `f64::MAX`
pub(crate) fn is_of_primitive(of: &Expr) -> bool {
    let Expr::Path(path) = of else {
        return false;
    };
    let mut names = path
        .path
        .segments
        .iter()
        .rev()
        .map(|segment| &segment.ident);
    let qualifier = names.nth(1);
    qualifier.is_some_and(|ty| is_among(PRIMITIVE, ty))
}

/// `Some`, `Word`
pub(crate) fn is_made(function: &Expr) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    last(&path.path).is_some_and(|last| last.to_string().starts_with(char::is_uppercase))
}

/// Whether a loop over this has only a few iterations, whatever the types are.
pub(crate) fn are_few(head: &Expr) -> bool {
    turns(head).is_some_and(|turns| turns <= FEW)
}

/// How many iterations a loop over this range of literals, or over this array, has.
fn turns(range: &Expr) -> Option<u64> {
    let bound = |expr: &Option<Box<Expr>>| match expr.as_deref() {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        })) => int.base10_parse::<u64>().ok(),
        _ => None,
    };
    match range {
        Expr::Range(range) => {
            let last = u64::from(matches!(range.limits, RangeLimits::Closed(_)));
            let (start, end) = (bound(&range.start)?, bound(&range.end)?);
            Some(end.saturating_add(last).saturating_sub(start))
        }
        Expr::Paren(part) => turns(&part.expr),
        Expr::Array(array) => u64::try_from(array.elems.len()).ok(),
        _ => None,
    }
}
