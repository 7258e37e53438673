//! The main jobs of published crates. Prints the time of each, and what it computed.
//!
//! The same source is built against the crates as published and against guarded copies.
#![forbid(unsafe_code)]

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;
use std::time::{Duration, Instant};

use csv_core::{ReadFieldResult, Reader};
use guard_runtime::Budget;
use num_bigint::BigUint;
use regex_lite::Regex;

/// The shortest time of a sample, and the number of samples in one run of the program.
const SAMPLE: Duration = Duration::from_millis(5);
const SAMPLES: usize = 5;

struct Job {
    name: &'static str,
    run: Box<dyn Fn() -> u64>,
}

fn job<T: Hash + 'static>(name: &'static str, run: impl Fn() -> T + 'static) -> Job {
    let run = move || {
        let mut hash = DefaultHasher::new();
        run().hash(&mut hash);
        hash.finish()
    };
    Job {
        name,
        run: Box::new(run),
    }
}

/// A text that compresses like prose, the same in every run: a few words are frequent, most are rare.
fn prose(length: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "an", "be", "con", "de", "er", "for", "ing", "is", "ma", "ne", "ou", "re", "st", "ter",
        "tion", "un",
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) % below
    };
    let words: Vec<String> = (0..4000)
        .map(|_| {
            (0..=random(3))
                .map(|_| SYLLABLES[random(16) as usize])
                .collect()
        })
        .collect();
    let mut text = String::new();
    while text.len() < length {
        let spread = 1 + random(words.len() as u64);
        text += &words[random(spread) as usize];
        match random(40) {
            0 => text += ".\n\n",
            1 => text += &format!(" {}-{} ", 100 + random(900), 1000 + random(9000)),
            2..5 => text += ", ",
            _ => text.push(' '),
        }
    }
    text
}

fn table(rows: usize) -> String {
    let text = prose(rows * 20);
    let mut words = text
        .split_whitespace()
        .filter(|word| !word.contains(','))
        .cycle();
    let mut word = || words.next().expect("prose has words");
    (0..rows)
        .map(|row| format!("{row},{},\"{}, {}\",{}\n", word(), word(), word(), row * 7))
        .collect()
}

fn big(seed: u64, digits: usize) -> BigUint {
    let digits =
        (0..digits as u64).map(|digit| (digit + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) as u32);
    BigUint::new(digits.collect())
}

/// The number of fields, and their total length.
fn parse(mut input: &[u8]) -> (usize, usize) {
    let mut reader = Reader::new();
    let mut field = [0; 256];
    let (mut fields, mut bytes) = (0, 0);
    loop {
        let (result, read, written) = reader.read_field(input, &mut field);
        input = &input[read..];
        bytes += written;
        match result {
            ReadFieldResult::Field { .. } => fields += 1,
            ReadFieldResult::End => return (fields, bytes),
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
        }
    }
}

fn jobs() -> Vec<Job> {
    let text = prose(100_000);
    let short = text[..20_000].to_owned();
    let rows = table(2_000);
    let deflated = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6);
    let lz4 = lz4_flex::compress_prepend_size(text.as_bytes());
    let (base, exponent, modulus) = (big(1, 32), big(2, 32), big(3, 32) | BigUint::from(1_u32));
    let long = big(4, 1_000);
    let pattern = Regex::new(r"[a-z]+ing\b|(\d{3})-\d{4}").expect("a valid pattern");
    let (text1, text2) = (text.clone(), text);
    vec![
        job("num-bigint pow", || {
            black_box(BigUint::from(12_345_u32)).pow(2_000)
        }),
        job("num-bigint modpow", move || {
            base.modpow(&exponent, &modulus)
        }),
        job("num-bigint to_string", move || long.to_string()),
        job("miniz_oxide deflate", move || {
            miniz_oxide::deflate::compress_to_vec(text1.as_bytes(), 6)
        }),
        job("miniz_oxide inflate", move || {
            miniz_oxide::inflate::decompress_to_vec(&deflated).ok()
        }),
        job("lz4_flex compress", move || {
            lz4_flex::compress_prepend_size(text2.as_bytes())
        }),
        job("lz4_flex decompress", move || {
            lz4_flex::decompress_size_prepended(&lz4).ok()
        }),
        job("csv-core parse", move || parse(rows.as_bytes())),
        job("textwrap fill", {
            let short = short.clone();
            move || textwrap::fill(&short, 72)
        }),
        job("regex-lite find_iter", move || {
            pattern
                .find_iter(&short)
                .fold((0, 0), |(count, sum), found| {
                    (count + 1, sum + found.start())
                })
        }),
    ]
}

fn time(job: &Job, calls: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        black_box((job.run)());
    }
    start.elapsed()
}

/// The median of a few samples, per call.
fn measure(job: &Job) -> Duration {
    let mut calls = 1;
    while time(job, calls) < SAMPLE {
        calls *= 2;
    }
    let mut times: Vec<Duration> = (0..SAMPLES).map(|_| time(job, calls)).collect();
    times.sort_unstable();
    times[SAMPLES / 2] / calls
}

/// Nanoseconds; or 0 if each job is only called a number of times, for callgrind to count.
fn figure(job: &Job, calls: Option<u32>) -> u128 {
    match calls {
        Some(calls) => (0..calls).fold(0, |_, _| u128::from(black_box((job.run)()) & 0)),
        None => measure(job).as_nanos(),
    }
}

fn main() {
    let mut wanted: Vec<String> = env::args().skip(1).collect();
    let counted = wanted.first().and_then(|first| first.strip_prefix("--calls="));
    let calls = counted.map(|calls| calls.parse().expect("a number of calls"));
    wanted.drain(..usize::from(calls.is_some()));
    let settle = if calls.is_some() {
        // Valgrind runs one thread at a time. The ticker should have run before.
        Duration::from_millis(50)
    } else {
        Duration::ZERO
    };
    // Every variant runs in a scope, so that `inherit` has something to inherit and the ticker runs in all of them.
    let outcome = Budget::timeout(Duration::from_secs(3600)).run(|| {
        std::thread::sleep(settle);
        for job in jobs() {
            if wanted.is_empty() || wanted.iter().any(|part| job.name.contains(part.as_str())) {
                println!(
                    "{}\t{}\t{:016x}",
                    job.name,
                    figure(&job, calls),
                    (job.run)()
                );
            }
        }
    });
    outcome.expect("nothing takes an hour");
}
