//! [`Args`] + item -> [`Plan`]. Every rejection of the item is here, all reported at once.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Error, Expr, ImplItem, Item, ItemFn, LitStr, Path, ReturnType, Signature,
    TraitItem, TraitItemFn, Type,
};

use crate::args::{Args, Errors, OnTrip, Timeout, pace};
use crate::calls;

/// What the attribute can stand on.
pub(crate) enum Target {
    Function(ItemFn),
    /// An `impl` block, a trait or an inline module: every function in it.
    Block(Item),
}

impl ToTokens for Target {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Function(function) => function.to_tokens(tokens),
            Self::Block(item) => item.to_tokens(tokens),
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
    /// Macros of the user's whose arguments are expressions.
    pub(crate) macros: &'a [Path],
    /// Whether trips in closures may unwind to a boundary around the body.
    pub(crate) boundary: bool,
    /// Whether a function without a scope and without loops looks when it is entered.
    pub(crate) entry: bool,
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
    /// `Err`; the type, which may be one that cannot be named in the body, is only pointed at.
    Error(Box<Type>),
    Panic,
    Break,
    Fallback(&'a Expr),
}

/// The item, if the attribute can stand on it.
pub(crate) fn target(item: TokenStream) -> Result<Target, Error> {
    let parsed = syn::parse2::<Item>(item.clone());
    let item = match parsed.or_else(|error| syn::parse2(ungroup(item.clone())).map_err(|_| error)) {
        Ok(item) => item,
        Err(_) if syn::parse2::<syn::Stmt>(item.clone()).is_ok() => return Err(misplaced(item)),
        // Rust itself reports what no item is; it does so at the same token.
        Err(error) => return Err(error),
    };
    match item {
        Item::Fn(function) => Ok(Target::Function(function)),
        item @ (Item::Impl(_) | Item::Trait(_)) => Ok(Target::Block(item)),
        Item::Mod(module) if module.content.is_some() => Ok(Target::Block(Item::Mod(module))),
        Item::Mod(module) => Err(Error::new_spanned(
            module.semi,
            "the attribute sees no other file: put it on the functions of the module, or on an inline one",
        )),
        item => Err(reject(&item)),
    }
}

/// The tokens, less the invisible groups around what a `macro_rules` captured (`$body:block`,
/// `$first:stmt`): as a statement such a group would want a semicolon, and Rust wants none.
fn ungroup(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut flat = TokenStream::new();
    while let Some(token) = tokens.next() {
        let TokenTree::Group(group) = token else {
            flat.extend([token]);
            continue;
        };
        let inner = ungroup(group.stream());
        let ends = match tokens.peek() {
            Some(TokenTree::Punct(next)) => matches!(next.as_char(), ';' | ',' | '#' | '\''),
            _ => true,
        };
        if group.delimiter() == Delimiter::None && ends && is_block_like(&inner) {
            flat.extend(inner);
        } else if group.delimiter() == Delimiter::None && is_let(&inner) {
            flat.extend(inner);
            if !matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ';') {
                flat.extend(quote::quote_spanned!(group.span()=> ;));
            }
        } else {
            let mut outer = Group::new(group.delimiter(), inner);
            outer.set_span(group.span());
            flat.extend([TokenTree::Group(outer)]);
        }
    }
    flat
}

fn is_let(tokens: &TokenStream) -> bool {
    let first = tokens.clone().into_iter().next();
    matches!(first, Some(TokenTree::Ident(first)) if first == "let")
}

