//! All arguments of the attribute on a function or a block.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, LitStr, Path, Token};

use crate::args::duration::Timeout;
use crate::args::features::Features;
use crate::args::keys::{NO_COMMA, list, unknown};
use crate::args::value::{self, Given, OnOverdue, OnTrip, Pauses, When};
use crate::args::{cleanup, duration};
use crate::errors::Errors;

/// The arguments: the field of each, its name, its type, what parses it, and an example for messages.
macro_rules! arguments {
    ($($field:ident $name:literal: $type:ty = $parse:path, $example:literal;)*) => {
        /// The parsed arguments of the attribute.
        #[derive(Default)]
        pub(crate) struct Args {
            $(pub(crate) $field: Option<Arg<$type>>,)*
        }

        const NAMES: &[&str] = &[$($name),*];

        impl Args {
            fn parse_value(&mut self, input: ParseStream, key: Ident) -> Result<(), Error> {
                match key.to_string().as_str() {
                    $($name => set_once(&mut self.$field, key, input, $example, $parse),)*
                    "skip" | "every" => Err(Error::new(
                        key.span(),
                        format!("`{key}` goes on a loop inside a guarded function: move it there"),
                    )),
                    _ => Err(unknown(&key, NAMES)),
                }
            }
        }
    };
}

arguments! {
    timeout "timeout": Timeout = duration::given, r#"timeout = "30s""#;
    iterations "iterations": Expr = value::iterations, "iterations = 1000";
    cpu "cpu": Timeout = duration::given, r#"cpu = "5s""#;
    depth "depth": Expr = value::levels, "depth = 1000";
    when "when": When = value::when, r#"timeout = "30s", cpu = "5s", when = "all""#;
    cancel "cancel": Expr = value::cancel, "cancel = token.clone()";
    budget "budget": Expr = value::budget, "budget = tenant.budget()";
    inherit "inherit": () = value::flag, "inherit";
    entry "entry": () = value::flag, "inherit, entry";
    deadline "deadline": Expr = value::moment, "deadline = started + limit";
    root "root": () = value::flag, r#"timeout = "30s", root"#;
    strict "strict": () = value::flag, r#"timeout = "30s", strict"#;
    on_trip "on_trip": OnTrip = value::on_trip, r#"on_trip = "panic""#;
    fallback "fallback": Expr = value::expr, "fallback = None";
    cleanup "cleanup": Expr = cleanup::given, "cleanup = |exit| log(exit)";
    cleanup_timeout "cleanup_timeout": Timeout = duration::given, r#"cleanup_timeout = "100ms""#;
    yield_every "yield_every": Timeout = duration::given, r#"yield_every = "1ms""#;
    warn_at "warn_at": u32 = value::share, "warn_at = 0.8";
    on_overdue "on_overdue": OnOverdue = value::on_overdue, r#"on_overdue = "restart""#;
    pauses "pauses": Pauses = value::pauses, r#"pauses = "ignore""#;
    breaker "breaker": Expr = value::expr, "breaker = LEDGER";
    bulkhead "bulkhead": Expr = value::expr, "bulkhead = REPORTS";
    retry "retry": Expr = value::expr, "retry = Retry::attempts(3)";
    attempt_timeout "attempt_timeout": Timeout = duration::given, r#"attempt_timeout = "1s""#;
    reserve "reserve": Timeout = duration::given, r#"reserve = "200ms""#;
    name "name": LitStr = value::name, r#"name = "settle""#;
    krate "crate": Path = value::path, "crate = my_crate::guard_runtime";
    macros "macros": Vec<Path> = value::macros, "macros(my_vec, my::log)";
}

/// The names of all arguments.
pub(crate) fn names() -> &'static [&'static str] {
    NAMES
}

/// A value and the key that named it.
pub(crate) struct Arg<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// The parts of an argument that may be given.
pub(crate) trait Part<T> {
    fn key(&self) -> Option<&Ident>;
    fn value(&self) -> Option<&T>;
}

impl<T> Part<T> for Option<Arg<T>> {
    fn key(&self) -> Option<&Ident> {
        self.as_ref().map(|arg| &arg.key)
    }

    fn value(&self) -> Option<&T> {
        self.as_ref().map(|arg| &arg.value)
    }
}

