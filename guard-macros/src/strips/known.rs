//! Which expressions are certain to have a known type where a loop stands.
//!
//! Whether an iteration can be cut is asked of its type, in front of the loop. If that type is only decided by
//! later code, the compiler assumes that it can be cut. A macro knows no types, so it asks only if what is written
//! leaves no doubt. Any other loop is checked at each iteration.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{
    Block, Expr, ExprForLoop, ExprMethodCall, FnArg, GenericArgument, Ident, Item, Lit, Local, Pat,
    Path, PathArguments, PathSegment, Stmt, Type,
};

use crate::strips::plain::is_primitive;
use crate::syntax::calls;
use crate::syntax::paths::{ends_in, is_among};
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

/// What is known about the type of a name or of an expression.
#[derive(Clone, Copy, Default)]
struct Known {
    /// It is a slice, an array, a `Vec`, a range or an iterator over one, or a reference to that; its items may
    /// still be of an unknown type.
    list: bool,
    held: Held,
    /// The type is known completely.
    whole: bool,
    /// It is this integer, or a range of it; [`ANY`] if later code decides which.
    integer: Option<&'static str>,
}

/// Whether a list is there by value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Held {
    #[default]
    Borrowed,
    /// It may be.
    Owned,
    /// It is, and a `Vec` or an array of numbers.
    Numbers,
}

const ANY: &str = "";

const INTEGERS: &str = "i128 i16 i32 i64 i8 isize u128 u16 u32 u64 u8 usize";

const LIST: Known = Known {
    list: true,
    held: Held::Borrowed,
    whole: false,
    integer: None,
};

/// A list or not: the type itself can be asked.
const WHOLE: Known = Known {
    whole: true,
    ..LIST
};

impl Known {
    const fn owned(self) -> Self {
        Self {
            held: Held::Owned,
            ..self
        }
    }

    const fn integer(name: &'static str) -> Self {
        Self {
            list: false,
            integer: Some(name),
            ..LIST
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            list: self.list && other.list,
            held: if self.held == other.held {
                self.held
            } else {
                Held::Owned
            },
            whole: self.whole && other.whole,
            integer: match (self.integer, other.integer) {
                (Some(ANY), name) | (name, Some(ANY)) => name,
                (name, other) if name == other => name,
                _ => None,
            },
        }
    }
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

    /// Whether `counter` is certain to be an integer of the language, and the same one as `bound` if that is.
    pub(crate) fn are_integers(&self, counter: &Ident, bound: &Expr) -> bool {
        let of = |name| self.0.get(name).and_then(|known| known.integer);
        of(counter).is_some_and(|name| match self.known(bound).integer {
            Some(other) => name == ANY || other == ANY || name == other,
            None => true,
        })
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
            Expr::Array(_) | Expr::Repeat(_) => LIST.owned(),
            Expr::Macro(call) if call.mac.path.is_ident("vec") => LIST.owned(),
            Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if is_of_vec(&path.path)) => {
                LIST.owned()
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
            whole: of.whole,
            ..LIST
        };
        match call.args.first() {
            None if method == "len" && of.list => Known::integer("usize"),
            None if method == "to_vec" => LIST.owned(),
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

fn of_type(ty: &Type) -> Known {
    let name = match ty {
        Type::Path(path) => path.path.get_ident().map(Ident::to_string),
        _ => None,
    };
    Known {
        list: is_list(ty),
        held: match ty {
            Type::Reference(_) => Held::Borrowed,
            _ if are_numbers(ty) => Held::Numbers,
            _ => Held::Owned,
        },
        whole: !calls::any_ident(ty.to_token_stream(), &|ident| ident == "_"),
        integer: name.as_deref().and_then(integer),
    }
}

/// The integer of this name.
fn integer(name: &str) -> Option<&'static str> {
    INTEGERS.split_ascii_whitespace().find(|of| *of == name)
}

/// `Vec<f64>`, `[u32; N]`
fn are_numbers(ty: &Type) -> bool {
    match ty {
        Type::Array(array) => is_primitive(&array.elem),
        Type::Path(path) => match path.path.segments.last() {
            Some(PathSegment {
                ident,
                arguments: PathArguments::AngleBracketed(of),
            }) if ident == "Vec" && of.args.len() == 1 => {
                matches!(&of.args[0], GenericArgument::Type(item) if is_primitive(item))
            }
            _ => false,
        },
        _ => false,
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
