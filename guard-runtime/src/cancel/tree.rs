//! The tree of tokens, which cancels in one step.
//!
//! A look must be one load, so each node itself says whether it is cancelled; yet nobody may see one node of a
//! subtree cancelled and another not. So a cancel has two steps. Under the lock of the tree it *claims* every node
//! below it: each one gets a reference to the same [`Cancellation`]. Then a single store puts that *in force*, and
//! with it all nodes at once.
//!
//! # Orderings
//!
//! A live node has no cancellation: `OnceLock::get` is one acquire load. For a claimed node, that load makes the
//! cancellation visible as it was created, and the acquire load of `in_force` makes everything visible that
//! happened before the cancel.
//!
//! **No child escapes.** A child is entered in its parent, and the parent is claimed, under the lock of the parent.
//! Either the claim finds the child, or [`Node::child`] finds the claim; then it waits for the lock of the tree, by
//! which time the cancellation is in force, and the child is created cancelled.
//!
//! **A second stage.** A cancel may be forced later, through shields. The flag is in the same [`Cancellation`], so
//! one store reaches all nodes that have it, including those that are created cancelled; an acquire load of the
//! flag also makes the first stage visible.
//!
//! **No waker escapes.** Wakers are taken after the store, under the lock under which they are registered. A waker
//! that was registered before is taken; a later registration finds the cancellation in force.
//!
//! Locks are taken in the order tree, node. No lock is held while foreign code runs: wakers are cloned, woken and
//! dropped outside.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Weak};
use std::task::Waker;

use crate::base::sync::{AtomicBool, Mutex, OnceLock, Ordering, copy_of, lock};

/// What one call of `cancel` shares with every node that it cancels, and with those that are created below them.
pub(crate) struct Cancellation<A> {
    reason: &'static str,
    in_force: AtomicBool,
    /// Whether shields no longer postpone it. Set in a second stage, at any time after the first.
    forced: AtomicBool,
    /// The node that was cancelled, as its address.
    top: usize,
    /// When it will be forced, and the alarm.
    alarm: Mutex<Option<(u64, A)>>,
}

impl<A> Cancellation<A> {
    pub(crate) fn force(&self) {
        self.forced.store(true, Ordering::Release);
    }
}

/// One token. `A` is its alarm: a node that goes takes it along.
pub(crate) struct Node<A> {
    cancellation: OnceLock<Arc<Cancellation<A>>>,
    /// The node above it, if that can still be cancelled, and the key of this node there.
    parent: Option<(Arc<Node<A>>, u64)>,
    /// Held by a cancel of any node of the tree.
    tree: Arc<Mutex<()>>,
    links: Mutex<Links<A>>,
}

/// Maps, because those free their memory as they shrink.
struct Links<A> {
    children: BTreeMap<u64, Weak<Node<A>>>,
    wakers: BTreeMap<u64, Waker>,
    next_key: u64,
    /// When the alarm fires, and the alarm.
    alarm: Option<(u64, A)>,
}

impl<A> Links<A> {
    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }
}

impl<A> Node<A> {
    /// A tree of one.
    pub(crate) fn root() -> Arc<Self> {
        Arc::new(Self::new(None, Arc::new(Mutex::new(()))))
    }

    fn new(parent: Option<(Arc<Self>, u64)>, tree: Arc<Mutex<()>>) -> Self {
        Self {
            cancellation: OnceLock::new(),
            parent,
            tree,
            links: Mutex::new(Links {
                children: BTreeMap::new(),
                wakers: BTreeMap::new(),
                next_key: 0,
                alarm: None,
            }),
        }
    }

    /// Creates a node below this one: cancelled with it, and without it.
    pub(crate) fn child(self: &Arc<Self>) -> Arc<Self> {
        let mut links = lock(&self.links);
        if let Some(cancellation) = self.cancellation() {
            drop(links);
            drop(lock(&self.tree));
            let child = Self::new(None, Arc::clone(&self.tree));
            // Nobody else knows the child yet.
            _ = child.cancellation.set(cancellation);
            return Arc::new(child);
        }
        let key = links.key();
        let child = Self::new(Some((Arc::clone(self), key)), Arc::clone(&self.tree));
        let child = Arc::new(child);
        links.children.insert(key, Arc::downgrade(&child));
        child
    }

