//! How the value of an argument is parsed, except durations and `cleanup`.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, LitStr, Path, Token};

use crate::args::keys::{NO_COMMA, list, meant};

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

/// An argument's name, and what stands behind it.
pub(crate) struct Given<'g> {
    pub(crate) key: &'g Ident,
    pub(crate) input: ParseStream<'g>,
    /// The argument as one may write it, for messages.
    pub(crate) example: &'static str,
}

/// `= expression`
pub(crate) fn expr(given: &Given<'_>) -> Result<Expr, Error> {
    equals(given)?;
    given.input.parse()
}

/// The error for a value without the key that it belongs to: `"30s"`, `30s`, `Duration::from_secs(30)`, `LIMIT`.
pub(crate) fn without_name(input: ParseStream) -> Option<Error> {
    let is_path = input.peek(Token![::]) || input.peek2(Token![::]);
    let rest = input.fork();
    let literal = rest.parse::<Lit>().ok();
    let ends = rest.is_empty() || rest.peek(Token![,]);
    let text = match &literal {
        Some(Lit::Str(text)) => format!("{:?}", text.value()),
        Some(Lit::Int(number)) if number.base10_digits().starts_with('-') => {
            let text = "a budget cannot be negative: write for example `timeout = \"30s\"`";
            return Some(Error::new(number.span(), text));
        }
        Some(Lit::Int(_)) if !ends => return unnamed(input, "iterations"),
        Some(Lit::Int(number)) if number.suffix().is_empty() => {
            let text = format!(
                "a budget has a name: write `iterations = {number}` or, as a duration, `timeout = \"{number}s\"`"
            );
            return Some(Error::new(number.span(), text));
        }
        Some(literal) => format!("{:?}", literal.to_token_stream().to_string()),
        None if is_path || is_constant(input) => return unnamed(input, "timeout"),
        None => return None,
    };
    Some(Error::new(
        input.span(),
        format!("a budget has a name: write `timeout = {text}`"),
    ))
}

/// The error for an expression without its key.
fn unnamed(input: ParseStream, key: &str) -> Option<Error> {
    let value: Expr = input.fork().parse().ok()?;
    if matches!(value, Expr::Assign(_)) {
        return None;
    }
    let error = format!("a budget has a name: write `{key} = {}`", source(&value));
    Some(Error::new_spanned(value, error))
}

