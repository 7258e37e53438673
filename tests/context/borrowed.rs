//! Tokens by reference.

use guard_runtime::{Budget, CancelToken, Cause, Tripped, checkpoint, loop_guard};

#[loop_guard(timeout = "1h", cancel = token)]
fn spin(token: &CancelToken) -> Result<(), Tripped> {
    token.cancel("stop");
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn a_budget_takes_a_clone() {
    let token = CancelToken::new();
    let outcome = Budget::new().cancel(&token).run(|| {
        token.cancel("stop");
        checkpoint()
    });
    assert!(outcome.unwrap().is_err());
}

#[test]
fn the_attribute_as_well() {
    let cause = spin(&CancelToken::new()).unwrap_err().cause();
    assert!(matches!(cause, Cause::Cancelled { reason: "stop", .. }));
}
