//! The way out of a function, by its arguments and by the look of its return type.

use syn::{ReturnType, Type};

use crate::args::{Args, OnTrip};
use crate::plan::Leave;
use crate::syntax::types::{is_opaque, never};

pub(crate) fn leave<'a>(args: &'a Args, output: &ReturnType) -> Leave<'a> {
    if let Some(fallback) = &args.fallback {
        return Leave::Fallback(&fallback.value);
    }
    match args.on_trip.as_ref().map(|arg| arg.value) {
        Some(OnTrip::Break) => return Leave::Break,
        Some(OnTrip::Panic) => return Leave::Panic,
        Some(OnTrip::Error) | None => {}
    }
    match output {
        ReturnType::Type(_, ty) if args.on_trip.is_some() => Leave::Error(ty.clone()),
        // `!` is a type only in this place, and has no value to return.
        ReturnType::Type(_, ty) if !never(output) => by_type(ty),
        _ => Leave::Panic,
    }
}

/// A type with `impl Trait` in it cannot be named in the body: then its outermost name decides.
fn by_type<'a>(ty: &Type) -> Leave<'a> {
    let is_result = |path: &syn::TypePath| {
        let last = path.path.segments.last();
        last.is_some_and(|last| last.ident == "Result")
    };
    let boxed = Box::new(ty.clone());
    match ty {
        _ if !is_opaque(ty) => Leave::Probe(boxed),
        Type::Path(path) if is_result(path) => Leave::Error(boxed),
        _ => Leave::Panic,
    }
}
