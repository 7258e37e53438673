//! Every form of loop, in every way of leaving: plain, or under one of three budgets by feature.
//!
//! All lints there are are on. The code is such that many fire; `tests/compile/lints.rs` compares which.
#![forbid(unsafe_code)]
#![warn(
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction,
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![allow(clippy::arbitrary_source_item_ordering, clippy::blanket_clippy_restriction_lints)]

/// An error that a trip converts into.
#[derive(Debug)]
pub struct Error;

impl From<guard_runtime::Tripped> for Error {
    fn from(_: guard_runtime::Tripped) -> Self {
        Error
    }
}

impl From<core::num::ParseIntError> for Error {
    fn from(_: core::num::ParseIntError) -> Self {
        Error
    }
}

/// A `Result` under another name.
pub type Outcome<T> = Result<T, Error>;

/// So many seconds.
pub const fn budget(n: u32) -> core::time::Duration {
    core::time::Duration::from_millis(n as u64)
}

/// The same for futures.
#[cfg(feature = "futures")]
#[path = "async_forms.rs"]
pub mod async_forms;

macro_rules! own {
    ($value:expr) => {
        $value
    };
}

/// Functions that return a `Result`.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", macros(own)))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000, macros(own)))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, macros(own)))]
pub mod errors {
    use super::{Error, Outcome};

    /// A `loop`.
    pub fn by_loop(n: u32) -> Outcome<u32> {
        let mut sum = 0;
        loop {
            sum += 1;
            if sum > n {
                break;
            }
        }
        Ok(sum)
    }

    /// A `loop` with a value, and no other way out.
    pub fn by_value(text: &str) -> Result<u32, Error> {
        let mut words = text.split(' ');
        loop {
            let word = words.next().ok_or(Error)?;
            if word == "end" {
                return Ok(1);
            }
            if let Ok(number) = word.parse::<u32>() {
                break Ok(number);
            }
        }
    }

    /// Never ends, but by an error.
    pub fn forever(text: &str) -> Result<u32, Error> {
        let mut words = text.split(' ');
        loop {
            let _ = words.next().ok_or(Error)?;
        }
    }

    /// Temporaries of a loop's head, at the end of what owns what they borrow.
    pub fn heads(n: u32, sum: &mut u32) {
        {
            let list = core::cell::RefCell::new([n, 2]);
            for x in list.borrow().iter() {
                *sum += x;
            }
        }
        let mut closure = || {
            let list = std::sync::Mutex::new([n, 2]);
            for x in list.lock().unwrap().iter_mut() {
                *x += *sum;
            }
        };
        closure();
        let list = core::cell::RefCell::new([n, 2]);
        for (x, y) in list.borrow().iter().zip(&[3, n]) {
            *sum += x * y;
        }
    }

