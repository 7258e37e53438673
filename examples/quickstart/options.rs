//! Parses the command line into [`Options`].

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::duration::duration;
use crate::pattern::Pattern;

pub(crate) const HELP: &str = "\
Searches a text, line by line, for regular expressions; each search is stopped when it takes too long.

usage: quickstart [OPTION]... [FILE]

  FILE               the text to search; default: a log that is built in
  --pattern PATTERN  what to search for; may be given several times
  --budget DURATION  how long each search may take: 200ms, 2s, 1m; default: 500ms
  --help             this text

In a pattern: . [a-z] [^a-z] \\d \\D \\w \\W \\s \\S \\t \\n \\r ^ $ ( ) (?: ) | * + ?
";

/// The third is the runaway: before it gives up on `aaaa...b` it tries every way to cut the `a`s
/// into pieces.
const PATTERNS: [&str; 5] = [
    r"POST /payments\S* 5\d\d",
    r"amount=\d\d\d\d+\.\d\d (EUR|USD)",
    "(a+)+c",
    r"payer=[\w.]+@(\w+\.)+(com|org)",
    r"^\S+ WARN .*retry [2-9]",
];

const BUDGET: Duration = Duration::from_millis(500);

/// What the user asks for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) help: bool,
    pub(crate) file: Option<PathBuf>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) budget: Duration,
}

impl Options {
    /// The error is one line for the user.
    pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self {
            help: false,
            file: None,
            patterns: Vec::new(),
            budget: BUDGET,
        };
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let Some(text) = arg.to_str().filter(|text| text.starts_with('-')) else {
                options.set_file(arg)?;
                continue;
            };
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value.into())),
                None => (text, None),
            };
            let mut value = || value.clone().or_else(|| args.next());
            match name {
                "--help" | "-h" if !text.contains('=') => options.help = true,
                "--pattern" => options.patterns.push(pattern(value())?),
                "--budget" => options.budget = budget(value())?,
                _ => {
                    return Err(format!(
                        "unknown option {name}; --help tells which there are"
                    ));
                }
            }
        }
        if options.patterns.is_empty() {
            for text in PATTERNS {
                options.patterns.push(pattern(Some(text.into()))?);
            }
        }
        Ok(options)
    }

    fn set_file(&mut self, file: OsString) -> Result<(), String> {
        match self.file.replace(file.into()) {
            None => Ok(()),
            Some(first) => Err(format!(
                "one file at a time; {} was the first",
                first.display()
            )),
        }
    }
}

fn pattern(value: Option<OsString>) -> Result<Pattern, String> {
    let text = value.ok_or("--pattern needs a value, as in --pattern '[a-z]+'")?;
    let text = text.to_str().ok_or("--pattern: the value is not UTF-8")?;
    Pattern::parse(text).map_err(|mistake| format!("pattern {text:?}, {mistake}"))
}

fn budget(value: Option<OsString>) -> Result<Duration, String> {
    let text = value.ok_or("--budget needs a value, as in --budget 200ms")?;
    let text = text.to_string_lossy();
    duration(&text).ok_or_else(|| {
        format!("--budget {text}: write a whole number above 0 and its unit, as in 200ms, 2s or 1m")
    })
}