    /// The cancellation by which it is claimed, which may not be in force yet.
    fn cancellation(&self) -> Option<Arc<Cancellation<A>>> {
        copy_of(&self.cancellation)
    }

    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        let claimed = self.cancellation.get();
        claimed.is_some_and(|cancellation| cancellation.in_force.load(Ordering::Acquire))
    }

    /// Why it was cancelled, if it was.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        let cancellation = self.cancellation()?;
        let in_force = cancellation.in_force.load(Ordering::Acquire);
        in_force.then_some(cancellation.reason)
    }

    /// Cancels the node and all below it. Returns the wakers of everything that waits for that; `None` if the node
    /// was cancelled before.
    pub(crate) fn cancel(self: &Arc<Self>, reason: &'static str) -> Option<Vec<Waker>> {
        let tree = lock(&self.tree);
        if self.is_cancelled() {
            return None;
        }
        let cancellation = Arc::new(Cancellation {
            reason,
            in_force: AtomicBool::new(false),
            forced: AtomicBool::new(false),
            top: Arc::as_ptr(self).addr(),
            alarm: Mutex::new(None),
        });
        let claimed = self.claim(&cancellation);
        cancellation.in_force.store(true, Ordering::Release);
        drop(tree);
        let wakers = claimed.iter().map(|node| node.take_wakers());
        Some(wakers.flat_map(BTreeMap::into_values).collect())
    }

    pub(crate) fn is_forced(&self) -> bool {
        let cancellation = self.cancellation.get();
        cancellation.is_some_and(|cancellation| cancellation.forced.load(Ordering::Acquire))
    }

    /// The cancellation that began at this node; `None` if the node was cancelled with one above it.
    fn own_cancellation(self: &Arc<Self>) -> Option<Arc<Cancellation<A>>> {
        let cancellation = self.cancellation()?;
        (cancellation.top == Arc::as_ptr(self).addr()).then_some(cancellation)
    }

    /// Forces the cancellation of this node on all nodes that it has cancelled.
    pub(crate) fn force_now(self: &Arc<Self>) {
        if let Some(cancellation) = self.own_cancellation() {
            cancellation.force();
        }
    }

    /// Sets the alarm that forces it, unless an earlier one is set.
    pub(crate) fn force_at(
        self: &Arc<Self>,
        at: u64,
        set: impl FnOnce(Weak<Cancellation<A>>) -> A,
    ) {
        let Some(cancellation) = self.own_cancellation() else {
            return;
        };
        let mut alarm = lock(&cancellation.alarm);
        if alarm.as_ref().is_some_and(|(set, _)| *set <= at) {
            return;
        }
        let before = alarm.replace((at, set(Arc::downgrade(&cancellation))));
        drop(alarm);
        drop(before);
    }

    /// Claims every node from this one down that is not cancelled. Not recursive: trees may be deeper than a stack.
    fn claim(self: &Arc<Self>, cancellation: &Arc<Cancellation<A>>) -> Vec<Arc<Self>> {
        let mut claimed = Vec::new();
        let mut next = vec![Arc::clone(self)];
        while let Some(node) = next.pop() {
            // While the tree is locked, a claimed node is cancelled, and so is everything below it.
            if node.is_cancelled() {
                continue;
            }
            let links = lock(&node.links);
            _ = node.cancellation.set(Arc::clone(cancellation));
            next.extend(links.children.values().filter_map(Weak::upgrade));
            drop(links);
            claimed.push(node);
        }
        claimed
    }

    fn take_wakers(&self) -> BTreeMap<u64, Waker> {
        mem::take(&mut lock(&self.links).wakers)
    }

    /// Registers the waker, in place of the one under `key`. Returns false if the node is cancelled.
    pub(crate) fn register(&self, key: &mut Option<u64>, waker: Waker) -> bool {
        let mut links = lock(&self.links);
        if self.is_cancelled() {
            return false;
        }
        let key = *key.get_or_insert_with(|| links.key());
        let before = links.wakers.insert(key, waker);
        drop(links);
        drop(before);
        true
    }

    pub(crate) fn unregister(&self, key: u64) {
        let waker = lock(&self.links).wakers.remove(&key);
        drop(waker);
    }

    /// Sets the alarm, replacing the current one, unless that is earlier or the node is cancelled.
    pub(crate) fn arm(&self, at: u64, set: impl FnOnce() -> A) {
        let mut links = lock(&self.links);
        let earlier = links.alarm.as_ref().is_some_and(|(set, _)| *set <= at);
        if earlier || self.is_cancelled() {
            return;
        }
        let before = links.alarm.replace((at, set()));
        drop(links);
        drop(before);
    }
}

impl<A> Drop for Node<A> {
    /// Not recursive either: the last child of each node drops its parent.
    fn drop(&mut self) {
        let mut parent = self.parent.take();
        while let Some((node, key)) = parent {
            lock(&node.links).children.remove(&key);
            parent = Arc::into_inner(node).and_then(|mut node| node.parent.take());
        }
    }
}

#[cfg(test)]
impl<A> Node<A> {
    /// How many children are entered.
    pub(crate) fn children(&self) -> usize {
        lock(&self.links).children.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Node;

    #[test]
    fn what_is_dropped_leaves_no_entry_behind() {
        let root = Node::<()>::root();
        let kept = root.child();
        for _ in 0..1000 {
            let child = root.child();
            drop(child.child());
            assert_eq!((root.children(), child.children()), (2, 0));
        }
        assert_eq!(root.children(), 1);
        drop(kept);
        assert_eq!(root.children(), 0);
    }

    #[test]
    fn a_tree_may_be_deeper_than_a_stack() {
        let root = Node::<()>::root();
        let mut leaf = root.child();
        for _ in 0..200_000 {
            leaf = leaf.child();
        }
        let gone = Arc::downgrade(&root.child());
        assert!(gone.upgrade().is_none());
        assert!(root.cancel("stop").is_some());
        assert_eq!(leaf.reason(), Some("stop"));
        drop(leaf);
        assert_eq!(root.children(), 0);
    }
}