    /// A label that is used, and two that are not.
    pub fn labels(list: &[u32]) -> u32 {
        let mut sum = 0;
        'used: for x in list {
            if *x == 3 {
                continue 'used;
            }
            sum += x;
        }
        'left: for x in list {
            if *x == 4 {
                break 'left;
            }
            sum += x;
        }
        'both: for x in list {
            if *x == 5 {
                continue 'both;
            }
            if *x == 6 {
                break 'both;
            }
            sum += x;
        }
        'turns: while sum > 9 {
            sum -= 1;
            if sum == 12 {
                continue 'turns;
            }
            sum /= 2;
        }
        'unused: for x in list {
            sum += x;
        }
        'idle: while sum > 9 {
            sum -= 1;
        }
        sum
    }

    /// A `while` that counts, one that does not, one with calls.
    pub fn by_while(n: u32) -> Outcome<u32> {
        let mut sum = 0;
        let mut i = 0;
        while i < n {
            sum += i;
            i += 1;
        }
        while i > 3 {
            i /= 2;
        }
        while i < n {
            i += text(i).len() as u32;
        }
        while i < n { i += 1 }
        Ok(sum)
    }

    /// A `while let`.
    pub fn by_while_let(mut stack: Vec<u32>) -> Outcome<u32> {
        let mut sum = 0;
        while let Some(top) = stack.pop() {
            sum += top;
        }
        while let Some(top) = stack.pop() {
            if top == 2 {
                continue;
            }
            drop(text(top));
        }
        Ok(sum)
    }

    /// `for`s over what is cut, what is counted, and what is neither.
    pub fn by_for(numbers: &[u32], n: u32) -> Outcome<Vec<u32>> {
        let mut out = Vec::new();
        for i in 0..n {
            out.push(i);
        }
        for number in numbers {
            out.push(*number);
        }
        for number in numbers.iter() {
            out.push(*number);
        }
        for (i, (a, b)) in numbers.iter().zip(numbers.iter().rev()).enumerate() {
            out.push(a + b * i as u32);
        }
        for number in numbers.iter().map(|n| n + 1) {
            out.push(number);
        }
        for word in text(n).split(' ') {
            out.push(word.parse()?);
        }
        for _ in 0..n {}
        for i in 0..n { let _ = i; }
        for i in (1..=n).rev() {
            if i == 3 {
                break;
            }
            if i == 5 {
                continue;
            }
            out.push(i);
        }
        Ok(out)
    }

    /// A few turns, parts, and adaptors.
    pub fn parts(numbers: &[u32], n: u32) -> Outcome<Vec<u32>> {
        let mut out = Vec::new();
        let mut four = [n; 4];
        for (to, from) in four.iter_mut().zip(numbers.iter().skip(1)) {
            *to += *from;
        }
        for i in 0..4 {
            for j in 0..2 {
                out.push(i * j);
            }
        }
        for pair in numbers.windows(2) {
            out.push(pair[0] ^ pair[1]);
        }
        for chunk in numbers.chunks(3).rev() {
            out.push(chunk[0]);
        }
        for byte in text(n).bytes() {
            out.push(u32::from(byte));
        }
        for number in numbers.iter().step_by(2).take(n as usize).cloned() {
            out.push(number);
        }
        for number in [n, 1] {
            out.push(number);
        }
        for number in &[n, 1, 2] {
            out.push(*number);
        }
        let later = numbers.iter().copied().collect();
        let mut sum = n;
        for number in &later {
            sum += number;
        }
        out.push(sum);
        let _: std::collections::BTreeSet<u32> = later;
        Ok(out)
    }

    /// Labels, nests, tails.
    pub fn nested(n: u32) -> Outcome<u32> {
        let mut sum = 0;
        'outer: for i in 0..n {
            'inner: while sum < 100 {
                for j in 0..i {
                    if j == 3 {
                        continue 'outer;
                    }
                    if j == 4 {
                        break 'inner;
                    }
                    sum += j;
                }
                loop {
                    sum += 1;
                    if sum % 7 == 0 {
                        break 'outer;
                    }
                    if sum % 3 == 0 {
                        break;
                    }
                }
            }
        }
        Ok(sum)
    }

    /// Loops in closures.
    pub fn in_closures(numbers: &mut Vec<u32>, mut n: u32, _unused: u32, (a, _): (u32, u32)) -> Result<&mut u32, Error> {
        let mut grow = |to: usize| {
            while numbers.len() < to {
                numbers.push(n);
                n += a;
            }
        };
        grow(3);
        let add = |m: u32| -> u32 {
            let mut sum = 0;
            for i in 0..m {
                sum += i;
            }
            sum
        };
        let forever = |m: u32| loop {
            if m > 0 {
                break m;
            }
        };
        let _ = add(n) + forever(1);
        numbers.first_mut().ok_or(Error)
    }

    /// Returns what cannot be named.
    pub fn opaque(text: &str) -> Result<impl Iterator<Item = char> + '_, Error> {
        let mut blanks = 0;
        for c in text.chars() {
            blanks += u32::from(c == ' ');
        }
        if blanks > 3 {
            return Err(Error);
        }
        Ok(text.chars().filter(move |c| {
            let mut n = blanks;
            while n > 0 {
                n -= 1;
            }
            *c != 'x'
        }))
    }

    /// Loops in macro calls.
    pub fn in_calls(n: u32) -> Outcome<Vec<String>> {
        let lines = vec![
            format!("{}", {
                let mut m = n;
                while m > 3 {
                    m /= 2;
                }
                m
            }),
            text(own!(loop {
                break n;
            })),
        ];
        assert!(
            (0..n).all(|i| {
                for j in 0..i {
                    if j == 100 {
                        return false;
                    }
                }
                true
            }),
            "n is small"
        );
        Ok(lines)
    }

    fn text(n: u32) -> String {
        n.to_string()
    }
}

