//! The arguments of a function whose body becomes a closure or a future: they move into it.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Block, FnArg, Ident, Pat, PatIdent, PatType, Stmt, Token};

use crate::emit::arguments as emit;
use crate::emit::ends;
use crate::plan::{Leave, Plan};
use crate::syntax::calls;
use crate::syntax::function::{Function, is_condition};
use crate::syntax::walk::{self, Visitor};

/// The arguments of a function with a boundary, bound once more.
pub(crate) struct Rebound {
    /// In the boundary's closure, whole and in order, so that they are dropped in the order of a
    /// function's arguments: each after the bindings of its own pattern.
    pub(crate) body: TokenStream,
    /// For the fallback that is evaluated outside.
    pub(crate) fallback: TokenStream,
}

impl Rebound {
    /// Binds the arguments of a function once more, in the body and for the fallback.
    pub(crate) fn of(
        plan: &Plan<'_>,
        body: &Block,
        inputs: &mut Punctuated<FnArg, Token![,]>,
    ) -> Self {
        rebind(plan, &body.stmts, inputs)
    }
}

/// ```text
/// fn f(mut a: A, (b, _): B)   =>   fn f(a': A, argument_1': B) {
///     let mut a = a'; let argument_1' = argument_1'; let (b, _) = argument_1'; ...
/// ```
/// What is marked has our hygiene: the same name, which lints do not take for shadowed.
fn rebind(plan: &Plan<'_>, body: &[Stmt], inputs: &mut Punctuated<FnArg, Token![,]>) -> Rebound {
    let mut rebound = Rebound {
        body: TokenStream::new(),
        fallback: TokenStream::new(),
    };
    let body: TokenStream = body.iter().map(ToTokens::to_token_stream).collect();
    for (index, input) in inputs.iter_mut().enumerate() {
        match input {
            // A closure would capture no more than the fields it uses.
            FnArg::Receiver(receiver)
                if !matches!(receiver.kind, syn::ReceiverKind::Reference(..)) =>
            {
                rebound.body.extend(emit::mention(receiver.self_token));
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(argument) => {
                let pat = argument.pat.clone();
                rebound.body.extend(rebind_one(&body, index, argument));
                rebound
                    .fallback
                    .extend(rebind_for_fallback(plan, pat, argument));
            }
        }
    }
    rebound
}

/// Gives the argument a name, and binds its pattern to that.
fn rebind_one(body: &TokenStream, index: usize, argument: &mut PatType) -> TokenStream {
    let mut rebound = TokenStream::new();
    let attrs = argument.attrs.clone();
    argument.attrs.retain(is_condition);
    let conditions = &argument.attrs;
    let (name, simple) = match &*argument.pat {
        Pat::Ident(pat) => (
            emit::ours(&pat.ident, index),
            pat.by_ref.is_none() && pat.subpat.is_none(),
        ),
        _ => (emit::argument(index), false),
    };
    let unused = match &*argument.pat {
        Pat::Wild(_) => true,
        // Lints object to its mention, so there is none but the body's own.
        Pat::Ident(pat) if simple && pat.ident.to_string().starts_with('_') => {
            !calls::mentions(body, &pat.ident)
        }
        _ => false,
    };
    if !simple || unused {
        let borrowed = BorrowsMutably::from(&*argument.pat).0;
        rebound.extend(emit::rebind_whole(conditions, &name, borrowed));
    }
    if !unused {
        rebound.extend(emit::rebind(&attrs, &argument.pat, &name));
    }
    *argument.pat = Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: name,
        subpat: None,
    });
    rebound
}

/// Binds the pattern to the argument that has a name now, if the fallback uses what it binds.
fn rebind_for_fallback(plan: &Plan<'_>, mut pat: Box<Pat>, argument: &PatType) -> TokenStream {
    let Leave::Fallback(fallback) = &plan.leave else {
        return TokenStream::new();
    };
    let mut used = Used(fallback.to_token_stream(), false);
    used.visit_pat_mut(&mut pat);
    match &*argument.pat {
        Pat::Ident(name) if used.1 => emit::rebind_for_fallback(&argument.attrs, &pat, &name.ident),
        _ => TokenStream::new(),
    }
}

/// Whether a pattern borrows its value with `ref mut`.
struct BorrowsMutably(bool);

impl From<&Pat> for BorrowsMutably {
    fn from(pat: &Pat) -> Self {
        let mut borrows = Self(false);
        borrows.visit_pat_mut(&mut pat.clone());
        borrows
    }
}

impl Visitor for BorrowsMutably {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.0 |= pat.by_ref.is_some() && pat.mutability.is_some();
        walk::pat_ident(self, pat);
    }
}