impl Args {
    /// Parses all arguments, and judges them where these features are on.
    pub(crate) fn parse(input: ParseStream, features: Features) -> Result<Self, Error> {
        let span = input.span();
        let mut args = Self::default();
        let mut errors = Errors::default();
        let empty = input.is_empty();
        while !input.is_empty() {
            if let Err(error) = args.parse_one(input, features) {
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
    fn parse_one(&mut self, input: ParseStream, features: Features) -> Result<(), Error> {
        if let Some(error) = value::without_name(input) {
            return Err(error);
        }
        let key = Ident::parse_any(input).map_err(|error| {
            Error::new(
                error.span(),
                format!("expected an argument: one of {}", list(NAMES)),
            )
        })?;
        let judged = features.judge(&key);
        self.parse_value(input, key)?;
        judged
    }

    /// Rejects arguments that are valid by themselves but cannot be combined.
    fn check(&self, span: Span, errors: &mut Errors) {
        let limits = self.limits();
        let budget = self.budget.key();
        let budget = limits.iter().flatten().copied().next().or(budget);
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
        for key in self.of_time() {
            if self.timeout.is_none() && (budget.is_some() || self.inherit.is_some()) {
                errors.push(Error::new(
                    key.span(),
                    format!(
                        "`{key}` is about the time of the scope: add a `timeout`, or remove it"
                    ),
                ));
            }
        }
        if let (Some(_), Some(deadline)) = (&self.timeout, &self.deadline) {
            errors.push(Error::new(
                deadline.key.span(),
                "`deadline` and `timeout` both limit the time: remove one of them",
            ));
        }
        if let (Some(_), Some(root)) = (&self.inherit, &self.root) {
            errors.push(Error::new(
                root.key.span(),
                "`inherit` checks the budgets around, and with `root` none of them counts: remove one of them",
            ));
        }
        let is_timed = self.timeout.is_some() || self.deadline.is_some() || self.budget.is_some();
        if let (false, Some(strict)) = (is_timed, &self.strict) {
            errors.push(Error::new(
                strict.key.span(),
                "`strict` is about results after a deadline, and there is no deadline: add a `timeout`, or remove it",
            ));
        }
        if let (None, Some(entry), Some(_)) = (&self.inherit, &self.entry, budget) {
            errors.push(Error::new(
                entry.key.span(),
                "a function with a budget is checked at its entry in any case: remove `entry`, or write `inherit, entry`",
            ));
        }
        if let (Some(on_trip), Some(_)) = (&self.on_trip, &self.fallback) {
            errors.push(Error::new(
                on_trip.key.span(),
                "`fallback` already says how to leave: remove `on_trip` or `fallback`",
            ));
        }
        self.check_combination(errors);
        self.check_policies(errors);
        if let (None, Some(timeout)) = (&self.cleanup, &self.cleanup_timeout) {
            errors.push(Error::new(
                timeout.key.span(),
                format!(
                    "`cleanup_timeout` is the time that `cleanup` may take, and there is none: {}, or remove it",
                    cleanup::WHAT
                ),
            ));
        }
    }
}

impl Args {
    /// The keys of the limits that can be combined.
    fn limits(&self) -> [Option<&Ident>; 6] {
        [
            self.timeout.key(),
            self.deadline.key(),
            self.iterations.key(),
            self.cpu.key(),
            self.depth.key(),
            self.cancel.key(),
        ]
    }

    /// The keys that concern a deadline.
    fn of_time(&self) -> impl Iterator<Item = &Ident> {
        let keys = [self.warn_at.key(), self.on_overdue.key(), self.pauses.key()];
        keys.into_iter().flatten()
    }

    /// Rejects other limits beside `budget`, and `when` without several limits.
    fn check_combination(&self, errors: &mut Errors) {
        let limits = self.limits();
        let when = self.when.key();
        if self.budget.is_some() {
            for other in limits.into_iter().chain([when]).flatten() {
                errors.push(Error::new(
                    other.span(),
                    format!("`budget` replaces all other limits: remove `{other}`, or set it in the `Budget`"),
                ));
            }
            return;
        }
        let Some(when) = &self.when else { return };
        // A cancel always trips at once, so it does not count for `when`.
        let [limits @ .., _cancel] = limits;
        if limits.iter().flatten().count() < 2 {
            errors.push(Error::new(
                when.key.span(),
                "`when` is about several budgets of time, CPU time, iterations or depth: add another one, or remove it",
            ));
        }
        let reserve = self.reserve.key();
        for key in self.of_time().chain(reserve) {
            if when.value == When::All {
                errors.push(Error::new(
                    key.span(),
                    format!("`{key}` needs a deadline, and with `when = \"all\"` there is none: remove one of them"),
                ));
            }
        }
    }

    /// Whether the scope has to be opened from a `Budget`, because a frame cannot store all of its limits.
    pub(crate) fn needs_budget(&self) -> bool {
        let all = self.when.value() == Some(&When::All);
        let [.., cpu, depth, cancel] = self.limits();
        all || self.budget.is_some() || cpu.or(depth).or(cancel).is_some()
    }

    fn check_policies(&self, errors: &mut Errors) {
        if let (Some(_), Some(policy)) = (&self.inherit, self.policy()) {
            errors.push(Error::new(
                policy.span(),
                format!("`{policy}` judges calls by their own budget, and `inherit` means none: write `timeout = \"30s\"` instead of `inherit`"),
            ));
        }
        if let Some(reserve) = &self.reserve {
            if self.fallback.is_none() {
                errors.push(Error::new(
                    reserve.key.span(),
                    "`reserve` keeps time for a fallback, and there is none: add `fallback = ...`, or remove it",
                ));
            }
            if self.timeout.is_none() {
                errors.push(Error::new(
                    reserve.key.span(),
                    "`reserve` shortens a `timeout`, and there is none: write for example `timeout = \"30s\"`",
                ));
            }
        }
        if let (None, Some(timeout)) = (&self.retry, &self.attempt_timeout) {
            errors.push(Error::new(
                timeout.key.span(),
                "`attempt_timeout` limits each of several attempts, and there is only one: write `timeout`, or add `retry = Retry::attempts(3)`",
            ));
        }
    }

    /// The key of the first policy.
    pub(crate) fn policy(&self) -> Option<&Ident> {
        let policies = [&self.breaker, &self.bulkhead, &self.retry];
        policies.into_iter().flatten().map(|arg| &arg.key).next()
    }
}

/// The one place that rejects a key which is given twice.
fn set_once<T>(
    slot: &mut Option<Arg<T>>,
    key: Ident,
    input: ParseStream,
    example: &'static str,
    parse: fn(&Given<'_>) -> Result<T, Error>,
) -> Result<(), Error> {
    if slot.is_some() {
        return Err(Error::new(
            key.span(),
            format!("`{key}` is given twice: remove one of them"),
        ));
    }
    let given = Given {
        key: &key,
        input,
        example,
    };
    let value = parse(&given)?;
    *slot = Some(Arg { key, value });
    Ok(())
}

/// Skips the rest of an invalid argument, so that the arguments after it are judged too.
fn skip_to_comma(input: ParseStream) -> Result<(), Error> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
