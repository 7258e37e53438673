//! Loom models of handing over: what work on other threads learns about a scope that is cancelled, or left,
//! meanwhile.
//!
//! They run the code of a check in a handed-over scope: `stack/sharing.rs`, `cancel/tree.rs` and the epoch. Above
//! each model stands which changes to the code it was seen to catch.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use crate::base::layout::EMPTY;
use crate::cancel::tree;
use crate::stack::frames::Stack;
use crate::time::epoch::Epoch;

type Node = tree::Node<()>;

/// A loop on another thread that sees the epoch of a cancel finds its token cancelled; it will not look again
/// before the next tick.
///
/// Catches: an epoch that moves before the cancel is in force, or is moved or loaded relaxed.
#[test]
fn whoever_sees_the_epoch_of_a_cancel_finds_the_cancel() {
    loom::model(|| {
        let epoch = Arc::new(Epoch::new());
        let root = Node::root();
        let handed = root.child();
        let seen = epoch.load();
        let worker = {
            let epoch = Arc::clone(&epoch);
            thread::spawn(move || {
                if epoch.load_relaxed() != seen {
                    let (_, word) = epoch.load_with_lag();
                    assert!(word == seen || handed.is_cancelled());
                }
            })
        };
        root.cancel("stop");
        epoch.bump();
        worker.join().unwrap();
    });
}

/// Work in a scope that is cancelled and then left finds both once it learns of the second, even if another scope
/// is opened in its place.
///
/// Catches: a mark that a push keeps; a depth that is loaded relaxed.
#[test]
fn a_scope_that_is_cancelled_and_left_while_others_run_in_it() {
    loom::model(|| {
        let stack = Arc::new(Stack::new());
        stack.grow();
        stack.push(stack.frame(0), 1, 5);
        let number = stack.share(0);
        let token = Node::root();
        let worker = {
            let (stack, token) = (Arc::clone(&stack), token.child());
            thread::spawn(move || {
                if !stack.shares(0, number) {
                    assert!(token.is_cancelled());
                }
            })
        };
        token.cancel("stop");
        stack.set_depth(EMPTY);
        stack.push(stack.frame(0), 1, 5);
        worker.join().unwrap();
        assert!(!stack.shares(0, number));
    });
}

/// Of two threads that work in it, each learns that it has ended once it was left, and not before.
///
/// Catches: a new mark for each thread that asks.
#[test]
fn two_threads_hold_on_to_one_scope() {
    loom::model(|| {
        let stack = Arc::new(Stack::new());
        stack.grow();
        stack.push(stack.frame(0), 1, 5);
        let leaves = Arc::new(AtomicBool::new(false));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let number = stack.share(0);
                let (stack, leaves) = (Arc::clone(&stack), Arc::clone(&leaves));
                thread::spawn(move || {
                    let ended = !stack.shares(0, number);
                    assert!(!ended || leaves.load(Ordering::Relaxed));
                })
            })
            .collect();
        leaves.store(true, Ordering::Relaxed);
        stack.set_depth(EMPTY);
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
