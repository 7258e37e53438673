//! [`Args`] + item -> [`Plan`]. Every rejection of the item is here, all reported at once.

pub(crate) mod breaks;

use quote::ToTokens;
use syn::{Attribute, Block, Error, Expr, Item, LitStr, Path, ReturnType, Signature, Type};

use crate::analyze::breaks::Breaks;
use crate::args::{Args, Errors, OnTrip, Timeout, pace};
use crate::rewrite::cleanup::{self, Cleanup};
use crate::rewrite::future;
use crate::syntax::calls;
use crate::syntax::target::{Function, Target, is_loop_guard};
use crate::syntax::walk::{self, Visitor};

/// What to do with one function.
pub(crate) struct Plan<'a> {
    pub(crate) root: Option<&'a Path>,
    pub(crate) name: Option<&'a LitStr>,
    /// `None`: the function opens no scope.
    pub(crate) budget: Option<Limits<'a>>,
    pub(crate) leave: Leave<'a>,
    /// Macros of the user's whose arguments are expressions.
    pub(crate) macros: &'a [Path],
    /// Whether trips in closures may unwind to a boundary around the body.
    pub(crate) boundary: bool,
    /// Whether a function without a scope and without loops looks when it is entered.
    pub(crate) entry: bool,
    /// What the future yields, if it is a future that is guarded.
    pub(crate) future: Option<ReturnType>,
    pub(crate) cleanup: Option<Cleanup<'a>>,
    /// Whether its loops stay as they are.
    pub(crate) unchecked: bool,
}

/// The budgets of a scope.
pub(crate) struct Limits<'a> {
    pub(crate) timeout: Option<&'a Timeout>,
    pub(crate) iterations: Option<&'a Expr>,
    pub(crate) every: Option<&'a Timeout>,
}

/// The way out of the function.
pub(crate) enum Leave<'a> {
    /// Whatever the real type allows.
    Probe(Box<Type>),
    /// `Err`; the type, which may be one that cannot be named in the body, is only pointed at.
    Error(Box<Type>),
    Panic,
    Break,
    /// Of a cleanup, which has no value: by `return`.
    Cut,
    Fallback(&'a Expr),
}

/// Judges the function, and says what is to be done with it; `None`: nothing.
pub(crate) fn plan<'a>(
    args: &'a Args,
    function: &mut Function<'_>,
) -> Result<Option<Plan<'a>>, Error> {
    let mut errors = Errors::default();
    let inherit = args.inherit.is_some();
    let Loops { found, stray, .. } = Loops::of(function.block, &mut errors);
    let unchecked = passes(function, inherit, found);
    let cleanup = Cleanup::of(args);
    if let Some(cleanup) = &cleanup {
        Loops::new(&mut errors).visit_expr_mut(&mut cleanup.call.clone());
    }
    if errors.is_empty() && (stray || (unchecked && cleanup.is_none())) {
        return Ok(None);
    }
    let future = future::output(function);
    if future.is_none() && !function.of_block {
        cleanup::on_sync(args, &mut errors);
    }
    let sig = &*function.sig;
    let output = future.as_ref().unwrap_or(&sig.output);
    unguardable(sig, &mut errors);
    let on_trip = args.on_trip.as_ref().map(|arg| (&arg.key, arg.value));
    let breaks = matches!(on_trip, Some((_, OnTrip::Break)));
    if let Some(abi) = sig.abi.as_ref().filter(|abi| !unwinds(abi)) {
        if args.fallback.is_none() && !breaks {
            errors.push(Error::new_spanned(
                abi,
                "a function with this ABI cannot unwind: say what to return with `fallback = ...`",
            ));
        }
    }
    if let Some((key, OnTrip::Error)) = on_trip.filter(|_| is_unit(output) || never(output)) {
        errors.push(Error::new_spanned(
            key,
            "this function returns no `Result`: remove `on_trip` or return one",
        ));
    }
    if let (Some((key, OnTrip::Break)), true) = (on_trip, future.is_some() && !inherit) {
        errors.push(Error::new(
            key.span(),
            "a future that waits has no loop to break: say what to return with `fallback = ...`",
        ));
    }
    if let (Some(arg), true) = (&args.yield_every, future.is_none() && !function.of_block) {
        errors.push(Error::new(
            arg.key.span(),
            "only an `async fn` can yield: remove `yield_every`",
        ));
    }
    if breaks {
        let value = !is_unit(output);
        Breaks::judge(function.block, value, &mut errors);
    }
    let every = args.yield_every.as_ref().map(|arg| &arg.value);
    let every = every.filter(|_| future.is_some());
    errors.finish(Some(Plan {
        root: args.krate.as_ref().map(|arg| &arg.value),
        name: args.name.as_ref().map(|arg| &arg.value),
        budget: (!inherit || every.is_some()).then(|| Limits {
            timeout: args.timeout.as_ref().map(|arg| &arg.value),
            iterations: args.iterations.as_ref().map(|arg| &arg.value),
            every,
        }),
        leave: leave(args, output),
        macros: args.macros.as_ref().map_or(&[], |arg| &arg.value),
        boundary: can_be_wrapped(function),
        entry: inherit && !found && recurses(function),
        future,
        cleanup,
        unchecked,
    }))
}

/// What no arguments could make right.
fn unguardable(sig: &Signature, errors: &mut Errors) {
    if let Some(token) = &sig.constness {
        errors.push(Error::new_spanned(
            token,
            "a `const fn` can run at compile time, where there is no clock: remove `const` or the attribute",
        ));
    }
}

