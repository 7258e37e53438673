//! The attribute's tokens -> [`Args`]. Each value keeps the key that named it, for its span.
//!
//! Judges the arguments alone: it never sees the function.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, LitStr, Path, Token};

use crate::rewrite::cleanup;

/// What the attribute says.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) timeout: Option<Arg<Timeout>>,
    pub(crate) iterations: Option<Arg<Expr>>,
    pub(crate) inherit: Option<Arg<()>>,
    pub(crate) on_trip: Option<Arg<OnTrip>>,
    pub(crate) fallback: Option<Arg<Expr>>,
    pub(crate) cleanup: Option<Arg<Expr>>,
    pub(crate) cleanup_timeout: Option<Arg<Timeout>>,
    pub(crate) yield_every: Option<Arg<Timeout>>,
    pub(crate) name: Option<Arg<LitStr>>,
    pub(crate) krate: Option<Arg<Path>>,
    pub(crate) macros: Option<Arg<Vec<Path>>>,
}

/// A value and the key that named it.
pub(crate) struct Arg<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// A duration: known now, or when the function is entered.
pub(crate) enum Timeout {
    Nanos(u64),
    Expr(Box<Expr>),
}

/// How to leave, if the return type does not decide.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnTrip {
    Error,
    Panic,
    Break,
}

/// How often a loop is checked, from the attribute on the loop itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Not at all.
    Skip,
    /// Once in so many iterations.
    Every(u32),
}

const KEYS: [&str; 11] = [
    "timeout",
    "iterations",
    "inherit",
    "on_trip",
    "fallback",
    "cleanup",
    "cleanup_timeout",
    "yield_every",
    "name",
    "crate",
    "macros",
];

/// The arguments on a loop.
const PACES: [&str; 2] = ["skip", "every"];

const NO_COMMA: &str = "expected a comma between two arguments";

const EXAMPLES: &str = r#"write for example "30s", "1m 30s" or "250ms""#;

impl Parse for Args {
    fn parse(input: ParseStream) -> Result<Self, Error> {
        let span = input.span();
        let mut args = Self::default();
        let mut errors = Errors::default();
        let empty = input.is_empty();
        while !input.is_empty() {
            if let Err(error) = args.parse_one(input) {
                errors.push(error);
                skip_to_comma(input)?;
            }
            if input.is_empty() {
                break;
            }
            if let Err(error) = input.parse::<Token![,]>() {
                errors.push(Error::new(error.span(), NO_COMMA));
                skip_to_comma(input)?;
                let _: Option<Token![,]> = input.parse()?;
            }
        }
        if errors.is_empty() || empty {
            args.check(if empty { Span::call_site() } else { span }, &mut errors);
        }
        errors.finish(args)
    }
}

impl Args {
    fn parse_one(&mut self, input: ParseStream) -> Result<(), Error> {
        if let Ok(Lit::Str(text)) = input.fork().parse() {
            return Err(Error::new(
                text.span(),
                format!("a budget has a name: write `timeout = {:?}`", text.value()),
            ));
        }
        let key = Ident::parse_any(input).map_err(|error| {
            Error::new(
                error.span(),
                format!("expected an argument: one of {}", list(&KEYS)),
            )
        })?;
        match key.to_string().as_str() {
            "timeout" => set_once(&mut self.timeout, key, |key| timeout(value(input, key)?)),
            "iterations" => set_once(&mut self.iterations, key, |key| {
                iterations(value(input, key)?)
            }),
            "inherit" => set_once(&mut self.inherit, key, |_| flag(input)),
            "on_trip" => set_once(&mut self.on_trip, key, |key| on_trip(&value(input, key)?)),
            "fallback" => set_once(&mut self.fallback, key, |key| value(input, key)),
            "yield_every" => set_once(&mut self.yield_every, key, |key| {
                timeout(value(input, key)?)
            }),
            "cleanup" => set_once(&mut self.cleanup, key, |key| {
                cleanup::call(value(input, key)?)
            }),
            "cleanup_timeout" => set_once(&mut self.cleanup_timeout, key, |key| {
                timeout(value(input, key)?)
            }),
            "name" => set_once(&mut self.name, key, |key| name(&value(input, key)?)),
            "crate" => set_once(&mut self.krate, key, |key| {
                equals(input, key)?;
                krate(input)
            }),
            "macros" => set_once(&mut self.macros, key, |key| macros(input, key)),
            "skip" | "every" => Err(Error::new(
                key.span(),
                format!("`{key}` goes on a loop inside a guarded function: move it there"),
            )),
            _ => Err(unknown(&key, &KEYS)),
        }
    }

