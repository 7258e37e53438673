//! Return types.

use proc_macro2::Span;
use syn::{Ident, ReturnType, Token, Type, TypeInfer, TypeParamBound, TypePath};

use crate::syntax::paths::{ends_in, is_among, last};
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
    const FNS: &str = "Fn FnMut FnOnce AsyncFn AsyncFnMut AsyncFnOnce";
    matches!(bound, TypeParamBound::Trait(bound) if ends_in(&bound.path, FNS))
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
    let name = named(output).and_then(|ty| last(&ty.path));
    name.is_some_and(|name| name.to_string().ends_with("Result"))
}

/// The return type, if it is a name.
fn named(output: &ReturnType) -> Option<&TypePath> {
    match output {
        ReturnType::Type(_, ty) => match &**ty {
            Type::Path(path) => Some(path),
            _ => None,
        },
        ReturnType::Default => None,
    }
}

/// Types of the standard library that are no `Result`.
const KNOWN: &str = "\
    Arc BTreeMap BTreeSet BinaryHeap Box Cow Duration HashMap HashSet Instant LinkedList Option Ordering PathBuf Pin \
    Poll Rc Self String Vec VecDeque bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize";

/// The name of a type that may be an alias of anything.
pub(crate) fn unknown(output: &ReturnType) -> Option<&Ident> {
    let ty = named(output)?;
    last(&ty.path).filter(|name| ty.qself.is_none() && !is_among(KNOWN, *name))
}
