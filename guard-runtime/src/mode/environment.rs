//! The rules that are written in the environment variable `LOOP_GUARD`.

use crate::base::duration;
use crate::base::site::Mode;
use crate::mode::pattern::Pattern;
use crate::mode::rules::{Rule, Rules};

const VARIABLE: &str = "LOOP_GUARD";

/// The suffix of a pattern whose value is a duration.
const TIMEOUT: &str = ".timeout";

/// How many characters of an invalid part a message repeats.
const SHOWN: usize = 60;

/// The rules, and one line that says what is wrong with the text, if anything is.
pub(crate) fn read() -> (Rules, Option<String>) {
    let text = std::env::var_os(VARIABLE).unwrap_or_default();
    parse(&text.to_string_lossy())
}

fn parse(text: &str) -> (Rules, Option<String>) {
    let mut rules = Rules::default();
    let mut wrong = Vec::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match rule(part) {
            Ok(rule) => rules.add(rule),
            Err(reason) => wrong.push(format!("{} ({reason})", shown(part))),
        }
    }
    let complaint = (!wrong.is_empty()).then(|| {
        format!(
            "loop guard: {VARIABLE}: ignored {}; the rest applies",
            wrong.join(", ")
        )
    });
    (rules, complaint)
}

/// One part: `mode`, `pattern=mode` or `pattern.timeout=duration`.
fn rule(part: &str) -> Result<Rule, String> {
    const MODES: &str = "a mode is `off`, `observe` or `enforce`";
    let Some((key, value)) = part.split_once('=') else {
        let mode = mode(part).ok_or(MODES)?;
        return Ok(Rule::mode(Pattern::all(), mode));
    };
    let (key, value) = (key.trim(), value.trim());
    let pattern = |text: &str| Pattern::new(text.trim()).map_err(|error| error.to_string());
    match key.strip_suffix(TIMEOUT) {
        Some(key) => {
            let timeout = duration::parse(value).ok_or("a timeout is like `250ms` or `1m 30s`")?;
            Ok(Rule::timeout(pattern(key)?, timeout))
        }
        None => Ok(Rule::mode(pattern(key)?, mode(value).ok_or(MODES)?)),
    }
}

fn mode(text: &str) -> Option<Mode> {
    match text {
        "off" => Some(Mode::Off),
        "observe" => Some(Mode::Observe),
        "enforce" => Some(Mode::Enforce),
        _ => None,
    }
}

/// The part on one line, shortened if it is long.
fn shown(part: &str) -> String {
    let mut head: String = part.chars().take(SHOWN).collect();
    if head.len() < part.len() {
        head.push('…');
    }
    format!("{head:?}")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::base::site::Mode::{self, Enforce, Observe, Off};
    use core::time::Duration;

    #[track_caller]
    fn says(text: &str, name: &str) -> (Mode, Option<Duration>) {
        let setting = parse(text).0.setting(name);
        (setting.mode, setting.timeout)
    }

    #[test]
    fn a_mode_for_all_one_for_a_pattern_and_timeouts() {
        let text = "observe,payments::*=enforce,batch=off,payments::settle.timeout=5s";
        let five = Some(Duration::from_secs(5));
        assert_eq!(says(text, "anything"), (Observe, None));
        assert_eq!(says(text, "payments::refund"), (Enforce, None));
        assert_eq!(says(text, "payments::settle"), (Enforce, five));
        assert_eq!(says(text, "batch"), (Off, None));
        assert_eq!(parse(text).1, None);
    }

    #[test]
    fn spaces_and_empty_parts_do_not_matter() {
        let text = " , off ,, a = enforce , b.timeout = 1m 30s ,";
        assert_eq!(says(text, "a"), (Enforce, None));
        assert_eq!(says(text, "b"), (Off, Some(Duration::from_secs(90))));
        assert_eq!(parse(text).1, None);
        assert_eq!(parse("").1, None);
    }

    #[test]
    fn what_is_wrong_is_named_on_one_line_and_the_rest_applies() {
        let text = "obsrve, a=off, =off, b.timeout=fast, c=Enforce, d=off=on, new\nline";
        let (rules, complaint) = parse(text);
        assert_eq!(rules.setting("a").mode, Off);
        for name in ["b", "c", "d", "other"] {
            assert_eq!(rules.setting(name).mode, Enforce, "{name}");
        }
        let complaint = complaint.unwrap();
        assert_eq!(complaint.lines().count(), 1);
        for part in [
            "obsrve",
            "=off",
            "b.timeout=fast",
            "c=Enforce",
            "d=off=on",
            "new\\nline",
        ] {
            assert!(
                complaint.contains(&format!("\"{part}\"")),
                "{part} in {complaint}"
            );
        }
        assert!(!complaint.contains("a=off\""), "{complaint}");
    }

    #[test]
    fn a_wrong_part_of_ten_thousand_characters_is_shortened() {
        let complaint = parse(&"x".repeat(10_000)).1.unwrap();
        assert!(complaint.len() < 200, "{complaint}");
    }

    /// Feeds random texts to the parser, made of the pieces that mean something to it. For a million texts:
    /// `LOOP_GUARD_FUZZ=1000000 cargo test --release -p guard-runtime no_text`.
    #[test]
    fn no_text_panics() {
        const PIECES: &[&str] = &[
            "observe",
            "off",
            "enforce",
            "=",
            "==",
            ",",
            ".timeout",
            ".timeout=",
            "*",
            "::",
            "a",
            "payments",
            "5s",
            "1m 30s",
            "9999999999999999999h",
            " ",
            "\n",
            "\0",
            "ü",
            "\u{301}",
            "…",
            "-",
            "0",
            "µ",
            "\"",
        ];
        let texts = std::env::var("LOOP_GUARD_FUZZ").ok();
        let texts: u32 = texts.map_or(10_000, |texts| texts.parse().unwrap());
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = |below: usize| {
            // xorshift64*
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            let high = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
            usize::try_from(high).unwrap() % below
        };
        let (mut right, mut wrong) = (0, 0);
        for _ in 0..texts {
            let pieces = random(12);
            let text: String = (0..pieces).map(|_| PIECES[random(PIECES.len())]).collect();
            let (rules, complaint) = parse(&text);
            rules.setting("payments::a");
            match complaint {
                Some(complaint) => {
                    assert_eq!(complaint.lines().count(), 1, "{text:?}");
                    wrong += 1;
                }
                None => right += 1,
            }
        }
        // Valid and invalid texts both occurred.
        assert!(
            right > texts / 100 && wrong > texts / 100,
            "{right} {wrong}"
        );
    }
}