    /// Arguments that are right each for itself and wrong together.
    fn check(&self, span: Span, errors: &mut Errors) {
        let budget = self
            .timeout
            .as_ref()
            .map(|arg| &arg.key)
            .or(self.iterations.as_ref().map(|arg| &arg.key));
        match (&self.inherit, budget) {
            (Some(_), Some(budget)) => errors.push(Error::new(
                budget.span(),
                format!("`{budget}` is a budget and `inherit` means none of its own: remove one of them"),
            )),
            (None, None) => errors.push(Error::new(
                span,
                "no budget: write `timeout = \"30s\"`, `iterations = 1000` or, to check only the caller's, `inherit`",
            )),
            _ => {}
        }
        if let (Some(_), Some(name)) = (&self.inherit, &self.name) {
            errors.push(Error::new(
                name.key.span(),
                "`inherit` opens no scope that could have a `name`: remove one of them",
            ));
        }
        if let (Some(on_trip), Some(_)) = (&self.on_trip, &self.fallback) {
            errors.push(Error::new(
                on_trip.key.span(),
                "`fallback` already says how to leave: remove `on_trip` or `fallback`",
            ));
        }
        cleanup::check(self, errors);
    }
}

fn krate(input: ParseStream) -> Result<Path, Error> {
    Path::parse_mod_style(input).map_err(|error| {
        Error::new(
            error.span(),
            "`crate` is a path: write for example `crate = my_crate::guard_runtime`",
        )
    })
}

/// The one place that rejects a key named twice.
fn set_once<T>(
    slot: &mut Option<Arg<T>>,
    key: Ident,
    parse: impl FnOnce(&Ident) -> Result<T, Error>,
) -> Result<(), Error> {
    if slot.is_some() {
        return Err(Error::new(
            key.span(),
            format!("`{key}` is given twice: remove one of them"),
        ));
    }
    let value = parse(&key)?;
    *slot = Some(Arg { key, value });
    Ok(())
}

fn equals(input: ParseStream, key: &Ident) -> Result<(), Error> {
    let example = match key.to_string().as_str() {
        "timeout" => r#"timeout = "30s""#,
        "iterations" => "iterations = 1000",
        "on_trip" => r#"on_trip = "panic""#,
        "fallback" => "fallback = None",
        "cleanup" => "cleanup = |exit| log(exit)",
        "cleanup_timeout" => r#"cleanup_timeout = "100ms""#,
        "yield_every" => r#"yield_every = "1ms""#,
        "name" => r#"name = "settle""#,
        _ => "crate = my_crate::guard_runtime",
    };
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

fn value(input: ParseStream, key: &Ident) -> Result<Expr, Error> {
    equals(input, key)?;
    input.parse()
}

fn flag(input: ParseStream) -> Result<(), Error> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    if input.peek(Ident::peek_any) {
        return Err(input.error(NO_COMMA));
    }
    Err(input.error("`inherit` takes no value: write it alone"))
}

fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(lit) => Some(&lit.lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// `-1`, and what macro capture makes of it.
fn is_negative_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(unary) => {
            matches!(unary.op, syn::UnOp::Neg(_)) && literal(&unary.expr).is_some()
        }
        Expr::Group(group) => is_negative_literal(&group.expr),
        _ => false,
    }
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

