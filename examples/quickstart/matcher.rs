//! A backtracking matcher, written as one would write it without a guard in mind: it tries the
//! alternatives one after the other, and takes the first way that leads to the end. On some
//! patterns the number of ways doubles with every character. The attributes are all that stops it.

use std::fmt;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};

use crate::pattern::{Node, Pattern, Set};

/// How many matches are kept, to be shown; the others are only counted.
pub(crate) const SHOWN: usize = 3;

/// The largest depth of nested calls of [`Line::follow`].
const DEPTH: u32 = 20_000;

/// A stack that is large enough for that depth, in a debug build too.
pub(crate) const STACK: usize = 64 << 20;

/// Why a search ended early.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// It ran out of its budget.
    Tripped(Tripped),
    /// A line has too many repetitions of a group for the stack.
    TooDeep,
}

/// Lets a guarded function return this error when it trips.
impl From<Tripped> for Stopped {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped)
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tripped(tripped) => tripped.fmt(f),
            Self::TooDeep => write!(f, "too many repetitions of a group in one line"),
        }
    }
}

/// A piece of a line.
#[derive(Debug, PartialEq)]
pub(crate) struct Match<'t> {
    pub(crate) line: usize,
    pub(crate) text: &'t str,
}

/// What a search has found so far. It remains when the search is stopped.
#[derive(Debug, Default)]
pub(crate) struct Found<'t> {
    pub(crate) count: usize,
    pub(crate) first: Vec<Match<'t>>,
    /// The number of the line that it looked at last, from 1.
    pub(crate) line: usize,
}

/// Finds all matches in a text, line by line, within `budget`.
#[loop_guard(timeout = budget)]
pub(crate) fn search<'t>(
    pattern: &Pattern,
    text: &'t str,
    budget: Duration,
    found: &mut Found<'t>,
) -> Result<(), Stopped> {
    for (index, line) in text.lines().enumerate() {
        found.line = index + 1;
        let (mut from, mut last) = (0, None);
        while let Some((start, end)) = find(pattern, line, from)? {
            // An empty match right after another match does not count.
            if start < end || last != Some(end) {
                found.count += 1;
                if found.first.len() < SHOWN {
                    let (line, text) = (found.line, &line[start..end]);
                    found.first.push(Match { line, text });
                }
            }
            (from, last) = (end, Some(end));
            if start == end {
                match line[end..].chars().next() {
                    Some(c) => from += c.len_utf8(),
                    None => break,
                }
            }
        }
    }
    Ok(())
}

/// The leftmost match in the line that begins at `from` or later: its first byte, and the one
/// behind it.
#[loop_guard(inherit)]
pub(crate) fn find(
    pattern: &Pattern,
    line: &str,
    from: usize,
) -> Result<Option<(usize, usize)>, Stopped> {
    let mut start = from;
    loop {
        if let Some(end) = Line(line).choose(&pattern.root, start, &Then::Done, 0)? {
            return Ok(Some((start, end)));
        }
        match line[start..].chars().next() {
            Some(c) => start += c.len_utf8(),
            None => return Ok(None),
        }
    }
}

/// What has to match after the current part.
enum Then<'a> {
    /// Nothing.
    Done,
    /// These nodes, and what follows them.
    Nodes(&'a [Node], &'a Then<'a>),
    /// Perhaps another round of a repetition, whose previous round began at the byte `from`.
    Again {
        body: &'a [Vec<Node>],
        from: usize,
        then: &'a Then<'a>,
    },
}

struct Line<'t>(&'t str);

impl Line<'_> {
    /// The end of a match that begins at the byte `at` with all of `nodes`.
    #[loop_guard(inherit)]
    fn follow<'a>(
        &self,
        mut nodes: &'a [Node],
        mut at: usize,
        mut then: &'a Then<'a>,
        depth: u32,
    ) -> Result<Option<usize>, Stopped> {
        if depth > DEPTH {
            return Err(Stopped::TooDeep);
        }
        loop {
            let Some((node, rest)) = nodes.split_first() else {
                match *then {
                    Then::Done => return Ok(Some(at)),
                    Then::Nodes(next, after) => (nodes, then) = (next, after),
                    // A round that matches nothing would be followed by the same round for ever.
                    Then::Again {
                        from, then: after, ..
                    } if from == at => then = after,
                    Then::Again { body, then, .. } => return self.repeat(body, at, then, depth),
                }
                continue;
            };
            nodes = rest;
            let fits = match node {
                Node::One(set) => match self.one(set, at) {
                    Some(next) => {
                        at = next;
                        true
                    }
                    None => false,
                },
                Node::Start => at == 0,
                Node::End => at == self.0.len(),
                Node::Run(set, least) => return self.run(set, *least, at, (nodes, then), depth),
                Node::Choice(alternatives) => {
                    return self.choose(alternatives, at, &Then::Nodes(nodes, then), depth);
                }
                Node::Repeat(body, 0) => {
                    return self.repeat(body, at, &Then::Nodes(nodes, then), depth);
                }
                Node::Repeat(body, _) => {
                    let (from, then) = (at, &Then::Nodes(nodes, then));
                    return self.choose(body, at, &Then::Again { body, from, then }, depth);
                }
            };
            if !fits {
                return Ok(None);
            }
        }
    }

    /// Tries one alternative after the other.
    #[loop_guard(inherit)]
    fn choose(
        &self,
        alternatives: &[Vec<Node>],
        at: usize,
        then: &Then<'_>,
        depth: u32,
    ) -> Result<Option<usize>, Stopped> {
        for nodes in alternatives {
            if let Some(end) = self.follow(nodes, at, then, depth + 1)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// Tries another round of `body`, then none. It has no loop that could be guarded.
    fn repeat(
        &self,
        body: &[Vec<Node>],
        at: usize,
        then: &Then<'_>,
        depth: u32,
    ) -> Result<Option<usize>, Stopped> {
        let again = Then::Again {
            body,
            from: at,
            then,
        };
        match self.choose(body, at, &again, depth)? {
            Some(end) => Ok(Some(end)),
            None => self.follow(&[], at, then, depth + 1),
        }
    }

    /// Takes as many characters as possible, then gives them back one by one.
    #[loop_guard(inherit)]
    fn run(
        &self,
        set: &Set,
        least: usize,
        at: usize,
        (nodes, then): (&[Node], &Then<'_>),
        depth: u32,
    ) -> Result<Option<usize>, Stopped> {
        let mut end = at;
        while let Some(next) = self.one(set, end) {
            end = next;
        }
        loop {
            // `least` is 0 or 1, and a character has at least one byte.
            if end < at + least {
                return Ok(None);
            }
            if let Some(end) = self.follow(nodes, end, then, depth + 1)? {
                return Ok(Some(end));
            }
            match self.0[at..end].chars().next_back() {
                Some(c) => end -= c.len_utf8(),
                None => return Ok(None),
            }
        }
    }

    /// The end of the character at `at`, if the set contains it.
    fn one(&self, set: &Set, at: usize) -> Option<usize> {
        let c = self.0[at..].chars().next()?;
        set.contains(c).then(|| at + c.len_utf8())
    }
}