/// Whether the argument is a name alone, written as constants are.
fn is_constant(input: ParseStream) -> bool {
    let rest = input.fork();
    let name = rest.call(Ident::parse_any).map(|name| name.to_string());
    let is_upper = |name: String| name.chars().all(|letter| !letter.is_lowercase());
    (rest.is_empty() || rest.peek(Token![,])) && name.is_ok_and(is_upper)
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
pub(crate) fn flag(given: &Given<'_>) -> Result<(), Error> {
    let (input, key) = (given.input, given.key);
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    if input.peek(Ident::peek_any) {
        return Err(input.error(NO_COMMA));
    }
    Err(input.error(format!("`{key}` takes no value: write it alone")))
}

fn equals(given: &Given<'_>) -> Result<(), Error> {
    let Given {
        key,
        input,
        example,
    } = given;
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        input.parse::<Token![=]>()?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Ok(());
        }
    }
    Err(Error::new(
        key.span(),
        format!("`{key}` needs a value: write for example `{example}`"),
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

pub(crate) fn iterations(given: &Given<'_>) -> Result<Expr, Error> {
    count(given, "iterations")
}

pub(crate) fn levels(given: &Given<'_>) -> Result<Expr, Error> {
    count(given, "levels")
}

/// Parses a whole number, which counts `what`.
fn count(given: &Given<'_>, what: &str) -> Result<Expr, Error> {
    let (key, expr) = (given.key, expr(given)?);
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

pub(crate) fn cancel(given: &Given<'_>) -> Result<Expr, Error> {
    computed(given, "an expression of a type that is `Cancel`")
}

pub(crate) fn budget(given: &Given<'_>) -> Result<Expr, Error> {
    computed(given, "an expression of type `Budget`")
}

/// Accepts an expression of a type that has no literals.
fn computed(given: &Given<'_>, what: &str) -> Result<Expr, Error> {
    let (key, example, expr) = (given.key, given.example, expr(given)?);
    match literal(&expr) {
        None => Ok(expr),
        Some(other) => Err(Error::new(
            other.span(),
            format!("`{key}` is {what}: write for example `{example}`"),
        )),
    }
}

pub(crate) fn when(given: &Given<'_>) -> Result<When, Error> {
    one_of(given, &[("any", When::Any), ("all", When::All)])
}

pub(crate) fn on_trip(given: &Given<'_>) -> Result<OnTrip, Error> {
    let values = [
        ("error", OnTrip::Error),
        ("panic", OnTrip::Panic),
        ("break", OnTrip::Break),
    ];
    one_of(given, &values)
}

pub(crate) fn on_overdue(given: &Given<'_>) -> Result<OnOverdue, Error> {
    let values = [
        ("report", OnOverdue::Report),
        ("restart", OnOverdue::Restart),
        ("abort", OnOverdue::Abort),
    ];
    one_of(given, &values)
}

pub(crate) fn pauses(given: &Given<'_>) -> Result<Pauses, Error> {
    let values = [("count", Pauses::Count), ("ignore", Pauses::Ignore)];
    one_of(given, &values)
}

/// The variant that the string literal names.
fn one_of<T: Copy>(given: &Given<'_>, values: &[(&str, T)]) -> Result<T, Error> {
    let expr = expr(given)?;
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    let index = index_of(given.key, &names, &expr)?;
    Ok(values[index].1)
}

/// Which of the names the string literal is.
fn index_of(key: &Ident, names: &[&str], expr: &Expr) -> Result<usize, Error> {
    let Some(Lit::Str(text)) = literal(expr) else {
        let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        let (last, others) = quoted.split_last().expect("some names");
        let others = others.join("`, `");
        return Err(Error::new_spanned(
            expr,
            format!("write `{key} = {others}` or `{last}`"),
        ));
    };
    let other = text.value();
    let found = names.iter().position(|name| *name == other);
    found.ok_or_else(|| {
        let rest = match meant(&other, names) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("it is one of {}", list(names)),
        };
        Error::new(text.span(), format!("`{key}` cannot be {other:?}: {rest}"))
    })
}

/// A share between 0 and 1, in millionths.
pub(crate) fn share(given: &Given<'_>) -> Result<u32, Error> {
    const MILLION: f64 = 1e6;
    let expr = expr(given)?;
    let share = match literal(&expr) {
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

pub(crate) fn name(given: &Given<'_>) -> Result<LitStr, Error> {
    let expr = expr(given)?;
    match literal(&expr) {
        Some(Lit::Str(text)) if text.value().contains(['{', '}']) => Err(Error::new(
            text.span(),
            "a name cannot contain arguments, since it is the same for every call: remove the braces, or write `budget = ...` with a `Budget` that is `named` at run time",
        )),
        Some(Lit::Str(text)) if !text.value().trim().is_empty() => Ok(text.clone()),
        _ => Err(Error::new(
            expr.span(),
            r#"a name is a string that is not empty: write for example `name = "settle"`"#,
        )),
    }
}

/// Accepts an expression of type `Instant`, for `deadline`.
pub(crate) fn moment(given: &Given<'_>) -> Result<Expr, Error> {
    let expr = expr(given)?;
    match literal(&expr) {
        None => Ok(expr),
        Some(text) => Err(Error::new(
            text.span(),
            "`deadline` must be an expression of type `Instant`: for a duration, write `timeout = ...`",
        )),
    }
}

/// `= path`, for `crate`.
pub(crate) fn path(given: &Given<'_>) -> Result<Path, Error> {
    let Given {
        key,
        input,
        example,
    } = given;
    equals(given)?;
    Path::parse_mod_style(input).map_err(|error| {
        Error::new(
            error.span(),
            format!("`{key}` is a path: write for example `{example}`"),
        )
    })
}

/// `(a, my::b)`
pub(crate) fn macros(given: &Given<'_>) -> Result<Vec<Path>, Error> {
    let Given {
        key,
        input,
        example,
    } = given;
    let no_names = || {
        Error::new(
            key.span(),
            format!("`{key}` needs names: write for example `{example}`"),
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