/// Whether a pattern binds a name that is among the tokens.
struct Used(TokenStream, bool);

impl Visitor for Used {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.1 |= calls::mentions(&self.0, &pat.ident);
        walk::pat_ident(self, pat);
    }
}

/// What the body of a future takes over from its function: the arguments.
pub(crate) struct Captured {
    /// They stay borrowed where they can be.
    pub(crate) borrowed: bool,
    mentions: Vec<TokenStream>,
    bindings: TokenStream,
    /// What the fallback needs of those that are bound once more.
    pub(crate) fallback: TokenStream,
    /// Where the body's value begins and ends.
    pub(crate) value: (Span, Span),
}

impl Captured {
    /// Nothing but what the block captures by itself.
    pub(crate) fn nothing(block: &Block) -> Self {
        let value = block.stmts.last().map(ends);
        Self {
            borrowed: false,
            mentions: Vec::new(),
            bindings: TokenStream::new(),
            fallback: TokenStream::new(),
            value: value.unwrap_or_else(|| (Span::mixed_site(), Span::mixed_site())),
        }
    }

    /// The same, borrowed where that will do.
    pub(crate) fn borrowed(block: &Block) -> Self {
        Self {
            borrowed: true,
            ..Self::nothing(block)
        }
    }

    /// All arguments, in their order.
    pub(crate) fn arguments(plan: &Plan<'_>, function: &mut Function<'_>) -> Self {
        captured(plan, function)
    }

    fn mention(&mut self, conditions: &[Attribute], name: &Ident) {
        self.mentions.push(emit::mention_argument(conditions, name));
    }

    /// The last argument first: captures are dropped in the order of their mention.
    pub(crate) fn statements(&self) -> TokenStream {
        let mentions = self.mentions.iter().rev().cloned();
        mentions.chain([self.bindings.clone()]).collect()
    }
}

/// Moves the arguments into the body, to be dropped with it and in their order, the last one first.
///
/// The body captures what it mentions. What it does not capture as a whole is bound anew in it, and so
/// is every argument behind: variables are dropped before captures.
///
/// ```text
/// async fn f(a: A, (b, _): B) { body }   =>   async fn f(a: A, argument_1': B) {
///     async move { let _ = &a; let argument_1' = argument_1'; let (b, _) = argument_1'; body } ...
/// ```
fn captured(plan: &Plan<'_>, function: &mut Function<'_>) -> Captured {
    let mut body = function.block.to_token_stream();
    if let Leave::Fallback(fallback) = &plan.leave {
        fallback.to_tokens(&mut body);
    }
    let cleanup = (plan.cleanup.as_ref()).map(|cleanup| cleanup.call.to_token_stream());
    let is_for_cleanup = |name: &Ident| {
        let mentioned = (cleanup.as_ref()).is_some_and(|call| calls::mentions(call, name));
        mentioned && !calls::mentions(&body, name)
    };
    let mut captured = Captured::nothing(function.block);
    let mut anew = false;
    for (index, input) in function.sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => captured.mention(&[], &Ident::from(receiver.self_token)),
            FnArg::Typed(argument) => {
                let names = names(&argument.pat);
                // It stays outside, where the cleanup is.
                if (names.iter().flatten()).any(is_for_cleanup) {
                    continue;
                }
                anew |= names.is_none_or(|names| names.iter().any(|name| is_unused(name, &body)));
                if anew {
                    let pat = argument.pat.clone();
                    captured.bindings.extend(rebind_one(&body, index, argument));
                    let fallback = rebind_for_fallback(plan, pat, argument);
                    captured.fallback.extend(fallback);
                    continue;
                }
                let conditions = argument.attrs.iter().filter(|attr| is_condition(attr));
                let conditions: Vec<_> = conditions.cloned().collect();
                for name in self::names(&argument.pat).unwrap_or_default() {
                    captured.mention(&conditions, &name);
                }
            }
        }
    }
    captured
}

/// A lint will say so, unless it is mentioned.
fn is_unused(name: &Ident, body: &TokenStream) -> bool {
    !name.to_string().starts_with('_') && !calls::mentions(body, name)
}

/// What the pattern binds, if that is all there is to its value.
fn names(pat: &Pat) -> Option<Vec<Ident>> {
    match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            // What begins with a capital may be a constant.
            let name = pat.ident.clone();
            (!name.to_string().starts_with(char::is_uppercase)).then(|| vec![name])
        }
        Pat::Tuple(pat) => pat
            .elems
            .iter()
            .map(names)
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat()),
        Pat::Paren(pat) => names(&pat.pat),
        _ => None,
    }
}