/// The errors of the item that do not depend on the arguments, behind an error of those.
pub(crate) fn beside(error: Error, target: Result<Target, Error>) -> Error {
    let mut errors = Errors::default();
    match target {
        Err(error) => errors.push(error),
        Ok(Target::Function(mut function)) => {
            if Loops::of(&mut function.block, &mut errors).found {
                unguardable(&function.sig, &mut errors);
            }
        }
        Ok(Target::Block(_)) => {}
    }
    let mut all = error;
    if let Err(more) = errors.finish(()) {
        all.combine(more);
    }
    all
}

/// Whether the function is left as it is, without an error.
fn passes(function: &Function<'_>, inherit: bool, loops: bool) -> bool {
    let is_const = function.sig.constness.is_some();
    // A destructor that was cut short by its caller's budget would be a lost cleanup.
    let idle = !loops && (function.of_block || !recurses(function));
    (inherit && (idle || is_destructor(function.sig)))
        || (function.of_block && is_const && (inherit || !loops))
}

/// Whether the function names itself: then its calls are a loop, and each entry looks.
fn recurses(function: &Function<'_>) -> bool {
    calls::names(function.block.to_token_stream(), &function.sig.ident)
}

fn is_destructor(sig: &Signature) -> bool {
    sig.ident == "drop"
        && sig.receiver().is_some()
        && sig.inputs.len() == 1
        && matches!(sig.output, ReturnType::Default)
}

/// Whether the body may become a closure. In one, `Location::caller()` would not be the function's
/// caller, and `!` has no value that could be handed out.
fn can_be_wrapped(function: &Function<'_>) -> bool {
    !never(&function.sig.output)
        && !function
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("track_caller"))
}

/// Judges the attributes inside the body, and tells whether there is a loop.
struct Loops<'e> {
    errors: &'e mut Errors,
    found: bool,
    /// Loops, and closures, around the expression at hand.
    depth: u32,
    /// Whether a jump has no loop around it. That cannot compile, and the compiler says so best of
    /// the function as it is.
    stray: bool,
}

impl<'e> Loops<'e> {
    fn of(block: &mut Block, errors: &'e mut Errors) -> Self {
        let mut loops = Loops::new(errors);
        loops.visit_block_mut(block);
        loops
    }

    fn new(errors: &'e mut Errors) -> Self {
        Loops {
            errors,
            found: false,
            depth: 0,
            stray: false,
        }
    }

    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        self.depth += 1;
        visit(self);
        self.depth -= 1;
    }

    fn judge(&mut self, attrs: &[Attribute]) {
        self.found = true;
        for attribute in attrs.iter().filter(|attribute| is_loop_guard(attribute)) {
            if let Err(error) = pace(attribute) {
                self.errors.push(error);
            }
        }
    }
}

impl Visitor for Loops<'_> {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut syn::ExprLoop) {
        self.judge(&expr.attrs);
        self.inside(|it| it.visit_block_mut(&mut expr.body));
    }

    fn visit_expr_while_mut(&mut self, expr: &mut syn::ExprWhile) {
        self.judge(&expr.attrs);
        self.visit_expr_mut(&mut expr.cond);
        self.inside(|it| it.visit_block_mut(&mut expr.body));
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut syn::ExprForLoop) {
        self.judge(&expr.attrs);
        self.visit_expr_mut(&mut expr.expr);
        self.inside(|it| it.visit_block_mut(&mut expr.body));
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut syn::ExprClosure) {
        self.inside(|it| walk::expr_closure(it, expr));
    }

    fn visit_expr_async_mut(&mut self, expr: &mut syn::ExprAsync) {
        self.inside(|it| walk::expr_async(it, expr));
    }

    fn visit_expr_break_mut(&mut self, expr: &mut syn::ExprBreak) {
        self.stray |= self.depth == 0 && expr.label.is_none();
        walk::expr_break(self, expr);
    }

    fn visit_expr_continue_mut(&mut self, expr: &mut syn::ExprContinue) {
        self.stray |= self.depth == 0 && expr.label.is_none();
    }

    /// Reached only where the attribute is not on a loop.
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if is_loop_guard(attribute) {
            self.errors.push(Error::new_spanned(
                attribute.path(),
                "inside a function `loop_guard` goes on a loop or an item: move it there",
            ));
        }
    }

    /// What is in a macro call is found when it is instrumented; until then there may be a loop.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.found |= calls::mentions_loop(call.tokens.clone());
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Whether a panic may leave a function with this ABI.
fn unwinds(abi: &syn::Abi) -> bool {
    // `extern` alone is `extern "C"`.
    abi.name
        .as_ref()
        .is_some_and(|name| name.value() == "Rust" || name.value().ends_with("-unwind"))
}

pub(crate) fn never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)))
}

pub(crate) fn is_unit(output: &ReturnType) -> bool {
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
        Some(OnTrip::Error) | None => {}
    }
    match output {
        ReturnType::Type(_, ty) if args.on_trip.is_some() => Leave::Error(ty.clone()),
        // `!` is a type only here; it has no value to return.
        ReturnType::Type(_, ty) if !matches!(&**ty, Type::Never(_)) => by_type(ty),
        _ => Leave::Panic,
    }
}

/// A type with `impl Trait` in it cannot be named in the body: then its outermost name decides.
fn by_type<'a>(ty: &Type) -> Leave<'a> {
    struct Opaque(bool);
    impl Visitor for Opaque {
        fn as_dyn(&mut self) -> &mut dyn Visitor {
            self
        }

        fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut ty = Box::new(ty.clone());
    let mut opaque = Opaque(false);
    opaque.visit_type_mut(&mut ty);
    match &*ty {
        _ if !opaque.0 => Leave::Probe(ty),
        Type::Path(path)
            if path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Result") =>
        {
            Leave::Error(ty)
        }
        _ => Leave::Panic,
    }
}
