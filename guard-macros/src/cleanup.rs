//! `cleanup` and `cleanup_timeout`, and the `within` of `defer!`.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::{Block, Error, Expr, Path, Token};

use crate::analyze::{Leave, Plan};
use crate::args::{self, Args, Errors, Timeout};
use crate::emit::{self, Emit, q};

const WHAT: &str = "write `cleanup = |exit| ...`, or the path of a function of `&Exit`";

/// What runs when the function is left.
pub(crate) struct Cleanup<'a> {
    pub(crate) call: &'a Expr,
    timeout: Option<&'a Timeout>,
}

impl<'a> Cleanup<'a> {
    pub(crate) fn of(args: &'a Args) -> Option<Self> {
        let call = &args.cleanup.as_ref()?.value;
        let timeout = args.cleanup_timeout.as_ref().map(|arg| &arg.value);
        Some(Self { call, timeout })
    }
}

/// The value of `cleanup`: a path or a closure.
pub(crate) fn call(expr: Expr) -> Result<Expr, Error> {
    match &expr {
        Expr::Path(_) => Ok(expr),
        Expr::Group(group) => call((*group.expr).clone()),
        Expr::Closure(closure) => {
            if let Some(token) = &closure.asyncness {
                return Err(Error::new_spanned(
                    token,
                    "a cleanup cannot be `async` yet: remove `async`",
                ));
            }
            if closure.inputs.len() == 1 {
                return Ok(expr);
            }
            let (begin, inputs, end) =
                (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
            Err(Error::new_spanned(
                q!(#begin #inputs #end),
                "a cleanup is told why it runs: write `|exit| ...`, or `|_| ...`",
            ))
        }
        _ => Err(Error::new_spanned(
            &expr,
            format!("a cleanup is something to call: {WHAT}"),
        )),
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
    pub(crate) fn plan(of: &Plan<'a>) -> Plan<'a> {
        Plan {
            root: of.root,
            name: None,
            budget: None,
            leave: Leave::Cut,
            macros: of.macros,
            boundary: false,
            entry: false,
            future: None,
            cleanup: None,
            unchecked: false,
        }
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
