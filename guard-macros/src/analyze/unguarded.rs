//! Futures that become the function's value in a way that is not recognised: nothing would guard them, since the
//! function's own scope is closed when it returns them.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{
    Block, Error, Expr, ExprAsync, ExprCall, ExprMethodCall, Macro, Pat, ReturnType, Stmt, Token,
    Type,
};

use crate::analyze::future::is_boxed;
use crate::errors::Errors;
use crate::plan::{FutureBody, Guarded};
use crate::strips::plain::is_primitive;
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::paths::{ends_in, last};
use crate::syntax::walk::{self, Visitor};

/// Rejects such futures. `guarded`: the future that is recognised.
pub(crate) fn judge(function: &mut Function<'_>, guarded: Option<&Guarded>, errors: &mut Errors) {
    let recognised = match guarded.map(|future| future.body) {
        None => 0,
        // The last block found is the body.
        Some(FutureBody::Value) => 1,
        Some(FutureBody::Whole | FutureBody::Blocked) => return,
    };
    let may_hold_one = match &function.sig.output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => !matches!(**ty, Type::Never(_)) && !is_primitive(ty),
    };
    if !may_hold_one || !makes_futures(|seen| seen.visit_block_mut(function.block)) {
        return;
    }
    let mut loops = OwnLoops(false);
    loops.visit_block_mut(function.block);
    let output = function.sig.output.to_token_stream();
    let mut values = Values {
        parts: !loops.0,
        yields: calls::any_ident(output, &|word| word.to_string().ends_with("Future")),
        ..Values::default()
    };
    values.visit_block_mut(function.block);
    values.value_of_block(function.block, values.yields);
    let unguarded = values.found.len().saturating_sub(recognised);
    for place in values.found.iter().take(unguarded) {
        errors.push(Error::new(
            *place,
            "this future would not be guarded: write `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>` or `BoxFuture<T>` as the return type, and one `async` block as the function's last expression, or make it in an `async fn` with an attribute of its own",
        ));
    }
}

/// Whether what is visited contains an `async` block, or a `poll_fn`.
fn makes_futures(visit: impl FnOnce(&mut dyn Visitor)) -> bool {
    let mut futures = Futures(false);
    visit(&mut futures);
    futures.0
}

struct Futures(bool);

impl Visitor for Futures {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.0 |= match expr {
            Expr::Async(_) => true,
            Expr::Call(call) => is_called(call, "poll_fn"),
            _ => false,
        };
        walk::expr(self, expr);
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.0 |= place_of_async(call).is_some();
    }

    // What is in these is not a value of the function.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Whether there are loops outside of `async` blocks.
struct OwnLoops(bool);

impl Visitor for OwnLoops {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.0 |= matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
        walk::expr(self, expr);
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.0 |= calls::mentions_loop(call.tokens.clone()) && place_of_async(call).is_none();
    }

    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// The futures of a function that become its value, or a part of it.
#[derive(Default)]
struct Values {
    /// Whether the return type is that of a future.
    yields: bool,
    /// Whether parts of the value count. If the function has loops of its own, the attribute may be meant for those.
    parts: bool,
    /// Variables, and the futures in what they were set to: unless it is a future itself, and if it is.
    bound: Vec<(Ident, [Vec<Span>; 2])>,
    found: Vec<Span>,
}

impl Values {
    fn value_of_block(&mut self, block: &mut Block, yields: bool) {
        if let Some(Stmt::Expr(value, None)) = block.stmts.last_mut() {
            self.value(value, yields);
        }
    }