/// Functions that cannot fail.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
pub mod values {
    /// Nothing.
    pub fn unit(numbers: &mut [u32]) {
        for number in numbers.iter_mut() {
            *number += 1;
        }
        let mut i = 0;
        while i < numbers.len() {
            numbers[i] += 1;
            i += 1;
        }
    }

    /// A loop is the value.
    pub fn tail(n: u32) -> u32 {
        let mut i = n;
        loop {
            if i % 7 == 0 {
                break i;
            }
            i += 1;
        }
    }

    /// A loop is the value of an early return.
    pub fn find(numbers: &[u32], wanted: u32) -> Option<usize> {
        for (i, number) in numbers.iter().enumerate() {
            if *number == wanted {
                return Some(i);
            }
        }
        None
    }

    /// Never returns.
    pub fn never(n: u32) -> ! {
        let mut i = n;
        loop {
            i = i.wrapping_add(1);
            if i == 0 {
                panic!("over");
            }
        }
    }

    /// Arguments of all kinds.
    pub fn arguments<'a, T: Ord, const N: usize>(all: [T; N], _: u32, text: &'a str, count: impl Fn(char) -> usize) -> &'a str
    where
        T: Clone,
    {
        let longest = |wanted: &T| {
            let mut seen = 0;
            for one in all.iter() {
                seen += usize::from(one > wanted);
            }
            seen
        };
        let most = all.iter().map(longest).max().unwrap_or(0);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if count(c) > most {
                break;
            }
            rest = &rest[c.len_utf8()..];
        }
        rest
    }

    /// Calls itself.
    #[must_use]
    pub fn recursive(n: u32) -> u32 {
        let mut sum = 1;
        for i in 0..n {
            sum += recursive(i);
        }
        sum
    }

    /// A function in a function, and compile-time loops.
    pub fn items(n: usize) -> usize {
        const TABLE: [usize; 3] = {
            let mut table = [0; 3];
            let mut i = 0;
            while i < 3 {
                table[i] = i;
                i += 1;
            }
            table
        };
        fn inner(n: usize) -> usize {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            sum
        }
        let mut sum = inner(n);
        for entry in &TABLE {
            sum += entry;
        }
        sum
    }

    /// Loops in loops' heads.
    pub fn heads(n: u32) -> u32 {
        let mut sum = 0;
        while {
            let mut i = 0;
            while i < sum {
                i += 1;
            }
            i < n
        } {
            sum += 1;
        }
        for i in {
            let mut all = Vec::new();
            for i in 0..n {
                all.push(i);
            }
            all
        } {
            sum += i;
        }
        sum
    }

    /// Iterates.
    pub fn iterates(numbers: &[u32]) -> impl Iterator<Item = u32> + '_ {
        let mut skip = 0;
        for number in numbers {
            skip += usize::from(*number == 0);
        }
        numbers.iter().skip(skip).map(|number| {
            let mut number = *number;
            while number > 10 {
                number -= 10;
            }
            number
        })
    }

    /// A boxed closure.
    pub fn boxed(step: u32) -> Box<dyn FnMut(u32) -> u32 + Send> {
        let mut sum = 0;
        Box::new(move |n| {
            for _ in 0..n {
                sum += step;
            }
            sum
        })
    }
}

