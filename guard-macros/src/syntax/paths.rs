//! Names in paths.

use syn::{Ident, Path};

/// The last name of the path.
pub(crate) fn last(path: &Path) -> Option<&Ident> {
    path.segments.last().map(|last| &last.ident)
}

/// Whether the last name of the path is among `names`.
pub(crate) fn ends_in(path: &Path, names: &str) -> bool {
    last(path).is_some_and(|last| is_among(names, last))
}

/// Whether `names`, which are separated by blanks, contain this one.
pub(crate) fn is_among(names: &str, name: &(impl ToString + ?Sized)) -> bool {
    // Once: the name of an `Ident` is a text that the compiler has to be asked for.
    let name = name.to_string();
    names.split_ascii_whitespace().any(|other| name == other)
}
