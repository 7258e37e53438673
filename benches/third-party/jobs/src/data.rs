//! What the jobs read: the same in every run.

use std::fmt::Write;

use num_bigint::BigUint;

/// A text that compresses like prose: a few words are frequent, most are rare.
pub(crate) fn prose(length: usize) -> String {
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

/// Words without punctuation, for ever.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .cycle()
}

/// Comma-separated rows; one field of each is quoted.
pub(crate) fn table(rows: usize) -> String {
    let text = prose(rows * 20);
    let mut words = words(&text);
    let mut word = || words.next().expect("prose has words");
    (0..rows)
        .map(|row| format!("{row},{},\"{}, {}\",{}\n", word(), word(), word(), row * 7))
        .collect()
}

/// A list of records as JSON, with nested objects, numbers and escapes.
pub(crate) fn json(records: usize) -> String {
    let text = prose(records * 40);
    let mut words = words(&text);
    let mut word = || words.next().expect("prose has words");
    let mut json = String::from("[");
    for record in 0..records {
        let separator = if record == 0 { "" } else { "," };
        _ = write!(
            json,
            "{separator}\n  {{\"id\": {record}, \"name\": \"{} {}\", \"note\": \"{}\\n\\\"{}\\\" \\u00e9\", \
             \"price\": {}.{:02}, \"tags\": [\"{}\", \"{}\"], \"at\": {{\"x\": -{}, \"y\": null, \"open\": true}}}}",
            word(),
            word(),
            word(),
            word(),
            record * 13 % 997,
            record % 100,
            word(),
            word(),
            record * 7,
        );
    }
    json + "\n]\n"
}

/// A list of records as XML, with attributes, entities and a comment now and then.
pub(crate) fn xml(records: usize) -> String {
    let text = prose(records * 40);
    let mut words = words(&text);
    let mut word = || words.next().expect("prose has words");
    let mut xml = String::from("<?xml version=\"1.0\"?>\n<list xmlns:a=\"urn:a\">\n");
    for record in 0..records {
        _ = write!(
            xml,
            "  <a:item id=\"{record}\" kind='{}'>\n    <name>{} &amp; {}</name>\n    <p>{} <b>{}</b> {}</p>\n  </a:item>\n",
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
        );
        if record % 10 == 0 {
            _ = writeln!(xml, "  <!-- {} -->", word());
        }
    }
    xml + "</list>\n"
}

/// A document with headings, lists, emphasis, links, code and a table.
pub(crate) fn markdown(sections: usize) -> String {
    let text = prose(sections * 400);
    let mut paragraphs = text.split("\n\n").filter(|text| !text.is_empty()).cycle();
    let mut paragraph = || paragraphs.next().expect("prose has paragraphs");
    let words_of = prose(4_000);
    let mut words = words(&words_of);
    let mut word = || words.next().expect("prose has words");
    let mut document = String::new();
    for section in 0..sections {
        _ = write!(
            document,
            "## {} {}\n\n{}, *{}* and **{}**, see [{}](https://example.com/{} \"{}\").\n\n\
             - {}\n- `{}`\n  1. {}\n  2. {}\n\n> {}\n\n```rust\nlet {} = {section};\n```\n\n\
             | {} | {} |\n|---|---|\n| {} | {} |\n\n",
            word(),
            word(),
            paragraph(),
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
            paragraph(),
            word(),
            word(),
            word(),
            word(),
            word(),
        );
    }
    document
}

/// A copy of the text in which some lines are changed, added or removed.
pub(crate) fn edited(lines: &str) -> String {
    let mut text = String::new();
    for (number, line) in lines.lines().enumerate() {
        match number % 29 {
            3 => {}
            7 => _ = writeln!(text, "{line} {number}"),
            11 => _ = writeln!(text, "new {number}\n{line}"),
            _ => _ = writeln!(text, "{line}"),
        }
    }
    text
}

pub(crate) fn big(seed: u64, digits: usize) -> BigUint {
    let digits =
        (0..digits as u64).map(|digit| (digit + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) as u32);
    BigUint::new(digits.collect())
}
