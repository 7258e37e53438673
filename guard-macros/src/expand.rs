//! The pipeline: tokens -> args -> plan -> rewritten item. Runs on `proc_macro2` alone.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Error, ItemFn, Path, Token};

use crate::analyze::target::{self, Target};
use crate::analyze::{self, Decision};
use crate::args::attribute::Args;
use crate::args::duration;
use crate::args::features::Features;
use crate::emit::q;
use crate::emit::scope::nanos;
use crate::errors::Errors;
use crate::rewrite;
use crate::syntax::calls;
use crate::syntax::function::Function;
#[cfg(test)]
use crate::syntax::groups;

/// Whether the item stays as it was. The feature `testing` overrides `disable`, because tests of guards need
/// guards.
pub(crate) const DISABLED: bool = cfg!(all(feature = "disable", not(feature = "testing")));

/// The errors, and the item with its loops guarded. If there are errors, or guards are `disabled`, it is the item as it was.
pub(crate) fn expand(
    args: TokenStream,
    item: TokenStream,
    features: Features,
    disabled: bool,
) -> [TokenStream; 2] {
    match try_expand(args, item.clone(), features) {
        Ok(_) if disabled => [TokenStream::new(), target::untouched(item)],
        Ok(guarded) => [TokenStream::new(), guarded],
        Err(error) => [
            error.into_iter().flat_map(report).collect(),
            target::untouched(item),
        ],
    }
}

/// `compile_error! { "..." }` at the error's place. There is no `::core` in front: at a place of the user's in
/// edition 2015 it would name a module of the user's.
fn report(error: Error) -> impl Iterator<Item = TokenTree> {
    const PATH: usize = 5;
    error.into_compile_error().into_iter().skip(PATH)
}

/// The same with guards and every feature, for tests.
#[cfg(test)]
pub(crate) fn guarded(args: TokenStream, item: TokenStream) -> TokenStream {
    let [args, item] = [args, item].map(groups::kept);
    expand(args, item, Features::ALL, false)
        .into_iter()
        .collect()
}

fn try_expand(
    args: TokenStream,
    item: TokenStream,
    features: Features,
) -> Result<TokenStream, Error> {
    let on = target::target(item);
    let inherits = calls::any_ident(args.clone(), &|word| word == "inherit");
    let parse = |input: ParseStream| Args::parse(input, features);
    let args = match parse.parse2(args) {
        Ok(args) => args,
        Err(error) => return Err(analyze::beside(error, on, inherits)),
    };
    let mut on = on?;
    let mut errors = Errors::default();
    let mut guard = |mut function: Function<'_>| {
        if let Err(error) = guard(&args, &mut function) {
            errors.push(error);
        }
    };
    match &mut on {
        Target::Function(ItemFn {
            attrs, sig, block, ..
        }) => {
            guard(Function {
                attrs,
                sig,
                block,
                of_block: false,
            });
        }
        Target::Block(item) => {
            target::each_function(item, &mut guard);
            rewrite::expectations::permit_block(item);
            analyze::judge_block(&args, &mut errors);
        }
    }
    errors.finish(on.into_token_stream())
}

/// Guards one function, as a future if it is one.
fn guard(args: &Args, function: &mut Function<'_>) -> Result<(), Error> {
    let judged = analyze::judge(args, function)?;
    match judged.decision {
        Decision::Pass => {}
        Decision::Guard(plan) => {
            rewrite::expectations::permit(function);
            match &plan.future {
                Some(future) => rewrite::future::rewrite(&plan, future, function),
                None => rewrite::function::rewrite(&plan, function),
            }
        }
    }
    if let Some(warning) = judged.warning {
        rewrite::warning::warn(function, warning.note, warning.at);
    }
    Ok(())
}

/// The number of nanoseconds in the duration of `defer!`; in front of it is the root of the runtime.
pub(crate) fn within(tokens: TokenStream) -> TokenStream {
    let parse = |input: ParseStream| {
        let root = Path::parse_mod_style(input)?;
        input.parse::<Token![,]>()?;
        let duration = duration::timeout(input.parse()?)?;
        Ok(nanos(&q!(#root::__private), &duration))
    };
    parse
        .parse2(tokens)
        .unwrap_or_else(Error::into_compile_error)
}
