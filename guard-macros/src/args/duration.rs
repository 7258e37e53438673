//! Durations: strings such as `"1m 30s"`, which are parsed here, or expressions of type `Duration`.

use syn::{Error, Expr, Lit};

use crate::args::value::{Given, expr, is_negative_literal, literal};

/// A duration, known now or when the function is entered.
pub(crate) enum Timeout {
    Nanos(u64),
    Expr(Box<Expr>),
}

const EXAMPLES: &str = r#"write for example "30s", "1m 30s" or "250ms""#;

/// `= duration`
pub(crate) fn given(given: &Given<'_>) -> Result<Timeout, Error> {
    timeout(expr(given)?)
}

pub(crate) fn timeout(expr: Expr) -> Result<Timeout, Error> {
    if is_negative_literal(&expr) {
        return Err(Error::new_spanned(
            &expr,
            format!("a budget cannot be negative; {EXAMPLES}"),
        ));
    }
    match literal(&expr) {
        None => Ok(Timeout::Expr(Box::new(expr))),
        Some(Lit::Str(text)) => nanos(&text.value())
            .map(Timeout::Nanos)
            .map_err(|why| Error::new(text.span(), format!("{why}; {EXAMPLES}"))),
        Some(other) => Err(Error::new(
            other.span(),
            format!(
                "a duration is a string with a unit, or an expression of type `Duration`; {EXAMPLES}"
            ),
        )),
    }
}

/// Parses a duration as people write it, into nanoseconds.
fn nanos(text: &str) -> Result<u64, String> {
    use humantime::DurationError::{
        Empty, InvalidCharacter, NumberExpected, NumberOverflow, UnknownUnit,
    };

    if text.trim_start().starts_with('-') {
        return Err(format!("{text:?} is negative"));
    }
    let duration = humantime::parse_duration(text).map_err(|error| match error {
        NumberOverflow => format!("{text:?} is longer than 584 years"),
        Empty => "the duration is empty".to_owned(),
        NumberExpected(_) => format!("{text:?} is not a duration: a number is missing"),
        UnknownUnit { unit, .. } if unit.is_empty() => {
            format!("{text:?} is not a duration: a unit is missing")
        }
        UnknownUnit { unit, .. } => {
            format!("{text:?} is not a duration: no unit is called {unit:?}")
        }
        other @ InvalidCharacter(_) => format!("{text:?} is not a duration: {other}"),
    })?;
    match u64::try_from(duration.as_nanos()) {
        Ok(0) => Err(format!("{text:?} is zero")),
        Ok(nanos) => Ok(nanos),
        Err(_) => Err(format!("{text:?} is longer than 584 years")),
    }
}
