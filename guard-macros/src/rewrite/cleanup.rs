//! The attribute's `cleanup`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprClosure, Pat, ReturnType, Token};

use crate::args::cleanup::closure;
use crate::emit::{self, Emit, ends, q, run};
use crate::plan::{Cleanup, FutureBody, Guarded, Leave, Plan};
use crate::rewrite::loops::Instrument;
use crate::syntax::walk::Visitor;

/// The cleanup's statement, which stands in front of everything else.
pub(crate) fn cleanup(plan: &Plan<'_>, emit: &Emit<'_>) -> Option<TokenStream> {
    let cleanup = plan.cleanup.as_ref()?;
    let call = checked(cleanup, plan);
    Some(emit.cleanup(cleanup, &call))
}

/// The plan for the loops of the cleanup itself: they check the budget in which the cleanup runs.
fn plan_of<'a>(cleanup: &Cleanup<'a>, of: &Plan<'a>) -> Plan<'a> {
    Plan {
        runtime: of.runtime,
        root: false,
        strict: false,
        strict_by_budget: false,
        name: None,
        budget: None,
        leave: Leave::Cut,
        macros: of.macros,
        boundary: false,
        catches: false,
        catches_awaited: false,
        entry: false,
        lenient: false,
        framed: false,
        future: cleanup.is_async.then_some(Guarded {
            output: ReturnType::Default,
            body: FutureBody::Value,
        }),
        cleanup: None,
        policies: None,
        unchecked: false,
        crowded: false,
    }
}

/// The call with its loops checked. An `async` one is made spawnable.
fn checked<'a>(cleanup: &Cleanup<'a>, of: &Plan<'a>) -> Expr {
    let mut call = cleanup.call.clone();
    let Some(closure) = closure(&mut call) else {
        return call;
    };
    let plan = plan_of(cleanup, of);
    let mut instrument = Instrument::new(&plan, false);
    instrument.visit_expr_mut(&mut closure.body);
    let declarations = instrument.declaration(0);
    if cleanup.is_async {
        spawnable(closure, &declarations);
    } else if !declarations.is_empty() {
        *closure.body = emit::block(&declarations, &closure.body);
    }
    call
}

/// ```text
/// async |exit| body   =>   move |left| async move { let exit = &left.exit(); declarations; body }
/// ```
/// Makes the future borrow nothing, so that it can be spawned.
fn spawnable(closure: &mut ExprClosure, declarations: &TokenStream) {
    let asynchronous = closure.asyncness.take();
    let pat = closure.inputs.first();
    let body = match &*closure.body {
        Expr::Block(body) if body.label.is_none() && body.attrs.is_empty() => run(&body.block),
        body => body.to_token_stream(),
    };
    // What prevents spawning is reported between these two ends.
    let (_, last) = ends(&closure.body);
    let exit = q!(let #pat = &__left.exit(););
    let body = quote_spanned!(last=> #asynchronous move { #exit #declarations #body });
    closure.inputs = [Pat::Verbatim(q!(__left))].into_iter().collect();
    (closure.capture).get_or_insert(Token![move](closure.inputs_begin.spans[0]));
    closure.output = ReturnType::Default;
    *closure.body = Expr::Verbatim(body);
}
