//! Parses the text of a pattern into a [`Pattern`].

use std::fmt;

/// The parts of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// One character of the set.
    One(Set),
    /// As many characters of the set as possible, at least this many (0 or 1).
    Run(Set, usize),
    /// The start of the line.
    Start,
    /// The end of the line.
    End,
    /// The first alternative that matches.
    Choice(Vec<Vec<Node>>),
    /// The alternatives again and again, at least this many times (0 or 1).
    Repeat(Vec<Vec<Node>>, usize),
}

/// The characters that match in one place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Set {
    negated: bool,
    items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    Range(char, char),
    Class(Class),
    Not(Class),
}

/// The classes that have an escape. They are ASCII, as logs are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    Digit,
    Word,
    Space,
}

impl Set {
    fn of(item: Item) -> Self {
        Self {
            negated: false,
            items: vec![item],
        }
    }

    /// Every character except the end of a line.
    fn any() -> Self {
        Self {
            negated: true,
            items: vec![Item::Range('\n', '\n')],
        }
    }

    pub(crate) fn contains(&self, c: char) -> bool {
        let listed = self.items.iter().any(|item| match *item {
            Item::Range(first, last) => (first..=last).contains(&c),
            Item::Class(class) => class.contains(c),
            Item::Not(class) => !class.contains(c),
        });
        listed != self.negated
    }
}

impl Class {
    fn contains(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Word => c.is_ascii_alphanumeric() || c == '_',
            Self::Space => c.is_ascii_whitespace() || c == '\x0B',
        }
    }
}

