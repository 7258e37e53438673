//! Which names and expressions of a function are certain to have a known type where a loop stands.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{
    BinOp, Block, Expr, ExprForLoop, ExprLit, ExprMethodCall, ExprPath, ExprRange, FnArg,
    GenericArgument, Ident, Item, Lit, Local, Pat, Path, Signature, Stmt,
};

use crate::strips::known::{
    Decided, INTEGER, Known, LIST, VALUE, WHOLE, What, is_integer, of_type,
};
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
const KEEPING: &str = "div_ceil max min pow saturating_sub wrapping_add wrapping_sub";

/// The names that a function binds. A name that is bound twice is known as far as both bindings are.
#[derive(Default)]
pub(crate) struct Names {
    known: HashMap<Ident, Known>,
    /// There is unsafe code: a name that the function does not bind may be that of a `static mut`.
    is_unsafe: bool,
}

impl Names {
    /// The names of a function with this signature and body.
    pub(crate) fn of(sig: &Signature, block: &mut Block) -> Self {
        let mut names = Self {
            is_unsafe: matches!(sig.safety, syn::Safety::Unsafe(_)),
            ..Self::default()
        };
        for input in &sig.inputs {
            if let FnArg::Typed(argument) = input {
                names.bind(&mut argument.pat.clone(), of_type(&argument.ty));
            }
        }
        names.visit_block_mut(block);
        names
    }

    /// Whether a loop over this may be cut or counted: its type is decided, and no value moves into it.
    pub(crate) fn may_be_cut(&self, head: &Expr) -> bool {
        let known = self.known(head);
        known.decided != Decided::Nothing && !known.is_owned()
    }

