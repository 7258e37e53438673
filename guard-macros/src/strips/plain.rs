//! What a body may do whose loop runs in strips, and a condition that may be asked elsewhere.
//!
//! A body is plain if it does what the optimiser can see through, and what takes so little time that some thousands
//! of turns may pass between two checks. Whether they really do is measured when the loop runs; operators can be
//! overloaded, and a cheap name can be misleading.

use syn::{Block, Expr, ExprForLoop, Item, Pat, Stmt};

use crate::syntax::walk::{self, Visitor};

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

/// Whether a body is.
pub(crate) fn is_plain(body: &mut Block) -> bool {
    let mut judge = Judge::new();
    judge.visit_block_mut(body);
    judge.plain
}

/// Whether an expression may be evaluated a little later.
pub(crate) fn is_pure(expr: &Expr) -> bool {
    let mut judge = Judge::new();
    judge.visit_expr_mut(&mut expr.clone());
    judge.plain && judge.pure
}

/// Looks for what is not plain, and for what is not pure.
pub(crate) struct Judge {
    pub(crate) plain: bool,
    pub(crate) pure: bool,
    /// Turns of the short loops around.
    turns: u64,
    in_unsafe: bool,
}

/// The most turns that short loops in a body may have together: they belong to the turn of the loop around.
pub(crate) const TURNS: u64 = 16;

impl Judge {
    pub(crate) fn new() -> Self {
        Self {
            plain: true,
            pure: true,
            turns: 1,
            in_unsafe: false,
        }
    }

    /// `for i in 0..4 { plain }`, without jumps: as plain as if it stood there four times.
    fn visit_short_loop(&mut self, expr: &mut ExprForLoop) {
        let turns = literal_turns(&expr.expr).unwrap_or(u64::MAX);
        let outer = self.turns;
        // Two, if it is one: jumps in it are another loop's.
        self.turns = outer.saturating_mul(turns.max(2));
        self.plain &= self.turns <= TURNS && expr.label.is_none() && expr.attrs.is_empty();
        self.visit_block_mut(&mut expr.body);
        self.turns = outer;
    }
}

impl Visitor for Judge {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.pure &= computes(expr);
        self.plain &= match expr {
            Expr::Array(_)
            | Expr::Assign(_)
            | Expr::Binary(_)
            | Expr::Block(_)
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
            | Expr::Struct(_)
            | Expr::Tuple(_)
            | Expr::Unary(_)
            | Expr::Unsafe(_) => true,
            // A value would be given to a loop that has none: the compiler shall say so of the user's.
            Expr::Break(jump) => jump.expr.is_none() && self.turns == 1,
            Expr::Continue(_) => self.turns == 1,
            Expr::MethodCall(call) => CHEAP.contains(&call.method.to_string().as_str()),
            Expr::Call(call) => is_cheap_function(&call.func, call.args.len(), self.in_unsafe),
            Expr::ForLoop(expr) => return self.visit_short_loop(expr),
            _ => false,
        };
        if self.plain {
            let outer = self.in_unsafe;
            self.in_unsafe |= matches!(expr, Expr::Unsafe(_));
            walk::expr(self, expr);
            self.in_unsafe = outer;
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
fn computes(expr: &Expr) -> bool {
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

fn is_cheap_function(function: &Expr, arguments: usize, in_unsafe: bool) -> bool {
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
        // A structure or variant is made; functions of other languages may be called so.
        [.., made] if made.starts_with(char::is_uppercase) => !in_unsafe,
        // A conversion: of numbers and small structures, where bodies are plain otherwise.
        [.., ty, from] if from == "from" && ty.starts_with(char::is_uppercase) => true,
        [.., ty, _] => PRIMITIVE.contains(&ty.as_str()),
        _ => false,
    }
}

/// How often `for _ in 2..8` turns.
fn literal_turns(range: &Expr) -> Option<u64> {
    let bound = |expr: &Option<Box<Expr>>| match expr.as_deref() {
        Some(Expr::Lit(lit)) => match &lit.lit {
            syn::Lit::Int(int) => int.base10_parse::<u64>().ok(),
            _ => None,
        },
        _ => None,
    };
    match range {
        Expr::Range(range) => {
            let last = u64::from(matches!(range.limits, syn::RangeLimits::Closed(_)));
            let (start, end) = (bound(&range.start)?, bound(&range.end)?);
            Some(end.saturating_add(last).saturating_sub(start))
        }
        Expr::Paren(part) => literal_turns(&part.expr),
        _ => None,
    }
}
