//! Arguments that a body moves out.

use syn::punctuated::Punctuated;
use syn::{
    Attribute, Block, Expr, ExprAsync, ExprClosure, ExprConst, FnArg, Ident, Item, Pat, PatIdent,
    Stmt, Token,
};

use crate::syntax::function::is_condition;
use crate::syntax::walk::{self, Visitor};

/// Where the block takes the whole value of an argument, which moves it unless its type is `Copy` or a reference.
///
/// Finds only what is certain: nothing in macros, closures and `async` blocks, no name that a pattern of the block binds
/// again, and nothing at all where the block is compiled by conditions.
pub(crate) fn of_arguments<'a>(
    inputs: impl Iterator<Item = &'a FnArg>,
    block: &mut Block,
) -> Vec<Ident> {
    let mut moves = TakenValues {
        names: inputs.filter_map(name).collect(),
        bound: Vec::new(),
        is_conditional: false,
        found: Vec::new(),
    };
    moves.visit_block_mut(block);
    let mut found = moves.found;
    found.retain(|name| !moves.is_conditional && !moves.bound.contains(name));
    found
}

fn name(input: &FnArg) -> Option<Ident> {
    match input {
        FnArg::Receiver(receiver) => Some(Ident::from(receiver.self_token)),
        FnArg::Typed(argument) if argument.attrs.is_empty() => by_value(&argument.pat).cloned(),
        FnArg::Typed(_) => None,
    }
}

/// The name that the pattern gives to a whole value.
fn by_value(pat: &Pat) -> Option<&Ident> {
    match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        Pat::Type(pat) => by_value(&pat.pat),
        _ => None,
    }
}

struct TakenValues {
    names: Vec<Ident>,
    /// The names that the block binds itself.
    bound: Vec<Ident>,
    is_conditional: bool,
    found: Vec<Ident>,
}

impl TakenValues {
    /// The value of this expression is used.
    fn value(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(path) => {
                let name = path.path.get_ident();
                (self.found).extend(name.filter(|name| self.names.contains(name)).cloned());
            }
            Expr::Paren(inner) => self.value(&inner.expr),
            _ => {}
        }
    }

    fn values(&mut self, exprs: &Punctuated<Expr, Token![,]>) {
        exprs.iter().for_each(|expr| self.value(expr));
    }
}

impl Visitor for TakenValues {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Array(array) => self.values(&array.elems),
            Expr::Assign(assign) => self.value(&assign.right),
            Expr::Await(awaited) => self.value(&awaited.base),
            Expr::Break(left) => left.expr.iter().for_each(|expr| self.value(expr)),
            Expr::Call(call) => self.values(&call.args),
            Expr::ForLoop(each) => self.value(&each.expr),
            Expr::Match(choice) => choice.arms.iter().for_each(|arm| self.value(&arm.body)),
            Expr::MethodCall(call) => self.values(&call.args),
            Expr::Return(left) => left.expr.iter().for_each(|expr| self.value(expr)),
            Expr::Struct(made) => made.fields.iter().for_each(|field| self.value(&field.expr)),
            Expr::Tuple(tuple) => self.values(&tuple.elems),
            _ => {}
        }
        walk::expr(self, expr);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Expr(expr, _) => self.value(expr),
            Stmt::Local(local) if by_value(&local.pat).is_some() => {
                local.init.iter().for_each(|init| self.value(&init.expr));
            }
            _ => {}
        }
        walk::stmt(self, stmt);
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.bound.push(pat.ident.clone());
        walk::pat_ident(self, pat);
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        self.is_conditional |= is_condition(attribute);
    }

    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

#[cfg(test)]
mod tests {
    use syn::{ItemFn, parse_quote};

    use super::of_arguments;

    fn found(mut function: ItemFn) -> Vec<String> {
        let inputs = function.sig.inputs.clone();
        let found = of_arguments(inputs.iter(), &mut function.block);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_that_are_used_whole() {
        let function = parse_quote! {
            async fn f(self, a: A, mut b: B, c: C, d: D, e: E, g: G, h: H) -> H {
                let taken = a;
                send(b, Some(&self), 1).await;
                for _ in c {}
                match d { _ if true => e, _ => return (g) }
                self.put(self, Made { h });
                a
            }
        };
        let all = ["a", "b", "c", "e", "g", "self", "h", "a"];
        let mut expected = all.map(str::to_owned).to_vec();
        let mut seen = found(function);
        expected.sort();
        seen.sort();
        assert_eq!(seen, expected);
    }

    #[test]
    fn nothing_that_may_be_something_else() {
        let uncertain: [ItemFn; 8] = [
            parse_quote!(
                async fn f(a: A) {
                    let a = a.clone();
                    send(a).await;
                }
            ),
            parse_quote!(
                async fn f(a: A) {
                    send(&a, &mut a, a.b, a[0], *a, a == a).await;
                }
            ),
            parse_quote!(
                async fn f(a: A) {
                    let _ = a;
                    let ref b = a;
                    a.send();
                    match a {
                        _ => (),
                    }
                }
            ),
            parse_quote!(
                async fn f(a: A) {
                    spawn(async move { send(a) });
                    run(|a| send(a));
                }
            ),
            parse_quote!(
                async fn f(a: A) {
                    print!("{}", a);
                    m!(a);
                }
            ),
            parse_quote!(
                async fn f(a: A) {
                    #[cfg(windows)]
                    send(a);
                }
            ),
            parse_quote!(
                async fn f(#[cfg(windows)] a: A) {
                    send(a)
                }
            ),
            parse_quote!(
                async fn f(a: A) {
                    fn g(a: A) {
                        send(a)
                    }
                }
            ),
        ];
        for function in uncertain {
            assert_eq!(found(function), [""; 0]);
        }
    }
}
