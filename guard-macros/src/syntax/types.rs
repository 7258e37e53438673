//! Return types.

use proc_macro2::Span;
use syn::{Ident, ReturnType, Token, Type, TypeInfer, TypeParamBound};

use crate::syntax::walk::{self, Visitor};

pub(crate) fn never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)))
}

pub(crate) fn is_unit(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()),
    }
}

/// The type with `_` for each `impl Trait`, which a body cannot name.
pub(crate) fn nameable(output: &ReturnType) -> ReturnType {
    struct Infer;
    impl Visitor for Infer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if matches!(ty, Type::ImplTrait(_)) {
                *ty = Type::Infer(TypeInfer {
                    attrs: Vec::new(),
                    underscore_token: Token![_](Span::mixed_site()),
                });
            }
            walk::ty(self, ty);
        }
    }
    let mut output = output.clone();
    Infer.visit_return_type_mut(&mut output);
    output
}

/// Whether the value is a closure of an unnamed type, or contains one: `impl Fn(u8) -> bool`,
/// `Option<impl FnMut()>`.
pub(crate) fn is_closure(output: &ReturnType) -> bool {
    struct Closure(bool);
    impl Visitor for Closure {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut syn::TypeImplTrait) {
            self.0 |= ty.bounds.iter().any(is_fn);
        }
    }
    let mut closure = Closure(false);
    closure.visit_return_type_mut(&mut output.clone());
    closure.0
}

fn is_fn(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last();
    last.is_some_and(|last| {
        [
            "Fn",
            "FnMut",
            "FnOnce",
            "AsyncFn",
            "AsyncFnMut",
            "AsyncFnOnce",
        ]
        .iter()
        .any(|name| last.ident == name)
    })
}

/// Whether the type contains an `impl Trait`.
pub(crate) fn is_opaque(ty: &Type) -> bool {
    struct Opaque(bool);
    impl Visitor for Opaque {
        fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut opaque = Opaque(false);
    opaque.visit_type_mut(&mut ty.clone());
    opaque.0
}

/// Whether the return type is called `Result`.
pub(crate) fn is_called_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    let Type::Path(path) = &**ty else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident.to_string().ends_with("Result"))
}

/// Types of the standard library that are no `Result`.
const KNOWN: &str = "\
    Arc BTreeMap BTreeSet BinaryHeap Box Cow Duration HashMap HashSet Instant LinkedList Option Ordering PathBuf Pin \
    Poll Rc Self String Vec VecDeque bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize";

/// The name of a type that may be an alias of anything.
pub(crate) fn unknown(output: &ReturnType) -> Option<&Ident> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let Type::Path(path) = &**ty else { return None };
    let last = &path.path.segments.last()?.ident;
    let is_known = KNOWN.split_ascii_whitespace().any(|name| last == name);
    (path.qself.is_none() && !is_known).then_some(last)
}
