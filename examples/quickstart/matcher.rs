//! A backtracking matcher, written as one would write it without a guard in mind: it tries the
//! alternatives one after the other, and takes the first way that leads to the end. On some
//! patterns the number of ways doubles with every character. The attributes are all that stops it.

use std::fmt;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};

use crate::pattern::{Node, Pattern, Set};

/// Matches that are kept to be shown; the others are counted.
pub(crate) const SHOWN: usize = 3;

/// Calls of [`Line::follow`] in each other.
const DEPTH: u32 = 20_000;

/// More than that many calls need, in a debug build too.
pub(crate) const STACK: usize = 64 << 20;

/// Why a search ended early.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// It ran out of its budget.
    Tripped(Tripped),
    /// A line has too many repetitions of a group for the stack.
    TooDeep,
}

/// What lets a guarded function leave with this error.
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

/// What a search has found so far; a search that is stopped leaves it behind.
#[derive(Debug, Default)]
pub(crate) struct Found<'t> {
    pub(crate) count: usize,
    pub(crate) first: Vec<Match<'t>>,
    /// The line it looked at last, from 1.
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
            // An empty match right behind another is none of its own.
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

/// What has to match behind the part at hand.
enum Then<'a> {
    /// Nothing.
    Done,
    /// These, and what comes then.
    Nodes(&'a [Node], &'a Then<'a>),
    /// Perhaps another round of a repetition, whose last one began at the byte `from`.
    Again {
        body: &'a [Vec<Node>],
        from: usize,
        then: &'a Then<'a>,
    },
}

struct Line<'t>(&'t str);

impl Line<'_> {
    /// Where a match ends that begins at the byte `at` with all of `nodes`.
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
                    // A round that took nothing would be followed by the same for ever.
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

    /// Tries another round of `body`, then none. There is no loop in it to be guarded.
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

    /// Takes as many characters as there are, and gives them back one by one.
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
            // The least is 0 or 1, and every character has a byte.
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

    /// The byte behind the character at `at`, if that is one of the set.
    fn one(&self, set: &Set, at: usize) -> Option<usize> {
        let c = self.0[at..].chars().next()?;
        set.contains(c).then(|| at + c.len_utf8())
    }
}
