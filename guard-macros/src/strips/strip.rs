//! Which `for` loops run in strips: those whose body is plain (`plain.rs`), over what may be cut (`known.rs`).

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprForLoop, ExprMethodCall, Ident, Label, Lifetime};

use crate::strips::names::{Names, iterates};
use crate::strips::plain::{is_plain, is_plain_closure};
use crate::syntax::jumps::Jumps;
use crate::syntax::paths::is_among;
use crate::syntax::walk::Visitor;

/// A `for` loop that qualifies, taken apart.
pub(crate) struct Strips {
    pub(crate) bases: Bases,
    /// The head, over what `__kind` makes of the bases.
    pub(crate) head: TokenStream,
    /// The label that the outer of the two loops takes over from the user's loop.
    pub(crate) outer: Option<Label>,
    /// The loop's own label and body, for the case that the whole loop is one strip.
    pub(crate) whole: (Option<Label>, Block),
}

/// What a head iterates over, each with the name that holds it, in the order in which they are evaluated.
#[derive(Default)]
pub(crate) struct Bases {
    pub(crate) of: Vec<(Ident, Expr)>,
    /// The head has adaptors; without, it is the only base.
    pub(crate) are_adapted: bool,
}

/// Takes a `for` apart, if it qualifies.
pub(crate) fn of_for(expr: &mut ExprForLoop, names: &Names) -> Option<Strips> {
    let mut bases = Bases::default();
    let head = match &*expr.expr {
        Expr::MethodCall(map) if maps(map) => {
            let ExprMethodCall { method, args, .. } = map;
            let head = bases.head(&map.receiver, names)?;
            bases.are_adapted = true;
            quote_spanned!(Span::mixed_site()=> #head.#method(#args))
        }
        whole => bases.head(whole, names)?,
    };
    if !is_plain(&mut expr.body) {
        return None;
    }
    let whole = (expr.label.clone(), expr.body.clone());
    let outer = redirect(&mut expr.label, &mut expr.body);
    Some(Strips {
        bases,
        head,
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

impl Bases {
    /// The head, if all its bases may be cut. A list of numbers by value is borrowed, and its items are copied: the
    /// compiler does as much with `for x in &list` as with nothing else.
    fn head(&mut self, expr: &Expr, names: &Names) -> Option<TokenStream> {
        let (of, method, argument) = match expr {
            Expr::MethodCall(call) if is_adaptor(call) => {
                let of = self.head(&call.receiver, names)?;
                let argument = match call.args.first() {
                    Some(argument) => Some(self.head(argument, names)?),
                    None => None,
                };
                (of, call.method.clone(), argument)
            }
            // The expression becomes an operand in our code, where its parentheses would be unnecessary.
            Expr::Paren(part) => return self.head(&part.expr, names),
            _ => match names.numbers(expr) {
                Some(list) => {
                    let copied = Ident::new("copied", list.span());
                    (self.base(syn::parse_quote!(&{ #list })), copied, None)
                }
                None => return names.may_be_cut(expr).then(|| self.base(expr.clone())),
            },
        };
        let place = Span::mixed_site().located_at(method.span());
        let method = Ident::new(&method.to_string(), place);
        self.are_adapted = true;
        Some(quote_spanned!(Span::mixed_site()=> #of.#method(#argument)))
    }

    fn base(&mut self, expr: Expr) -> TokenStream {
        let name = format_ident!("__it_{}", self.of.len(), span = Span::mixed_site());
        let made = quote_spanned!(Span::mixed_site()=> __kind.make(#name));
        self.of.push((name, expr));
        made
    }
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
