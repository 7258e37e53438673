//! `const` blocks as lengths of arrays. Where the body becomes a closure, the compiler calls them constants that
//! depend on generic parameters, which it phases out. A length is a constant in any case:
//!
//! ```text
//! [0; const { N + 1 }]   =>   [0; { N + 1 }]
//! ```

use proc_macro2::Span;
use syn::{Expr, ExprBlock, Macro, PathArguments, Type};

use crate::syntax::walk::{self, Visitor};

/// The length without its `const`.
pub(super) fn plain(length: &mut Expr) {
    let Expr::Const(constant) = length else {
        return;
    };
    if !constant.attrs.is_empty() {
        return;
    }
    let mut block = constant.block.clone();
    // Of the expansion, so that no lint calls the braces unnecessary.
    let at = Span::mixed_site().located_at(constant.const_token.span);
    block.brace_token = syn::token::Brace(at);
    *length = Expr::Block(ExprBlock {
        attrs: Vec::new(),
        label: None,
        block,
    });
}

pub(super) fn plain_in_type(ty: &mut Type) {
    Lengths.visit_type_mut(ty);
}

pub(super) fn plain_in_arguments(arguments: &mut PathArguments) {
    Lengths.visit_path_arguments_mut(arguments);
}

/// Visits types, of which only the lengths are expressions.
struct Lengths;

impl Visitor for Lengths {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Array(array) = ty {
            plain(&mut array.len);
        }
        walk::ty(self, ty);
    }

    fn visit_macro_mut(&mut self, _: &mut Macro) {}
}
