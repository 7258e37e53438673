//! Public getters that only return a field.

/// A getter for each of these fields, which are `Copy`.
///
/// ```text
/// /// Its name.
/// name: &'static str,   =>   /// Its name.
///                            #[must_use]
///                            pub fn name(&self) -> &'static str { self.name }
/// ```
macro_rules! getters {
    ($($(#[$documented:meta])* $field:ident: $type:ty,)*) => {$(
        $(#[$documented])*
        #[must_use]
        pub fn $field(&self) -> $type {
            self.$field
        }
    )*};
}
pub(crate) use getters;
