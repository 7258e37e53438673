//! Quotes for loops that run in strips: an outer loop with the check, an inner one without.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{ExprForLoop, ExprWhile, Ident, Label};

use crate::emit::{Check, Emit, ends, q};
use crate::strips::strip::{Adaptor, Strips, Turns};

impl Emit<'_> {
    /// ```text
    /// for pat in base.adaptor() { body }
    /// ```
    /// becomes, with `break`s of the body sent to the outer loop,
    /// ```text
    /// match (IntoIterator::into_iter(base),) { (it,) => match kind(&it).maker().make(it).adaptor() { mut strips => {
    ///     while !strips.is_done() {
    ///         check; for pat in strips.strip(length, seen) { body }
    ///         if strips.is_done() { break } adapt
    ///     }
    /// }}}
    /// ```
    /// The outer `match` keeps the temporaries of the base alive, as `for` does.
    pub(crate) fn for_strips(
        &self,
        strips: &Strips,
        expr: &ExprForLoop,
        check: Check,
    ) -> TokenStream {
        let zipped = strips.adaptors.iter().filter_map(Adaptor::iterated);
        let bases: Vec<_> = std::iter::once(&strips.base).chain(zipped).collect();
        let names: Vec<_> = (0..bases.len())
            .map(|n| format_ident!("__it_{n}", span = Span::mixed_site()))
            .collect();
        let mut cut = names.iter().zip(&bases).map(|(name, base)| {
            let (private, end) = self.blaming(base);
            quote_spanned!(end=> #private::kind(&#name).maker().make(#name))
        });
        let mut made = cut.next().unwrap_or_default();
        for adaptor in &strips.adaptors {
            let place = Span::mixed_site().located_at(adaptor.method.span());
            let method = Ident::new(&adaptor.method.to_string(), place);
            let argument = match adaptor.iterated() {
                Some(_) => cut.next(),
                None => adaptor.argument.as_ref().map(ToTokens::to_token_stream),
            };
            made = q!(#made.#method(#argument));
        }
        let ExprForLoop {
            attrs,
            label,
            for_token,
            pat,
            in_token,
            body,
            ..
        } = expr;
        let [outer, declare, check] = self.strip(strips.outer.as_ref(), check);
        let iterators = bases.iter().map(|base| {
            let (private, end) = self.blaming(base);
            quote_spanned!(end=> #private::IntoIterator::into_iter(#base))
        });
        // What keeps a borrow of the user's alive is the head of the loop.
        let (begin, end) = ends(&expr.expr);
        let head = Ident::new("__strips", begin);
        let is_done = quote_spanned!(end=> #head.is_done());
        let strip = if strips.constant {
            quote_spanned!(end=> #head.strip_of_constant(__length, __seen))
        } else {
            quote_spanned!(end=> #head.strip(__length, __seen))
        };
        q! {
            #(#attrs)*
            match (#(#iterators,)*) {
                (#(#names,)*) => match #made {
                    mut __strips => {
                        #declare
                        #outer while !#is_done {
                            #check
                            #label #for_token #pat #in_token #strip #body
                            if #is_done {
                                break;
                            }
                            __length = __strips.adapt(&__LOOP_GUARD_STRIDE, __length);
                        }
                    }
                },
            }
        }
    }

    /// ```text
    /// while condition { body }
    /// ```
    /// becomes, if the condition has no effects,
    /// ```text
    /// let mut more = condition;
    /// while more {
    ///     check; for _ in turns(length) { body; more = condition; if !more { break } }
    ///     if !more { break } adapt
    /// }
    /// ```
    /// which vectorises (with the condition in front, with a jump to the outer loop, or with a countdown
    /// of our own, it did not), and otherwise
    /// ```text
    /// loop { check; for _ in turns(length) { if condition { body } else { break 'outer } } }
    /// ```
    /// In both, `break`s of the body are sent to the outer loop.
    pub(crate) fn while_strips(
        &self,
        turns: &Turns,
        expr: &ExprWhile,
        check: Check,
    ) -> TokenStream {
        let private = &self.private;
        let ExprWhile {
            attrs,
            label,
            cond,
            body,
            ..
        } = expr;
        let [outer, declare, check] = self.strip(turns.outer.as_ref(), check);
        let (head, turn) = if turns.pure {
            // With the user's braces, a body of one expression would have braces too many.
            let body = &body.stmts;
            (
                q!(while __more),
                q!({ #(#body)* } __more = #cond; if !__more { break; }),
            )
        } else {
            let target = turns
                .outer
                .as_ref()
                .map_or_else(|| q!('__strips), |label| label.name.to_token_stream());
            (q!(loop), q!(if #cond #body else { break #target; }))
        };
        let more = turns.pure.then(|| q!(let mut __more = #cond;));
        let done = turns.pure.then(|| {
            q!(if !__more {
                break;
            })
        });
        q! {
            #(#attrs)*
            {
                #declare
                #more
                #outer #head {
                    #check
                    #label for _ in #private::turns(__length) { #turn }
                    #done
                    __length = __LOOP_GUARD_STRIDE.adapt(__length);
                }
            }
        }
    }

    /// What loops in strips have in common: the outer label, the declarations, the check
    /// before a strip.
    fn strip(&self, outer: Option<&Label>, check: Check) -> [TokenStream; 3] {
        let private = &self.private;
        let tick = self.tick(check.mark, check.place, check.fresh);
        let label = outer.map_or_else(|| q!('__strips:), ToTokens::to_token_stream);
        let declare = q! {
            static __LOOP_GUARD_STRIDE: #private::Stride = #private::Stride::new();
            let mut __length = __LOOP_GUARD_STRIDE.length();
        };
        let check = q! {
            if #private::due(__seen) {
                #tick
                __length = __LOOP_GUARD_STRIDE.doubt(__length);
            }
        };
        [label, declare, check]
    }
}
