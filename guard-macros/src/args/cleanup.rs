//! The value of `cleanup`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Expr, ExprClosure, Stmt};

use crate::args::value::{Given, expr};

pub(crate) const WHAT: &str = "write `cleanup = |exit| ...`, or the path of a function of `&Exit`";

/// `= call`
pub(crate) fn given(given: &Given<'_>) -> Result<Expr, Error> {
    call(expr(given)?)
}

/// Accepts a path, a closure of one argument, or a block whose value is such a closure.
fn call(mut expr: Expr) -> Result<Expr, Error> {
    if let Expr::Group(group) = expr {
        return call(*group.expr);
    }
    let is_path = matches!(expr, Expr::Path(_));
    match closure(&mut expr) {
        None if is_path => Ok(expr),
        Some(closure) if closure.asyncness.is_none() && is_future(&closure.body) => {
            Err(Error::new_spanned(
                &closure.body,
                "nobody would await this block: in an `async fn` write `cleanup = async |exit| ...`",
            ))
        }
        Some(closure) if closure.inputs.len() == 1 => Ok(expr),
        Some(closure) => {
            let mut arguments = TokenStream::new();
            closure.inputs_begin.to_tokens(&mut arguments);
            closure.inputs.to_tokens(&mut arguments);
            closure.inputs_end.to_tokens(&mut arguments);
            Err(Error::new_spanned(
                arguments,
                "a cleanup is told why it runs: write `|exit| ...`, or `|_| ...`",
            ))
        }
        None => Err(Error::new_spanned(
            &expr,
            format!("a cleanup is something to call: {WHAT}"),
        )),
    }
}

/// The closure in the value of `cleanup`. It may be the value of a block that prepares what the closure captures.
pub(crate) fn closure(call: &mut Expr) -> Option<&mut ExprClosure> {
    match call {
        Expr::Closure(closure) => Some(closure),
        Expr::Group(group) => closure(&mut group.expr),
        Expr::Block(block) if block.label.is_none() => match block.block.stmts.last_mut()? {
            Stmt::Expr(value, None) => closure(value),
            _ => None,
        },
        _ => None,
    }
}

fn is_future(body: &Expr) -> bool {
    match body {
        Expr::Async(_) => true,
        Expr::Paren(body) => is_future(&body.expr),
        Expr::Group(body) => is_future(&body.expr),
        Expr::Call(call) => is_pin(&call.func) && call.args.first().is_some_and(is_future),
        Expr::Block(body) => {
            matches!(body.block.stmts.as_slice(), [.., Stmt::Expr(value, None)] if is_future(value))
        }
        _ => false,
    }
}

/// Whether this is `Box::pin`. Other functions may run the future: `block_on(async { .. })`.
fn is_pin(function: &Expr) -> bool {
    let Expr::Path(function) = function else {
        return false;
    };
    let last = function.path.segments.last();
    last.is_some_and(|name| name.ident == "pin")
}
