//! `cleanup` and `cleanup_timeout`, and the `within` of `defer!`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Block, Error, Expr, ExprClosure, Pat, Path, ReturnType, Stmt, Token};

use crate::analyze::{Leave, Plan};
use crate::args::{self, Args, Errors, Timeout};
use crate::emit::{self, Emit, q};
use crate::rewrite::instrument::Instrument;
use crate::syntax::walk::Visitor;

const WHAT: &str = "write `cleanup = |exit| ...`, or the path of a function of `&Exit`";

/// What runs when the function is left.
pub(crate) struct Cleanup<'a> {
    pub(crate) call: &'a Expr,
    /// Whether it is a future.
    pub(crate) is_async: bool,
    timeout: Option<&'a Timeout>,
}

impl<'a> Cleanup<'a> {
    pub(crate) fn of(args: &'a Args) -> Option<Self> {
        let call = &args.cleanup.as_ref()?.value;
        let timeout = args.cleanup_timeout.as_ref().map(|arg| &arg.value);
        let is_async = closure(&mut call.clone()).is_some_and(|it| it.asyncness.is_some());
        Some(Self {
            call,
            is_async,
            timeout,
        })
    }
}

/// The value of `cleanup`: a path or a closure.
pub(crate) fn call(mut expr: Expr) -> Result<Expr, Error> {
    if let Expr::Group(group) = expr {
        return call(*group.expr);
    }
    let is_path = matches!(expr, Expr::Path(_));
    match closure(&mut expr) {
        None if is_path => Ok(expr),
        Some(closure) if closure.inputs.len() == 1 => Ok(expr),
        Some(closure) => {
            let (begin, inputs, end) =
                (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
            Err(Error::new_spanned(
                q!(#begin #inputs #end),
                "a cleanup is told why it runs: write `|exit| ...`, or `|_| ...`",
            ))
        }
        None => Err(Error::new_spanned(
            &expr,
            format!("a cleanup is something to call: {WHAT}"),
        )),
    }
}

/// The closure, which may be the value of a block that makes ready what is moved into it.
fn closure(call: &mut Expr) -> Option<&mut ExprClosure> {
    match call {
        Expr::Closure(closure) => Some(closure),
        Expr::Group(group) => closure(&mut group.expr),
        Expr::Block(block) if block.label.is_none() => match block.block.stmts.last_mut()? {
            Stmt::Expr(value, None) => closure(value),
            _ => None,
        },
        _ => None,
    }
}

/// A function that cannot await.
pub(crate) fn on_sync(args: &Args, errors: &mut Errors) {
    let mut call = args.cleanup.as_ref().map(|arg| arg.value.clone());
    let closure = call.as_mut().and_then(closure);
    if let Some(token) = closure.and_then(|closure| closure.asyncness) {
        errors.push(Error::new_spanned(
            token,
            "only a future awaits its cleanup: remove `async`, or make this an `async fn`",
        ));
    }
}

/// A bound of nothing.
pub(crate) fn check(args: &Args, errors: &mut Errors) {
    if let (None, Some(timeout)) = (&args.cleanup, &args.cleanup_timeout) {
        errors.push(Error::new(
            timeout.key.span(),
            format!("`cleanup_timeout` is the time that `cleanup` may take, and there is none: {WHAT}, or remove it"),
        ));
    }
}

/// On a block the same call would stand in functions that have nothing in common.
pub(crate) fn on_block(args: &Args, errors: &mut Errors) {
    if let Some(cleanup) = &args.cleanup {
        errors.push(Error::new(
            cleanup.key.span(),
            "`cleanup` belongs to one function: write `#[loop_guard(..., cleanup = ...)]` on that function, in this block",
        ));
    }
}

impl<'a> Cleanup<'a> {
    /// The plan for the cleanup's own loops: they check the budget that it runs in.
    fn plan(&self, of: &Plan<'a>) -> Plan<'a> {
        Plan {
            root: of.root,
            name: None,
            budget: None,
            leave: Leave::Cut,
            macros: of.macros,
            boundary: false,
            entry: false,
            future: self.is_async.then_some(ReturnType::Default),
            cleanup: None,
            unchecked: false,
        }
    }

    /// The call with its loops checked. An `async` one can be spawned: it borrows nothing.
    ///
    /// ```text
    /// async |exit| body   =>   move |left| async move { let exit = &left.exit(); body }
    /// ```
    pub(crate) fn instrumented(&self, of: &Plan<'a>) -> Expr {
        let mut call = self.call.clone();
        let Some(closure) = closure(&mut call) else {
            return call;
        };
        let plan = self.plan(of);
        let mut instrument = Instrument::new(&plan, false);
        instrument.visit_expr_mut(&mut closure.body);
        let declaration = instrument.declaration(0);
        if let Some(asynchronous) = closure.asyncness.take() {
            let pat = closure.inputs.first();
            let body = match &*closure.body {
                // Its braces would be one pair too many.
                Expr::Block(body) if body.label.is_none() && body.attrs.is_empty() => {
                    let stmts = &body.block.stmts;
                    q!(#(#stmts)*)
                }
                body => body.to_token_stream(),
            };
            // What cannot be spawned is reported from the one end to the other.
            let (_, last) = emit::ends(&closure.body);
            let exit = q!(let #pat = &__left.exit(););
            let body = quote_spanned!(last=> #asynchronous move { #exit #declaration #body });
            closure.inputs = [Pat::Verbatim(q!(__left))].into_iter().collect();
            (closure.capture).get_or_insert(Token![move](closure.inputs_begin.spans[0]));
            closure.output = ReturnType::Default;
            *closure.body = Expr::Verbatim(body);
        } else if !declaration.is_empty() {
            *closure.body = emit::block(&declaration, &closure.body);
        }
        call
    }

    /// In front of everything else, so that it is dropped when all of that is gone.
    pub(crate) fn emit(&self, emit: &Emit<'_>, call: &Expr, own_scope: bool) -> TokenStream {
        let private = &emit.private;
        let within = match self.timeout {
            Some(timeout) => {
                let nanos = emit::nanos(private, timeout);
                q!(#private::Option::Some(#nanos))
            }
            None => q!(#private::Option::None),
        };
        let (private, end) = emit.blaming(self.call);
        let cleanup = match emit.plan.future {
            Some(_) if self.is_async => quote_spanned!(end=> cleanup_async),
            Some(_) => quote_spanned!(end=> cleanup_of_future),
            None => quote_spanned!(end=> cleanup),
        };
        let deferred = quote_spanned!(end=> #private::#cleanup(#own_scope, #within, #call));
        q!(let __cleanup = #deferred;)
    }
}

/// ```text
/// { body }   =>   { cleanup; enter; return { body }; }
/// ```
pub(crate) fn before(enter: &TokenStream, body: &Block, diverges: bool) -> TokenStream {
    let run = emit::run(body, diverges);
    q!(#enter #run)
}

/// The root of the runtime, and a duration.
struct Within(Path, Expr);

impl Parse for Within {
    fn parse(input: ParseStream) -> Result<Self, Error> {
        let root = Path::parse_mod_style(input)?;
        input.parse::<Token![,]>()?;
        Ok(Self(root, input.parse()?))
    }
}

/// The number of nanoseconds in a duration.
pub(crate) fn within(tokens: TokenStream) -> TokenStream {
    let parsed = syn::parse2::<Within>(tokens);
    let nanos = parsed.and_then(|Within(root, expr)| {
        let private = q!(#root::__private);
        Ok(emit::nanos(&private, &args::timeout(expr)?))
    });
    nanos.unwrap_or_else(Error::into_compile_error)
}
