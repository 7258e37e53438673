//! The pipeline: tokens -> args -> analysis -> instrumented item. Runs on `proc_macro2` alone.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, ItemFn};

use crate::analyze::{self, Target};
use crate::args::Args;
use crate::instrument;

/// The item with its loops guarded; on error, the errors beside the item as it was.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    try_expand(args, item.clone()).unwrap_or_else(|error| {
        let mut tokens = error.into_compile_error();
        tokens.extend(item);
        tokens
    })
}

fn try_expand(args: TokenStream, item: TokenStream) -> Result<TokenStream, Error> {
    let target = analyze::target(item);
    let args = syn::parse2::<Args>(args);
    let (mut function, args) = both(target, args)?;
    match &mut function {
        Target::Function(function) => guard(&args, function)?,
    }
    Ok(function.into_token_stream())
}

fn guard(args: &Args, function: &mut ItemFn) -> Result<(), Error> {
    let plan = analyze::plan(args, function)?;
    instrument::instrument(&plan, function);
    Ok(())
}

/// Both values, or all errors.
fn both<A, B>(a: Result<A, Error>, b: Result<B, Error>) -> Result<(A, B), Error> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.combine(b);
            Err(a)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}