    /// The `Vec` or array of numbers that a loop takes by value.
    pub(crate) fn numbers<'e>(&self, head: &'e Expr) -> Option<&'e Expr> {
        match head {
            Expr::MethodCall(call) if call.method == "into_iter" => {
                (self.known(&call.receiver).what == What::Numbers).then_some(&*call.receiver)
            }
            _ => matches!(self.known(head).what, What::Numbers | What::NumberArray).then_some(head),
        }
    }

    /// Whether the name is certain to be an integer of the language.
    pub(crate) fn is_integer(&self, name: &Ident) -> bool {
        (self.known.get(name)).is_some_and(|known| known.what == What::Integer)
    }

    /// Whether the function has unsafe code.
    pub(crate) fn is_unsafe(&self) -> bool {
        self.is_unsafe
    }

    /// Whether the bound of a `while` may be asked more or less often: a number, a name, the length of a list, or
    /// arithmetic of integers. An overflow panics when the bound is asked first, or never. If its type is not the
    /// counter's, the runtime sees that.
    pub(crate) fn stays(&self, bound: &Expr) -> bool {
        match bound {
            Expr::Lit(_) => true,
            // Bounds are borrowed, which a lint denies of a `static mut`.
            Expr::Path(path) => !self.is_unsafe || self.binds(path),
            Expr::MethodCall(call) if call.method == "len" => {
                matches!(&*call.receiver, Expr::Path(_)) && self.counts(bound)
            }
            Expr::Paren(part) => self.stays(&part.expr),
            Expr::Cast(part) => self.stays(&part.expr),
            Expr::Binary(part) if is_arithmetic(&part.op) => [&part.left, &part.right]
                .into_iter()
                .all(|side| self.stays(side) && self.counts(side)),
            _ => false,
        }
    }

    /// Whether this is an integer. A constant of the user's may have operators, but hardly one with effects.
    pub(crate) fn counts(&self, part: &Expr) -> bool {
        match part {
            Expr::Path(path)
                if path
                    .path
                    .get_ident()
                    .is_some_and(|name| self.is_constant(name)) =>
            {
                true
            }
            Expr::Binary(part) => self.counts(&part.left) && self.counts(&part.right),
            Expr::Paren(part) => self.counts(&part.expr),
            _ => self.known(part).what == What::Integer,
        }
    }

    fn binds(&self, path: &ExprPath) -> bool {
        (path.path.get_ident()).is_some_and(|name| self.known.contains_key(name))
    }

    /// Whether the name is written like a constant: `LIMIT`.
    fn is_constant(&self, name: &Ident) -> bool {
        !self.known.contains_key(name) && !name.to_string().contains(char::is_lowercase)
    }

    fn bind(&mut self, pat: &mut Pat, known: Known) {
        match pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
                self.record(&pat.ident, known);
            }
            // Every part of a type that is known completely is.
            Pat::Tuple(pat) if known.decided == Decided::Whole => {
                for part in &mut pat.elems {
                    self.bind(part, WHOLE);
                }
            }
            Pat::Reference(pat) if known.decided == Decided::Whole => {
                self.bind(&mut pat.pat, WHOLE);
            }
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
        self.known
            .entry(name.clone())
            .and_modify(both)
            .or_insert(known);
    }

    fn known(&self, expr: &Expr) -> Known {
        match expr {
            Expr::Path(path) if path.path.is_ident("self") => VALUE,
            Expr::Path(path) => (path.path.get_ident())
                .and_then(|name| self.known.get(name).copied())
                .unwrap_or_default(),
            Expr::Group(part) => self.known(&part.expr),
            Expr::Paren(part) => self.known(&part.expr),
            Expr::Reference(part) => self.known(&part.expr).borrowed(),
            Expr::Unary(part) if matches!(part.op, syn::UnOp::Deref(_)) => self.known(&part.expr),
            Expr::Field(part) if self.known(&part.base).decided == Decided::Whole => WHOLE,
            // Only a value of a known type can be indexed, and indexing it with a range gives a slice.
            Expr::Index(part) => match self.known(&part.expr) {
                of if matches!(*part.index, Expr::Range(_)) => of.listing(),
                of if of.decided == Decided::Whole => VALUE,
                _ => Known::default(),
            },
            Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            }) if is_integer(int.suffix()) => INTEGER,
            Expr::Cast(cast) => of_type(&cast.ty),
            Expr::Binary(part) => self.known(&part.left).and(self.known(&part.right)),
            Expr::Range(ExprRange {
                start: Some(start),
                end: Some(end),
                ..
            }) => {
                let is_integer = [start, end]
                    .into_iter()
                    .any(|end| self.known(end).what == What::Integer);
                let what = if is_integer {
                    What::Integer
                } else {
                    What::Other
                };
                Known::new(Decided::Outside, what)
            }
            Expr::Array(_) | Expr::Repeat(_) => LIST,
            Expr::Macro(call) if call.mac.path.is_ident("vec") => LIST,
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if is_of_vec(&path.path)) => {
                LIST
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
        match call.args.first() {
            None if method == "len"
                && (of.what == What::List || of.borrowed().what == What::List) =>
            {
                INTEGER
            }
            Some(_) if is_among(KEEPING, method) && of.what == What::Integer => Known {
                decided: Decided::Nothing,
                ..of
            },
            None if method == "to_vec" => Known {
                what: What::Owned,
                ..of.listing()
            },
            None if is_among(LISTING, method) => of.listing(),
            None if is_among(ADAPTING, method) => of.borrowed(),
            Some(Expr::Lit(_)) if method == "split" => of.listing(),
            Some(_) if is_among(LISTING_BY, method) => of.listing(),
            Some(_) if is_among(ADAPTING_BY, method) => of.borrowed(),
            Some(other) if method == "zip" => of.and(self.known(other)),
            _ => Known::default(),
        }
    }
}

/// Whether the call is like `v.iter()`.
pub(crate) fn iterates(call: &ExprMethodCall) -> bool {
    call.args.is_empty() && call.turbofish.is_none() && is_among("iter iter_mut", &call.method)
}

/// Whether the result of the operator, of two integers of one type, is of that type.
fn is_arithmetic(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_)
    )
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

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.is_unsafe |= matches!(expr, Expr::Unsafe(_));
        walk::expr(self, expr);
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut ExprForLoop) {
        let looks = |ident: &Ident| ident == "for" || ident == "while";
        match self.known(&expr.expr) {
            of if of.decided == Decided::Whole => self.bind(&mut expr.pat, WHOLE),
            of if of.what == What::Integer => self.bind(&mut expr.pat, INTEGER),
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
