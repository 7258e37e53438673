//! Which blocks surely never yield a value: a `return` in front of one would draw a warning.

use syn::{Block, Expr, ExprLoop, Macro, Path, Stmt};

use crate::syntax::jumps::Jumps;
use crate::syntax::walk::Visitor;

/// Macros that panic.
const PANICS: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];

/// Functions that never come back: module and name.
const EXITS: [[&str; 2]; 4] = [
    ["process", "exit"],
    ["process", "abort"],
    ["panic", "resume_unwind"],
    ["panic", "panic_any"],
];

/// Whether the block visibly never yields.
pub(crate) fn block(block: &Block) -> bool {
    let Some(last) = block.stmts.last() else {
        return false;
    };
    let yields = matches!(last, Stmt::Expr(_, None))
        || matches!(last, Stmt::Macro(call) if call.semi_token.is_none());
    // A value at the end has its type, even if it is never reached.
    stmt(last) || (!yields && block.stmts.iter().any(stmt))
}

fn stmt(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Expr(value, _) => expr(value),
        Stmt::Macro(call) => panics(&call.mac),
        Stmt::Local(_) | Stmt::Item(_) => false,
    }
}

fn expr(value: &Expr) -> bool {
    match value {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Loop(value) => !is_left(value),
        Expr::Block(value) => value.label.is_none() && block(&value.block),
        Expr::Unsafe(value) => block(&value.block),
        Expr::If(value) => {
            block(&value.then_branch)
                && value
                    .else_branch
                    .as_ref()
                    .is_some_and(|(_, other)| expr(other))
        }
        Expr::Match(value) => value.arms.iter().all(|arm| expr(&arm.body)),
        Expr::Paren(value) => expr(&value.expr),
        Expr::Group(value) => expr(&value.expr),
        Expr::Macro(call) => panics(&call.mac),
        Expr::Call(call) => matches!(&*call.func, Expr::Path(function) if exits(&function.path)),
        _ => false,
    }
}

fn panics(call: &Macro) -> bool {
    call.path
        .segments
        .last()
        .is_some_and(|last| PANICS.iter().any(|name| last.ident == name))
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

/// Whether a `break` leaves the loop, or may.
fn is_left(expr: &ExprLoop) -> bool {
    let mut left = false;
    let mut visit = |jump: &mut Expr| left |= matches!(jump, Expr::Break(_));
    let mut jumps = Jumps::new(expr.label.as_ref(), &mut visit);
    jumps.visit_block_mut(&mut expr.body.clone());
    jumps.in_macro || left
}
