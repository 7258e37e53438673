//! The way out of a function, by its arguments and by the look of its return type.

use syn::{ReturnType, Type};

use crate::args::Args;
use crate::args::value::OnTrip;
use crate::plan::Leave;
use crate::syntax::types::{is_opaque, nameable, never};

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

/// The type, as it can be written in a body, unless it is surely no `Result`.
pub(crate) fn fallible(output: &ReturnType) -> Option<Type> {
    match (output, nameable(output)) {
        (ReturnType::Type(_, ty), ReturnType::Type(_, nameable)) => {
            (!is_opaque(ty) || is_result(ty)).then_some(*nameable)
        }
        _ => None,
    }
}

/// A type with `impl Trait` in it cannot be named in the body: then its outermost name decides.
fn by_type<'a>(ty: &Type) -> Leave<'a> {
    let boxed = Box::new(ty.clone());
    if !is_opaque(ty) {
        Leave::Probe(boxed)
    } else if is_result(ty) {
        Leave::Error(boxed)
    } else {
        Leave::Panic
    }
}

/// Whether the outermost name is `Result`.
fn is_result(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "Result")
}
