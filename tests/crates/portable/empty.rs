//! Empty: the package has tests only.
