//! Cargo wants a build script of a crate that is to be there once (`links` in the manifest). It does nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