/// A duration as people write it.
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
        Ok(0) => Err(format!("{text:?} is no time at all")),
        Ok(nanos) => Ok(nanos),
        Err(_) => Err(format!("{text:?} is longer than 584 years")),
    }
}

fn iterations(expr: Expr) -> Result<Expr, Error> {
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

fn on_trip(expr: &Expr) -> Result<OnTrip, Error> {
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

fn name(expr: &Expr) -> Result<LitStr, Error> {
    match literal(expr) {
        Some(Lit::Str(text)) if !text.value().trim().is_empty() => Ok(text.clone()),
        _ => Err(Error::new(
            expr.span(),
            r#"a name is a string that is not empty: write for example `name = "settle"`"#,
        )),
    }
}

fn macros(input: ParseStream, key: &Ident) -> Result<Vec<Path>, Error> {
    let example = || {
        Error::new(
            key.span(),
            "`macros` needs names: write for example `macros(my_vec, my::log)`",
        )
    };
    if !input.peek(syn::token::Paren) {
        return Err(example());
    }
    let names;
    syn::parenthesized!(names in input);
    let paths = names.parse_terminated(Path::parse_mod_style, Token![,])?;
    if paths.is_empty() {
        return Err(example());
    }
    Ok(paths.into_iter().collect())
}

/// Reads `#[loop_guard(skip)]` or `#[loop_guard(every = 1024)]` on a loop.
pub(crate) fn pace(attribute: &syn::Attribute) -> Result<Pace, Error> {
    const WHAT: &str = "on a loop, write `loop_guard(skip)` or `loop_guard(every = 1024)`";
    let syn::Meta::List(list) = &attribute.meta else {
        return Err(Error::new_spanned(&attribute.meta, WHAT));
    };
    list.parse_args_with(|input: ParseStream| {
        let key = Ident::parse_any(input).map_err(|error| Error::new(error.span(), WHAT))?;
        let pace = match key.to_string().as_str() {
            "skip" => Pace::Skip,
            "every" => Pace::Every(every(input, &key)?),
            name if KEYS.contains(&name) => {
                return Err(Error::new(
                    key.span(),
                    format!("`{name}` goes on the function; {WHAT}"),
                ));
            }
            _ => return Err(unknown(&key, &PACES)),
        };
        if input.is_empty() {
            Ok(pace)
        } else {
            Err(input.error(WHAT))
        }
    })
}

fn every(input: ParseStream, key: &Ident) -> Result<u32, Error> {
    let number = (input.parse::<Token![=]>()).and_then(|_| input.parse::<syn::LitInt>());
    match number.as_ref().map(syn::LitInt::base10_parse::<u32>) {
        Ok(Ok(every)) if every > 0 => Ok(every),
        Ok(_) => Err(Error::new(
            number?.span(),
            "`every` is at least 1 and below 2^32",
        )),
        Err(_) => Err(Error::new(
            key.span(),
            "`every` needs a whole number: write for example `every = 1024`",
        )),
    }
}

fn unknown(key: &Ident, known: &[&str]) -> Error {
    let text = key.unraw().to_string();
    let mean = did_you_mean(&text, known);
    Error::new(
        key.span(),
        format!(
            "unknown argument `{text}`{mean}: the arguments are {}",
            list(known)
        ),
    )
}

fn did_you_mean(text: &str, known: &[&str]) -> String {
    let close = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(text, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min();
    close.map_or_else(String::new, |(_, candidate)| {
        format!(" (did you mean `{candidate}`?)")
    })
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Goes on behind a wrong argument, so that the next ones are judged too.
fn skip_to_comma(input: ParseStream) -> Result<(), Error> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Errors that do not depend on each other, to be shown all at once.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// `value`, if there were none.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Error> {
        self.0.map_or(Ok(value), Err)
    }
}
