//! Arguments that guard nothing in this function.
//!
//! A budget is enforced where something checks it: in the function's loops, where it waits, and in what it calls,
//! which may be guarded by `inherit` or call `checkpoint()`. Operators, indices and `?` are calls as well, unless
//! their operands are known to be of a primitive type. So an argument that is warned about here could only trip at
//! the entry, where nothing is spent yet.

use proc_macro2::Span;
use syn::{Expr, ExprAsync, ExprClosure, FnArg, Item, Macro, Pat};

use crate::args::attribute::{Arg, Args};
use crate::strips::plain::{is_made, is_of_primitive, is_primitive};
use crate::syntax::awaits;
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::walk::{self, Visitor};

/// A warning: what the compiler should say, and where.
pub(crate) struct Warning {
    pub(crate) note: &'static str,
    pub(crate) at: Span,
}

/// The warning for `inherit` on a function that is left as it is.
pub(crate) fn of_inherit(function: &mut Function<'_>, destructor: bool) -> Option<Warning> {
    let awaits = function.sig.asyncness.is_some() && awaits::in_block(function.block, &[]);
    if function.of_block || awaits {
        return None;
    }
    let note = if destructor {
        "`inherit` guards nothing here, because a destructor runs to its end: remove `loop_guard`"
    } else {
        "`inherit` guards nothing here, because there is no loop, no await and no call of the function itself: remove `loop_guard`"
    };
    let at = function.sig.ident.span();
    Some(Warning { note, at })
}

/// The warning for budgets and `yield_every` on a function that is guarded. `loops`: whether it has any.
pub(crate) fn of_budgets(args: &Args, function: &mut Function<'_>, loops: bool) -> Option<Warning> {
    if function.of_block {
        return None;
    }
    if let Some(turns) = args.yield_every.as_ref() {
        let mut own = OwnLoops {
            asynchronous: function.sig.asyncness.is_some(),
            found: false,
        };
        own.visit_block_mut(function.block);
        if !own.found {
            return Some(idle(
                turns,
                "`yield_every` yields nowhere here, because no loop of the future itself is in it: remove `yield_every`",
            ));
        }
    }
    if loops || does_more(args) {
        return None;
    }
    if let (Some(iterations), None) = (&args.iterations, &args.timeout) {
        return Some(idle(
            iterations,
            "`iterations` counts nothing here, because there is no loop: remove it",
        ));
    }
    let timeout = args.timeout.as_ref()?;
    let mut code = Looks::new(function);
    code.visit_block_mut(function.block);
    if code.found {
        return None;
    }
    Some(idle(
        timeout,
        "`timeout` guards nothing here, because there is no loop, no await and no call: remove `loop_guard`",
    ))
}

fn idle<T>(arg: &Arg<T>, note: &'static str) -> Warning {
    let at = arg.key.span();
    Warning { note, at }
}

/// Whether the attribute has a purpose besides time and iterations.
fn does_more(args: &Args) -> bool {
    args.needs_budget()
        || args.deadline.is_some()
        || args.strict.is_some()
        || args.entry.is_some()
        || args.root.is_some()
        || args.cleanup.is_some()
        || args.policy().is_some()
}

/// Whether the future itself runs loops.
struct OwnLoops {
    /// The function is `async`: the blocks in it are other futures.
    asynchronous: bool,
    found: bool,
}

impl Visitor for OwnLoops {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.found |= matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
        walk::expr(self, expr);
    }

    fn visit_expr_async_mut(&mut self, expr: &mut ExprAsync) {
        if !self.asynchronous {
            walk::expr_async(self, expr);
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.found |= calls::mentions_loop(call.tokens.clone());
    }

    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Whether there is code that may check, or that may call code which does.
struct Looks {
    /// Arguments of primitive types.
    primitive: Vec<String>,
    found: bool,
}

impl Looks {
    fn new(function: &Function<'_>) -> Self {
        let primitive = |input: &FnArg| match input {
            FnArg::Typed(argument) if is_primitive(&argument.ty) => match &*argument.pat {
                Pat::Ident(name) => Some(name.ident.to_string()),
                _ => None,
            },
            _ => None,
        };
        Self {
            primitive: function.sig.inputs.iter().filter_map(primitive).collect(),
            found: false,
        }
    }

    /// Whether the operand is certainly of a primitive type.
    fn is_plain(&self, operand: &Expr) -> bool {
        match operand {
            Expr::Lit(_) => true,
            Expr::Cast(cast) => is_primitive(&cast.ty),
            Expr::Paren(inner) => self.is_plain(&inner.expr),
            Expr::Unary(unary) => self.is_plain(&unary.expr),
            Expr::Binary(binary) => self.is_plain(&binary.left) && self.is_plain(&binary.right),
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                let name = name.to_string();
                self.primitive.contains(&name)
            }),
            _ => false,
        }
    }
}

impl Visitor for Looks {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.found |= match expr {
            Expr::Call(call) => !is_of_primitive(&call.func) && !is_made(&call.func),
            Expr::Binary(binary) => !self.is_plain(&binary.left) || !self.is_plain(&binary.right),
            Expr::Unary(unary) => !self.is_plain(&unary.expr),
            Expr::Lit(_)
            | Expr::Path(_)
            | Expr::Paren(_)
            | Expr::Cast(_)
            | Expr::Block(_)
            | Expr::If(_)
            | Expr::Let(_)
            | Expr::Match(_)
            | Expr::Return(_)
            | Expr::Reference(_)
            | Expr::Struct(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Field(_) => false,
            // An assignment drops the previous value.
            _ => true,
        };
        walk::expr(self, expr);
    }

    fn visit_macro_mut(&mut self, _: &mut Macro) {
        self.found = true;
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}
