//! What the compiler knows about a function does not change: auto traits, lifetimes, variance, `#[must_use]`,
//! `#[track_caller]`. Most of this is proven by compiling.

mod attributes;

use std::fmt::{Debug, Display};

use guard_runtime::loop_guard;

struct Wrapper<'a, T: ?Sized>(&'a T);

struct List<const N: usize>([u32; N]);

impl<const N: usize> List<N> {
    fn new() -> Self {
        Self([7; N])
    }
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

trait Shape {
    fn scaled(&self, by: u32) -> Self
    where
        Self: Sized;
    fn boxed(&self) -> Box<dyn Display + '_>;
}

twins! { kept: ()
    pub(crate) fn elided(list: &[u32], n: u32) -> Option<&u32> {
        for _ in 0..n {}
        let find = |wanted| { for i in list { if *i == wanted { return Some(i); } } None };
        find(n)
    }

    pub(crate) fn named<'a, 'b: 'a>(a: &'a mut Vec<&'b str>, b: &'b str, n: u32) -> Wrapper<'a, str> {
        (0..n).for_each(|_| { for c in b.split(' ') { a.push(c); } });
        Wrapper(a.last().copied().unwrap_or(""))
    }

    pub(crate) fn underscore(text: &str) -> Wrapper<'_, str> {
        let mut text = text;
        let mut cut = || while let Some(rest) = text.strip_prefix(' ') { text = rest; };
        cut();
        Wrapper(text)
    }

    pub(crate) fn iterates<'a>(numbers: &'a [u32], skip: &str) -> impl DoubleEndedIterator<Item = &'a u32> + Clone + Send + Sync + use<'a> {
        let n = { let mut n = 0; for _ in skip.chars() { n += 1; } n };
        numbers.iter().filter(move |i| { let mut i = **i; while i > 100 { i /= 2; } i > n })
    }

    pub(crate) fn tries(text: &str) -> Outcome<impl Iterator<Item = char> + '_> {
        let count = || { let mut n = 0; for c in text.chars() { n += u32::from(c.is_ascii()); } n };
        if count() == 0 { Err("empty")?; }
        Ok(text.chars().rev())
    }

    pub(crate) fn nested_opaque<'a, T: Debug + 'a>(values: &'a [T]) -> impl Iterator<Item = impl Display + 'a> {
        for _ in values {}
        values.iter().map(|value| { for _ in 0..2 {} format!("{value:?}") })
    }

    pub(crate) fn dynamic(n: u32) -> Box<dyn Fn(u32) -> u32 + Send> {
        Box::new(move |m| { let mut sum = 0; for i in 0..m { sum += i * n; } sum })
    }

    pub(crate) fn dynamic_result(n: u32) -> Outcome<Box<dyn Display>> {
        let text = || { let mut text = String::new(); for i in 0..n { text += &i.to_string(); } text };
        Ok(Box::new(text()))
    }

    pub(crate) fn generic<T, F, const N: usize>(f: F, with: &mut impl FnMut(&T)) -> Outcome<[T; N]>
    where
        F: Fn(usize) -> T,
        T: Clone,
        [T; N]: Sized,
    {
        let mut all = Vec::with_capacity(N);
        let mut fill = || for i in 0..N { all.push(f(i)); with(&all[i]); };
        fill();
        all.try_into().map_err(|_| "not so many".into())
    }

    pub(crate) fn constants<const N: usize>(list: List<N>) -> List<N> {
        let mut list = list;
        (0..N).for_each(|i| for _ in 0..i { list.0[i] += 1; });
        list
    }

    pub(crate) fn higher(f: &dyn for<'x> Fn(&'x str) -> &'x str, text: &'static str) -> &'static str {
        let mut text = text;
        (0..2).for_each(|_| for _ in 0..2 { text = f(text); });
        text
    }

    pub(crate) fn unsized_tail<T: ?Sized + ToString>(value: &T) -> String {
        let twice = || { let mut s = String::new(); for _ in 0..2 { s += &value.to_string(); } s };
        twice()
    }

    pub(crate) fn coerces(n: u32) -> &'static [u32] {
        [()].iter().for_each(|()| for _ in 0..n {});
        &[1, 2, 3]
    }

    pub(crate) fn function_pointer(n: u32) -> fn(u32) -> u32 {
        [()].iter().for_each(|()| for _ in 0..n {});
        |m| { let mut m = m; while m > 3 { m -= 3; } m }
    }

    pub(crate) fn recursive(n: u32) -> Outcome<u32> {
        let sum = || -> Outcome<u32> { let mut sum = 0; for i in 0..n { sum += recursive(i)? + 1; } Ok(sum) };
        sum()
    }

    #[must_use = "for a reason"]
    pub(crate) fn important(n: u32) -> u32 {
        [()].iter().for_each(|()| for _ in 0..n {});
        n
    }

    pub(crate) struct Row<const N: usize>(pub(crate) [u32; N]);

    impl<const N: usize> Shape for Row<N> {
        fn scaled(&self, by: u32) -> Self {
            let mut list = Self([0; N]);
            (0..by).for_each(|_| for (to, from) in list.0.iter_mut().zip(self.0) { *to += from; });
            list
        }

        fn boxed(&self) -> Box<dyn Display + '_> {
            let text = || { let mut text = String::new(); for i in &self.0 { text += &i.to_string(); } text };
            Box::new(text())
        }
    }
}