/// Functions with a value to fall back on.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", fallback = Vec::new()))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000, fallback = |tripped| vec![tripped.to_string()]))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, fallback = Vec::new()))]
pub mod fallbacks {
    /// Loops, and a tail.
    pub fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        for word in text.split(' ') {
            words.push(word.to_owned());
        }
        while words.len() > 10 {
            let _ = words.pop();
        }
        words
    }

    /// A loop is all there is.
    pub fn only_a_loop(text: &str) -> Vec<String> {
        let mut words = text.split(' ');
        loop {
            if let Some(word) = words.next() {
                return vec![word.to_owned()];
            }
        }
    }

    /// In a closure.
    pub fn in_closures(text: &str) -> Vec<String> {
        text.split(' ')
            .map(|word| {
                let mut word = word.to_owned();
                while word.len() > 3 {
                    let _ = word.pop();
                }
                word
            })
            .collect()
    }
}

/// Functions whose loops are broken off.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", on_trip = "break"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000, on_trip = "break"))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "break"))]
pub mod breaks {
    /// All forms.
    pub fn all(numbers: &[u32]) -> u32 {
        let mut sum = 0;
        for number in numbers {
            sum += number;
        }
        for word in "a b".split(' ') {
            sum += word.len() as u32;
        }
        let mut i = 0;
        while i < 10 {
            i += 1;
        }
        'labelled: loop {
            while let Some(next) = sum.checked_sub(7) {
                sum = next;
                if sum == 3 {
                    break 'labelled;
                }
            }
            if sum < 5 {
                break;
            }
        }
        let shrink = |mut n: u32| {
            while n > 10 {
                n -= 10;
            }
            n
        };
        shrink(sum)
    }
}

/// Functions told how to leave.
pub mod told {
    use super::Error;

    /// By an error.
    ///
    /// # Errors
    ///
    /// If it trips.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = super::budget(n), on_trip = "error", name = "told"))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, on_trip = "error"))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "error"))]
    pub fn error(n: u32) -> Result<u32, Error> {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        let mut count = || {
            while sum < 100 {
                sum += 1;
            }
        };
        count();
        Ok(sum)
    }

    /// By a panic, in spite of the type.
    ///
    /// # Errors
    ///
    /// Never.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", iterations = 7, on_trip = "panic"))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, on_trip = "panic"))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "panic"))]
    pub fn panic(n: u32) -> Result<u32, core::num::ParseIntError> {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        let count = |n: u32| {
            let mut sum = 0;
            loop {
                sum += 1;
                if sum > n {
                    break sum;
                }
            }
        };
        Ok(count(sum))
    }
}

/// A type with methods.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    items: Vec<u32>,
}

#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
impl Stack {
    /// Borrows.
    pub fn largest(&self) -> Option<&u32> {
        let mut largest = None;
        for item in &self.items {
            if largest < Some(item) {
                largest = Some(item);
            }
        }
        largest
    }

    /// Borrows and changes.
    pub fn shrink(&mut self, to: usize) -> &mut Self {
        let mut shrink = || {
            while self.items.len() > to {
                let _ = self.items.pop();
            }
        };
        shrink();
        self
    }

    /// Takes.
    pub fn doubled(mut self) -> Self {
        self.items.iter_mut().for_each(|item| {
            for _ in 0..1 {
                *item *= 2;
            }
        });
        self
    }

    /// Takes a box.
    pub fn unboxed(self: Box<Self>) -> Result<Self, Error> {
        let sum = || {
            let mut sum = 0;
            for item in &self.items {
                sum += item;
            }
            sum
        };
        if sum() > 3 {
            return Err(Error);
        }
        Ok(*self)
    }
}

