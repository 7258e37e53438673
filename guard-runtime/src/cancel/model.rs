//! Loom models of the tree: they run the code of `tree.rs` itself, in every order.
//!
//! Above each model stands which changes to the code it was seen to catch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

use loom::thread;

use crate::cancel::tree;

type Node = tree::Node<()>;

/// A thread that sees one node of the tree cancelled does not see another one that is not.
///
/// Catches: `in_force` stored or loaded relaxed; each node cancelled as it is claimed.
#[test]
fn a_tree_cancels_in_one_step() {
    loom::model(|| {
        let root = Node::root();
        let (one, other) = (root.child(), root.child());
        let canceller = {
            let root = Arc::clone(&root);
            thread::spawn(move || assert!(root.cancel("stop").is_some()))
        };
        let reader = {
            let (one, other) = (Arc::clone(&one), Arc::clone(&other));
            thread::spawn(move || {
                if other.is_cancelled() {
                    assert!(one.is_cancelled());
                }
            })
        };
        if one.is_cancelled() {
            assert!(root.is_cancelled() && other.is_cancelled());
        }
        canceller.join().unwrap();
        reader.join().unwrap();
    });
}

/// A child that is created meanwhile is cancelled as well, at the same moment as its parent.
///
/// Catches: a parent claimed after its lock is released; `in_force` stored or loaded relaxed.
#[test]
fn no_child_escapes() {
    loom::model(|| {
        let root = Node::root();
        let canceller = {
            let root = Arc::clone(&root);
            thread::spawn(move || {
                root.cancel("stop");
            })
        };
        let child = root.child();
        if root.is_cancelled() {
            assert_eq!(child.reason(), Some("stop"));
        }
        let grandchild = child.child();
        canceller.join().unwrap();
        assert_eq!(child.reason(), Some("stop"));
        assert_eq!(grandchild.reason(), Some("stop"));
    });
}

/// Of two concurrent cancels each node keeps one, and the lower cancel never hides a child from the upper one.
///
/// Catches: a cancel that does not lock the tree.
#[test]
fn cancels_of_one_tree_take_turns() {
    loom::model(|| {
        let root = Node::root();
        let middle = root.child();
        let leaf = middle.child();
        let lower = {
            let middle = Arc::clone(&middle);
            thread::spawn(move || middle.cancel("lower").is_some())
        };
        let upper = root.cancel("upper");
        assert!(upper.is_some() && leaf.is_cancelled() && middle.is_cancelled());
        let won = lower.join().unwrap();
        let reason = if won { "lower" } else { "upper" };
        assert_eq!(middle.reason(), Some(reason));
        assert_eq!(leaf.reason(), Some(reason));
        assert_eq!(root.reason(), Some("upper"));
    });
}

/// Whatever is forced is cancelled, including nodes that are created meanwhile.
///
/// Catches: a child that is created with a copy of the cancellation.
#[test]
fn what_is_forced_is_cancelled() {
    loom::model(|| {
        let root = Node::root();
        let old = root.child();
        let canceller = {
            let root = Arc::clone(&root);
            thread::spawn(move || {
                root.cancel("stop");
                root.force_now();
            })
        };
        let born = root.child();
        if old.is_forced() {
            assert!(old.is_cancelled() && born.is_cancelled() && root.child().is_forced());
        }
        canceller.join().unwrap();
        assert!(born.is_forced() && old.is_forced());
    });
}

struct Count(AtomicU32);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A waiting task is woken, or learns that there is nothing to wait for.
///
/// Catches: a waker registered without a look under the lock; wakers taken before the cancel is in force.
#[test]
fn no_waker_escapes() {
    loom::model(|| {
        let root = Node::root();
        let child = root.child();
        let canceller = thread::spawn(move || {
            for waker in root.cancel("stop").into_iter().flatten() {
                waker.wake();
            }
        });
        let count = Arc::new(Count(AtomicU32::new(0)));
        let waits = child.register(&mut None, Waker::from(Arc::clone(&count)));
        canceller.join().unwrap();
        assert!(child.is_cancelled());
        assert_eq!(count.0.load(Ordering::Relaxed), u32::from(waits));
    });
}

/// The same for a child that is created meanwhile, which the cancel does not know.
///
/// Catches: a child that does not wait for the lock of the tree.
#[test]
fn no_waker_of_a_new_child_escapes() {
    loom::model(|| {
        let root = Node::root();
        let canceller = {
            let root = Arc::clone(&root);
            thread::spawn(move || {
                for waker in root.cancel("stop").into_iter().flatten() {
                    waker.wake();
                }
            })
        };
        let child = root.child();
        let count = Arc::new(Count(AtomicU32::new(0)));
        let waits = child.register(&mut None, Waker::from(Arc::clone(&count)));
        canceller.join().unwrap();
        assert_eq!(count.0.load(Ordering::Relaxed), u32::from(waits));
    });
}

/// A node that is dropped meanwhile neither blocks the cancel nor is left behind.
///
/// The counts of `Arc` are the standard library's, and not part of the model.
#[test]
fn a_node_goes_while_its_tree_cancels() {
    loom::model(|| {
        let root = Node::root();
        let child = root.child();
        let leaf = child.child();
        let owner = thread::spawn(move || {
            drop(child);
            drop(leaf);
        });
        root.cancel("stop");
        owner.join().unwrap();
        assert_eq!(root.children(), 0);
    });
}
