//! Which functions are guarded as futures: `async fn`s, and functions whose value is an `async` block.

use quote::ToTokens;
use syn::{
    Block, Expr, ExprAsync, GenericArgument, Pat, PathArguments, ReturnType, Stmt, Type,
    TypeParamBound,
};

use crate::plan::{FutureBody, Guarded};
use crate::syntax::calls;
use crate::syntax::function::Function;

/// The future to guard, if the function should be guarded as one.
pub(crate) fn guarded(function: &mut Function<'_>) -> Option<Guarded> {
    let output = function.sig.output.clone();
    if function.sig.asyncness.is_some() {
        return Some(Guarded {
            output,
            body: FutureBody::Whole,
        });
    }
    if blocked_on(function.block).is_some() {
        return Some(Guarded {
            output,
            body: FutureBody::Blocked,
        });
    }
    value(function.block)?;
    let ReturnType::Type(arrow, ty) = &output else {
        return None;
    };
    let yields = yielded(ty)?.clone();
    Some(Guarded {
        output: ReturnType::Type(*arrow, Box::new(yields)),
        body: FutureBody::Value,
    })
}

impl FutureBody {
    /// Finds the body in the block of a function that was recognised.
    pub(crate) fn find(self, block: &mut Block) -> Option<&mut Block> {
        match self {
            Self::Whole => Some(block),
            Self::Blocked => blocked_on(block).map(|body| &mut body.block),
            Self::Value => value(block).map(|body| &mut body.block),
        }
    }
}

/// `T` in `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>` and `BoxFuture<'_, T>`.
fn yielded(ty: &Type) -> Option<&Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::Paren(ty) => yielded(&ty.elem),
        Type::Group(ty) => yielded(&ty.elem),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            let first = types.next()?;
            if last.ident == "Pin" || last.ident == "Box" {
                yielded(first)
            } else {
                (last.ident == "BoxFuture" || last.ident == "LocalBoxFuture").then_some(first)
            }
        }
        _ => None,
    }
}

fn output_of_bound(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    if last.ident != "Future" {
        return None;
    }
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
        _ => None,
    })
}

/// The block that was the body of an `async fn` before `#[tokio::main]` or `#[tokio::test]`, if one of those ran
/// first.
///
/// ```text
/// fn main() { let body = async { .. }; ..; { return runtime.block_on(body); } }
/// ```
fn blocked_on(block: &mut Block) -> Option<&mut ExprAsync> {
    let [Stmt::Local(body), .., last] = block.stmts.as_mut_slice() else {
        return None;
    };
    let (Pat::Ident(name), Some(init)) = (&body.pat, &mut body.init) else {
        return None;
    };
    if !calls::calls_with(last.to_token_stream(), "block_on", &name.ident) {
        return None;
    }
    async_block(&mut init.expr)
}

/// The `async` block that is the function's value, boxed or not.
fn value(block: &mut Block) -> Option<&mut ExprAsync> {
    match block.stmts.last_mut()? {
        Stmt::Expr(value, None) => async_block(value),
        _ => None,
    }
}

fn async_block(value: &mut Expr) -> Option<&mut ExprAsync> {
    match value {
        Expr::Async(block) => Some(block),
        other => async_block(inside(other)?),
    }
}

/// What is in the parentheses, or in the box.
fn inside(value: &mut Expr) -> Option<&mut Expr> {
    match value {
        Expr::Paren(value) => Some(&mut value.expr),
        Expr::Group(value) => Some(&mut value.expr),
        Expr::MethodCall(call) if is_boxed(call) => Some(&mut call.receiver),
        Expr::Call(call) if call.args.len() == 1 && is_box_pin(&call.func) => call.args.first_mut(),
        _ => None,
    }
}

pub(crate) fn is_boxed(call: &syn::ExprMethodCall) -> bool {
    call.method == "boxed" || call.method == "boxed_local"
}

fn is_box_pin(function: &Expr) -> bool {
    let Expr::Path(function) = function else {
        return false;
    };
    let mut names = function.path.segments.iter().rev().map(|name| &name.ident);
    names.next().is_some_and(|name| name == "pin") && names.next().is_some_and(|name| name == "Box")
}