/// A trait with default methods.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
pub trait Sums {
    /// What is summed.
    type Item;

    /// All of them.
    fn items(&self) -> Vec<u32>;

    /// Their sum.
    fn sum(&self) -> u32 {
        let mut sum = 0;
        for item in self.items() {
            sum += item;
        }
        sum
    }

    /// Made of one.
    fn made(item: &Self::Item) -> Result<Vec<Self::Item>, Error>
    where
        Self::Item: Clone,
    {
        let mut made = Vec::new();
        let mut make = || {
            while made.len() < 3 {
                made.push(item.clone());
            }
        };
        make();
        Ok(made)
    }
}

#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
impl Sums for Stack {
    type Item = u32;

    fn items(&self) -> Vec<u32> {
        let mut items = Vec::new();
        for item in self.items.iter().copied() {
            items.push(item);
        }
        items
    }
}

/// Functions with a cleanup.
pub mod cleaned {
    use super::{budget, Error};

    /// Does nothing.
    #[cfg(any(feature = "timeout", feature = "iterations", feature = "inherit"))]
    const fn told(_: &guard_runtime::Exit<'_>) {}

    /// An error.
    ///
    /// # Errors
    ///
    /// If it trips.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = budget(n), cleanup = told, cleanup_timeout = budget(n)))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, cleanup = |_| told(&guard_runtime::Exit::Returned)))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = told))]
    pub fn error(n: u32) -> Result<u32, Error> {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        Ok(sum)
    }

    /// A value, from a closure too.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = told, fallback = n))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, cleanup = told, on_trip = "panic"))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = |_| {
        for _ in 0..budget(n).as_secs() {
            told(&guard_runtime::Exit::Returned);
        }
    }))]
    pub fn value(n: u32) -> u32 {
        let mut sum = n;
        let mut count = || {
            while sum < 100 {
                sum += 1;
            }
        };
        count();
        let _ = budget(n);
        sum
    }

    /// Nothing, and nothing to check.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = told))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 7, cleanup = told))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = told))]
    pub fn nothing(n: u32) {
        drop(n);
    }

    /// Never.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = told))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 7, cleanup = told))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = told))]
    pub fn never(mut n: u32) -> ! {
        loop {
            n = n.wrapping_add(1);
        }
    }

    /// Not a word is said of `defer!`: this has no plain twin.
    #[cfg(any(feature = "timeout", feature = "iterations", feature = "inherit"))]
    #[inline]
    pub fn deferred() {
        guard_runtime::defer! {
            told(&guard_runtime::Exit::Returned);
        }
        guard_runtime::defer!(|exit| told(exit));
        guard_runtime::defer!(within = "1s", |exit| {
            told(exit);
        });
        let limit = budget(7);
        guard_runtime::defer!(within = limit, { told(&guard_runtime::Exit::Returned); });
    }
}

/// What has no plain twin.
#[cfg(any(feature = "timeout", feature = "iterations", feature = "inherit"))]
pub mod paces {
    /// Loops that say how often they are checked.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
    #[must_use]
    #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
    pub fn all(n: u32) -> u32 {
        let mut sum = 0;
        #[loop_guard(skip)]
        for i in 0..n {
            sum += i;
        }
        #[loop_guard(every = 8)]
        for i in 0..n {
            sum += i;
        }
        #[loop_guard(every = 8)]
        while sum > 100 {
            sum -= 7;
        }
        let count = |n: u32| {
            let mut n = n;
            #[loop_guard(every = 8)]
            while let Some(next) = n.checked_sub(3) {
                n = next;
            }
            n
        };
        #[loop_guard(every = 8)]
        loop {
            sum += 1;
            if count(sum) == 0 {
                break;
            }
        }
        sum
    }
}

/// Has an error of ours.
#[cfg(feature = "misuse")]
#[guard_runtime::loop_guard(timout = "1h")]
pub fn misused() {
    loop {}
}
