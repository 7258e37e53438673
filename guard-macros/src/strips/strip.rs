//! Which `for` loops run in strips: those whose body is plain (`plain.rs`), over what may be cut (`known.rs`).

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprForLoop, ExprMethodCall, Ident, Label, Lifetime};

use crate::strips::names::{Names, iterates};
use crate::strips::plain::{is_plain, is_plain_closure};
use crate::syntax::jumps::Jumps;
use crate::syntax::paths::is_among;
use crate::syntax::walk::Visitor;

/// A `for` loop that qualifies, taken apart.
pub(crate) struct Strips {
    pub(crate) head: Head,
    /// The bases of the head, in the order in which they are evaluated.
    pub(crate) bases: Vec<Expr>,
    /// `.map(closure)` behind the head.
    pub(crate) map: Option<ExprMethodCall>,
    /// The label that the outer of the two loops takes over from the user's loop.
    pub(crate) outer: Option<Label>,
    /// The loop's own label and body, for the case that the whole loop is one strip.
    pub(crate) whole: (Option<Label>, Block),
}

/// The head of a loop: bases that may be cut, and adaptors that are cut with them.
pub(crate) enum Head {
    /// The number of a base.
    Base(usize),
    Adapted(Box<Adapted>),
}

/// `head.method(argument)`
pub(crate) struct Adapted {
    pub(crate) head: Head,
    pub(crate) method: Ident,
    pub(crate) argument: Option<Head>,
}

/// Takes a `for` apart, if it qualifies.
pub(crate) fn of_for(expr: &mut ExprForLoop, names: &Names) -> Option<Strips> {
    let mut bases = Vec::new();
    let (before, map) = match &*expr.expr {
        Expr::MethodCall(call) if maps(call) => (&*call.receiver, Some(call.clone())),
        whole => (whole, None),
    };
    let head = head(before, names, &mut bases)?;
    if !is_plain(&mut expr.body) {
        return None;
    }
    let whole = (expr.label.clone(), expr.body.clone());
    let outer = redirect(&mut expr.label, &mut expr.body);
    Some(Strips {
        head,
        bases,
        map,
        outer,
        whole,
    })
}

/// Whether the call is `map` with a closure that is as plain as a body.
fn maps(call: &ExprMethodCall) -> bool {
    let is_plain = |of: &Expr| matches!(of, Expr::Closure(of) if is_plain_closure(&mut of.clone()));
    call.method == "map"
        && call.attrs.is_empty()
        && call.turbofish.is_none()
        && call.args.len() == 1
        && is_plain(&call.args[0])
}

/// The head, if all its bases may be cut. A list of numbers by value is borrowed, and its items are copied: the
/// compiler does as much with `for x in &list` as with nothing else.
fn head(expr: &Expr, names: &Names, bases: &mut Vec<Expr>) -> Option<Head> {
    match expr {
        Expr::MethodCall(call) if is_adaptor(call) => {
            let adapted = Adapted {
                head: head(&call.receiver, names, bases)?,
                method: call.method.clone(),
                argument: match call.args.first() {
                    Some(argument) => Some(head(argument, names, bases)?),
                    None => None,
                },
            };
            Some(Head::Adapted(Box::new(adapted)))
        }
        // The expression becomes an operand in our code, where its parentheses would be unnecessary.
        Expr::Paren(part) => head(&part.expr, names, bases),
        _ => match names.numbers(expr) {
            Some(list) => Some(Head::Adapted(Box::new(Adapted {
                head: base(syn::parse_quote!(&{ #list }), bases),
                method: Ident::new("copied", list.span()),
                argument: None,
            }))),
            None => names.may_be_cut(expr).then(|| base(expr.clone(), bases)),
        },
    }
}

fn base(expr: Expr, bases: &mut Vec<Expr>) -> Head {
    bases.push(expr);
    Head::Base(bases.len() - 1)
}

/// Whether the call may be an adaptor that can be cut. Cutting evaluates the argument of a `zip` before the
/// adaptors in front of it run, which may be the user's and have effects; and pairs can be cut from the back only
/// where both sides have their lengths.
fn is_adaptor(call: &ExprMethodCall) -> bool {
    let plain = call.attrs.is_empty() && call.turbofish.is_none();
    plain
        && match (call.method.to_string().as_str(), call.args.first()) {
            ("enumerate" | "copied", None) => true,
            ("rev", None) => !is_paired(&call.receiver),
            ("zip", Some(argument)) => call.args.len() == 1 && only_reads(argument),
            _ => false,
        }
}

/// Whether the expression may be an iterator of pairs, which has its items' numbers or another iterator in them.
fn is_paired(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) if is_among("copied rev", &call.method) => is_paired(&call.receiver),
        Expr::MethodCall(call) => is_among("enumerate zip", &call.method),
        Expr::Paren(part) => is_paired(&part.expr),
        _ => false,
    }
}

/// Whether the expression only reads: `&list`, `list.iter().rev()`, `0..n`.
fn only_reads(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Binary(part) => only_reads(&part.left) && only_reads(&part.right),
        Expr::Cast(part) => only_reads(&part.expr),
        Expr::Field(part) => only_reads(&part.base),
        Expr::Group(part) => only_reads(&part.expr),
        Expr::Index(part) => only_reads(&part.expr) && only_reads(&part.index),
        Expr::MethodCall(call) => {
            let reads = iterates(call) || is_adaptor(call) || call.method == "len";
            reads && only_reads(&call.receiver)
        }
        Expr::Paren(part) => only_reads(&part.expr),
        Expr::Range(range) => [&range.start, &range.end]
            .into_iter()
            .flatten()
            .all(|bound| only_reads(bound)),
        Expr::Reference(part) => only_reads(&part.expr),
        Expr::Unary(part) => only_reads(&part.expr),
        _ => false,
    }
}

/// Sends the `break`s of a body to the outer of the two loops. Its label is `'__strips` or, if no `continue` uses
/// the user's label, that label; `label` keeps what is left for the inner loop.
pub(crate) fn redirect(label: &mut Option<Label>, body: &mut Block) -> Option<Label> {
    let own = label.clone();
    let mut continues = false;
    let mut look = |jump: &mut Expr| {
        continues |= matches!(jump, Expr::Continue(jump) if jump.label.is_some());
    };
    Jumps::new(own.as_ref(), &mut look).visit_block_mut(body);
    let outer = if continues { None } else { label.take() };
    let ours = || Lifetime::new("'__strips", Span::mixed_site());
    let target = outer.as_ref().map_or_else(ours, |label| label.name.clone());
    let mut send = |jump: &mut Expr| {
        if let Expr::Break(jump) = jump {
            jump.label = Some(target.clone());
        }
    };
    Jumps::new(own.as_ref(), &mut send).visit_block_mut(body);
    outer
}
