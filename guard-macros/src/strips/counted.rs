//! Which `while` loops run in strips: those that count by one up to a bound, which compilers vectorise.
//!
//! A check in each of their iterations costs up to six times as much as the iteration. Other `while` loops tend to
//! be short, and are as fast with a check in each iteration.

use quote::ToTokens;
use syn::{BinOp, Block, Expr, ExprWhile, Ident, Lit, Stmt};

use crate::strips::plain::is_plain;
use crate::syntax::calls;

/// Matches `while i < n { plain; i += 1; }`: a single comparison of a name with something that has no effects, and
/// no jump, so that evaluating the condition after the body instead of before it makes no difference.
pub(crate) fn is_counted(expr: &mut ExprWhile) -> bool {
    let Some(counter) = counter(&expr.cond) else {
        return false;
    };
    let counts = expr.label.is_none() && expr.body.stmts.iter().any(|stmt| steps(stmt, counter));
    counts && !jumps(&expr.body) && is_plain(&mut expr.body)
}

/// The name on the left of the comparison.
fn counter(cond: &Expr) -> Option<&Ident> {
    let Expr::Binary(binary) = cond else {
        return None;
    };
    let compares = matches!(
        binary.op,
        BinOp::Lt(_) | BinOp::Le(_) | BinOp::Ne(_) | BinOp::Gt(_) | BinOp::Ge(_)
    );
    let Expr::Path(path) = &*binary.left else {
        return None;
    };
    (compares && is_bound(&binary.right))
        .then(|| path.path.get_ident())
        .flatten()
}

/// Whether the expression is a number, a name, a field, or `len()` of one.
fn is_bound(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(lit) => matches!(lit.lit, Lit::Int(_)),
        Expr::Path(_) => true,
        Expr::Field(field) => is_bound(&field.base),
        Expr::MethodCall(call) => {
            call.method == "len" && call.args.is_empty() && is_bound(&call.receiver)
        }
        _ => false,
    }
}

/// Whether the statement is `i += 1` or `i -= 1`.
fn steps(stmt: &Stmt, counter: &Ident) -> bool {
    let Stmt::Expr(Expr::Binary(binary), _) = stmt else {
        return false;
    };
    let by_one = matches!(&*binary.right, Expr::Lit(lit) if matches!(&lit.lit, Lit::Int(int) if int.base10_digits() == "1"));
    let steps = matches!(binary.op, BinOp::AddAssign(_) | BinOp::SubAssign(_));
    by_one && steps && matches!(&*binary.left, Expr::Path(path) if path.path.is_ident(counter))
}

fn jumps(body: &Block) -> bool {
    let leaves = |ident: &Ident| {
        ["break", "continue", "return"]
            .iter()
            .any(|jump| ident == jump)
    };
    calls::any_ident(body.to_token_stream(), &leaves)
}
