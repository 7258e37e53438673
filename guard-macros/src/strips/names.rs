//! Which names and expressions of a function are certain to have a known type where a loop stands.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{
    BinOp, Block, Expr, ExprForLoop, ExprMethodCall, FnArg, GenericArgument, Ident, Item, Lit,
    Local, Pat, Path, Stmt,
};

use crate::strips::known::{ANY, Held, Known, LIST, WHOLE, integer, of_type};
use crate::syntax::calls;
use crate::syntax::paths::is_among;
use crate::syntax::walk::{self, Visitor};

/// Methods without arguments that return a slice, or one of the standard library's iterators over memory. A user's
/// type may have such methods as well; the type of their result is known too.
const LISTING: &str = "\
    as_bytes as_mut_slice as_slice bytes char_indices chars iter iter_mut lines split_ascii_whitespace \
    split_whitespace";

/// The same, with one argument.
const LISTING_BY: &str = "chunks chunks_exact chunks_exact_mut chunks_mut windows";

/// Adaptors whose items are those of the iterator before.
const ADAPTING: &str = "copied enumerate rev";
const ADAPTING_BY: &str = "skip step_by take";

/// Methods with one argument by which an integer becomes one of the same type.
const KEEPING: &str = "\
    div_ceil max min next_multiple_of pow saturating_add saturating_mul saturating_sub wrapping_add wrapping_mul \
    wrapping_sub";

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
        known.list && known.held == Held::Borrowed
    }

    /// The `Vec` or array of numbers that a loop takes by value.
    pub(crate) fn numbers<'e>(&self, head: &'e Expr) -> Option<&'e Expr> {
        let list = match head {
            Expr::MethodCall(call) if call.method == "into_iter" => &call.receiver,
            _ => head,
        };
        (self.known(list).held == Held::Numbers).then_some(list)
    }

    /// Whether both are certain to be integers of the language, of one type, and nothing but an assignment in sight can
    /// move the bound.
    pub(crate) fn are_integers(&self, counter: &Ident, bound: &Expr) -> bool {
        let counter = self.0.get(counter).and_then(|known| known.integer);
        matches!((counter, self.staying(bound)), (Some(name), Some(other)) if name == ANY || other == ANY || name == other)
    }

    /// The integer that a bound is, if it is one that may be asked more or less often: a number, a name, a constant, the
    /// length of a list, or arithmetic of those. An overflow panics when the bound is asked first, or never.
    fn staying(&self, bound: &Expr) -> Option<&'static str> {
        match bound {
            Expr::Lit(_) => self.known(bound).integer,
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) if is_constant(name) && !self.0.contains_key(name) => Some(ANY),
                _ => self.known(bound).integer,
            },
            Expr::MethodCall(call) if call.method == "len" => {
                matches!(&*call.receiver, Expr::Path(_)).then(|| self.known(bound).integer)?
            }
            Expr::Paren(part) => self.staying(&part.expr),
            Expr::Cast(part) => self
                .staying(&part.expr)
                .and_then(|_| self.known(bound).integer),
            Expr::Binary(part) if is_arithmetic(&part.op) => {
                let sides = [self.staying(&part.left)?, self.staying(&part.right)?];
                let [left, right] = sides.map(Known::integer);
                left.and(right).integer
            }
            _ => None,
        }
    }

    fn bind(&mut self, pat: &mut Pat, known: Known) {
        match pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
                self.record(&pat.ident, known);
            }
            // Every part of a type that is known completely is.
            Pat::Tuple(pat) if known.whole => {
                for part in &mut pat.elems {
                    self.bind(part, WHOLE);
                }
            }
            Pat::Reference(pat) if known.whole => self.bind(&mut pat.pat, WHOLE),
            _ => self.visit_pat_mut(pat),
        }
    }

    /// `let pat = value`, part by part.
    fn bind_to(&mut self, pat: &mut Pat, value: &Expr) {
        match (pat, value) {
            (Pat::Tuple(pat), Expr::Tuple(value)) if pat.elems.len() == value.elems.len() => {
                for (pat, value) in pat.elems.iter_mut().zip(&value.elems) {
                    self.bind_to(pat, value);
                }
            }
            (pat, value) => self.bind(pat, self.known(value)),
        }
    }

    fn record(&mut self, name: &Ident, known: Known) {
        let both = |other: &mut Known| *other = other.and(known);
        self.0.entry(name.clone()).and_modify(both).or_insert(known);
    }

    fn known(&self, expr: &Expr) -> Known {
        match expr {
            Expr::Path(path) if path.path.is_ident("self") => WHOLE.owned(),
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.0.get(name).copied())
                .unwrap_or_default(),
            Expr::Group(part) => self.known(&part.expr),
            Expr::Paren(part) => self.known(&part.expr),
            Expr::Reference(part) => Known {
                held: Held::Borrowed,
                ..self.known(&part.expr)
            },
            Expr::Unary(part) if matches!(part.op, syn::UnOp::Deref(_)) => self.known(&part.expr),
            Expr::Field(part) if self.known(&part.base).whole => WHOLE,
            Expr::Index(part) => match self.known(&part.expr) {
                // Only a value of a known type can be indexed, and indexing it with a range gives a slice.
                of if matches!(*part.index, Expr::Range(_)) => Known {
                    list: true,
                    held: Held::Owned,
                    ..of
                },
                of if of.whole => WHOLE.owned(),
                _ => Known::default(),
            },
            Expr::Lit(lit) => match &lit.lit {
                Lit::Int(int) if int.suffix().is_empty() => Known::integer(ANY),
                Lit::Int(int) => integer(int.suffix())
                    .map(Known::integer)
                    .unwrap_or_default(),
                _ => Known::default(),
            },
            Expr::Cast(cast) => of_type(&cast.ty),
            Expr::Binary(part) => self.known(&part.left).and(self.known(&part.right)),
            Expr::Range(range) => match (&range.start, &range.end) {
                (Some(start), Some(end)) => Known {
                    integer: self.known(start).integer.or(self.known(end).integer),
                    ..LIST
                },
                _ => Known::default(),
            },
            Expr::If(of) => match (lone(&of.then_branch), &of.else_branch) {
                (Some(value), Some((_, other))) => self.known(value).and(self.known(other)),
                _ => Known::default(),
            },
            Expr::Block(of) => lone(&of.block).map_or_else(Known::default, |of| self.known(of)),
            Expr::Array(_) | Expr::Repeat(_) => Known::written(),
            Expr::Macro(call) if call.mac.path.is_ident("vec") => Known::written(),
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if is_of_vec(&path.path)) => {
                Known::written()
            }
            Expr::MethodCall(call) => self.of_call(call),
            _ => Known::default(),
        }
    }

    fn of_call(&self, call: &ExprMethodCall) -> Known {
        let (method, of) = (&call.method, self.known(&call.receiver));
        if method == "collect" {
            return collected(call);
        }
        if call.turbofish.is_some() {
            return Known::default();
        }
        let listing = Known {
            certain: of.certain,
            whole: of.whole,
            ..LIST
        };
        match call.args.first() {
            None if method == "len" && of.certain => Known::integer("usize"),
            Some(_) if is_among(KEEPING, method) && !of.list => Known {
                integer: of.integer,
                ..Known::default()
            },
            None if method == "to_vec" => Known {
                held: Held::Owned,
                ..listing
            },
            None if is_among(LISTING, method) => listing,
            None if is_among(ADAPTING, method) => of,
            Some(Expr::Lit(_)) if method == "split" => listing,
            Some(_) if is_among(LISTING_BY, method) => listing,
            Some(_) if is_among(ADAPTING_BY, method) => of,
            Some(other) if method == "zip" => of.and(self.known(other)),
            _ => Known::default(),
        }
    }
}

