//! Names in the texts of formats: `format!("{best}")`.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::{Expr, Ident, Macro};

use crate::syntax::walk::Visitor;

/// Where the name stands in braces in a text that a macro gets.
pub(crate) fn place_of(expr: &mut Expr, name: &Ident) -> Option<Span> {
    let name = name.unraw();
    let mut formats = Formats {
        wanted: [format!("{{{name}}}"), format!("{{{name}:")],
        found: None,
    };
    formats.visit_expr_mut(expr);
    formats.found
}

struct Formats {
    wanted: [String; 2],
    found: Option<Span>,
}

impl Visitor for Formats {
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        for token in call.tokens.clone() {
            let TokenTree::Literal(text) = token else {
                continue;
            };
            // Two braces stand for one of the text.
            let format = text.to_string().replace("{{", "");
            if self.wanted.iter().any(|wanted| format.contains(wanted)) {
                self.found.get_or_insert(text.span());
            }
        }
    }
}
