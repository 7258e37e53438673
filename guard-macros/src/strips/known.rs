//! Which expressions are certain to have a known type where a loop stands.
//!
//! Whether an iteration can be cut is asked of its type, in front of the loop. If that type is only decided by
//! later code, the compiler assumes that it can be cut. A macro knows no types, so it asks only if what is written
//! leaves no doubt. Any other loop is checked at each iteration.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{
    Block, Expr, ExprForLoop, ExprMethodCall, FnArg, GenericArgument, Ident, Item, Local, Pat,
    Stmt, Type,
};

use crate::syntax::calls;
use crate::syntax::paths::{ends_in, is_among};
use crate::syntax::walk::{self, Visitor};

/// Methods that return an iterator over a slice. A user's type may have such methods as well; the type of their
/// result is known too.
const ITERATING: &str = "iter iter_mut";

/// Methods that return a slice.
const SLICING: &str = "as_bytes as_mut_slice as_slice to_vec";

/// Methods that return an iterator whose items come at once.
const PROMPT: &str = "bytes char_indices chars lines split_ascii_whitespace split_whitespace";
const PROMPT_OF: &str = "chunks chunks_exact chunks_exact_mut chunks_mut windows";

/// What is known about a name's type.
#[derive(Clone, Copy, Default)]
struct Known {
    /// It is a slice, an array or a `Vec`, or a reference to one; its items may still be of an unknown type.
    list: bool,
    /// It is a reference.
    borrowed: bool,
    /// The type is known completely.
    whole: bool,
}

/// The names that a function binds. A name that is bound twice is known as far as both bindings are.
#[derive(Default)]
pub(crate) struct Names(HashMap<Ident, Known>);

impl Names {
    /// The names of a function with these arguments and this body.
    pub(crate) fn of<'a>(inputs: impl IntoIterator<Item = &'a FnArg>, block: &mut Block) -> Self {
        let mut names = Self::default();
        for input in inputs {
            if let FnArg::Typed(argument) = input {
                names.bind(&mut argument.pat.clone(), of_type(&argument.ty));
            }
        }
        names.visit_block_mut(block);
        names
    }

    /// Whether a loop over this may be cut or counted: its type is known, and it is no list by value.
    pub(crate) fn may_be_cut(&self, head: &Expr) -> bool {
        let known = self.known(head);
        (known.list && known.borrowed) || self.is_prompt(head)
    }

    /// Whether this is certain to be one of the standard library's iterators, of a known type.
    fn is_prompt(&self, head: &Expr) -> bool {
        let Expr::MethodCall(call) = head else {
            return false;
        };
        let (alone, with_one, adapting) = match call.args.first() {
            None => (PROMPT, "", "copied enumerate rev"),
            Some(Expr::Lit(_)) => ("split", PROMPT_OF, "skip step_by take"),
            Some(_) => ("", PROMPT_OF, "skip step_by take"),
        };
        call.turbofish.is_none()
            && (is_among(alone, &call.method)
                || is_among(with_one, &call.method)
                || (is_among(adapting, &call.method) && self.may_be_cut(&call.receiver)))
    }

    fn bind(&mut self, pat: &mut Pat, known: Known) {
        match pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
                self.record(&pat.ident, known);
            }
            _ => self.visit_pat_mut(pat),
        }
    }

    fn record(&mut self, name: &Ident, known: Known) {
        let both = |other: &mut Known| {
            *other = Known {
                list: other.list && known.list,
                borrowed: other.borrowed && known.borrowed,
                whole: other.whole && known.whole,
            };
        };
        self.0.entry(name.clone()).and_modify(both).or_insert(known);
    }

    fn known(&self, expr: &Expr) -> Known {
        let list = |borrowed| Known {
            list: true,
            borrowed,
            whole: false,
        };
        match expr {
            Expr::Path(path) if path.path.is_ident("self") => whole(false),
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.0.get(name).copied())
                .unwrap_or_default(),
            Expr::Group(part) => self.known(&part.expr),
            Expr::Paren(part) => self.known(&part.expr),
            Expr::Reference(part) => Known {
                borrowed: true,
                ..self.known(&part.expr)
            },
            Expr::Unary(part) if matches!(part.op, syn::UnOp::Deref(_)) => self.known(&part.expr),
            Expr::Field(part) if self.known(&part.base).whole => whole(true),
            Expr::Index(part) => match self.known(&part.expr) {
                // Only a value of a known type can be indexed, and indexing it with a range gives a slice.
                of if matches!(*part.index, Expr::Range(_)) => Known { list: true, ..of },
                of if of.whole => whole(false),
                _ => Known::default(),
            },
            Expr::Range(range) if range.start.is_some() && range.end.is_some() => list(true),
            Expr::Array(_) | Expr::Repeat(_) => list(false),
            Expr::Macro(call) if call.mac.path.is_ident("vec") => list(false),
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if is_of_vec(&path.path)) => {
                list(false)
            }
            Expr::MethodCall(call) if iterates(call) => Known {
                whole: self.known(&call.receiver).whole,
                ..list(true)
            },
            Expr::MethodCall(call) if is_one_of(call, SLICING) => list(call.method != "to_vec"),
            Expr::MethodCall(call) if call.method == "collect" => collected(call),
            _ => Known::default(),
        }
    }
}