    /// Finds the futures in a value. `yields`: the value itself is a future.
    fn value(&mut self, value: &mut Expr, yields: bool) {
        match value {
            Expr::Async(block) => self.found.push(block.async_token.span),
            Expr::Paren(inner) => self.value(&mut inner.expr, yields),
            Expr::Group(inner) => self.value(&mut inner.expr, yields),
            Expr::Cast(cast) => self.value(&mut cast.expr, yields),
            Expr::Unsafe(inner) => self.value_of_block(&mut inner.block, yields),
            Expr::Block(inner) => {
                self.value_of_breaks(&mut inner.block, inner.label.is_some(), yields);
                self.value_of_block(&mut inner.block, yields);
            }
            Expr::Loop(inner) => self.value_of_breaks(&mut inner.body, true, yields),
            Expr::If(value) => {
                self.value_of_block(&mut value.then_branch, yields);
                if let Some((_, other)) = &mut value.else_branch {
                    self.value(other, yields);
                }
            }
            Expr::Match(value) => {
                self.values(value.arms.iter_mut().map(|arm| &mut *arm.body), yields);
            }
            Expr::Tuple(parts) if self.parts => self.values(&mut parts.elems, yields),
            Expr::Array(parts) if self.parts => self.values(&mut parts.elems, yields),
            Expr::Struct(parts) if self.parts => {
                self.values(parts.fields.iter_mut().map(|field| &mut field.expr), yields);
            }
            Expr::Call(call) => self.value_of_call(call, yields),
            Expr::MethodCall(call) => self.value_of_method(call, yields),
            Expr::Macro(call) => self.value_of_macro(&call.mac, yields),
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident() {
                    self.value_of_variable(name, yields);
                }
            }
            _ => {}
        }
    }

    fn values<'e>(&mut self, values: impl IntoIterator<Item = &'e mut Expr>, yields: bool) {
        for value in values {
            self.value(value, yields);
        }
    }

    fn value_of_breaks(&mut self, block: &mut Block, may_break: bool, yields: bool) {
        if may_break {
            let values = self;
            Breaks { values, yields }.visit_block_mut(block);
        }
    }

    fn value_of_call(&mut self, call: &mut ExprCall, yields: bool) {
        let Expr::Path(function) = &*call.func else {
            return;
        };
        if is_called(call, "poll_fn") {
            let name =
                last(&function.path).filter(|_| calls::mentions_loop(call.args.to_token_stream()));
            self.found.extend(name.map(Ident::span));
            return;
        }
        let mut names = function.path.segments.iter().rev().map(|name| &name.ident);
        let name = names.next().map(ToString::to_string).unwrap_or_default();
        let boxes = names
            .next()
            .is_some_and(|name| name == "Box" || name == "Pin");
        let is_part = name == "Ok" || name == "Some";
        let counts = if is_part || !yields {
            self.parts && name.starts_with(char::is_uppercase)
        } else {
            !is_elsewhere(&name)
        };
        if boxes || counts {
            self.values(&mut call.args, boxes || yields);
        }
    }

    fn value_of_method(&mut self, call: &mut ExprMethodCall, yields: bool) {
        let boxes = is_boxed(call);
        if boxes || call.method == "into" {
            self.value(&mut call.receiver, yields || boxes);
        } else if yields && !is_elsewhere(&call.method.to_string()) {
            self.value(&mut call.receiver, yields);
            self.values(&mut call.args, yields);
        }
    }

    fn value_of_macro(&mut self, call: &Macro, yields: bool) {
        if ends_in(&call.path, "vec") && self.parts {
            let list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(call.tokens.clone());
            self.values(&mut list.unwrap_or_default(), yields);
        } else if yields {
            self.found.extend(place_of_async(call));
        }
    }

    fn value_of_variable(&mut self, name: &Ident, yields: bool) {
        let bound = self.bound.iter().rfind(|(known, _)| known == name);
        if let Some((_, [parts, whole])) = bound {
            self.found.extend(if yields { whole } else { parts });
        }
    }

    fn bind(&mut self, pat: &Pat, value: &mut Expr) {
        match (pat, value) {
            (Pat::Type(typed), value) => self.bind(&typed.pat, value),
            (Pat::Paren(inner), value) => self.bind(&inner.pat, value),
            (Pat::Ident(name), value) => self.set(&name.ident, value),
            (Pat::Tuple(names), Expr::Tuple(values)) if names.elems.len() == values.elems.len() => {
                for (name, value) in names.elems.iter().zip(&mut values.elems) {
                    self.bind(name, value);
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, name: &Ident, value: &mut Expr) {
        let futures = [false, true].map(|yields| {
            let before = std::mem::take(&mut self.found);
            self.value(value, yields);
            std::mem::replace(&mut self.found, before)
        });
        // A name without a future is bound as well, since it may hide an earlier one.
        let hides = self.bound.iter().any(|(known, _)| known == name);
        if hides || futures.iter().any(|futures| !futures.is_empty()) {
            self.bound.push((name.clone(), futures));
        }
    }
}

impl Visitor for Values {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        walk::stmt(self, stmt);
        if let Stmt::Local(local) = stmt {
            if let Some(init) = &mut local.init {
                self.bind(&local.pat, &mut init.expr);
            }
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        walk::expr(self, expr);
        match expr {
            Expr::Return(value) => {
                if let Some(value) = &mut value.expr {
                    self.value(value, self.yields);
                }
            }
            Expr::Assign(set) => {
                if let Expr::Path(name) = &*set.left {
                    if let Some(name) = name.path.get_ident() {
                        self.set(name, &mut set.right);
                    }
                }
            }
            _ => {}
        }
    }

    // A `return` in these does not leave the function.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Finds the futures in the values that a block is left with by `break`.
struct Breaks<'v> {
    values: &'v mut Values,
    yields: bool,
}

impl Visitor for Breaks<'_> {
    fn visit_expr_break_mut(&mut self, expr: &mut syn::ExprBreak) {
        if let Some(value) = &mut expr.expr {
            self.values.value(value, self.yields);
        }
        walk::expr_break(self, expr);
    }

    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn is_called(call: &ExprCall, name: &str) -> bool {
    matches!(&*call.func, Expr::Path(function) if last(&function.path).is_some_and(|last| last == name))
}

/// Whether a function of this name runs a future as a task of its own, which no budget of its maker covers.
fn is_elsewhere(name: &str) -> bool {
    name.starts_with("spawn")
}

fn place_of_async(call: &Macro) -> Option<Span> {
    calls::place_of(call.tokens.clone(), &Ident::new("async", Span::call_site()))
}