/// Whether the call is like `v.iter()`.
pub(crate) fn iterates(call: &ExprMethodCall) -> bool {
    call.args.is_empty() && call.turbofish.is_none() && is_among("iter iter_mut", &call.method)
}

/// Whether the name is written like a constant: `LIMIT`.
fn is_constant(name: &Ident) -> bool {
    !name.to_string().contains(char::is_lowercase)
}

/// Whether the result of the operator, of two integers of one type, is of that type.
fn is_arithmetic(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_)
    )
}

/// The value of a block that has nothing else.
fn lone(block: &Block) -> Option<&Expr> {
    match &*block.stmts {
        [Stmt::Expr(value, None)] => Some(value),
        _ => None,
    }
}

/// Whether the path is like `Vec::with_capacity`.
fn is_of_vec(path: &Path) -> bool {
    path.segments.len() == 2 && path.segments[0].ident == "Vec"
}

/// `collect::<Vec<_>>()`
fn collected(call: &ExprMethodCall) -> Known {
    let of = call.turbofish.as_ref().and_then(|of| of.args.first());
    match of {
        Some(GenericArgument::Type(ty)) => of_type(ty),
        _ => Known::default(),
    }
}

impl Visitor for Names {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Local(Local {
                pat,
                init: Some(init),
                ..
            }) if matches!(pat, Pat::Ident(_) | Pat::Tuple(_)) => {
                self.bind_to(pat, &init.expr);
                self.visit_local_init_mut(init);
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
        let looks = |ident: &Ident| ident == "for" || ident == "while";
        match self.known(&expr.expr) {
            of if of.whole => self.bind(&mut expr.pat, WHOLE),
            Known {
                integer: Some(name),
                ..
            } => self.bind(&mut expr.pat, Known::integer(name)),
            // No loop inside sees what the pattern binds: `for (x, y) in x.iter().zip(y)`.
            _ if !calls::any_ident(expr.body.to_token_stream(), &looks) => {}
            _ => self.visit_pat_mut(&mut expr.pat),
        }
        self.visit_expr_mut(&mut expr.expr);
        self.visit_block_mut(&mut expr.body);
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
