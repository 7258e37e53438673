//! A batch that is cut says how far it came, and the next call goes on from there: each item is a savepoint of a real
//! database, so one that was begun leaves nothing behind.

use std::panic::{AssertUnwindSafe, catch_unwind};

use guard_runtime::policy::Progress;
use guard_runtime::{Tripped, loop_guard};
use rusqlite::{Connection, Savepoint};

const PAYMENTS: i64 = 20;

/// The number of entries of each payment.
const ENTRIES: i64 = 3;

#[derive(Debug)]
enum Settled {
    All,
    Partial { done: u64, trip: Tripped },
}

fn database() -> Connection {
    let database = Connection::open_in_memory().unwrap();
    let tables =
        "CREATE TABLE entry (payment INTEGER, number INTEGER, PRIMARY KEY (payment, number));
        CREATE TABLE settled (payment INTEGER PRIMARY KEY);";
    database.execute_batch(tables).unwrap();
    database
}

#[loop_guard(iterations = budget, fallback = |trip| Settled::Partial { done: progress.done(), trip })]
fn settle(
    database: &mut Connection,
    payments: &[i64],
    progress: &Progress,
    budget: u64,
) -> Settled {
    for payment in progress.rest(payments) {
        let savepoint = database.savepoint().unwrap();
        // A payment can be cut in its middle, since these iterations are the function's.
        for number in 0..ENTRIES {
            entry(&savepoint, *payment, number);
        }
        savepoint
            .execute("INSERT INTO settled VALUES (?1)", [payment])
            .unwrap();
        savepoint.commit().unwrap();
        progress.advance();
    }
    Settled::All
}

fn entry(savepoint: &Savepoint<'_>, payment: i64, number: i64) {
    savepoint
        .execute("INSERT INTO entry VALUES (?1, ?2)", [payment, number])
        .unwrap();
}

fn count(database: &Connection, table: &str) -> u64 {
    let query = format!("SELECT count(*) FROM {table}");
    database.query_row(&query, [], |row| row.get(0)).unwrap()
}

/// The database contains what was counted, and nothing of the payment that was cut.
#[track_caller]
fn agrees(database: &Connection, progress: &Progress) {
    assert!(database.is_autocommit(), "no savepoint is open");
    assert_eq!(count(database, "settled"), progress.done());
    assert_eq!(count(database, "entry"), progress.done() * ENTRIES as u64);
}

#[test]
fn a_batch_that_is_cut_anywhere_goes_on_from_its_last_item() {
    let payments: Vec<_> = (0..PAYMENTS).collect();
    for budget in 4..100 {
        let (mut database, progress) = (database(), Progress::new());
        let (mut calls, mut before) = (0, 0);
        // Each call has a budget of its own, which is enough for at least one payment.
        while let Settled::Partial { done, trip } =
            settle(&mut database, &payments, &progress, budget)
        {
            assert!(trip.scope().ends_with("::settle"), "{trip}");
            assert!(
                done > before,
                "{done} after {before}, with {budget} iterations"
            );
            before = done;
            agrees(&database, &progress);
            calls += 1;
        }
        agrees(&database, &progress);
        assert_eq!(progress.done(), PAYMENTS as u64);
        // The smallest budgets cut it more than once, the largest never.
        assert_eq!(
            calls == 0,
            budget >= (PAYMENTS * (ENTRIES + 1)) as u64,
            "{budget}"
        );
    }
}

#[test]
fn with_less_than_one_item_takes_it_stays_where_it_was() {
    let (mut database, progress) = (database(), Progress::new());
    for budget in 0..4 {
        let outcome = settle(&mut database, &[1, 2], &progress, budget);
        assert!(
            matches!(outcome, Settled::Partial { done: 0, .. }),
            "{budget}: {outcome:?}"
        );
        agrees(&database, &progress);
    }
}

#[test]
fn a_panic_in_the_middle_leaves_as_little_behind() {
    let (mut database, progress) = (database(), Progress::new());
    // The second payment violates a constraint.
    let payments = [1, 1, 2];
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        settle(&mut database, &payments, &progress, 100)
    }));
    assert!(outcome.is_err());
    agrees(&database, &progress);
    assert_eq!(progress.done(), 1);
    // A count that was stored elsewhere lets another process go on.
    let later = Progress::from(2);
    assert!(matches!(
        settle(&mut database, &payments, &later, 100),
        Settled::All
    ));
    assert_eq!(count(&database, "settled"), 2);
}
