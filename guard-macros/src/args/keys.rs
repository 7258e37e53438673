//! Messages that name arguments.

use syn::ext::IdentExt;
use syn::{Error, Ident};

/// Names that other libraries use for one of our arguments.
const SYNONYMS: [(&str, &str); 18] = [
    ("duration", "timeout"),
    ("max_time", "timeout"),
    ("millis", "timeout"),
    ("ms", "timeout"),
    ("seconds", "timeout"),
    ("secs", "timeout"),
    ("time", "timeout"),
    ("time_limit", "timeout"),
    ("within", "timeout"),
    ("limit", "iterations"),
    ("max", "iterations"),
    ("max_iterations", "iterations"),
    ("cpu_time", "cpu"),
    ("max_depth", "depth"),
    ("token", "cancel"),
    ("on_error", "on_trip"),
    ("default", "fallback"),
    ("yield", "yield_every"),
];

pub(crate) const NO_COMMA: &str = "expected a comma between two arguments";

pub(crate) fn unknown(key: &Ident, known: &[&str]) -> Error {
    let text = key.unraw().to_string();
    let rest = match meant(&text, known) {
        Some(near) => format!(": did you mean `{near}`?"),
        None => format!(": the arguments are {}", list(known)),
    };
    Error::new(key.span(), format!("unknown argument `{text}`{rest}"))
}

/// The known word that was probably meant.
pub(crate) fn meant<'k>(text: &str, known: &[&'k str]) -> Option<&'k str> {
    let synonym = SYNONYMS
        .iter()
        .find(|(word, key)| *word == text && known.contains(key));
    if let Some((_, key)) = synonym {
        return Some(key);
    }
    let close = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(text, word), *word))
        .filter(|(distance, word)| *distance <= word.len().div_ceil(3));
    close.min().map(|(_, word)| word)
}

pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