// Types that the compiler only knows after it has read the loop over them.
twins! { later: ()
    use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

    pub(crate) struct Board {
        pub(crate) width: usize,
        pub(crate) cells: BTreeSet<(usize, usize)>,
    }

    impl FromIterator<(usize, usize)> for Board {
        fn from_iter<T: IntoIterator<Item = (usize, usize)>>(cells: T) -> Self {
            let cells = cells.into_iter().collect();
            let mut width = 0;
            for &(x, _) in &cells { if x + 1 > width { width = x + 1; } }
            Self { width, cells }
        }
    }

    pub(crate) fn collected(n: u32) -> (u32, VecDeque<u32>, BTreeMap<u32, u32>) {
        let mut list = (0..n).rev().collect();
        let mut sum = 0;
        for x in &list { sum += x; }
        for x in &mut list { std::mem::swap(&mut sum, x); }
        let alias = list;
        for x in &alias { sum += x; }
        let (small, mut large);
        small = (0..n).collect();
        large = (0..n).map(|x| (x, x)).collect();
        for x in &small { sum += x; }
        for (x, _) in &mut large { sum += x; }
        let _: BTreeSet<u32> = small;
        (sum, alias, large)
    }

    pub(crate) fn converted(n: u32) -> (u32, BTreeSet<u32>, Vec<u32>) {
        let set = [n, n + 1].into();
        let mut sum = 0;
        for x in &set { sum += x; }
        let list = if n > 1 { Default::default() } else { std::iter::once(n).collect() };
        for (x, y) in [1, 2].iter().zip(&list) { sum += x * y; }
        for x in &(list) { sum += x; }
        (sum, set, list)
    }

    pub(crate) fn divided(n: u32) -> (u32, BTreeSet<u32>, VecDeque<u32>) {
        let (even, odd) = (0..n).partition(|x| x % 2 == 0);
        let mut sum = 0;
        for x in &even { sum += x; }
        for x in &odd { sum += x; }
        let _: &BTreeSet<u32> = &even;
        let (tens, ones) = (0..n).map(|x| (x / 10, x % 10)).unzip();
        for x in &tens { sum += x; }
        for x in &ones { sum += x; }
        let _: BTreeSet<u32> = tens;
        (sum, even, ones)
    }

    pub(crate) fn matched(n: u32) -> Outcome<(u32, BTreeSet<u32>, VecDeque<u32>)> {
        let pick = |text: &str| text.parse::<u32>();
        let mut sum = 0;
        let Some(set) = [n].try_into().ok() else { unreachable!() };
        for x in &set { sum += x; }
        let ring = match Some(pick("7")?) {
            Some(seven) => { let ring = { (0..seven).collect() }; for x in &ring { sum += x; } ring }
            None => VecDeque::new(),
        };
        if let Some(list) = [n, n].try_into().ok() {
            for x in &list { sum += x; }
            let _: HashSet<u32> = list;
        }
        Ok((sum, set, ring))
    }

    pub(crate) fn called_later(n: u32) -> u32 {
        let mut sum = 0;
        let mut add = |list| for x in list { sum += x; };
        add(BTreeSet::from([n, n + 1]));
        sum
    }

    pub(crate) fn tried(n: u32) -> Outcome<(u32, BTreeSet<u32>, VecDeque<u32>)> {
        let numbers = || (0..n).map(|x| x.to_string().parse::<u32>());
        let set = numbers().collect::<Result<_, _>>()?;
        let mut sum = 0;
        for x in &set { sum += x; }
        let ring: Result<_, _> = numbers().collect();
        let ring = ring?;
        for x in &ring { sum += x; }
        Ok((sum, set, ring))
    }

    pub(crate) fn held(n: u32) -> (u32, BTreeSet<u32>) {
        struct Held<T> { list: T }
        let held = Held { list: (0..n).collect() };
        let mut sum = 0;
        for x in &held.list { sum += x; }
        let pair = ((0..n).collect(), 1);
        for x in &pair.0 { sum += x; }
        let _: &VecDeque<u32> = &pair.0;
        (sum, held.list)
    }
}

