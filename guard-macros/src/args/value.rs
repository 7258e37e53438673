//! How the value of an argument is read, durations and `cleanup` apart.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, LitStr, Path, Token};

use crate::args::{NO_COMMA, OnTrip, did_you_mean, example, list};

/// `= expression`
pub(crate) fn value(input: ParseStream, key: &Ident) -> Result<Expr, Error> {
    equals(input, key)?;
    input.parse()
}

/// Nothing: the key says it all.
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

/// The literal, if the expression is one; macro capture wraps it in a group.
pub(crate) fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(lit) => Some(&lit.lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// `-1`, grouped or not.
pub(crate) fn is_negative_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(unary) => {
            matches!(unary.op, syn::UnOp::Neg(_)) && literal(&unary.expr).is_some()
        }
        Expr::Group(group) => is_negative_literal(&group.expr),
        _ => false,
    }
}

pub(crate) fn iterations(expr: Expr) -> Result<Expr, Error> {
    if is_negative_literal(&expr) {
        return Err(Error::new_spanned(
            &expr,
            "a number of iterations cannot be negative: write for example `iterations = 1000`",
        ));
    }
    match literal(&expr) {
        None => Ok(expr),
        Some(Lit::Int(number)) if number.base10_parse::<u64>().is_ok() => Ok(expr),
        Some(Lit::Int(number)) => Err(Error::new(
            number.span(),
            "too large: at most 18446744073709551615 iterations",
        )),
        Some(other) => Err(Error::new(
            other.span(),
            "`iterations` is a whole number: write for example `iterations = 1000`",
        )),
    }
}

pub(crate) fn on_trip(expr: &Expr) -> Result<OnTrip, Error> {
    const VALUES: [&str; 3] = ["error", "panic", "break"];
    let Some(Lit::Str(text)) = literal(expr) else {
        return Err(Error::new_spanned(
            expr,
            r#"write `on_trip = "error"`, `"panic"` or `"break"`"#,
        ));
    };
    match text.value().as_str() {
        "error" => Ok(OnTrip::Error),
        "panic" => Ok(OnTrip::Panic),
        "break" => Ok(OnTrip::Break),
        other => Err(Error::new(
            text.span(),
            format!(
                "`on_trip` cannot be {other:?}{}: it is one of {}",
                did_you_mean(other, &VALUES),
                list(&VALUES)
            ),
        )),
    }
}

pub(crate) fn name(expr: &Expr) -> Result<LitStr, Error> {
    match literal(expr) {
        Some(Lit::Str(text)) if !text.value().trim().is_empty() => Ok(text.clone()),
        _ => Err(Error::new(
            expr.span(),
            r#"a name is a string that is not empty: write for example `name = "settle"`"#,
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
