//! What a snapshot tells of each scope, and how it prints.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, OpenScope, Why, checkpoint, snapshot};

use crate::told;

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

fn named(name: &str) -> OpenScope {
    let open = snapshot();
    open.iter()
        .find(|scope| scope.name() == name)
        .unwrap_or_else(|| panic!("{name} in\n{open}"))
        .clone()
}

/// Opens so many more scopes, and calls `f` in the innermost.
fn nested(more: u32, f: &dyn Fn()) {
    if more == 0 {
        return f();
    }
    Budget::timeout(HOUR)
        .named("listed::nested")
        .run(|| nested(more - 1, f))
        .unwrap();
}

#[test]
fn scopes_tell_how_deep_they_are_and_which_check_looked_last() {
    let outer = Budget::timeout(HOUR).named("listed::outer");
    let seen = outer.run(|| {
        // A check looks with the next tick, however late that is.
        while named("listed::outer").looked().is_none() {
            checkpoint().unwrap();
        }
        let inner = Budget::timeout(HOUR).named("listed::inner");
        inner
            .run(|| (named("listed::outer"), named("listed::inner")))
            .unwrap()
    });
    let (outer, inner) = seen.unwrap();
    assert_eq!((outer.depth(), inner.depth()), (0, 1));
    assert!(outer.looked().unwrap().file().ends_with("listed.rs"));
    assert_eq!((outer.overdue(), inner.overdue()), (None, None));
}

#[test]
fn a_scope_that_hangs_tells_why() {
    _ = told(|_| None::<()>);
    let (sender, receiver) = mpsc::channel::<()>();
    let hanging = thread::spawn(move || {
        _ = Budget::timeout(50 * MS)
            .named("listed::hangs")
            .run(move || _ = receiver.recv());
    });
    let begun = Instant::now();
    let why = loop {
        let open = snapshot();
        let scope = open.iter().find(|scope| scope.name() == "listed::hangs");
        if let Some(why) = scope.and_then(OpenScope::overdue) {
            assert!(open.to_string().contains("overdue"), "{open}");
            break why.clone();
        }
        assert!(begun.elapsed() < Duration::from_secs(60));
        thread::sleep(10 * MS);
    };
    drop(sender);
    hanging.join().unwrap();
    if cfg!(target_os = "linux") {
        assert!(matches!(why, Why::Waiting { syscall, .. } if syscall == "futex"));
    }
}

#[test]
fn the_table_fits_a_hundred_columns_whatever_the_names_are() {
    const LONG: &str =
        "listed::a_name_that_is_much_longer_than_any_column_could_be::and_goes_on_and_on";
    let work = || {
        Budget::timeout(HOUR).named(LONG).run(|| {
            Budget::timeout(Duration::MAX).named("listed::ü").run(|| {
                nested(40, &|| {
                    let table = snapshot().to_string();
                    for line in table.lines() {
                        assert!(
                            line.chars().count() <= 100,
                            "{}: {line}",
                            line.chars().count()
                        );
                    }
                    assert!(table.contains("::and_goes_on_and_on"), "{table}");
                });
            })
        })
    };
    let thread =
        thread::Builder::new().name("a thread with a name that is longer than its column".into());
    thread
        .spawn(move || work().unwrap().unwrap())
        .unwrap()
        .join()
        .unwrap();
}

#[cfg(feature = "serde")]
#[test]
fn a_snapshot_lists_its_scopes_for_serde() {
    let json = Budget::timeout(HOUR).named("listed::json").run(|| {
        let open = snapshot();
        serde_json::to_value(open).unwrap()
    });
    let json = json.unwrap();
    let scope = json["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|scope| scope["name"] == "listed::json")
        .unwrap();
    assert!(
        scope["location"]
            .as_str()
            .unwrap()
            .starts_with("tests/observe/listed.rs:"),
        "{scope}"
    );
    assert!(
        scope["place"]
            .as_str()
            .unwrap()
            .starts_with("thread listed::"),
        "{scope}"
    );
    assert_eq!(
        (&scope["depth"], &scope["overdue"]),
        (&0.into(), &serde_json::Value::Null)
    );
    assert!(
        scope["remaining_ms"].as_f64().unwrap() > 3_000_000.0,
        "{scope}"
    );
    assert!(scope["age_ms"].as_f64().unwrap() < 60_000.0, "{scope}");
}
