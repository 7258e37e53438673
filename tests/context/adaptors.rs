//! Real parsers, decoders and iterator chains on endless input.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, Write};
use std::time::Duration;

use guard_runtime::io::Checked;
use guard_runtime::{
    Budget, Cause, GuardedIterator, Tripped, checkpoint, loop_guard, shield, testing, tripped,
};
use harness::Paused;
use harness::events::take;

use crate::endless::{Endless, Seekless, compressed_bomb, image_bomb};

/// The trip that is the source of an I/O error.
fn source(error: &io::Error) -> &Tripped {
    error
        .get_ref()
        .and_then(|error| error.downcast_ref())
        .expect("a trip")
}

const LIMIT: Duration = Duration::from_millis(20);

/// Runs foreign code, which must not end by itself. Returns its error, and the trip in it.
fn cut<T, E>(foreign: impl FnOnce() -> Result<T, E>) -> (E, Tripped) {
    let outcome = Budget::timeout(LIMIT).named("cut").run(|| {
        let Err(error) = foreign() else {
            panic!("it has no end")
        };
        (error, tripped().expect("a trip, whatever became of it"))
    });
    let (error, tripped) = outcome.expect("the foreign code returns an error of its own");
    assert_eq!(tripped.scope(), "cut");
    assert!(
        matches!(tripped.cause(), Cause::Timeout { limit, elapsed } if limit == LIMIT && elapsed > limit)
    );
    (error, tripped)
}

#[test]
fn json_without_an_end() {
    let endless = Checked::new(BufReader::new(Endless::new("[", "1,")));
    let (error, _) = cut(|| serde_json::from_reader::<_, serde::de::IgnoredAny>(endless));
    assert_eq!(error.io_error_kind(), Some(ErrorKind::TimedOut));
}

#[test]
fn csv_without_an_end() {
    let mut rows = csv::Reader::from_reader(Checked::new(Endless::new("a,b,c\n", "1,two,3.0\n")));
    let (error, trip) = cut(|| rows.records().try_fold(0, |n, row| row.map(|_| n + 1)));
    let csv::ErrorKind::Io(error) = error.kind() else {
        panic!("{error}")
    };
    assert_eq!(source(error).location(), trip.location());
}

/// Foreign code that swallows the error meets it again, and cannot continue.
#[test]
fn csv_that_drops_errors() {
    let mut rows = csv::Reader::from_reader(Checked::new(Endless::new("a,b\n", "1,2\n")));
    let outcome = Budget::timeout(LIMIT).run(|| {
        let count = rows.records().filter_map(Result::ok).count();
        (count, tripped())
    });
    let (count, tripped) = outcome.unwrap();
    assert!(tripped.is_some(), "{count} rows, and the trip is known");
}

/// Rows of a table that has no end, of which each takes a millisecond.
fn rows_without_errors() -> usize {
    let mut rows = csv::Reader::from_reader(Checked::new(Endless::new("a,b\n", "1,2\n")));
    rows.records()
        .filter_map(Result::ok)
        .inspect(|_| testing::advance(Duration::from_millis(1)))
        .count()
}

#[loop_guard(timeout = "1s", name = "truncates")]
fn truncates() -> Result<usize, Tripped> {
    Ok(rows_without_errors())
}

#[loop_guard(timeout = "1s", name = "is strict", strict)]
fn is_strict() -> Result<usize, Tripped> {
    Ok(rows_without_errors())
}

/// The documented limit: no check follows the one whose error was dropped. The hook has heard of the trip, and of no
/// late result besides; and [`tripped`] tells.
#[test]
fn who_drops_the_error_returns_a_truncated_ok() {
    let _paused = Paused::new();
    take();
    let count = truncates().expect("nobody asked again");
    assert!(count >= 1000, "{count} rows of a millisecond each");
    let told = take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("truncates (") && told[0].contains("ran out of time: 1s allowed"),
        "{told:?}"
    );
    let asked = Budget::timeout(Duration::from_secs(1)).run(|| (rows_without_errors(), tripped()));
    assert!(asked.unwrap().1.is_some());
}

#[test]
fn strict_makes_an_error_of_it() {
    let _paused = Paused::new();
    take();
    assert_eq!(is_strict().unwrap_err().scope(), "is strict");
    assert_eq!(take().len(), 1, "it is one trip");
    let budget = Budget::timeout(Duration::from_secs(1)).strict();
    assert!(budget.run(rows_without_errors).is_err());
}

#[test]
fn a_compressed_bomb() {
    let mut unpacked = flate2::read::MultiGzDecoder::new(Checked::new(compressed_bomb()));
    let (error, _) = cut(|| io::copy(&mut unpacked, &mut io::sink()));
    source(&error);
}

#[test]
fn an_image_without_an_end() {
    let mut decoder = png::Decoder::new(Checked::new(BufReader::new(Seekless(image_bomb()))));
    decoder.set_limits(png::Limits { bytes: usize::MAX });
    let mut reader = decoder.read_info().unwrap();
    let (error, _) = cut(|| {
        loop {
            reader.next_row()?;
        }
        #[allow(unreachable_code, reason = "for its type")]
        Ok::<(), png::DecodingError>(())
    });
    let png::DecodingError::IoError(error) = error else {
        panic!("{error}")
    };
    source(&error);
}

#[test]
fn a_search_in_a_long_text() {
    let word = regex::Regex::new(r"\b\w+\b").unwrap();
    let text = "a few words, ".repeat(1_000_000);
    let search = || {
        word.find_iter(&text)
            .guarded()
            .try_fold(0, |n, found| Ok(n + found?.len()))
    };
    let (error, trip) = cut::<usize, Tripped>(search);
    assert_eq!(error.location(), trip.location());
}

