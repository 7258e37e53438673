//! Patterns that match names.

use core::error::Error;
use core::fmt;

/// Text in which `*` stands for any text, including none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Box<str>);

/// Why a pattern was refused by [`set_mode`](crate::set_mode). Prints as one line.
///
/// ```
/// use guard_runtime::{Mode, set_mode};
///
/// let error = set_mode("jobs::a, jobs::b", Mode::Off).unwrap_err();
/// assert!(error.to_string().starts_with("a pattern must not"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternError(Flaw);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Empty,
    Padded,
    Separator(char),
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Flaw::Empty => f.write_str("a pattern must not be empty; `*` matches every scope"),
            Flaw::Padded => f.write_str("a pattern must not begin or end with white space"),
            Flaw::Separator(separator) => {
                write!(
                    f,
                    "a pattern must not contain `{separator}`; `*` matches any text"
                )
            }
        }
    }
}

impl Error for PatternError {}

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, PatternError> {
        let reason = if text.is_empty() {
            Flaw::Empty
        } else if text.trim() != text {
            Flaw::Padded
        } else if let Some(separator) = text.chars().find(|c| matches!(c, ',' | '=')) {
            Flaw::Separator(separator)
        } else {
            return Ok(Self(text.into()));
        };
        Err(PatternError(reason))
    }

    /// The pattern that matches every name.
    pub(crate) fn all() -> Self {
        Self("*".into())
    }

    /// Whether the pattern matches the whole name. Takes time proportional to the product of both lengths at most.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let (pattern, name) = (self.0.as_bytes(), name.as_bytes());
        let (mut p, mut n) = (0, 0);
        // The position behind the last `*`, and where the text that it stands for ends at present. Only the last
        // `*` has to be tried again: an earlier one that took more text would leave less for the rest.
        let mut star = None;
        while n < name.len() {
            if pattern.get(p) == Some(&b'*') {
                p += 1;
                star = Some((p, n));
            } else if pattern.get(p) == Some(&name[n]) {
                (p, n) = (p + 1, n + 1);
            } else if let Some((behind, end)) = star {
                (p, n) = (behind, end + 1);
                star = Some((behind, end + 1));
            } else {
                return false;
            }
        }
        pattern[p..].iter().all(|byte| *byte == b'*')
    }

    /// Greater is more specific: a whole name first, then the number of characters that stand for themselves.
    pub(crate) fn specificity(&self) -> (bool, usize) {
        let literal = self.0.chars().filter(|c| *c != '*').count();
        (!self.0.contains('*'), literal)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text).unwrap()
    }

    #[test]
    fn a_star_stands_for_any_text_and_the_rest_for_itself() {
        let cases = [
            ("batch", "batch", true),
            ("batch", "app::batch", false),
            ("batch", "batches", false),
            ("*", "anything at all", true),
            ("*", "", true),
            ("payments::*", "payments::settle", true),
            ("payments::*", "payments::eu::settle", true),
            ("payments::*", "payments", false),
            ("*::settle", "payments::settle", true),
            ("*::settle", "payments::settled", false),
            ("p*s::*e", "payments::settle", true),
            ("*a*b*a*", "xaxbxa", true),
            ("*a*b*a*", "xaxbx", false),
            ("**", "x", true),
            ("a.b?", "a.b?", true),
            ("a.b?", "axbx", false),
            ("naïve *", "naïve übung", true),
        ];
        for (text, name, expected) in cases {
            assert_eq!(pattern(text).matches(name), expected, "{text} on {name}");
        }
    }

    #[test]
    fn a_pattern_of_ten_thousand_characters_is_one_like_any_other() {
        let long = "a*".repeat(5_000);
        assert!(!pattern(&long).matches(&"a".repeat(4_999)));
        assert!(pattern(&long).matches(&"a".repeat(5_000)));
    }

    #[test]
    fn whole_names_are_more_specific_than_stars_and_more_text_than_less() {
        let order = ["*", "a*", "a::*", "*::settle*", "a::b::settle*", "a"];
        for pair in order.windows(2) {
            assert!(
                pattern(pair[0]).specificity() < pattern(pair[1]).specificity(),
                "{pair:?}"
            );
        }
    }

    #[test]
    fn what_would_not_be_read_back_from_the_environment_is_refused() {
        for text in ["", " ", " a", "a ", "a,b", "a=b", ","] {
            let error = Pattern::new(text).unwrap_err().to_string();
            assert!(error.starts_with("a pattern must not"), "{text:?}: {error}");
        }
    }
}
