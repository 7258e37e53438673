//! The feature `disable`, in a build of its own.

use crate::nested;

#[test]
fn the_feature_disable_leaves_no_guard() {
    let told = nested("disabled", &["--lib"]);
    assert!(told.contains("2 passed"), "{told}");
}
