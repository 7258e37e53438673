//! pest has no place for a check: it counts the calls of its rules, and gives up at a limit. What remains of a budget
//! says how many calls that may be.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Cause, Tripped, checkpoint, loop_guard, remaining};
use pest::error::{Error, ErrorVariant};
use pest::iterators::Pairs;
use pest::{ParseResult, ParserState, set_call_limit, state};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Rule {
    Nested,
}

type State<'i> = Box<ParserState<'i, Rule>>;

/// `nested = { "(" ~ nested ~ ")" | "(" ~ nested ~ "]" | "x" }`: each level is parsed twice, if it ends in a bracket.
fn nested(input: State<'_>) -> ParseResult<State<'_>> {
    fn closed_by<'i>(end: &'static str) -> impl Fn(State<'i>) -> ParseResult<State<'i>> {
        move |it| {
            it.sequence(|it| {
                let it = it.match_string("(").and_then(nested)?;
                it.match_string(end)
            })
        }
    }
    input.rule(Rule::Nested, |it| {
        it.match_string("x")
            .or_else(closed_by(")"))
            .or_else(closed_by("]"))
    })
}

#[derive(Debug)]
enum Failure {
    Tripped(Tripped),
    Syntax(Box<Error<Rule>>),
}

impl From<Tripped> for Failure {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped)
    }
}

/// Parses with more and more calls, and at the end with as many as fit into what remains, at the speed so far. All
/// attempts together take about twice as long as the last one.
#[loop_guard(inherit)]
fn parse(input: &str) -> Result<Pairs<'_, Rule>, Failure> {
    let mut calls: usize = 10_000;
    loop {
        let start = Instant::now();
        set_call_limit(NonZeroUsize::new(calls));
        let outcome = state(input, nested);
        match outcome {
            Err(error) if is_limit(&error) => {}
            Ok(pairs) => return Ok(pairs),
            Err(error) => return Err(Failure::Syntax(Box::new(error))),
        }
        checkpoint()?;
        let fit = remaining().map_or(f64::INFINITY, |left| {
            left.as_secs_f64() / start.elapsed().as_secs_f64()
        });
        // A smaller limit would get no further than the previous attempt, but no attempt may outlast the budget.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an estimate"
        )]
        let next = (calls as f64 * fit.min(2.0)) as usize;
        calls = next.max(1_000);
    }
}

fn is_limit(error: &Error<Rule>) -> bool {
    matches!(&error.variant, ErrorVariant::CustomError { message } if message == "call limit reached")
}

/// An input with this many levels, each of which doubles the work.
fn levels(count: usize) -> String {
    ["(".repeat(count), "x".to_owned(), "]".repeat(count)].concat()
}

/// A single test, since pest has one limit for the whole process.
#[test]
fn a_grammar_that_takes_for_ever_ends_with_the_budget() {
    assert!(parse(&levels(3)).is_ok(), "without a budget");
    let limit = Duration::from_millis(50);
    let request = Budget::timeout(limit).named("request");
    let endless = levels(200);
    let outcome = request.run(|| {
        let outcome = parse(&endless).map(drop);
        (outcome, guard_runtime::deadline().unwrap().elapsed())
    });
    let (outcome, late) = outcome.unwrap();
    let Err(Failure::Tripped(tripped)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(tripped.scope(), "request");
    assert!(matches!(tripped.cause(), Cause::Timeout { elapsed, .. } if elapsed > limit));
    println!("{late:?} after the deadline");

    // More calls than the first limit: twelve levels take about ten thousand.
    let hour = Budget::timeout(Duration::from_secs(3600));
    let parsed = hour.run(|| parse(&levels(14)).map(|pairs| pairs.count()).map_err(drop));
    assert_eq!(parsed.unwrap(), Ok(1));
    let wrong = hour.run(|| parse("((x").map(drop));
    let Err(Failure::Syntax(error)) = wrong.unwrap() else {
        panic!("its brackets are open")
    };
    assert!(error.to_string().contains("((x"), "{error}");
}
