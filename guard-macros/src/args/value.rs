//! How the value of an argument is parsed, except durations and `cleanup`.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, LitStr, Path, Token};

use crate::args::keys::{NO_COMMA, example, list, meant};

/// How to leave, instead of by the return type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnTrip {
    Error,
    Panic,
    Break,
}

/// How several budgets combine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Any,
    All,
}

/// What the watchdog does about an overdue scope, besides reporting it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnOverdue {
    Report,
    Restart,
    Abort,
}

/// Whether time counts in which the process stood still.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pauses {
    Count,
    Ignore,
}

/// `= expression`
pub(crate) fn value(input: ParseStream, key: &Ident) -> Result<Expr, Error> {
    equals(input, key)?;
    input.parse()
}

/// The error for a value without the key that it belongs to: `"30s"`, `30s`, `Duration::from_secs(30)`.
pub(crate) fn without_name(input: ParseStream) -> Option<Error> {
    let is_path = input.peek(Token![::]) || input.peek2(Token![::]);
    let literal = input.fork().parse::<Lit>().ok();
    let text = match &literal {
        Some(Lit::Str(text)) => format!("{:?}", text.value()),
        Some(Lit::Int(number)) if number.suffix().is_empty() => {
            let text = format!(
                "a budget has a name: write `iterations = {number}` or, as a duration, `timeout = \"{number}s\"`"
            );
            return Some(Error::new(number.span(), text));
        }
        Some(literal) => format!("{:?}", literal.to_token_stream().to_string()),
        None if is_path => {
            let value: Expr = input.fork().parse().ok()?;
            if matches!(value, Expr::Assign(_)) {
                return None;
            }
            let error = format!("a budget has a name: write `timeout = {}`", source(&value));
            return Some(Error::new_spanned(value, error));
        }
        None => return None,
    };
    Some(Error::new(
        input.span(),
        format!("a budget has a name: write `timeout = {text}`"),
    ))
}

/// The expression as a person would write it.
fn source(value: &Expr) -> String {
    value
        .to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(" (", "(")
}

/// Parses an argument without a value.
pub(crate) fn flag(input: ParseStream, key: &Ident) -> Result<(), Error> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    if input.peek(Ident::peek_any) {
        return Err(input.error(NO_COMMA));
    }
    Err(input.error(format!("`{key}` takes no value: write it alone")))
}

fn equals(input: ParseStream, key: &Ident) -> Result<(), Error> {
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Ok(());
        }
    }
    Err(Error::new(
        key.span(),
        format!(
            "`{key}` needs a value: write for example `{}`",
            example(key)
        ),
    ))
}

/// The literal, if the expression is one; a macro capture wraps it in a group.
pub(crate) fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(lit) => Some(&lit.lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// Whether the expression is a negative literal such as `-1`, grouped or not.
pub(crate) fn is_negative_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(unary) => {
            matches!(unary.op, syn::UnOp::Neg(_)) && literal(&unary.expr).is_some()
        }
        Expr::Group(group) => is_negative_literal(&group.expr),
        _ => false,
    }
}

/// Parses the whole number of `key`, which counts `what`.
pub(crate) fn count(expr: Expr, key: &Ident, what: &str) -> Result<Expr, Error> {
    if is_negative_literal(&expr) {
        return Err(Error::new_spanned(
            &expr,
            format!("a number of {what} cannot be negative: write for example `{key} = 1000`"),
        ));
    }
    match literal(&expr) {
        None => Ok(expr),
        Some(Lit::Int(number)) => match number.base10_parse::<u64>() {
            Ok(0) => Err(Error::new(
                number.span(),
                format!(
                    "a budget of zero {what} is spent at once: write for example `{key} = 1000`"
                ),
            )),
            Ok(_) => Ok(expr),
            Err(_) => Err(Error::new(
                number.span(),
                format!("too large: at most 18446744073709551615 {what}"),
            )),
        },
        Some(other) => Err(Error::new(
            other.span(),
            format!("`{key}` must be a whole number: write for example `{key} = 1000`"),
        )),
    }
}

/// Accepts an expression of a type that has no literals.
pub(crate) fn computed(expr: Expr, key: &Ident, what: &str) -> Result<Expr, Error> {
    match literal(&expr) {
        None => Ok(expr),
        Some(other) => Err(Error::new(
            other.span(),
            format!("`{key}` is {what}: write for example `{}`", example(key)),
        )),
    }
}

