//! Assignments to parts of a variable.

use syn::{BinOp, Block, Expr, Ident, Item};

use crate::syntax::walk::{self, Visitor};

/// Whether the block assigns to a field of one of the variables: `name.field = 1`, `name.list[0] += 1`.
pub(crate) fn to_part_of(block: &mut Block, names: &[Ident]) -> bool {
    let mut assigns = Assigns {
        names,
        found: false,
    };
    assigns.visit_block_mut(block);
    assigns.found
}

struct Assigns<'n> {
    names: &'n [Ident],
    found: bool,
}

impl Assigns<'_> {
    fn is_part(&self, place: &Expr) -> bool {
        match place {
            Expr::Field(part) => self.is_part(&part.base) || self.is_whole(&part.base),
            Expr::Index(part) => self.is_part(&part.expr) || self.is_whole(&part.expr),
            Expr::Paren(part) => self.is_part(&part.expr),
            Expr::Tuple(parts) => parts.elems.iter().any(|part| self.is_part(part)),
            _ => false,
        }
    }

    fn is_whole(&self, place: &Expr) -> bool {
        match place {
            Expr::Path(path) => path
                .path
                .get_ident()
                .is_some_and(|name| self.names.contains(name)),
            Expr::Paren(place) => self.is_whole(&place.expr),
            _ => false,
        }
    }
}

impl Visitor for Assigns<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.found |= match expr {
            Expr::Assign(assign) => self.is_part(&assign.left),
            Expr::Binary(binary) => is_assigning(&binary.op) && self.is_part(&binary.left),
            _ => false,
        };
        walk::expr(self, expr);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// `+=` and its like.
pub(crate) fn is_assigning(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
