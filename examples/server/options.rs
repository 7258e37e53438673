//! Parses the command line into [`Options`].

use std::ffi::OsString;
use std::time::Duration;

use crate::duration::duration;

pub(crate) const HELP: &str = "\
Serves searches for regular expressions over HTTP on this machine; each is stopped when it takes too long.

usage: server [OPTION]...

  --port PORT        where to listen; 0 takes any that is free; default: 8080
  --budget DURATION  how long each request may take: 50ms, 2s, 1m, or never; default: 50ms
  --grace DURATION   how long it may take to end; default: 10s
  --lame-duck DURATION
                     how long it still takes requests when it ends, while /ready says 503; default: not at all
  --drain DURATION   how long requests that run may go on when it ends, before they are cut; default: 5s
  --figures          serves nobody else, but prints how long requests take, guarded and not
  --help             this text

  POST /search       the first line is a pattern, the rest the text to search
  GET /scopes        what is going on
  GET /ready         200, or 503 once it ends

  curl --data-binary $'(a+)+c\\naac\\n' http://127.0.0.1:8080/search

Ctrl-C or SIGTERM ends it, once it has answered what it was asked. A second one ends it at once.
";

const PORT: u16 = 8080;

const BUDGET: Duration = Duration::from_millis(50);

const GRACE: Duration = Duration::from_secs(10);

const DRAIN: Duration = Duration::from_secs(5);

/// What the user asks for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) help: bool,
    pub(crate) figures: bool,
    pub(crate) port: u16,
    /// The budget of a search; `MAX` never ends.
    pub(crate) budget: Duration,
    pub(crate) grace: Duration,
    pub(crate) lame_duck: Duration,
    pub(crate) drain: Duration,
}

impl Options {
    /// The error is one line for the user.
    pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self {
            help: false,
            figures: false,
            port: PORT,
            budget: BUDGET,
            grace: GRACE,
            lame_duck: Duration::ZERO,
            drain: DRAIN,
        };
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let arg = arg.to_string_lossy();
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (&*arg, None),
            };
            let has_value = value.is_some();
            let mut value = || {
                let next = || args.next().map(|arg| arg.to_string_lossy().into_owned());
                value.clone().or_else(next)
            };
            match name {
                "--help" | "-h" if !has_value => options.help = true,
                "--figures" if !has_value => options.figures = true,
                "--port" => options.port = port(value())?,
                "--budget" => options.budget = budget(value())?,
                "--grace" => options.grace = time("--grace", value())?,
                "--lame-duck" => options.lame_duck = time("--lame-duck", value())?,
                "--drain" => options.drain = time("--drain", value())?,
                _ => {
                    return Err(format!(
                        "unknown argument {name}; --help tells which there are"
                    ));
                }
            }
        }
        Ok(options)
    }
}

fn port(value: Option<String>) -> Result<u16, String> {
    let text = value.ok_or("--port needs a value, as in --port 8080")?;
    text.parse()
        .map_err(|_| format!("--port {text}: write a number from 0 to 65535"))
}

fn budget(value: Option<String>) -> Result<Duration, String> {
    let text = value.ok_or("--budget needs a value, as in --budget 50ms")?;
    if text == "never" {
        return Ok(Duration::MAX);
    }
    duration(&text).ok_or_else(|| {
        format!("--budget {text}: write a whole number above 0 and its unit, as in 50ms, 2s or 1m, or never")
    })
}

fn time(name: &str, value: Option<String>) -> Result<Duration, String> {
    let text = value.ok_or_else(|| format!("{name} needs a value, as in {name} 2s"))?;
    duration(&text).ok_or_else(|| {
        format!("{name} {text}: write a whole number above 0 and its unit, as in 50ms, 2s or 1m")
    })
}
