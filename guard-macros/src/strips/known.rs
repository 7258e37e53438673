//! What is known about a type from what is written down.
//!
//! Whether an iteration can be cut is asked of its type, in front of the loop. If that type is only decided by
//! later code, the compiler assumes that it can be cut. A macro knows no types, so it asks only if what is written
//! leaves no doubt. Any other loop is checked at each iteration.

use quote::ToTokens;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::strips::plain::is_primitive;
use crate::syntax::calls;
use crate::syntax::paths::{ends_in, is_among};

/// What is known about the type of a name or of an expression.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    pub(super) decided: Decided,
    pub(super) what: What,
}

/// How much of a type is decided where the name or the expression stands.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Decided {
    #[default]
    Nothing,
    /// All but what a list, a range or an iterator over one has as items.
    Outside,
    Whole,
}

/// What a type is certain to be. A user's type may have methods like these, but not their names.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum What {
    #[default]
    Other,
    /// None of the others, by value: hardly anything that can be cut.
    Value,
    /// An integer, or a range of it.
    Integer,
    /// A list of the language or the standard library, a text, an iterator over one, or a reference to that.
    List,
    /// A list by value. After a loop over it, a message of the compiler says what moved it, as without the attribute.
    Owned,
    /// The same, a `Vec` of numbers.
    Numbers,
    /// The same, an array of numbers. Up to edition 2018, its `into_iter` borrows it.
    NumberArray,
}

pub(super) const WHOLE: Known = Known::new(Decided::Whole, What::Other);
pub(super) const VALUE: Known = Known::new(Decided::Whole, What::Value);
/// An integer as it is written: later code decides which.
pub(super) const INTEGER: Known = Known::new(Decided::Nothing, What::Integer);
/// A list as it is written: `[1, 2]`, `vec![]`.
pub(super) const LIST: Known = Known::new(Decided::Outside, What::Owned);

const INTEGERS: &str = "i128 i16 i32 i64 i8 isize u128 u16 u32 u64 u8 usize";

impl Known {
    pub(super) const fn new(decided: Decided, what: What) -> Self {
        Self { decided, what }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let what = if self.what == other.what {
            self.what
        } else {
            What::Other
        };
        Self::new(self.decided.min(other.decided), what)
    }

    /// Whether a loop takes it by value.
    pub(super) fn is_owned(self) -> bool {
        match self.what {
            What::Value | What::Owned | What::Numbers | What::NumberArray => true,
            What::Integer => self.decided == Decided::Whole,
            What::Other | What::List => false,
        }
    }

    /// What a reference to it is, a part of it, and an iterator over it.
    pub(super) fn borrowed(self) -> Self {
        match self.what {
            What::Owned | What::Numbers | What::NumberArray => Self::new(self.decided, What::List),
            What::Value => Self::new(self.decided, What::Other),
            _ => self,
        }
    }

    /// The same, of which at least the outside is decided: it is indexed with a range, or a method gives it.
    pub(super) fn listing(self) -> Self {
        let decided = self.decided.max(Decided::Outside);
        Self { decided, ..self }.borrowed()
    }
}

pub(super) fn of_type(ty: &Type) -> Known {
    let has_gaps = calls::any_ident(ty.to_token_stream(), &|ident| ident == "_");
    let decided = match ty {
        _ if !has_gaps => Decided::Whole,
        _ if is_list(ty) => Decided::Outside,
        _ => Decided::Nothing,
    };
    let what = match ty {
        Type::Path(path)
            if path
                .path
                .get_ident()
                .is_some_and(|name| is_among(INTEGERS, name)) =>
        {
            What::Integer
        }
        Type::Array(array) if is_primitive(&array.elem) => What::NumberArray,
        _ if are_numbers(ty) => What::Numbers,
        Type::Reference(_) if is_list(ty) => What::List,
        Type::Reference(_) => What::Other,
        _ if is_list(ty) => What::Owned,
        _ => What::Value,
    };
    Known::new(decided, what)
}

/// Whether a literal with this suffix is an integer.
pub(super) fn is_integer(suffix: &str) -> bool {
    suffix.is_empty() || INTEGERS.split(' ').any(|name| name == suffix)
}

/// `Vec<f64>`
fn are_numbers(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    match path.path.segments.last() {
        Some(PathSegment {
            ident,
            arguments: PathArguments::AngleBracketed(of),
        }) if ident == "Vec" && of.args.len() == 1 => {
            matches!(&of.args[0], GenericArgument::Type(item) if is_primitive(item))
        }
        _ => false,
    }
}

/// `&[u32]`, `Vec<_>`, `str`
fn is_list(ty: &Type) -> bool {
    match ty {
        Type::Array(_) | Type::Slice(_) => true,
        Type::Group(part) => is_list(&part.elem),
        Type::Paren(part) => is_list(&part.elem),
        Type::Path(path) => {
            ends_in(&path.path, "Vec") || path.path.is_ident("str") || path.path.is_ident("String")
        }
        Type::Reference(part) => is_list(&part.elem),
        _ => false,
    }
}
