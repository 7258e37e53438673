//! Walks over syntax. `syn` compiles its whole tree of functions again for every type that implements `VisitMut`,
//! which was most of this crate's build time. So only one type implements it, for all visitors.

use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, TypeArray};

/// `self` as a trait object, which a default method of [`Visitor`] cannot make.
pub(crate) trait AsVisitor {
    fn as_visitor(&mut self) -> &mut dyn Visitor;
}

impl<V: Visitor> AsVisitor for V {
    fn as_visitor(&mut self) -> &mut dyn Visitor {
        self
    }
}

/// A node kind: the method that visitors override, and the walk over what is inside such a node.
///
/// ```text
/// visit_expr_mut, expr, Expr   =>   Visitor::visit_expr_mut(&mut self, &mut Expr), by default
///                                   walk::expr(visitor: &mut dyn Visitor, &mut Expr)
/// ```
macro_rules! kinds {
    ($($visit:ident, $walk:ident, $node:ident;)*) => {
        /// `VisitMut`, restricted to the node kinds that our visitors have to see.
        pub(crate) trait Visitor: AsVisitor {
            $(fn $visit(&mut self, node: &mut syn::$node) {
                $walk(self.as_visitor(), node);
            })*
        }

        /// The only visitor that `syn` knows.
        struct Walk<'v>(&'v mut dyn Visitor);

        impl VisitMut for Walk<'_> {
            $(fn $visit(&mut self, node: &mut syn::$node) {
                self.0.$visit(node);
            })*

            // A constant in a type runs at compile time, so no visitor looks into it.
            fn visit_generic_argument_mut(&mut self, node: &mut GenericArgument) {
                if !matches!(node, GenericArgument::Const(_)) {
                    visit_mut::visit_generic_argument_mut(self, node);
                }
            }

            fn visit_type_array_mut(&mut self, node: &mut TypeArray) {
                self.visit_type_mut(&mut node.elem);
            }
        }

        // An optimizing compiler that inlines this knows which visitor it is, inlines that visitor's methods too, which
        // walk again, and comes to no end.
        $(#[inline(never)]
        pub(crate) fn $walk(visitor: &mut dyn Visitor, node: &mut syn::$node) {
            visit_mut::$visit(&mut Walk(visitor), node);
        })*
    };
}

kinds! {
    visit_attribute_mut, attribute, Attribute;
    visit_block_mut, block, Block;
    visit_expr_mut, expr, Expr;
    visit_expr_async_mut, expr_async, ExprAsync;
    visit_expr_await_mut, expr_await, ExprAwait;
    visit_expr_break_mut, expr_break, ExprBreak;
    visit_expr_closure_mut, expr_closure, ExprClosure;
    visit_expr_const_mut, expr_const, ExprConst;
    visit_expr_continue_mut, expr_continue, ExprContinue;
    visit_expr_for_loop_mut, expr_for_loop, ExprForLoop;
    visit_expr_loop_mut, expr_loop, ExprLoop;
    visit_expr_repeat_mut, expr_repeat, ExprRepeat;
    visit_expr_while_mut, expr_while, ExprWhile;
    visit_item_mut, item, Item;
    visit_local_init_mut, local_init, LocalInit;
    visit_macro_mut, call, Macro;
    visit_pat_mut, pat, Pat;
    visit_pat_ident_mut, pat_ident, PatIdent;
    visit_path_arguments_mut, path_arguments, PathArguments;
    visit_return_type_mut, return_type, ReturnType;
    visit_stmt_mut, stmt, Stmt;
    visit_type_mut, ty, Type;
    visit_type_impl_trait_mut, type_impl_trait, TypeImplTrait;
}
