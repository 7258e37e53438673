//! One function, wherever it is written.

use syn::{Attribute, Block, Signature};

/// A function of its own, a method, or one in a block that carries the attribute.
pub(crate) struct Function<'f> {
    pub(crate) attrs: &'f [Attribute],
    pub(crate) sig: &'f mut Signature,
    pub(crate) block: &'f mut Block,
    /// The attribute stands on the `impl`, trait or module around it.
    pub(crate) of_block: bool,
}

/// Whether the attribute is this macro, under whatever path.
pub(crate) fn is_loop_guard(attribute: &Attribute) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "loop_guard")
}

/// Whether the attribute decides if there is an argument at all; others belong to its binding.
pub(crate) fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}
