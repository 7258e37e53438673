//! [`Args`] + item -> [`Plan`]. Every rejection of the item is here, all reported at once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Error, Expr, ItemFn, LitStr, Path, ReturnType, Type};

use crate::args::{Args, Errors, OnTrip, Timeout};

/// What the attribute can stand on.
pub(crate) enum Target {
    Function(ItemFn),
}

impl ToTokens for Target {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Function(function) => function.to_tokens(tokens),
        }
    }
}

/// What to do with one function.
pub(crate) struct Plan<'a> {
    pub(crate) root: Option<&'a Path>,
    pub(crate) name: Option<&'a LitStr>,
    /// `None`: the function opens no scope.
    pub(crate) budget: Option<Limits<'a>>,
    pub(crate) leave: Leave<'a>,
}

/// The budgets of a scope.
pub(crate) struct Limits<'a> {
    pub(crate) timeout: Option<&'a Timeout>,
    pub(crate) iterations: Option<&'a Expr>,
}

/// The way out of the function.
pub(crate) enum Leave<'a> {
    /// Whatever the real type allows.
    Probe(Box<Type>),
    /// `Err`, of a type that cannot be named.
    Error,
    Panic,
    Break,
    Fallback(&'a Expr),
}

/// The item, if the attribute can stand on it.
pub(crate) fn target(item: TokenStream) -> Result<Target, Error> {
    let item = match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Fn(function)) => return Ok(Target::Function(function)),
        Ok(item) => item,
        // Rust itself reports what no item is; it does so at the same token.
        Err(error) => return Err(error),
    };
    let bodyless = syn::parse2::<syn::TraitItemFn>(item.to_token_stream()).ok();
    Err(match bodyless.as_ref().map(|method| &method.semi_token) {
        Some(Some(semicolon)) => {
            Error::new_spanned(semicolon, "a method without a body has no loops: put the attribute on its implementations")
        }
        _ => Error::new_spanned(
            first_token(&item),
            "`loop_guard` goes on a function or a method: move it there",
        ),
    })
}

fn first_token(item: &syn::Item) -> TokenStream {
    let attributes = |token: &proc_macro2::TokenTree| matches!(token, proc_macro2::TokenTree::Ident(_));
    item.to_token_stream().into_iter().find(attributes).map_or_else(|| item.to_token_stream(), Into::into)
}

/// Judges the function, and says what is to be done with it.
pub(crate) fn plan<'a>(args: &'a Args, function: &mut ItemFn) -> Result<Plan<'a>, Error> {
    let mut errors = Errors::default();
    let sig = &function.sig;
    if let Some(token) = &sig.constness {
        errors.push(Error::new_spanned(
            token,
            "a `const fn` can run at compile time, where there is no clock: remove `const` or the attribute",
        ));
    }
    if let Some(token) = &sig.asyncness {
        errors.push(Error::new_spanned(token, "`async` functions cannot be guarded yet: guard the functions it calls"));
    }
    let on_trip = args.on_trip.as_ref().map(|arg| (&arg.key, arg.value));
    if let Some(abi) = sig.abi.as_ref().filter(|abi| !unwinds(abi)) {
        if args.fallback.is_none() && !matches!(on_trip, Some((_, OnTrip::Break))) {
            errors.push(Error::new_spanned(
                abi,
                "a function with this ABI cannot unwind: say what to return with `fallback = ...`",
            ));
        }
    }
    if let (Some((key, OnTrip::Error)), ReturnType::Default) = (on_trip, &sig.output) {
        errors.push(Error::new_spanned(key, "the function returns no `Result`: remove this or give it one"));
    }
    if let Some((_, OnTrip::Break)) = on_trip {
        let mut breaks = Breaks { errors: &mut errors, stack: Vec::new(), value: !is_unit(&sig.output) };
        breaks.visit_block_mut(&mut function.block);
    }
    errors.finish(Plan {
        root: args.krate.as_ref().map(|arg| &arg.value),
        name: args.name.as_ref().map(|arg| &arg.value),
        budget: args.inherit.is_none().then(|| Limits {
            timeout: args.timeout.as_ref().map(|arg| &arg.value),
            iterations: args.iterations.as_ref().map(|arg| &arg.value),
        }),
        leave: leave(args, &function.sig.output),
    })
}