#[test]
fn types_may_be_decided_after_the_loop() {
    macro_rules! told {
        ($twin:ident) => {{
            use later::$twin::*;
            let board: Board = [(1, 2), (4, 1)].into_iter().collect();
            format!(
                "{:?}",
                (
                    board.width,
                    board.cells,
                    collected(4),
                    converted(3),
                    divided(23),
                    matched(5),
                    called_later(5),
                    tried(4),
                    held(5)
                )
            )
        }};
    }
    let plain = told!(plain);
    assert_eq!(told!(timed), plain);
    assert_eq!(told!(counted), plain);
    assert_eq!(told!(inherited), plain);
}

fn sendable<T: Clone + Send + Sync>(value: &T) -> T {
    value.clone()
}

/// Uses every function in the ways in which the unguarded one can be used.
macro_rules! used {
    ($twin:ident) => {{
        use kept::$twin::*;
        let mut told = String::new();
        let mut tell = |what: &dyn Debug| told += &format!("{what:?};");

        let numbers = [3, 1, 2];
        tell(&elided(&numbers, 2));
        let text = String::from("a b");
        let mut words: Vec<&str> = Vec::new();
        {
            let Wrapper(last) = named(&mut words, &text, 2);
            tell(&last);
        }
        tell(&words);
        tell(&underscore("   x").0);

        let iterator = {
            let skip = String::from("xx");
            iterates(&numbers, &skip) // holds no borrow of `skip`
        };
        tell(&sendable(&iterator).rev().collect::<Vec<_>>());
        tell(&std::thread::scope(|s| {
            s.spawn(|| iterator.sum::<u32>()).join().unwrap()
        }));
        tell(&tries("abc").map(|chars| chars.collect::<String>()).ok());
        tell(
            &tries("")
                .map(|chars| chars.count())
                .map_err(|e| e.to_string()),
        );
        tell(
            &nested_opaque(&numbers)
                .map(|shown| shown.to_string())
                .collect::<Vec<_>>(),
        );

        let f = dynamic(3);
        tell(&std::thread::spawn(move || f(4)).join().unwrap());
        tell(&dynamic_result(4).unwrap().to_string());
        let mut seen = Vec::new();
        let all: [String; 3] =
            generic(|i| i.to_string(), &mut |s: &String| seen.push(s.len())).unwrap();
        tell(&(all, seen));
        tell(&constants(List::<3>::new()).0);
        tell(&higher(&|text| &text[1..], "abcdefg"));
        tell(&(unsized_tail("x"), unsized_tail::<dyn Display>(&7)));
        tell(&coerces(1));
        tell(&function_pointer(2)(11));
        tell(&recursive(5).unwrap());
        tell(&important(1));
        tell(&Row([1, 2]).scaled(3).boxed().to_string());

        // The same function pointer types, early- and late-bound lifetimes included.
        let _: for<'x> fn(&'x [u32], u32) -> Option<&'x u32> = elided;
        let _: fn(u32) -> Box<dyn Fn(u32) -> u32 + Send> = dynamic;
        let _: for<'x> fn(&'x str) -> Wrapper<'x, str> = underscore;
        told
    }};
}

#[test]
fn types_and_lifetimes_are_kept() {
    let plain = used!(plain);
    assert_eq!(used!(timed), plain);
    assert_eq!(used!(counted), plain);
    assert_eq!(used!(inherited), plain);
}

/// The lifetime of the result may be shortened.
#[test]
fn a_returned_opaque_type_stays_covariant() {
    #[loop_guard(timeout = "1h")]
    #[allow(
        clippy::elidable_lifetime_names,
        reason = "the lifetime is what is tested"
    )]
    fn opaque<'a>(text: &'a str) -> Wrapper<'a, str> {
        let count = || for _ in text.chars() {};
        count();
        Wrapper(text)
    }
    fn shorter<'s>(long: Wrapper<'static, str>, _: &'s str) -> Wrapper<'s, str> {
        long
    }
    let local = String::from("x");
    assert_eq!(shorter(opaque("abc"), &local).0, "abc");
}
