//! The jobs: what services do with these crates. They parse, encode, hash, compare, compress and search.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use csv_core::{ReadFieldResult, Reader};
use num_bigint::BigUint;
use pulldown_cmark::{Options, Parser, html};
use regex_lite::Regex;
use roxmltree::Document;
use serde_json::Value;
use sha2::{Digest, Sha256};
use similar::TextDiff;
use unicode_segmentation::UnicodeSegmentation;

use crate::data::{big, edited, json, markdown, prose, table, words, xml};

pub(crate) struct Job {
    pub(crate) name: &'static str,
    /// Runs it once. Returns a hash of what it computed.
    pub(crate) run: Box<dyn Fn() -> u64>,
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

pub(crate) fn jobs() -> Vec<Job> {
    let mut jobs = Vec::from(numbers());
    jobs.extend(compression());
    jobs.extend(texts());
    jobs.extend(documents());
    jobs.extend(bytes());
    jobs.extend(searches());
    jobs
}

fn numbers() -> [Job; 3] {
    let (base, exponent, modulus) = (big(1, 32), big(2, 32), big(3, 32) | BigUint::from(1_u32));
    let long = big(4, 1_000);
    [
        job("num-bigint pow", || {
            black_box(BigUint::from(12_345_u32)).pow(2_000)
        }),
        job("num-bigint modpow", move || {
            base.modpow(&exponent, &modulus)
        }),
        job("num-bigint to_string", move || long.to_string()),
    ]
}

fn compression() -> [Job; 4] {
    let text = prose(100_000);
    let deflated = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6);
    let lz4 = lz4_flex::compress_prepend_size(text.as_bytes());
    let again = text.clone();
    [
        job("miniz_oxide deflate", move || {
            miniz_oxide::deflate::compress_to_vec(again.as_bytes(), 6)
        }),
        job("miniz_oxide inflate", move || {
            miniz_oxide::inflate::decompress_to_vec(&deflated).ok()
        }),
        job("lz4_flex compress", move || {
            lz4_flex::compress_prepend_size(text.as_bytes())
        }),
        job("lz4_flex decompress", move || {
            lz4_flex::decompress_size_prepended(&lz4).ok()
        }),
    ]
}

fn texts() -> [Job; 4] {
    let short = &prose(100_000)[..20_000];
    let pattern = Regex::new(r"[a-z]+ing\b|(\d{3})-\d{4}").expect("a valid pattern");
    let (filled, searched, split) = (short.to_owned(), short.to_owned(), short.to_owned());
    let rows = table(2_000);
    [
        job("csv-core parse", move || parse(rows.as_bytes())),
        job("textwrap fill", move || textwrap::fill(&filled, 72)),
        job("regex-lite find_iter", move || {
            pattern
                .find_iter(&searched)
                .fold((0, 0), |(count, sum), found| {
                    (count + 1, sum + found.start())
                })
        }),
        job("unicode-segmentation words", move || {
            split
                .unicode_words()
                .fold((0, 0), |(count, sum), word| (count + 1, sum + word.len()))
        }),
    ]
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

fn documents() -> [Job; 4] {
    let text = json(500);
    let value: Value = serde_json::from_str(&text).expect("valid JSON");
    let list = xml(500);
    let document = markdown(60);
    [
        job("serde_json parse", move || {
            let value: Value = serde_json::from_str(&text).expect("valid JSON");
            let records = value.as_array().expect("a list");
            (records.len(), records.last().map(Value::to_string))
        }),
        job("serde_json to_string", move || value.to_string()),
        job("roxmltree parse", move || {
            let document = Document::parse(&list).expect("valid XML");
            let nodes = document.descendants();
            nodes.fold((0, 0), |(count, sum), node| {
                (count + 1, sum + node.text().map_or(0, str::len))
            })
        }),
        job("pulldown-cmark html", move || {
            let mut page = String::new();
            html::push_html(&mut page, Parser::new_ext(&document, Options::all()));
            page
        }),
    ]
}

fn bytes() -> [Job; 3] {
    let text = prose(30_000);
    let encoded = STANDARD.encode(&text);
    let hashed = text.clone();
    [
        job("sha2 sha256", move || {
            let digest = Sha256::digest(hashed.as_bytes());
            digest.to_vec()
        }),
        job("base64 encode", move || STANDARD.encode(&text)),
        job("base64 decode", move || STANDARD.decode(&encoded).ok()),
    ]
}

fn searches() -> [Job; 2] {
    let text = table(600);
    let other = edited(&text);
    let searched = prose(30_000);
    let listed: BTreeSet<&str> = words(&searched)
        .filter(|word| word.len() > 4)
        .take(200)
        .collect();
    let patterns = AhoCorasick::new(listed).expect("few words");
    [
        job("similar diff", move || {
            TextDiff::from_lines(&text, &other)
                .unified_diff()
                .to_string()
        }),
        job("aho-corasick find_iter", move || {
            patterns
                .find_iter(&searched)
                .fold((0, 0), |(count, sum), found| (count + 1, sum + found.end()))
        }),
    ]
}
