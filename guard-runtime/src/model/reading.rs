//! What another thread reads of a stack was true at some moment.

use loom::sync::Arc;
use loom::thread;

use crate::base::layout::{EMPTY, EXACT};
use crate::base::site::Site;
use crate::model::explore::explore;
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;
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
            thread::spawn(move || stack.try_read(0))
        };
        for (site, limit) in scopes {
            stack.enter(site, Some(limit));
            stack.set_depth(EMPTY);
        }
        if let Some(((site, Saved { limit, .. }), _)) = reader.join().unwrap() {
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
            thread::spawn(move || stack.try_read(0))
        };
        let times = [10, 20];
        for (word, (site, limit)) in times.into_iter().zip(scopes) {
            stack.set_depth(0);
            stack.admit(word, Some(word * 100));
            stack.enter(site, limit);
        }
        stack.admit(30, Some(3000));
        stack.spend(0, 7);
        if let Some(((site, saved), spent)) = reader.join().unwrap() {
            let Saved { start, limit, lag } = saved;
            let found = (0..2).find(|n| times[*n] == start && scopes[*n].0 == site);
            let found = found.expect("a scope that was open");
            let own = scopes[found].1.unwrap_or_else(|| Site::by_id(site).limit());
            assert_eq!((limit, lag), (own, start * 100));
            assert!(found == 1 || !spent);
        }
    });
}

/// The same while the stack grows into a new piece and the outermost scope stays open.
///
/// Catches: a piece that is used before the frames are copied into it; a reader that does not compare the piece.
#[test]
fn a_read_while_the_stack_grows() {
    for index in [0, 1] {
        explore(Some(3), move || {
            let stack = Arc::new(Stack::new());
            stack.admit(10, Some(1000));
            stack.enter(1, Some(100));
            let reader = {
                let stack = stack.clone();
                thread::spawn(move || stack.try_read(index))
            };
            stack.make_room();
            stack.push_exact(1, &Epoch::new(), 2, 20, 200);
            stack.set_depth(1);
            stack.enter(3, Some(300));
            stack.set_depth(0);
            stack.enter(4, Some(400));
            if let Some(((site, saved), _)) = reader.join().unwrap() {
                let read = (site, saved.start, saved.limit, saved.lag);
                let open = [
                    [(1, 10, 100, 1000), (4, 10, 400, 1000)],
                    [(2, 20, 200, EXACT), (3, 10, 300, 1000)],
                ];
                assert!(open[index as usize].contains(&read), "{read:?}");
            }
        });
    }
}
