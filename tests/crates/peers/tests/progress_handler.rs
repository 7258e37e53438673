//! A query ends with the budget: SQLite asks a function every so many instructions whether to go on. The last row of the
//! table "Foreign waits" of the documentation.

use std::time::Duration;

use guard_runtime::{Budget, CancelToken, Cause, Tripped, checkpoint, tripped};
use rusqlite::{Connection, ErrorCode};

/// A query that counts for ever.
const ENDLESS: &str = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
    SELECT count(*) FROM number";

/// A database whose queries check the budget of the calling thread.
fn database() -> Connection {
    let database = Connection::open_in_memory().unwrap();
    database.progress_handler(1000, Some(|| checkpoint().is_err()));
    database
}

fn count(database: &Connection, query: &str) -> rusqlite::Result<u64> {
    database.query_row(query, [], |row| row.get(0))
}

/// The trip of a query that was cut.
#[track_caller]
fn cut(database: &Connection) -> Tripped {
    let error = count(database, ENDLESS).unwrap_err();
    assert_eq!(
        error.sqlite_error_code(),
        Some(ErrorCode::OperationInterrupted),
        "{error}"
    );
    tripped().expect("the handler has tripped")
}

#[test]
fn a_query_ends_with_the_deadline() {
    let (database, limit) = (database(), Duration::from_millis(20));
    let tripped = Budget::timeout(limit).run(|| cut(&database)).unwrap();
    assert!(matches!(tripped.cause(), Cause::Timeout { elapsed, .. } if elapsed > limit));
    // The connection can still be used.
    assert_eq!(count(&database, "SELECT 7").unwrap(), 7);
    let hour = Budget::timeout(Duration::from_secs(3600));
    let some =
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT 100000)
        SELECT count(*) FROM number";
    assert_eq!(hour.run(|| count(&database, some)).unwrap(), Ok(100_000));
}

#[test]
fn a_query_ends_with_a_cancel() {
    let token = CancelToken::new();
    token.cancel_after(Duration::from_millis(5), "client gone");
    let budget = Budget::new().cancel(&token);
    // On a slow machine it may be cancelled before it is entered; then the budget returns the trip.
    let tripped = budget
        .run(|| cut(&database()))
        .unwrap_or_else(|tripped| tripped);
    assert!(matches!(
        tripped.cause(),
        Cause::Cancelled {
            reason: "client gone",
            ..
        }
    ));
}
