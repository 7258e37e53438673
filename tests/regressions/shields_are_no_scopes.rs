//! A leak check counted the shield or the cleanup in which it was created, or asked, as an open scope.

use std::time::Duration;

use guard_runtime::testing::LeakCheck;
use guard_runtime::{Budget, defer, shield, shield_for};

#[test]
fn a_leak_check_does_not_count_them() {
    let check = LeakCheck::new();
    shield(|| assert_eq!(check.open_scopes(), 0));
    shield_for(Duration::from_secs(60), || check.assert_clean());
    {
        defer!(|_| assert_eq!(check.open_scopes(), 0));
    }
    // An open scope is counted, both inside and around.
    let budget = Budget::timeout(Duration::from_secs(60));
    let inside = budget.run(|| shield(|| check.open_scopes()));
    assert_eq!(inside.expect("a minute is enough"), 1);
    let outside = shield(|| {
        let check = LeakCheck::new();
        budget.run(|| check.open_scopes())
    });
    assert_eq!(outside.expect("a minute is enough"), 1);
}
