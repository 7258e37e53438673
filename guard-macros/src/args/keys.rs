//! The names of the arguments, and messages that name them.

use syn::ext::IdentExt;
use syn::{Error, Ident};

/// Every argument, and an example of it for messages.
pub(crate) const KEYS: [(&str, &str); 28] = [
    ("timeout", r#"timeout = "30s""#),
    ("iterations", "iterations = 1000"),
    ("cpu", r#"cpu = "5s""#),
    ("depth", "depth = 1000"),
    ("when", r#"timeout = "30s", cpu = "5s", when = "all""#),
    ("cancel", "cancel = token.clone()"),
    ("budget", "budget = tenant.budget()"),
    ("inherit", "inherit"),
    ("entry", "inherit, entry"),
    ("deadline", "deadline = started + limit"),
    ("root", r#"timeout = "30s", root"#),
    ("strict", r#"timeout = "30s", strict"#),
    ("on_trip", r#"on_trip = "panic""#),
    ("fallback", "fallback = None"),
    ("cleanup", "cleanup = |exit| log(exit)"),
    ("cleanup_timeout", r#"cleanup_timeout = "100ms""#),
    ("yield_every", r#"yield_every = "1ms""#),
    ("warn_at", "warn_at = 0.8"),
    ("on_overdue", r#"on_overdue = "restart""#),
    ("pauses", r#"pauses = "ignore""#),
    ("breaker", "breaker = LEDGER"),
    ("bulkhead", "bulkhead = REPORTS"),
    ("retry", "retry = Retry::attempts(3)"),
    ("attempt_timeout", r#"attempt_timeout = "1s""#),
    ("reserve", r#"reserve = "200ms""#),
    ("name", r#"name = "settle""#),
    ("crate", "crate = my_crate::guard_runtime"),
    ("macros", "macros(my_vec, my::log)"),
];

/// Names that other libraries use for one of our arguments.
const SYNONYMS: [(&str, &str); 10] = [
    ("duration", "timeout"),
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

/// The names of all arguments.
pub(crate) fn keys() -> Vec<&'static str> {
    KEYS.iter().map(|(key, _)| *key).collect()
}

/// An example of an argument.
pub(crate) fn example(key: &Ident) -> &'static str {
    let row = KEYS.iter().find(|(name, _)| key == name);
    row.map_or("", |(_, example)| example)
}

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
        .map(|candidate| (strsim::damerau_levenshtein(text, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3));
    close.min().map(|(_, candidate)| candidate)
}

pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