/// Whether a panic may leave a function with this ABI.
fn unwinds(abi: &syn::Abi) -> bool {
    // `extern` alone is `extern "C"`.
    abi.name.as_ref().is_some_and(|name| name.value() == "Rust" || name.value().ends_with("-unwind"))
}

fn is_unit(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}

fn leave<'a>(args: &'a Args, output: &ReturnType) -> Leave<'a> {
    if let Some(fallback) = &args.fallback {
        return Leave::Fallback(&fallback.value);
    }
    match args.on_trip.as_ref().map(|arg| arg.value) {
        Some(OnTrip::Break) => return Leave::Break,
        Some(OnTrip::Panic) => return Leave::Panic,
        Some(OnTrip::Error) => return Leave::Error,
        None => {}
    }
    match output {
        // `!` is a type only here; it has no value to return.
        ReturnType::Type(_, ty) if !matches!(&**ty, Type::Never(_)) => by_type(ty),
        _ => Leave::Panic,
    }
}

/// A type with `impl Trait` in it cannot be named in the body: then its outermost name decides.
fn by_type<'a>(ty: &Type) -> Leave<'a> {
    struct Opaque(bool);
    impl VisitMut for Opaque {
        fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut ty = Box::new(ty.clone());
    let mut opaque = Opaque(false);
    opaque.visit_type_mut(&mut ty);
    match &*ty {
        _ if !opaque.0 => Leave::Probe(ty),
        Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Result") => Leave::Error,
        _ => Leave::Panic,
    }
}

/// Looks for `loop`s that must yield a value, which a bare `break` could not give.
struct Breaks<'e> {
    errors: &'e mut Errors,
    /// The loops around: label, and whether a `break` leaves it.
    stack: Vec<(Option<syn::Ident>, bool)>,
    /// Whether the expression at hand is the value of the function.
    value: bool,
}

impl Breaks<'_> {
    fn inside(&mut self, label: Option<&syn::Label>, body: &mut syn::Block) -> bool {
        self.stack.push((label.map(|label| label.name.ident.clone()), false));
        let value = std::mem::replace(&mut self.value, false);
        visit_mut::visit_block_mut(self, body);
        self.value = value;
        self.stack.pop().is_some_and(|(_, broken)| broken)
    }
}

impl VisitMut for Breaks<'_> {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let value = self.value;
        let last = block.stmts.len().saturating_sub(1);
        for (index, stmt) in block.stmts.iter_mut().enumerate() {
            self.value = value && index == last && matches!(stmt, syn::Stmt::Expr(_, None));
            self.visit_stmt_mut(stmt);
        }
        self.value = value;
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut syn::ExprLoop) {
        let value = self.value;
        if !self.inside(expr.label.as_ref(), &mut expr.body) && value {
            self.errors.push(Error::new(
                expr.loop_token.span,
                "the function's value comes out of this loop, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
            ));
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut syn::ExprWhile) {
        self.inside(expr.label.as_ref(), &mut expr.body);
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut syn::ExprForLoop) {
        self.inside(expr.label.as_ref(), &mut expr.body);
    }

    fn visit_expr_break_mut(&mut self, expr: &mut syn::ExprBreak) {
        let wanted = expr.label.as_ref().map(|label| &label.ident);
        let target = self.stack.iter_mut().rev().find(|(label, _)| wanted.is_none() || label.as_ref() == wanted);
        let Some((_, broken)) = target else { return };
        *broken = true;
        if expr.expr.is_some() {
            self.errors.push(Error::new(
                expr.break_token.span(),
                "this `break` gives its loop a value, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
            ));
        }
    }

    // Loops in these are not this function's.
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
}