fn is_block_like(tokens: &TokenStream) -> bool {
    matches!(
        syn::parse2(tokens.clone()),
        Ok(Expr::Block(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Loop(_)
            | Expr::Match(_)
            | Expr::Unsafe(_)
            | Expr::While(_))
    )
}

fn reject(item: &Item) -> Error {
    let tokens = item.to_token_stream();
    if let Ok(TraitItemFn {
        semi_token: Some(semicolon),
        ..
    }) = syn::parse2(tokens.clone())
    {
        return Error::new_spanned(
            semicolon,
            "a method without a body has no loops: put the attribute on its implementations",
        );
    }
    misplaced(tokens)
}

fn misplaced(item: TokenStream) -> Error {
    let keyword = item
        .into_iter()
        .find(|token| matches!(token, TokenTree::Ident(ident) if ident != "pub"));
    Error::new_spanned(
        keyword,
        "`loop_guard` goes on a function, an `impl`, a trait or an inline `mod`: move it there",
    )
}

/// One function, wherever it is written.
pub(crate) struct Function<'f> {
    pub(crate) attrs: &'f [Attribute],
    pub(crate) sig: &'f mut Signature,
    pub(crate) block: &'f mut Block,
    /// Whether the attribute stands on the item around it.
    pub(crate) of_block: bool,
}

/// Calls `visit` for every function of a block that has no attribute of its own.
pub(crate) fn each_function(item: &mut Item, visit: &mut dyn FnMut(Function<'_>)) {
    let mut one = |attrs: &[Attribute], sig: &mut Signature, block: &mut Block| {
        if !attrs.iter().any(is_loop_guard) {
            visit(Function {
                attrs,
                sig,
                block,
                of_block: true,
            });
        }
    };
    match item {
        Item::Fn(function) => one(&function.attrs, &mut function.sig, &mut function.block),
        Item::Impl(item) => {
            for member in &mut item.items {
                if let ImplItem::Fn(function) = member {
                    one(&function.attrs, &mut function.sig, &mut function.block);
                }
            }
        }
        Item::Trait(item) => {
            for member in &mut item.items {
                if let TraitItem::Fn(TraitItemFn {
                    attrs,
                    sig,
                    default: Some(block),
                    ..
                }) = member
                {
                    one(attrs, sig, block);
                }
            }
        }
        Item::Mod(module) if !module.attrs.iter().any(is_loop_guard) => {
            for item in module.content.iter_mut().flat_map(|(_, items)| items) {
                each_function(item, visit);
            }
        }
        _ => {}
    }
}

/// Whether the attribute is this macro, under whatever path.
pub(crate) fn is_loop_guard(attribute: &Attribute) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "loop_guard")
}