pub(crate) fn when(expr: &Expr) -> Result<When, Error> {
    one_of("when", [("any", When::Any), ("all", When::All)], expr)
}

pub(crate) fn on_trip(expr: &Expr) -> Result<OnTrip, Error> {
    let values = [
        ("error", OnTrip::Error),
        ("panic", OnTrip::Panic),
        ("break", OnTrip::Break),
    ];
    one_of("on_trip", values, expr)
}

pub(crate) fn on_overdue(expr: &Expr) -> Result<OnOverdue, Error> {
    let values = [
        ("report", OnOverdue::Report),
        ("restart", OnOverdue::Restart),
        ("abort", OnOverdue::Abort),
    ];
    one_of("on_overdue", values, expr)
}

pub(crate) fn pauses(expr: &Expr) -> Result<Pauses, Error> {
    let values = [("count", Pauses::Count), ("ignore", Pauses::Ignore)];
    one_of("pauses", values, expr)
}

/// The variant that the string literal names.
fn one_of<T, const N: usize>(key: &str, values: [(&str, T); N], expr: &Expr) -> Result<T, Error> {
    let names = values.each_ref().map(|(name, _)| *name);
    let Some(Lit::Str(text)) = literal(expr) else {
        let quoted = names.map(|name| format!("{name:?}"));
        let choices = quoted.join("`, `");
        let choices = match choices.rsplit_once("`, `") {
            Some((others, last)) => format!("{others}` or `{last}"),
            None => choices,
        };
        return Err(Error::new_spanned(
            expr,
            format!("write `{key} = {choices}`"),
        ));
    };
    let other = text.value();
    let found = values.into_iter().find(|(name, _)| *name == other);
    found.map(|(_, value)| value).ok_or_else(|| {
        let rest = match meant(&other, &names) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("it is one of {}", list(&names)),
        };
        Error::new(text.span(), format!("`{key}` cannot be {other:?}: {rest}"))
    })
}

/// A share between 0 and 1, in millionths.
pub(crate) fn share(expr: &Expr) -> Result<u32, Error> {
    const MILLION: f64 = 1e6;
    let share = match literal(expr) {
        Some(Lit::Float(share)) => share.base10_parse::<f64>().ok(),
        _ => None,
    };
    let millionths = share.map(|share| (share * MILLION).round());
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is in that range"
    )]
    let millionths = millionths
        .filter(|share| (1.0..MILLION).contains(share))
        .map(|share| share as u32);
    millionths.ok_or_else(|| {
        Error::new_spanned(
            expr,
            "`warn_at` is a share of the time between 0 and 1: write for example `warn_at = 0.8`",
        )
    })
}

pub(crate) fn name(expr: &Expr) -> Result<LitStr, Error> {
    match literal(expr) {
        Some(Lit::Str(text)) if text.value().contains(['{', '}']) => Err(Error::new(
            text.span(),
            "a name cannot contain arguments, since it is the same for every call: remove the braces",
        )),
        Some(Lit::Str(text)) if !text.value().trim().is_empty() => Ok(text.clone()),
        _ => Err(Error::new(
            expr.span(),
            r#"a name is a string that is not empty: write for example `name = "settle"`"#,
        )),
    }
}

/// Accepts an expression of type `Instant`, for `deadline`.
pub(crate) fn moment(expr: Expr) -> Result<Expr, Error> {
    match literal(&expr) {
        None => Ok(expr),
        Some(text) => Err(Error::new(
            text.span(),
            "`deadline` must be an expression of type `Instant`: for a duration, write `timeout = ...`",
        )),
    }
}

/// `= path`, for `crate`.
pub(crate) fn path(input: ParseStream, key: &Ident) -> Result<Path, Error> {
    equals(input, key)?;
    Path::parse_mod_style(input).map_err(|error| {
        Error::new(
            error.span(),
            format!("`{key}` is a path: write for example `{}`", example(key)),
        )
    })
}

/// `(a, my::b)`
pub(crate) fn macros(input: ParseStream, key: &Ident) -> Result<Vec<Path>, Error> {
    let no_names = || {
        Error::new(
            key.span(),
            format!("`{key}` needs names: write for example `{}`", example(key)),
        )
    };
    if !input.peek(syn::token::Paren) {
        return Err(no_names());
    }
    let names;
    syn::parenthesized!(names in input);
    let paths = names.parse_terminated(Path::parse_mod_style, Token![,])?;
    if paths.is_empty() {
        return Err(no_names());
    }
    Ok(paths.into_iter().collect())
}
