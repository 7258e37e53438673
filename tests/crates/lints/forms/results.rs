//! Functions that return a `Result`.

use super::{Error, Outcome};

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
