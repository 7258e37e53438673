//! Which functions are guarded as futures: `async fn`s, and functions whose value is an `async` block.

use quote::ToTokens;
use syn::{
    Block, Error, Expr, ExprAsync, GenericArgument, Ident, Pat, PathArguments, ReturnType, Stmt,
    Token, Type, TypeParamBound,
};

use crate::errors::Errors;
use crate::plan::{FutureBody, Guarded};
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::walk::{self, Visitor};

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

/// Rejects `async` blocks that become the function's value in a way that is not recognised: nothing would guard
/// them.
pub(crate) fn judge_unguarded(
    function: &mut Function<'_>,
    guarded: Option<&Guarded>,
    errors: &mut Errors,
) {
    let last = match guarded.map(|future| future.body) {
        None => 0,
        // The last block found is the body.
        Some(FutureBody::Value) => 1,
        Some(FutureBody::Whole | FutureBody::Blocked) => return,
    };
    let mut values = Values::default();
    values.visit_block_mut(function.block);
    values.value_of_block(function.block);
    let unguarded = values.found.len().saturating_sub(last);
    for keyword in values.found.iter().take(unguarded) {
        errors.push(Error::new_spanned(
            keyword,
            "this future would not be guarded: write `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>` or `BoxFuture<T>` as the return type, and one `async` block as the function's last expression",
        ));
    }
}

/// The `async` blocks of a function that become its value, boxed or not.
#[derive(Default)]
struct Values {
    /// Variables whose value is such a block.
    bound: Vec<(Ident, ExprAsync)>,
    found: Vec<Token![async]>,
}

impl Values {
    fn value_of_block(&mut self, block: &mut Block) {
        if let Some(Stmt::Expr(value, None)) = block.stmts.last_mut() {
            self.value(value);
        }
    }

    fn value(&mut self, value: &mut Expr) {
        if let Some(block) = async_block(value) {
            return self.found(block);
        }
        match value {
            Expr::Block(value) => self.value_of_block(&mut value.block),
            Expr::Unsafe(value) => self.value_of_block(&mut value.block),
            Expr::If(value) => {
                self.value_of_block(&mut value.then_branch);
                if let Some((_, other)) = &mut value.else_branch {
                    self.value(other);
                }
            }
            Expr::Match(value) => value
                .arms
                .iter_mut()
                .for_each(|arm| self.value(&mut arm.body)),
            other => {
                let Some(name) = variable(other).cloned() else {
                    return;
                };
                let bound = self.bound.iter().rev().find(|(known, _)| *known == name);
                if let Some((_, block)) = bound {
                    let block = block.clone();
                    self.found(&block);
                }
            }
        }
    }

    fn found(&mut self, block: &ExprAsync) {
        self.found.push(block.async_token);
    }
}

impl Visitor for Values {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Local(syn::Local {
            pat: Pat::Ident(name),
            init: Some(init),
            ..
        }) = stmt
        {
            if let Some(block) = async_block(&mut init.expr) {
                self.bound.push((name.ident.clone(), block.clone()));
            }
        }
        walk::stmt(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Return(value) = expr {
            if let Some(value) = &mut value.expr {
                self.value(value);
            }
        }
        walk::expr(self, expr);
    }

    // A `return` in these does not leave the function.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
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

/// The name, if the value is a variable, boxed or not.
fn variable(value: &mut Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) => path.path.get_ident(),
        other => variable(inside(other)?),
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

fn is_boxed(call: &syn::ExprMethodCall) -> bool {
    call.method == "boxed" || call.method == "boxed_local"
}

fn is_box_pin(function: &Expr) -> bool {
    let Expr::Path(function) = function else {
        return false;
    };
    let mut names = function.path.segments.iter().rev().map(|name| &name.ident);
    names.next().is_some_and(|name| name == "pin") && names.next().is_some_and(|name| name == "Box")
}
