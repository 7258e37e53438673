//! The pipeline: tokens -> args -> analysis -> instrumented item. Runs on `proc_macro2` alone.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Error, ItemFn};

use crate::analyze;
use crate::args::{Args, Errors};
use crate::rewrite::cleanup;
use crate::rewrite::instrument;
use crate::syntax::target::{self, Function, Target};

/// The item with its loops guarded; on error, the errors beside the item as it was.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    try_expand(args, item.clone()).unwrap_or_else(|error| {
        let mut tokens: TokenStream = error.into_iter().flat_map(report).collect();
        tokens.extend(target::untouched(item));
        tokens
    })
}

/// `compile_error! { "..." }` at the error's place. A `::core` in front, at a place of the user's,
/// would be a module of the user's in edition 2015.
fn report(error: Error) -> impl Iterator<Item = TokenTree> {
    const PATH: usize = 5;
    error.into_compile_error().into_iter().skip(PATH)
}

fn try_expand(args: TokenStream, item: TokenStream) -> Result<TokenStream, Error> {
    let on = target::target(item);
    let args = match syn::parse2::<Args>(args) {
        Ok(args) => args,
        Err(error) => return Err(analyze::beside(error, on)),
    };
    let mut on = on?;
    let mut errors = Errors::default();
    let mut guard = |mut function: Function<'_>| match analyze::plan(&args, &mut function) {
        Ok(Some(plan)) => instrument::instrument(&plan, &mut function),
        Ok(None) => {}
        Err(error) => errors.push(error),
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
            cleanup::on_block(&args, &mut errors);
        }
    }
    errors.finish(on.into_token_stream())
}
