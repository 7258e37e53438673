//! Attributes in the wrong order, where what another one made of the function shows it.

use syn::{Block, Expr, Pat, Stmt};

use crate::analyze::idle::Warning;
use crate::syntax::function::Function;

/// Of `#[tracing::instrument(err)]`, its `(ret)` and `#[logcall]` above this attribute: a trip would go past what they
/// record.
///
/// ```text
/// let __tracing_attr_span; ..
/// match (move || { body })() { Ok(x) => Ok(x), Err(e) => { event; Err(e) } }
///
/// let __ret_value = (move || { body })(); ..
/// ```
pub(crate) fn of_records(function: &Function<'_>) -> Option<Warning> {
    let stmts = &future(function.block).unwrap_or(function.block).stmts;
    let has = |name| stmts.iter().any(|stmt| binds(stmt, name));
    let note = if has("__tracing_attr_span") && stmts.iter().any(records) {
        "`instrument` records no trip where it stands above: write `loop_guard` above `instrument`"
    } else if stmts
        .iter()
        .any(|stmt| binds(stmt, "__ret_value") && records(stmt))
    {
        "`logcall` records no trip where it stands above: write `loop_guard` above `logcall`"
    } else {
        return None;
    };
    let at = function.sig.ident.span();
    Some(Warning { note, at })
}

/// The body of what `#[async_trait]` has made of an `async fn`: `Box::pin(async move { body })`.
fn future(block: &Block) -> Option<&Block> {
    match block.stmts.last() {
        Some(Stmt::Expr(Expr::Call(call), None)) => match call.args.first() {
            Some(Expr::Async(future)) => Some(&future.block),
            _ => None,
        },
        _ => None,
    }
}

fn binds(stmt: &Stmt, name: &str) -> bool {
    matches!(stmt, Stmt::Local(syn::Local { pat: Pat::Ident(pat), .. }) if pat.ident == name)
}

/// Whether the statement looks at what the body comes to.
fn records(stmt: &Stmt) -> bool {
    match value(stmt) {
        Some(Expr::Async(future)) if binds(stmt, "__tracing_instrument_future") => {
            let first = future.block.stmts.first();
            first.and_then(value).is_some_and(is_body)
        }
        Some(value) => is_body(value),
        None => false,
    }
}

/// What is matched, or bound.
fn value(stmt: &Stmt) -> Option<&Expr> {
    match stmt {
        Stmt::Expr(Expr::Match(matched), _) => Some(&matched.expr),
        Stmt::Local(local) => local.init.as_ref().map(|init| &*init.expr),
        _ => None,
    }
}

/// `(move || { .. })()`, `async move { .. }.await`
fn is_body(value: &Expr) -> bool {
    match value {
        Expr::Call(call) if call.args.is_empty() => match &*call.func {
            Expr::Paren(called) => matches!(&*called.expr, Expr::Closure(_)),
            _ => false,
        },
        Expr::Await(awaited) => matches!(&*awaited.base, Expr::Async(_)),
        _ => false,
    }
}
