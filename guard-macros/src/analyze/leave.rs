//! The way out of a function, as its arguments and its return type tell.

use syn::{ReturnType, Type};

use crate::args::attribute::{Args, Part};
use crate::args::value::OnTrip;
use crate::plan::Leave;
use crate::strips::plain::is_primitive;
use crate::syntax::function::Function;
use crate::syntax::paths::ends_in;
use crate::syntax::types::{is_closure, is_opaque, nameable, never};

/// In a `crowded` function a number is taken for one by its name: without a way for errors its checks are shorter to
/// compile.
pub(crate) fn leave<'a>(args: &'a Args, output: &ReturnType, crowded: bool) -> Leave<'a> {
    if let Some(fallback) = &args.fallback {
        return Leave::Fallback(&fallback.value);
    }
    match args.on_trip.value().copied() {
        Some(OnTrip::Break) => return Leave::Break,
        Some(OnTrip::Panic) => return Leave::Panic,
        Some(OnTrip::Error) | None => {}
    }
    match output {
        ReturnType::Type(_, ty) if args.on_trip.is_some() => Leave::Error(ty.clone()),
        // `!` is a type only in this position, and has no value to return.
        ReturnType::Type(_, ty) if crowded && is_primitive(ty) => Leave::Panic,
        ReturnType::Type(_, ty) if !never(output) => by_type(ty),
        _ => Leave::Panic,
    }
}

/// The way out by the syntax of the type. Nobody knows whether an `impl Trait` is a `Result`; one that is only part
/// of the type does not matter.
fn by_type<'a>(ty: &Type) -> Leave<'a> {
    match ty {
        Type::ImplTrait(_) => Leave::Panic,
        Type::Paren(ty) => by_type(&ty.elem),
        Type::Group(ty) => by_type(&ty.elem),
        _ => Leave::Probe(Box::new(ty.clone())),
    }
}

/// The type as a body can name it, unless it is certainly no `Result`.
pub(crate) fn fallible(output: &ReturnType) -> Option<Type> {
    match (output, nameable(output)) {
        (ReturnType::Type(_, ty), ReturnType::Type(_, nameable)) => {
            (!is_opaque(ty) || is_result(ty)).then_some(*nameable)
        }
        _ => None,
    }
}

/// Whether the outermost name is `Result`.
fn is_result(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if ends_in(&path.path, "Result"))
}

/// Whether the body may become a closure. In a closure, `Location::caller()` would not be the function's caller,
/// `!` has no value that could be returned, and a closure that is returned as `impl Fn` would not learn the types
/// of its arguments.
pub(crate) fn can_be_wrapped(function: &Function<'_>) -> bool {
    !never(&function.sig.output)
        && !is_closure(&function.sig.output)
        && !function
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("track_caller"))
}

/// Whether a function that is no future has to ask the `Budget` that it names whether a late result is a trip.
pub(crate) fn may_be_strict_by_budget(args: &Args, function: &Function<'_>) -> bool {
    let breaks = args.on_trip.value().copied() == Some(OnTrip::Break);
    args.budget.is_some() && args.strict.is_none() && !breaks && can_be_wrapped(function)
}
