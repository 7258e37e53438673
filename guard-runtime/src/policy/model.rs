//! Loom models of the state word, its counters, and the queue for permits, in every order of threads and memory
//! accesses.
//!
//! Above each model stands which changes to the code it was seen to catch.

use std::task::{Wake, Waker};

use loom::sync::atomic::{AtomicU32, Ordering};
use loom::sync::{Arc, Notify};
use loom::thread;

use crate::policy::circuit::{Circuit, Pass};
use crate::policy::queue::{Asked, Queue};
use crate::policy::window::Window;
use crate::trip::policy_event::State;

/// A time in nanoseconds.
const NOW: u64 = 1 << 30;
const LONG: u64 = 1 << 30;

fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(model);
}

/// An open circuit whose open time is over at `NOW`.
fn opened() -> Circuit {
    let circuit = Circuit::new();
    let pass = circuit.pass().expect("it is closed at first");
    assert!(circuit.open(pass, NOW - LONG, |_| LONG));
    circuit
}

/// Of several callers of a half-open circuit, one is let through.
///
/// Catches: a lease that is stored instead of exchanged.
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

/// A probe that has ended makes room for exactly one other, however it ended.
///
/// Catches: a release that removes whatever lease there is.
#[test]
fn a_probe_takes_out_its_own_lease_alone() {
    explore(None, || {
        let circuit = Arc::new(opened());
        let late = circuit.admit(NOW, 1).expect("the first probe").0;
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

/// Of a failure and the success that would close the circuit, the first one decides; the other, which then belongs
/// to an older generation, changes nothing.
///
/// Catches: a transition without a check of the generation.
#[test]
fn one_outcome_of_a_generation_decides() {
    explore(None, || {
        let circuit = Arc::new(opened());
        let slow = circuit.admit(NOW, 1).expect("the first probe").0;
        let next = circuit.admit(NOW + LONG, LONG).expect("the next probe").0;
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

/// An outcome of an earlier generation is not counted, however late it comes.
///
/// Catches: a stamp without the generation.
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

/// However two failures interleave, one of the two finds both.
///
/// Catches: the row counted before the window; its exchange relaxed.
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

struct Bell(Notify);

impl Wake for Bell {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.notify();
    }
}

/// A bulkhead of one permit, and how many hold it.
#[derive(Clone)]
struct One(Arc<(Queue, AtomicU32)>);

impl One {
    fn new() -> Self {
        Self(Arc::new((Queue::new(), AtomicU32::new(0))))
    }

    /// Waits for the permit, holds it for a moment, and returns it; false if the queue was full.
    fn call(&self) -> bool {
        let (queue, holders) = &*self.0;
        match queue.ask(1, 2) {
            Asked::Full => return false,
            Asked::Permit => {}
            Asked::Waits(number) => {
                let bell = std::sync::Arc::new(Bell(Notify::new()));
                let waker = Waker::from(bell.clone());
                while !queue.is_granted(number, &waker) {
                    bell.0.wait();
                }
            }
        }
        assert_eq!(holders.fetch_add(1, Ordering::Relaxed), 0);
        holders.fetch_sub(1, Ordering::Relaxed);
        queue.give_back();
        true
    }
}

/// A waiter gets the permit, and holds it alone.
///
/// Catches: a waker that is stored after the lock is released, or not at all; a permit that is free before it is
/// handed over.
#[test]
fn whoever_waits_is_granted_a_permit() {
    explore(Some(3), || {
        let one = One::new();
        let others = [(); 2].map(|()| {
            let one = one.clone();
            thread::spawn(move || one.call())
        });
        assert!(one.call());
        assert!(others.map(|other| other.join().unwrap()) == [true; 2]);
        assert_eq!(one.0.0.counts(), (0, 0));
    });
}

/// A waiter that leaves just as it is granted the permit passes it on.
///
/// Catches: a waiter that leaves without checking whether it was granted one.
#[test]
fn a_permit_that_comes_too_late_is_passed_on() {
    explore(Some(3), || {
        let one = One::new();
        let (queue, _) = &*one.0;
        assert_eq!(queue.ask(1, 2), Asked::Permit);
        let Asked::Waits(number) = queue.ask(1, 2) else {
            panic!("there is one permit");
        };
        let leaver = {
            let one = one.clone();
            thread::spawn(move || one.0.0.leave(number))
        };
        let waiter = {
            let one = one.clone();
            thread::spawn(move || one.call())
        };
        queue.give_back();
        leaver.join().unwrap();
        assert!(waiter.join().unwrap());
        assert_eq!(queue.counts(), (0, 0));
    });
}
