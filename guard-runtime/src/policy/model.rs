//! Loom models of the state word and its counters, in every order in which threads and memory may bring their
//! steps about.
//!
//! Above each model stands what it was seen to catch when the code was changed so.

use loom::sync::Arc;
use loom::thread;

use crate::policy::circuit::{Circuit, Pass, State};
use crate::policy::window::Window;

/// A time, in nanoseconds, and how long everything takes.
const NOW: u64 = 1 << 30;
const LONG: u64 = 1 << 30;

fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(model);
}

/// An open circuit whose time is over at `NOW`.
fn opened() -> Circuit {
    let circuit = Circuit::new();
    let pass = circuit.pass().expect("it is closed at first");
    assert!(circuit.open(pass, NOW - LONG, |_| LONG));
    circuit
}

/// Of several callers of a half-open circuit, one is let through.
///
/// Caught: a lease that is stored and not exchanged.
#[test]
fn one_probe_at_a_time() {
    explore(None, || {
        let circuit = Arc::new(opened());
        let call = |circuit: Arc<Circuit>| move || u32::from(circuit.admit(NOW, LONG).is_ok());
        let others = [(); 2].map(|()| thread::spawn(call(circuit.clone())));
        let mine = call(circuit.clone())();
        let probes: u32 = others.map(|other| other.join().unwrap()).into_iter().sum();
        assert_eq!(mine + probes, 1);
    });
}

/// A probe that has ended makes room for one other, whichever way it ended.
///
/// Caught: a release that takes out whatever lease there is.
#[test]
fn a_probe_takes_out_its_own_lease_alone() {
    explore(None, || {
        let circuit = Arc::new(opened());
        let late = circuit.admit(NOW, 1).expect("the first probe");
        // Its lease is over by then.
        let then = NOW + LONG;
        let other = {
            let circuit = circuit.clone();
            thread::spawn(move || circuit.admit(then, LONG).is_ok())
        };
        circuit.release(late);
        let mine = circuit.admit(then, LONG).is_ok();
        assert!(mine != other.join().unwrap(), "one of them");
    });
}

/// Of a failure and the success that would close the circuit, the first in time decides, and the other one,
/// which is of an older generation then, changes nothing.
///
/// Caught: a state that is left without a look at the generation.
#[test]
fn one_outcome_of_a_generation_decides() {
    explore(None, || {
        let circuit = Arc::new(opened());
        let slow = circuit.admit(NOW, 1).expect("the first probe");
        let next = circuit.admit(NOW + LONG, LONG).expect("the next probe");
        let other = {
            let circuit = circuit.clone();
            thread::spawn(move || circuit.open(slow, NOW + LONG, |_| LONG))
        };
        let closed = circuit.probe_succeeded(next, 1);
        let opened = other.join().unwrap();
        assert!(closed != opened, "one of them");
        let expected = if closed { State::Closed } else { State::Open };
        assert_eq!(circuit.state(NOW + LONG), expected);
    });
}

/// An outcome of an earlier generation is not counted, however late it looked.
///
/// Caught: a stamp without the generation.
#[test]
fn a_late_failure_is_in_no_later_window() {
    explore(Some(3), || {
        let shared = Arc::new((Circuit::new(), Window::new()));
        let early = shared.0.pass().expect("closed");
        let other = {
            let shared = shared.clone();
            thread::spawn(move || {
                let (circuit, window) = &*shared;
                if window.add(circuit, early, 1, true) {
                    circuit.failed(early);
                }
            })
        };
        let (circuit, window) = &*shared;
        circuit.force(true);
        let pass = circuit.pass().expect("closed again");
        assert!(window.add(circuit, pass, 1, false));
        other.join().unwrap();
        assert_eq!(window.sum(pass, 1), (1, 0));
        assert_eq!(circuit.failed(pass), Some(1), "the first of its generation");
    });
}

/// However two failures meet, one of the two finds both.
///
/// Caught: the row counted before the window; its exchange relaxed.
#[test]
fn the_last_failure_that_was_missing_is_not_overlooked() {
    explore(None, || {
        let shared = Arc::new((Circuit::new(), Window::new()));
        let fail = |shared: Arc<(Circuit, Window)>, pass: Pass| {
            move || {
                let (circuit, window) = &*shared;
                assert!(window.add(circuit, pass, 1, true));
                let in_a_row = circuit.failed(pass).expect("nothing has changed");
                (in_a_row, window.sum(pass, 1).1)
            }
        };
        let pass = shared.0.pass().expect("closed");
        let other = thread::spawn(fail(shared.clone(), pass));
        let mine = fail(shared, pass)();
        let found = [mine, other.join().unwrap()];
        assert!(found.contains(&(2, 2)), "{found:?}");
    });
}
