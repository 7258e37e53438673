//! What is known about a type from what is written down.
//!
//! Whether an iteration can be cut is asked of its type, in front of the loop. If that type is only decided by
//! later code, the compiler assumes that it can be cut. A macro knows no types, so it asks only if what is written
//! leaves no doubt. Any other loop is checked at each iteration.

use quote::ToTokens;
use syn::{GenericArgument, Ident, PathArguments, PathSegment, Type};

use crate::strips::plain::is_primitive;
use crate::syntax::calls;
use crate::syntax::paths::ends_in;

/// What is known about the type of a name or of an expression.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    /// It is a slice, an array, a `Vec`, a range or an iterator over one, or a reference to that; its items may
    /// still be of an unknown type.
    pub(super) list: bool,
    pub(super) held: Held,
    /// It is certain to be a list of the language or the standard library, or a text; a user's type may have methods
    /// like theirs.
    pub(super) certain: bool,
    /// The type is known completely.
    pub(super) whole: bool,
    /// It is this integer, or a range of it; [`ANY`] if later code decides which.
    pub(super) integer: Option<&'static str>,
}

/// Whether a list is there by value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Held {
    #[default]
    Borrowed,
    /// It may be.
    Owned,
    /// It is, and a `Vec` or an array of numbers.
    Numbers,
}

pub(super) const ANY: &str = "";

const INTEGERS: &str = "i128 i16 i32 i64 i8 isize u128 u16 u32 u64 u8 usize";

pub(super) const LIST: Known = Known {
    list: true,
    held: Held::Borrowed,
    certain: false,
    whole: false,
    integer: None,
};

/// A list or not: the type itself can be asked.
pub(super) const WHOLE: Known = Known {
    whole: true,
    ..LIST
};

impl Known {
    pub(super) const fn owned(self) -> Self {
        Self {
            held: Held::Owned,
            ..self
        }
    }

    /// A list by value that is written as one: `[1, 2]`, `vec![]`.
    pub(super) const fn written() -> Self {
        Self {
            certain: true,
            ..LIST.owned()
        }
    }

    pub(super) const fn integer(name: &'static str) -> Self {
        Self {
            list: false,
            integer: Some(name),
            ..LIST
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            list: self.list && other.list,
            held: if self.held == other.held {
                self.held
            } else {
                Held::Owned
            },
            certain: self.certain && other.certain,
            whole: self.whole && other.whole,
            integer: match (self.integer, other.integer) {
                (Some(ANY), name) | (name, Some(ANY)) => name,
                (name, other) if name == other => name,
                _ => None,
            },
        }
    }
}

pub(super) fn of_type(ty: &Type) -> Known {
    let name = match ty {
        Type::Path(path) => path.path.get_ident().map(Ident::to_string),
        _ => None,
    };
    Known {
        list: is_list(ty),
        certain: is_list(ty) || is_text(ty),
        held: match ty {
            Type::Reference(_) => Held::Borrowed,
            _ if are_numbers(ty) => Held::Numbers,
            _ => Held::Owned,
        },
        whole: !calls::any_ident(ty.to_token_stream(), &|ident| ident == "_"),
        integer: name.as_deref().and_then(integer),
    }
}

/// The integer of this name.
pub(super) fn integer(name: &str) -> Option<&'static str> {
    INTEGERS.split_ascii_whitespace().find(|of| *of == name)
}

/// `Vec<f64>`, `[u32; N]`
fn are_numbers(ty: &Type) -> bool {
    match ty {
        Type::Array(array) => is_primitive(&array.elem),
        Type::Path(path) => match path.path.segments.last() {
            Some(PathSegment {
                ident,
                arguments: PathArguments::AngleBracketed(of),
            }) if ident == "Vec" && of.args.len() == 1 => {
                matches!(&of.args[0], GenericArgument::Type(item) if is_primitive(item))
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_list(ty: &Type) -> bool {
    match ty {
        Type::Array(_) | Type::Slice(_) => true,
        Type::Group(part) => is_list(&part.elem),
        Type::Paren(part) => is_list(&part.elem),
        Type::Path(path) => ends_in(&path.path, "Vec"),
        Type::Reference(part) => is_list(&part.elem),
        _ => false,
    }
}

/// `str`, `&String`
fn is_text(ty: &Type) -> bool {
    match ty {
        Type::Reference(part) => is_text(&part.elem),
        Type::Path(path) => path.path.is_ident("str") || path.path.is_ident("String"),
        _ => false,
    }
}
