//! Quotes for loops that run in strips: an outer loop with the check, an inner one without.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprForLoop, ExprWhile, Ident, Label};

use crate::emit::{Check, Emit, ends, q};
use crate::strips::counted::CountedWhile;
use crate::strips::strip::Strips;

impl Emit<'_> {
    /// ```text
    /// for pat in base.adaptor() { body }
    /// ```
    /// becomes, with `break`s of the body sent to the outer loop,
    /// ```text
    /// {
    ///     match (base,) { (it,) => match kind(&it) { kind => match kind.run(kind.make(it).adaptor()) {
    ///         mut strips => if strips.is_short(length, seen) {
    ///             for pat in strips.all() { body }
    ///         } else {
    ///             while !strips.is_done() {
    ///                 check; for pat in strips.strip(length) { body }
    ///                 if strips.is_done() { break } adapt
    ///             }
    ///         }
    ///     }}};
    /// }
    /// ```
    /// The body is quoted twice, because a single loop for both cases would be compiled for what both have in
    /// common: rows of forty numbers took 1.1 to 2.3 times as long. In `all` it is the loop as the user wrote it.
    ///
    /// The outer `match` is a statement: it keeps the temporaries of the bases alive until the loop ends, as `for`
    /// does, and no longer.
    pub(crate) fn for_strips(
        &self,
        strips: &Strips,
        expr: &ExprForLoop,
        check: Check,
    ) -> TokenStream {
        let private = &self.private;
        let ExprForLoop {
            attrs,
            label,
            for_token,
            pat,
            in_token,
            body,
            ..
        } = expr;
        let (begin, end) = ends(&expr.expr);
        let names = strips.bases.of.iter().map(|(name, _)| name);
        let bases = strips.bases.of.iter().map(|(_, base)| {
            if strips.bases.are_adapted {
                return base.to_token_stream();
            }
            let (private, end) = self.blaming(base);
            quote_spanned!(end=> #private::IntoIterator::into_iter(#base))
        });
        let mut kinds = names.clone().map(|name| q!(#private::kind(&#name)));
        let first = kinds.next();
        let made = &strips.head;
        let (declare, check) = self.strip(check);
        let outer = outer(strips.outer.as_ref());
        // What keeps one of the user's borrows alive is the head of the loop.
        let head = Ident::new("__strips", begin);
        let is_done = quote_spanned!(end=> #head.is_done());
        let strip = quote_spanned!(end=> #head.strip(__length));
        let all = quote_spanned!(end=> #head.all());
        // Both heads use one name: what the compiler reports about the two is then equal, and reported once.
        let piece = Ident::new("__strip", begin);
        let (whole_label, whole) = &strips.whole;
        q! {
            #(#attrs)*
            {
                match (#(#bases,)*) {
                    (#(#names,)*) => match #first #(.and(#kinds))* {
                        __kind => match __kind.run(#made) {
                            mut __strips => {
                                #declare
                                if __strips.is_short(__length, __seen) {
                                    let #piece = #all;
                                    #whole_label #for_token #pat #in_token #piece #whole
                                } else {
                                    #outer while !#is_done {
                                        #check
                                        let #piece = #strip;
                                        #label #for_token #pat #in_token #piece #body
                                        if #is_done {
                                            break;
                                        }
                                        __length = __strips.adapt(&__LOOP_GUARD_STRIDE, __length);
                                    }
                                }
                            }
                        },
                    },
                };
            }
        }
    }

    /// ```text
    /// while i < n { body }
    /// ```
    /// becomes, with `break`s of the body sent to the outer block,
    /// ```text
    /// {
    ///     let kind = between(&i, &n);
    ///     'outer: {
    ///         let is_done = kind.up(&i, &n).is_short(length, seen) && {
    ///             let stop = kind.up(&i, &n).all().end;
    ///             while i < stop { body }
    ///             kind.up(&i, &n).is_done()
    ///         };
    ///         if !is_done {
    ///             while i < n {
    ///                 check; let stop = kind.up(&i, &n).strip(length).end;
    ///                 while i < stop { body }
    ///                 if kind.up(&i, &n).is_done() { break } adapt
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// The body is quoted twice, as in `for_strips`: only where the counter begins as the user wrote it does the
    /// compiler know that `i - 1` is an index too. The first copy has a bound that stays, since the body may `push`.
    pub(crate) fn while_strips(
        &self,
        counted: &CountedWhile,
        expr: &ExprWhile,
        check: Check,
    ) -> TokenStream {
        let private = &self.private;
        let ExprWhile {
            attrs,
            label,
            while_token,
            cond,
            body,
        } = expr;
        let CountedWhile {
            at, bound, is_up, ..
        } = counted;
        let (declare, check) = self.strip(check);
        let outer = outer(counted.outer.as_ref());
        let (way, strip, stop) = if *is_up {
            (q!(up), q!(strip), q!(end))
        } else {
            (q!(down), q!(back), q!(start))
        };
        let ends = q!(&(#at), &(#bound));
        let left = q!(__kind.#way(#ends));
        let mut nearer = (**cond).clone();
        if let Expr::Binary(cond) = &mut nearer {
            *cond.right = Expr::Verbatim(q!(__stop));
        }
        q! {
            #(#attrs)*
            {
                let __kind = #private::between(#ends);
                #declare
                #outer {
                    let __is_done = #left.is_short(__length, __seen) && {
                        let __stop = #left.all().#stop;
                        #label #while_token #nearer #body
                        #left.is_done()
                    };
                    if !__is_done {
                        while #cond {
                            #check
                            let __stop = #left.#strip(__length).#stop;
                            #label #while_token #nearer #body
                            if #left.is_done() {
                                break;
                            }
                            __length = __LOOP_GUARD_STRIDE.adapt(__length);
                        }
                    }
                }
            }
        }
    }

    /// The common part of loops in strips: the declarations, and the check in front of a strip.
    fn strip(&self, check: Check) -> (TokenStream, TokenStream) {
        let private = &self.private;
        let tick = self.tick(check.mark, check.position, check.fresh);
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
        (declare, check)
    }
}

/// The label of the outer loop.
fn outer(users: Option<&Label>) -> TokenStream {
    users.map_or_else(|| q!('__strips:), ToTokens::to_token_stream)
}
