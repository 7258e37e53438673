//! Functions that return anything else, with and without a fallback.

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
