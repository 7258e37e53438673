//! The attribute's `cleanup`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::emit::scope::nanos;
use crate::emit::{Emit, q};
use crate::plan::Cleanup;

impl Emit<'_> {
    /// `let __cleanup = ..;`, in front of everything else but a `Budget`, so that it is dropped last.
    pub(crate) fn cleanup(&self, cleanup: &Cleanup<'_>, call: &Expr) -> TokenStream {
        let private = &self.private;
        let within = match cleanup.timeout {
            Some(timeout) => {
                let nanos = nanos(private, timeout);
                q!(#private::Option::Some(#nanos))
            }
            None => q!(#private::Option::None),
        };
        let own_scope = self.plan.budget.is_some();
        let (private, end) = self.blaming(cleanup.call);
        let function = match self.plan.future {
            Some(_) if cleanup.is_async => quote_spanned!(end=> cleanup_async),
            Some(_) => quote_spanned!(end=> cleanup_of_future),
            None => quote_spanned!(end=> cleanup),
        };
        // What the function of this path returns is reported at the path.
        let call = match call {
            Expr::Path(_) => quote_spanned!(end=> #private::named(#call)),
            closure => closure.to_token_stream(),
        };
        let limits = self.plan.budget.as_ref();
        let named = limits.and_then(|limits| limits.via_budget.as_ref()?.budget);
        let is_root = match named {
            // Only where the wall does not stand until the cleanup has run.
            _ if self.in_place || self.plan.future.is_none() => None,
            Some(_) => Some(q!(__budget.is_root())),
            None => self.plan.root.then(|| q!(true)),
        };
        let below_root = is_root.map(|is_root| q!(.below_root(#is_root)));
        let deferred =
            quote_spanned!(end=> #private::#function(#own_scope, #within, #call) #below_root);
        if cleanup.is_async && limits.is_some_and(|limits| limits.via_budget.is_some()) {
            return q!(let __cleanup = __budget.covers(#deferred););
        }
        q!(let __cleanup = #deferred;)
    }
}
