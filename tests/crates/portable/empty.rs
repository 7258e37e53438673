//! There is nothing but tests.
