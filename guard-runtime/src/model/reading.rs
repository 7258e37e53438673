//! What another thread reads of a stack was true at some moment.

use loom::sync::Arc;
use loom::thread;

use crate::base::layout::{EMPTY, EXACT};
use crate::base::site::Site;
use crate::model::explore::explore;
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;
use crate::stack::reading::OpenFrame;
use crate::time::epoch::Epoch;

/// A reader has read a frame of one moment if it reads the same twice, finds the scope open in between, and finds the
/// count of pushes unchanged.
///
/// Catches: a frame, the depth, the entry word or its lag stored relaxed; a frame that is read once, or twice before
/// the depth; an entry word that changes before the open scopes are dated.
#[test]
fn a_read_is_of_one_moment() {
    read([(1, Some(100)), (2, Some(200))]);
}

/// The same for pushes that store only a site and are not counted, of one site or of two.
///
/// Catches the same.
#[test]
fn a_read_of_what_is_not_counted() {
    static SITES: [Site; 2] = [
        Site::new("first", "model.rs", 1, 1).within(100),
        Site::new("second", "model.rs", 2, 1).within(200),
    ];
    for second in [0, 1] {
        read([0, second].map(|site| (SITES[site].register(), None)));
    }
}

/// The same for scopes that are opened under one word, again and again.
///
/// Catches: a push that is not counted, or counted by a relaxed store; a count that is not compared, or compared before
/// the frame is read again.
#[test]
fn a_read_of_what_comes_back() {
    let scopes = [(1, 100), (2, 200), (1, 300), (2, 200)];
    explore(Some(3), move || {
        let stack = Arc::new(Stack::new());
        stack.admit(10, Some(1000));
        let reader = {
            let stack = stack.clone();
            thread::spawn(move || rows(&stack))
        };
        for (site, limit) in scopes {
            stack.enter(site, Some(limit));
            stack.set_depth(EMPTY);
        }
        let rows = reader.join().unwrap();
        assert!(rows.len() < 2, "{rows:?}");
        for (site, Saved { limit, .. }) in rows {
            assert!(scopes.contains(&(site, limit)), "{site} {limit}");
        }
    });
}

/// Opens one scope after the other, each under a word of its own.
fn read(scopes: [(u32, Option<u64>); 2]) {
    explore(Some(3), move || {
        let stack = Arc::new(Stack::new());
        let reader = {
            let stack = stack.clone();
            thread::spawn(move || rows(&stack))
        };
        let times = [10, 20];
        for (word, (site, limit)) in times.into_iter().zip(scopes) {
            stack.set_depth(0);
            stack.admit(word, Some(word * 100));
            stack.enter(site, limit);
        }
        stack.admit(30, Some(3000));
        stack.spend(0, 7);
        let rows = reader.join().unwrap();
        assert!(rows.len() < 2, "{rows:?}");
        for (site, Saved { start, limit, lag }) in rows {
            let found = (0..2).find(|n| times[*n] == start && scopes[*n].0 == site);
            let found = found.expect("a scope that was open");
            let own = scopes[found].1.unwrap_or_else(|| Site::by_id(site).limit());
            assert_eq!((limit, lag), (own, start * 100));
        }
    });
}

/// The same while the stack grows into a new piece, where the outermost scope, which stays open, is dated.
///
/// Catches: a piece that is used before the frames are copied into it; a reader that does not compare the piece.
#[test]
fn a_read_while_the_stack_grows() {
    explore(Some(3), || {
        let stack = Arc::new(Stack::new());
        stack.admit(10, Some(1000));
        stack.enter(1, Some(100));
        let reader = {
            let stack = stack.clone();
            thread::spawn(move || rows(&stack))
        };
        stack.make_room();
        stack.admit(20, Some(2000));
        stack.push_exact(1, &Epoch::new(), 2, 25, 200);
        stack.set_depth(1);
        stack.enter(3, Some(300));
        stack.set_depth(0);
        stack.enter(4, Some(400));
        let [first, second, third, fourth] = [
            (1, 10, 100, 1000),
            (2, 25, 200, EXACT),
            (3, 20, 300, 2000),
            (4, 20, 400, 2000),
        ];
        let moments: [&[_]; 5] = [&[], &[first], &[first, second], &[first, third], &[fourth]];
        let rows = reader.join().unwrap();
        let read = rows
            .iter()
            .map(|(site, saved)| (*site, saved.start, saved.limit, saved.lag));
        let read: Vec<_> = read.collect();
        assert!(moments.contains(&read.as_slice()), "{read:?}");
    });
}

/// What one attempt of a reader yields: nothing if something has changed during it.
fn rows(stack: &Stack) -> Vec<OpenFrame> {
    let (mut rows, mut again) = (Vec::new(), Vec::new());
    let same = stack.read_twice(&mut rows, &mut again);
    if same { rows } else { Vec::new() }
}