/// A pattern that can be searched for. Prints as it was written.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    pub(crate) root: Vec<Vec<Node>>,
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Self, Mistake> {
        let mut parser = Parser {
            chars: text.chars().collect(),
            at: 0,
            depth: 0,
        };
        let root = parser.alternatives()?;
        if parser.peek().is_some() {
            return Err(parser.mistake("this `)` closes nothing: write `\\)` for the character"));
        }
        Ok(Self {
            text: text.to_owned(),
            root,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What is wrong with a pattern, and at which character, counted from 1.
#[derive(Debug, PartialEq)]
pub(crate) struct Mistake {
    pub(crate) position: usize,
    pub(crate) what: &'static str,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {}: {}", self.position, self.what)
    }
}

/// The largest nesting of groups, which bounds the recursion of the parser.
const NESTING: usize = 100;

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// An error at the next character.
    fn mistake(&self, what: &'static str) -> Mistake {
        Self::mistake_at(self.at, what)
    }

    fn mistake_at(at: usize, what: &'static str) -> Mistake {
        let position = at + 1;
        Mistake { position, what }
    }

    /// Parses `a|b|c`, up to a `)` or the end.
    fn alternatives(&mut self) -> Result<Vec<Vec<Node>>, Mistake> {
        let mut alternatives = vec![self.sequence()?];
        while self.eat('|') {
            alternatives.push(self.sequence()?);
        }
        Ok(alternatives)
    }

    fn sequence(&mut self) -> Result<Vec<Node>, Mistake> {
        let mut nodes = Vec::new();
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let node = self.node()?;
            nodes.push(self.repeated(node)?);
        }
        Ok(nodes)
    }

    /// Parses what follows `node`: nothing, `*`, `+` or `?`.
    fn repeated(&mut self, node: Node) -> Result<Node, Mistake> {
        let least = match self.peek() {
            Some('?') => None,
            Some('*') => Some(0),
            Some('+') => Some(1),
            _ => return Ok(node),
        };
        if matches!(node, Node::Start | Node::End) {
            return Err(self.mistake("there is nothing to repeat before this"));
        }
        self.at += 1;
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return Err(self.mistake("this repeats a repetition: put the first in a group"));
        }
        Ok(match (node, least) {
            (node, None) => Node::Choice(vec![vec![node], Vec::new()]),
            (Node::One(set), Some(least)) => Node::Run(set, least),
            (Node::Choice(alternatives), Some(least)) => Node::Repeat(alternatives, least),
            (node, Some(least)) => Node::Repeat(vec![vec![node]], least),
        })
    }

    fn node(&mut self) -> Result<Node, Mistake> {
        let at = self.at;
        Ok(match self.next() {
            Some('(') => self.group(at)?,
            Some('[') => Node::One(self.set(at)?),
            Some('.') => Node::One(Set::any()),
            Some('^') => Node::Start,
            Some('$') => Node::End,
            Some('*' | '+' | '?') => {
                let what = "there is nothing to repeat before this";
                return Err(Self::mistake_at(at, what));
            }
            Some('{') => {
                let what = "counted repetition is not known here: write `\\{` for the character";
                return Err(Self::mistake_at(at, what));
            }
            Some('\\') => Node::One(Set::of(self.escape()?)),
            Some(c) => Node::One(Set::of(Item::Range(c, c))),
            None => return Err(self.mistake("the pattern ends too early")),
        })
    }

    /// Parses what follows the `(` at `open`.
    fn group(&mut self, open: usize) -> Result<Node, Mistake> {
        self.depth += 1;
        if self.depth > NESTING {
            return Err(Self::mistake_at(open, "more than 100 groups in each other"));
        }
        if self.eat('?') && !self.eat(':') {
            return Err(self.mistake("of the groups that begin with `(?`, only `(?:` is known"));
        }
        let mut alternatives = self.alternatives()?;
        if !self.eat(')') {
            return Err(Self::mistake_at(open, "this group is never closed"));
        }
        self.depth -= 1;
        // `(x)` is the same as `x`: nothing is captured, and a run of single characters needs no recursion.
        if let [sequence] = &mut alternatives[..] {
            if matches!(sequence[..], [Node::One(_)]) {
                return Ok(sequence.remove(0));
            }
        }
        Ok(Node::Choice(alternatives))
    }

    /// Parses what follows the `[` at `open`.
    fn set(&mut self, open: usize) -> Result<Set, Mistake> {
        let negated = self.eat('^');
        let mut items = Vec::new();
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(Self::mistake_at(open, "this class is never closed")),
                // Right after the `[` it is an ordinary character, since an empty class could match nothing.
                Some(']') if !items.is_empty() => return Ok(Set { negated, items }),
                Some('[') => {
                    let what = "a class in a class: write `\\[` for the character";
                    return Err(Self::mistake_at(at, what));
                }
                Some(c) => items.push(self.item(at, c)?),
            }
        }
    }

    /// Parses one character, class or range of a set, which begins with `first`.
    fn item(&mut self, at: usize, first: char) -> Result<Item, Mistake> {
        let item = self.member(first)?;
        let next = self.chars.get(self.at + 1);
        if self.peek() != Some('-') || matches!(next, None | Some(']')) {
            return Ok(item);
        }
        self.at += 1;
        let last = self.next().unwrap_or('-');
        match (item, self.member(last)?) {
            (Item::Range(first, _), Item::Range(last, _)) if first <= last => {
                Ok(Item::Range(first, last))
            }
            (Item::Range(..), Item::Range(..)) => {
                Err(Self::mistake_at(at, "this range ends before it begins"))
            }
            _ => Err(Self::mistake_at(at, "a range goes between two characters")),
        }
    }

    fn member(&mut self, c: char) -> Result<Item, Mistake> {
        if c == '\\' {
            return self.escape();
        }
        Ok(Item::Range(c, c))
    }

    /// Parses what follows a `\`.
    fn escape(&mut self) -> Result<Item, Mistake> {
        let at = self.at - 1;
        let c = match self.next() {
            Some('d') => return Ok(Item::Class(Class::Digit)),
            Some('D') => return Ok(Item::Not(Class::Digit)),
            Some('w') => return Ok(Item::Class(Class::Word)),
            Some('W') => return Ok(Item::Not(Class::Word)),
            Some('s') => return Ok(Item::Class(Class::Space)),
            Some('S') => return Ok(Item::Not(Class::Space)),
            Some('t') => '\t',
            Some('n') => '\n',
            Some('r') => '\r',
            Some(c) if !c.is_alphanumeric() => c,
            Some(_) => return Err(Self::mistake_at(at, "an escape that is not known here")),
            None => return Err(Self::mistake_at(at, "nothing follows this `\\`")),
        };
        Ok(Item::Range(c, c))
    }
}
