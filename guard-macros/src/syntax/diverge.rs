//! Blocks that never yield a value. A `return` in front of one would cause a warning.

use syn::{Block, Expr, ExprLoop, Macro, Path, Stmt};

use crate::syntax::jumps::Jumps;
use crate::syntax::paths::ends_in;
use crate::syntax::walk::Visitor;

/// Whether a block yields a value, as far as its syntax tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Yields {
    Never,
    /// It ends in a call, which may be of a function that never returns.
    Perhaps,
    Surely,
}

/// Macros that panic.
const PANICS: &str = "panic todo unimplemented unreachable";

/// Functions that never return: module and name.
const EXITS: [[&str; 2]; 4] = [
    ["process", "exit"],
    ["process", "abort"],
    ["panic", "resume_unwind"],
    ["panic", "panic_any"],
];

/// Whether the block yields a value.
pub(crate) fn block(block: &Block) -> Yields {
    let Some(last) = block.stmts.last() else {
        return Yields::Surely;
    };
    let has_value = matches!(last, Stmt::Expr(_, None))
        || matches!(last, Stmt::Macro(call) if call.semi_token.is_none());
    // A block with a value at its end has that value's type, even if the value is never reached.
    if !has_value && block.stmts.iter().any(|it| stmt(it) == Yields::Never) {
        return Yields::Never;
    }
    stmt(last)
}

fn stmt(stmt: &Stmt) -> Yields {
    match stmt {
        Stmt::Expr(value, _) => expr(value),
        Stmt::Macro(call) => panics(&call.mac),
        Stmt::Local(_) | Stmt::Item(_) => Yields::Surely,
    }
}

fn expr(value: &Expr) -> Yields {
    match value {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => Yields::Never,
        Expr::Loop(value) if !is_left(value) => Yields::Never,
        Expr::Block(value) if value.label.is_none() => block(&value.block),
        Expr::Unsafe(value) => block(&value.block),
        Expr::If(value) => match &value.else_branch {
            Some((_, other)) => block(&value.then_branch).max(expr(other)),
            None => Yields::Surely,
        },
        Expr::Match(value) => {
            let arms = value.arms.iter().map(|arm| expr(&arm.body));
            arms.max().unwrap_or(Yields::Never)
        }
        Expr::Paren(value) => expr(&value.expr),
        Expr::Group(value) => expr(&value.expr),
        Expr::Macro(call) => panics(&call.mac),
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) if exits(&function.path) => Yields::Never,
            _ => Yields::Perhaps,
        },
        Expr::MethodCall(_) => Yields::Perhaps,
        _ => Yields::Surely,
    }
}

fn panics(call: &Macro) -> Yields {
    if ends_in(&call.path, PANICS) {
        Yields::Never
    } else {
        Yields::Perhaps
    }
}

fn exits(path: &Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    let (Some(name), Some(module)) = (names.next(), names.next()) else {
        return false;
    };
    EXITS
        .iter()
        .any(|exit| module == exit[0] && name == exit[1])
}

/// Whether a `break` leaves the loop, or may leave it.
fn is_left(expr: &ExprLoop) -> bool {
    let mut left = false;
    let mut visit = |jump: &mut Expr| left |= matches!(jump, Expr::Break(_));
    let mut jumps = Jumps::new(expr.label.as_ref(), &mut visit);
    jumps.visit_block_mut(&mut expr.body.clone());
    jumps.in_macro || left
}
