//! What `io::Checked` costs a parser, and how late a parser of endless input is left: `cargo bench --bench adaptors`.

use std::hint::black_box;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use guard_runtime::Budget;
use guard_runtime::io::Checked;

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

/// Yields the same bytes again and again.
struct Endless(io::Cursor<Vec<u8>>);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => {
                self.0.set_position(0);
                self.0.read(buffer)
            }
            read => Ok(read),
        }
    }
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

    let mut late: Vec<_> = (0..4 * RUNS)
        .map(|_| {
            let endless = Endless(io::Cursor::new(ROW.repeat(1000).into_bytes()));
            let start = Instant::now();
            let outcome = Budget::timeout(LIMIT).run(|| rows(Checked::new(endless)));
            let elapsed = start.elapsed();
            assert!(outcome.is_ok_and(|rows| rows.is_err()), "it has no end");
            elapsed.saturating_sub(LIMIT).as_secs_f64() * 1e6
        })
        .collect();
    late.sort_by(f64::total_cmp);
    println!(
        "csv without an end, left after {LIMIT:?} and: median {:.0} us, worst of {} {:.0} us",
        late[late.len() / 2],
        late.len(),
        late[late.len() - 1]
    );
}