/// Judges the function, and says what is to be done with it; `None`: nothing.
pub(crate) fn plan<'a>(
    args: &'a Args,
    function: &mut Function<'_>,
) -> Result<Option<Plan<'a>>, Error> {
    let mut errors = Errors::default();
    let inherit = args.inherit.is_some();
    let Loops { found, stray, .. } = Loops::of(function.block, &mut errors);
    if errors.is_empty() && (stray || passes(function, inherit, found)) {
        return Ok(None);
    }
    let sig = &*function.sig;
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
    if let Some((key, OnTrip::Error)) =
        on_trip.filter(|_| is_unit(&sig.output) || never(&sig.output))
    {
        errors.push(Error::new_spanned(
            key,
            "this function returns no `Result`: remove `on_trip` or return one",
        ));
    }
    if breaks {
        let mut breaks = Breaks {
            errors: &mut errors,
            stack: Vec::new(),
            value: !is_unit(&sig.output),
        };
        breaks.visit_block_mut(function.block);
    }
    errors.finish(Some(Plan {
        root: args.krate.as_ref().map(|arg| &arg.value),
        name: args.name.as_ref().map(|arg| &arg.value),
        budget: (!inherit).then(|| Limits {
            timeout: args.timeout.as_ref().map(|arg| &arg.value),
            iterations: args.iterations.as_ref().map(|arg| &arg.value),
        }),
        leave: leave(args, &function.sig.output),
        macros: args.macros.as_ref().map_or(&[], |arg| &arg.value),
        boundary: can_be_wrapped(function),
        entry: inherit && !found && recurses(function),
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
    if let Some(token) = &sig.asyncness {
        errors.push(Error::new_spanned(
            token,
            "`async` functions cannot be guarded yet: guard the functions it calls",
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

/// The item as it was, less the attributes on loops: Rust would take those for calls of the macro,
/// and bury our message under its own.
pub(crate) fn untouched(item: TokenStream) -> TokenStream {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            let attrs = match expr {
                Expr::Loop(expr) => &mut expr.attrs,
                Expr::While(expr) => &mut expr.attrs,
                Expr::ForLoop(expr) => &mut expr.attrs,
                _ => return visit_mut::visit_expr_mut(self, expr),
            };
            attrs.retain(|attribute| !is_loop_guard(attribute));
            visit_mut::visit_expr_mut(self, expr);
        }
    }
    let Ok(mut parsed) = syn::parse2::<Item>(item.clone()) else {
        return item;
    };
    Strip.visit_item_mut(&mut parsed);
    parsed.into_token_stream()
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
        let mut loops = Loops {
            errors,
            found: false,
            depth: 0,
            stray: false,
        };
        loops.visit_block_mut(block);
        loops
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

impl VisitMut for Loops<'_> {
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
        self.inside(|it| visit_mut::visit_expr_closure_mut(it, expr));
    }

    fn visit_expr_async_mut(&mut self, expr: &mut syn::ExprAsync) {
        self.inside(|it| visit_mut::visit_expr_async_mut(it, expr));
    }

    fn visit_expr_break_mut(&mut self, expr: &mut syn::ExprBreak) {
        self.stray |= self.depth == 0 && expr.label.is_none();
        visit_mut::visit_expr_break_mut(self, expr);
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

fn never(output: &ReturnType) -> bool {
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

/// Looks for `loop`s that must yield a value, which a bare `break` could not give.
struct Breaks<'e> {
    errors: &'e mut Errors,
    /// The loops around: label, and whether a `break` leaves it.
    stack: Vec<(Option<syn::Ident>, bool)>,
    /// Whether the expression at hand is the value of the function or of a variable, or must not end.
    value: bool,
}

impl Breaks<'_> {
    fn inside(&mut self, label: Option<&syn::Label>, body: &mut Block) -> bool {
        self.stack
            .push((label.map(|label| label.name.ident.clone()), false));
        let value = std::mem::replace(&mut self.value, false);
        visit_mut::visit_block_mut(self, body);
        self.value = value;
        self.stack.pop().is_some_and(|(_, broken)| broken)
    }
}

impl VisitMut for Breaks<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let value = self.value;
        let last = block.stmts.len().saturating_sub(1);
        for (index, stmt) in block.stmts.iter_mut().enumerate() {
            self.value = value && index == last && matches!(stmt, syn::Stmt::Expr(_, None));
            self.visit_stmt_mut(stmt);
        }
        self.value = value;
    }

    fn visit_local_init_mut(&mut self, init: &mut syn::LocalInit) {
        let value = std::mem::replace(&mut self.value, true);
        visit_mut::visit_local_init_mut(self, init);
        self.value = value;
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut syn::ExprLoop) {
        let value = self.value;
        if !self.inside(expr.label.as_ref(), &mut expr.body) && value {
            self.errors.push(Error::new(
                expr.loop_token.span,
                "a value is expected behind this loop, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
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
        let target = self
            .stack
            .iter_mut()
            .rev()
            .find(|(label, _)| wanted.is_none() || label.as_ref() == wanted);
        let Some((_, broken)) = target else { return };
        *broken = true;
        if expr.expr.is_some() {
            self.errors.push(Error::new(
                expr.break_token.span(),
                "this `break` gives its loop a value, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
            ));
        }
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut syn::ExprClosure) {
        let outer = (
            std::mem::take(&mut self.stack),
            std::mem::replace(&mut self.value, false),
        );
        self.visit_expr_mut(&mut expr.body);
        (self.stack, self.value) = outer;
    }

    // Loops in these are not this function's.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
}