#[test]
fn a_chain_that_drops_errors_ends() {
    let (end, late) = Budget::timeout(LIMIT)
        .run(|| {
            let mut items = std::iter::repeat(0).guarded().filter_map(Result::ok);
            let end = items.by_ref().last();
            (end.and(items.next()), checkpoint())
        })
        .unwrap();
    assert!(end.is_none() && late.is_err());
}

#[test]
fn items_come_through_and_the_trip_is_the_last() {
    let _time = Paused::new();
    let items = Budget::timeout(Duration::from_secs(1)).run(|| {
        let (mut items, made) = ((0..3).guarded(), line!());
        assert_eq!(items.size_hint(), (1, Some(4)));
        let first = items.next().unwrap();
        testing::advance(Duration::from_secs(2));
        let trip = items.next().unwrap();
        assert_eq!(items.size_hint(), (0, Some(0)));
        assert!(items.next().is_none());
        (first, trip, made)
    });
    let (first, trip, made) = items.unwrap();
    assert_eq!(first.unwrap(), 0);
    assert_eq!(trip.unwrap_err().location().line(), made);
    assert!(
        (0..3).guarded().map(Result::unwrap).eq(0..3),
        "without a budget nothing trips"
    );
}

#[test]
fn every_call_of_a_reader_checks_and_a_trip_reads_nothing() {
    let _time = Paused::new();
    let outcome = Budget::timeout(Duration::from_secs(1)).run(|| {
        let bytes = io::Cursor::new(b"one\ntwo\n".to_vec());
        let (mut file, made) = (Checked::new(bytes), line!());
        let mut line = String::new();
        file.read_line(&mut line).unwrap();
        file.write_all(b"TWO").unwrap();
        testing::advance(Duration::from_secs(2));
        let mut bytes = [0; 3];
        let errors = [
            file.read(&mut bytes).unwrap_err(),
            file.read_to_end(&mut Vec::new()).unwrap_err(),
            file.read_exact(&mut bytes).unwrap_err(),
            file.read_line(&mut line).unwrap_err(),
            file.write_all(b"!").unwrap_err(),
            file.flush().unwrap_err(),
            file.rewind().unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            assert_eq!(source(&error).location().line(), made);
        }
        assert_eq!(
            (line.as_str(), bytes, file.get_ref().position()),
            ("one\n", [0; 3], 7)
        );
        shield(|| file.write_all(b"!")).unwrap();
        file.into_inner().into_inner()
    });
    assert_eq!(outcome.unwrap(), b"one\nTWO!");
}

/// The standard library repeats calls that were interrupted.
#[test]
fn no_trip_is_an_interruption() {
    #[loop_guard(iterations = 3, on_trip = "break")]
    fn read(reader: impl Read) -> io::Result<usize> {
        let mut n = 0;
        while n < 10 {
            n += 1;
        }
        // The scope is spent, and every check in it trips.
        Checked::new(reader).read_to_end(&mut Vec::new())
    }
    let error = read(&b"bytes"[..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other);
    assert_eq!(source(&error).cause(), Cause::Iterations { limit: 3 });
}

#[test]
fn what_tripped_is_of_the_scopes_that_are_open() {
    assert!(tripped().is_none());
    let _time = Paused::new();
    let second = Duration::from_secs(1);
    let outer = Budget::timeout(2 * second).named("outer").run(|| {
        assert!(tripped().is_none());
        let inner = Budget::timeout(second).named("inner").run(|| {
            testing::advance(second + second / 2);
            assert!(tripped().is_none(), "nobody has looked");
            assert!(checkpoint().is_err());
            assert!(shield(tripped).is_none(), "in a shield nothing has tripped");
            tripped()
        });
        assert_eq!(inner.unwrap().unwrap().scope(), "inner");
        assert!(tripped().is_none(), "it was left");
        let again = Budget::timeout(second).named("again").run(tripped);
        assert!(again.unwrap().is_none(), "another one at its place");
        testing::advance(second);
        assert!(checkpoint().is_err());
        Budget::timeout(second).run(|| ()).unwrap_err();
        tripped()
    });
    assert_eq!(outer.unwrap().unwrap().scope(), "outer");
    assert!(tripped().is_none());
}

#[cfg(feature = "tokio")]
#[test]
fn a_stream_that_is_always_ready() {
    use futures::{StreamExt, TryStreamExt, stream};
    use guard_runtime::GuardedStream;

    #[loop_guard(timeout = limit)]
    async fn sum(
        numbers: impl futures::Stream<Item = u32> + Unpin,
        limit: Duration,
    ) -> Result<u32, Tripped> {
        numbers
            .guarded()
            .try_fold(0, async |sum, n| Ok(sum | n))
            .await
    }
    let hour = Duration::from_secs(3600);
    assert_eq!(smol::block_on(sum(stream::iter(0..4), hour)).unwrap(), 3);
    assert!(smol::block_on(sum(stream::repeat(1), LIMIT)).is_err());

    let count = smol::block_on(async {
        let budget = Budget::timeout(LIMIT);
        let endless = stream::repeat(1)
            .guarded()
            .filter_map(async |item| item.ok());
        let mut count = std::pin::pin!(endless.count());
        budget.run(|| futures::executor::block_on(count.as_mut()))
    });
    assert!(count.is_ok(), "the trip was the last item");
}
