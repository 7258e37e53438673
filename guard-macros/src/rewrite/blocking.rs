//! Calls that block the thread in an `async` body, for the compiler to warn of.

use proc_macro2::{Span, TokenStream};
use syn::{Block, Expr, ExprCall, ExprClosure, ExprMethodCall, Ident, Item};

use crate::emit::q;
use crate::syntax::walk::{self, Visitor};

/// Methods that block, depending on whose they are.
const METHODS: [&str; 3] = ["recv", "join", "lock"];

/// Marks the calls, in place; `private` is the path to the runtime.
///
/// ```text
/// thread::sleep(d)   =>   { Blocking::<()>::sleep(); thread::sleep(d) }
/// channel.recv()     =>   match channel.recv() { value => { Blocking::of(&value).recv(); value } }
/// ```
/// Whether `recv` is deprecated there depends on the value's type. A call that is awaited does not block.
pub(crate) fn mark(block: &mut Block, private: &TokenStream) {
    Calls { private }.visit_block_mut(block);
}

struct Calls<'p> {
    private: &'p TokenStream,
}

impl Calls<'_> {
    fn method(&self, call: &ExprMethodCall) -> Option<TokenStream> {
        let known = METHODS.iter().any(|name| call.method == name);
        if !known || !call.args.is_empty() {
            return None;
        }
        let (private, method) = (self.private, marked(&call.method));
        Some(q! {
            match #call {
                __value => { #private::Blocking::of(&__value).#method(); __value }
            }
        })
    }

    fn function(&self, call: &ExprCall) -> Option<TokenStream> {
        let Expr::Path(function) = &*call.func else {
            return None;
        };
        let mut names = function.path.segments.iter().rev().map(|name| &name.ident);
        let (name, module) = (names.next()?, names.next()?);
        if name != "sleep" || module != "thread" {
            return None;
        }
        let (private, sleep) = (self.private, marked(name));
        Some(q!({ #private::Blocking::<()>::#sleep(); #call }))
    }
}

/// The name of ours, where the user's stands.
fn marked(name: &Ident) -> Ident {
    Ident::new(
        &name.to_string(),
        Span::mixed_site().located_at(name.span()),
    )
}

impl Visitor for Calls<'_> {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Await(awaited) = expr {
            // What is in it may block before there is anything to await.
            return walk::expr(self, &mut awaited.base);
        }
        walk::expr(self, expr);
        let marked = match expr {
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => self.function(call),
            _ => None,
        };
        if let Some(tokens) = marked {
            *expr = Expr::Verbatim(tokens);
        }
    }

    // What a closure does, it may do on a thread that is there for it.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
