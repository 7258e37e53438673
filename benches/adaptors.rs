//! What `io::Checked` costs a parser, and how late foreign code with endless input is left: `cargo bench --bench adaptors`.

use std::hint::black_box;
use std::io::{self, BufReader, Read};
use std::time::{Duration, Instant};

use guard_runtime::io::Checked;
use guard_runtime::{Budget, GuardedIterator, Tripped};

#[path = "../tests/context/endless.rs"]
mod endless;

use endless::{Endless, Seekless, compressed_bomb, image_bomb};

const ROW: &str = "4711,some text,3.25,\"quoted, too\"\n";
const ROWS: usize = 1_000_000;
const RUNS: usize = 15;
const LIMIT: Duration = Duration::from_millis(50);

fn rows(source: impl Read) -> Result<usize, csv::Error> {
    let mut reader = csv::Reader::from_reader(source);
    let mut row = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut row)? {
        count += black_box(&row).len();
    }
    Ok(count)
}

fn time(run: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// Prints how long after its deadline foreign code was left, whose input has no end.
fn left<T, E>(what: &str, mut foreign: impl FnMut() -> Result<T, E>) {
    let mut late: Vec<_> = (0..4 * RUNS)
        .map(|_| {
            let start = Instant::now();
            let outcome = Budget::timeout(LIMIT).run(|| foreign().map(|_| ()).map_err(|_| ()));
            let elapsed = start.elapsed();
            assert!(outcome.is_ok_and(|read| read.is_err()), "it has no end");
            elapsed.saturating_sub(LIMIT).as_secs_f64() * 1e6
        })
        .collect();
    late.sort_by(f64::total_cmp);
    println!(
        "{what:<8} left after {LIMIT:?} and: median {:.0} us, worst of {} {:.0} us",
        late[late.len() / 2],
        late.len(),
        late[late.len() - 1]
    );
}

fn main() {
    let text = ROW.repeat(ROWS);
    let bytes = text.as_bytes();
    // The two take turns, so that both meet the same load of the machine.
    let mut ratios: Vec<_> = (0..RUNS)
        .map(|_| {
            let plain = time(|| rows(bytes).expect("no error"));
            let hour = Budget::timeout(Duration::from_secs(3600));
            let checked = time(|| {
                let count = hour.run(|| rows(Checked::new(bytes)).expect("an hour is enough"));
                count.expect("an hour is enough")
            });
            checked.as_secs_f64() / plain.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "csv of {} MB, checked / plain, median of {RUNS} pairs: {:.3}",
        bytes.len() / 1_000_000,
        ratios[RUNS / 2]
    );

    left("csv", || {
        rows(Checked::new(Endless::new("a,b,c,d\n", ROW.repeat(1000))))
    });
    left("JSON", || {
        let endless = BufReader::new(Endless::new("[", "1,".repeat(1000)));
        serde_json::from_reader::<_, serde::de::IgnoredAny>(Checked::new(endless))
    });
    left("gzip", || {
        let mut unpacked = flate2::read::MultiGzDecoder::new(Checked::new(compressed_bomb()));
        io::copy(&mut unpacked, &mut io::sink())
    });
    left("PNG", rows_of_an_image);
    let (word, text) = (
        regex::Regex::new(r"\b\w+\b").expect("a pattern"),
        "a few words, ".repeat(1_000_000),
    );
    left("regex", || {
        let mut found = word.find_iter(&text).guarded();
        found.try_fold(0, |length, word| Ok::<_, Tripped>(length + word?.len()))
    });
}

fn rows_of_an_image() -> Result<(), png::DecodingError> {
    let image = Seekless(image_bomb());
    let mut decoder = png::Decoder::new(Checked::new(BufReader::new(image)));
    decoder.set_limits(png::Limits { bytes: usize::MAX });
    let mut reader = decoder.read_info()?;
    while reader.next_row()?.is_some() {}
    Ok(())
}