/// Whether the call is like `v.iter()`.
pub(crate) fn iterates(call: &ExprMethodCall) -> bool {
    is_one_of(call, ITERATING)
}

fn is_one_of(call: &ExprMethodCall, names: &str) -> bool {
    call.args.is_empty() && call.turbofish.is_none() && is_among(names, &call.method)
}

/// Whether the path is like `Vec::with_capacity`.
fn is_of_vec(path: &syn::Path) -> bool {
    path.segments.len() == 2 && path.segments[0].ident == "Vec"
}

fn whole(borrowed: bool) -> Known {
    Known {
        list: true,
        borrowed,
        whole: true,
    }
}

/// `collect::<Vec<_>>()`
fn collected(call: &ExprMethodCall) -> Known {
    let of = call.turbofish.as_ref().and_then(|of| of.args.first());
    match of {
        Some(GenericArgument::Type(ty)) => of_type(ty),
        _ => Known::default(),
    }
}

fn of_type(ty: &Type) -> Known {
    Known {
        list: is_list(ty),
        borrowed: matches!(ty, Type::Reference(_)),
        whole: !calls::any_ident(ty.to_token_stream(), &|ident| ident == "_"),
    }
}

fn is_list(ty: &Type) -> bool {
    match ty {
        Type::Array(_) | Type::Slice(_) => true,
        Type::Group(part) => is_list(&part.elem),
        Type::Paren(part) => is_list(&part.elem),
        Type::Path(path) => ends_in(&path.path, "Vec"),
        Type::Reference(part) => is_list(&part.elem),
        _ => false,
    }
}

impl Visitor for Names {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Local(Local {
                pat,
                init: Some(init),
                ..
            }) if matches!(pat, Pat::Ident(_)) => {
                let known = self.known(&init.expr);
                self.visit_local_init_mut(init);
                self.bind(pat, known);
            }
            // The macro may bind any of the names among its tokens.
            Stmt::Macro(call) if !calls::is_known(&call.mac.path) => {
                calls::each_ident(call.mac.tokens.clone(), &mut |name| {
                    self.record(name, Known::default());
                });
            }
            _ => walk::stmt(self, stmt),
        }
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut ExprForLoop) {
        if self.known(&expr.expr).whole {
            self.bind(&mut expr.pat, whole(true));
            self.visit_expr_mut(&mut expr.expr);
            self.visit_block_mut(&mut expr.body);
        } else if !calls::any_ident(expr.body.to_token_stream(), &|ident| ident == "for") {
            // No head of a loop sees what the pattern binds: `for (x, y) in x.iter().zip(y)`.
            self.visit_expr_mut(&mut expr.expr);
            self.visit_block_mut(&mut expr.body);
        } else {
            walk::expr_for_loop(self, expr);
        }
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Type(typed) => self.bind(&mut typed.pat, of_type(&typed.ty)),
            _ => walk::pat(self, pat),
        }
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        self.record(&pat.ident, Known::default());
        walk::pat_ident(self, pat);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}
