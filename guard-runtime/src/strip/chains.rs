//! Random chains of the adaptors, cut at random, compared with the standard library's item by item and effect by effect.

use core::cell::{Cell, RefCell};
use core::fmt::Debug;
use core::iter;

use crate::strip::adaptors::{Copies, Numbered, Reversed, Zipped};
use crate::strip::ends::between;
use crate::strip::kind::{Cut, Source};
use crate::strip::prompt::Counted;
use crate::strip::split::{Split, SplitBack};
use crate::strip::stride::Length;

/// How many chains of random bounds, lengths and cuts one run of the tests compares.
const CHAINS: u32 = 100_000;

/// A deterministic generator of random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) % limit
    }

    fn length(&mut self) -> usize {
        usize::try_from(self.below(12)).unwrap()
    }
}

/// How many items of a chain are compared: some chains have more than can be enumerated.
const MOST: usize = 40;

/// The items that strips of random lengths yield, and how many were left before each strip.
fn items<S: Split>(mut of: S, random: &mut Random) -> Vec<String>
where
    <S::Piece as Iterator>::Item: Debug,
{
    let mut items = Vec::new();
    while of.left() > 0 && items.len() < MOST {
        let (left, most) = (of.left(), random.length() + 1);
        let before = items.len();
        items.extend(of.cut(most).map(|item| format!("{item:?}")));
        assert_eq!(
            items.len() - before,
            left.min(most),
            "a strip is full, or the last"
        );
        assert!(of.left() == left - left.min(most) || left == usize::MAX);
    }
    items.truncate(MOST);
    items
}

/// Compares the chain cut at random, and as one strip, with the standard library's.
fn same<S: Split>(
    of: impl Fn() -> S,
    wanted: impl Iterator<Item = <S::Piece as Iterator>::Item>,
    random: &mut Random,
) where
    <S::Piece as Iterator>::Item: Debug,
{
    let wanted: Vec<_> = wanted.take(MOST).map(|item| format!("{item:?}")).collect();
    assert_eq!(items(of(), random), wanted);
    let all = of().all().take(MOST).map(|item| format!("{item:?}"));
    assert_eq!(all.collect::<Vec<_>>(), wanted);
}

/// Compares a base, and chains of adaptors on it.
fn chains<B>(base: impl Fn() -> B, other: impl Fn() -> core::ops::Range<u8>, random: &mut Random)
where
    B: Source<Split: SplitBack> + IntoIterator<IntoIter: DoubleEndedIterator, Item = Item<B>>,
    Item<B>: Debug,
{
    let (cut, std) = (|| base().into_split(), || base().into_iter());
    let numbered = |split| Numbered::<B::Split> {
        0: 0..usize::MAX,
        1: split,
    };
    match random.below(7) {
        0 => same(cut, std(), random),
        1 => same(|| Reversed(cut()), std().rev(), random),
        2 => same(|| numbered(cut()), std().enumerate(), random),
        3 => same(
            || Zipped(0..usize::MAX, Reversed(cut())),
            std().rev().enumerate(),
            random,
        ),
        4 => same(
            || Zipped(Reversed(cut()), other()),
            std().rev().zip(other()),
            random,
        ),
        5 => same(
            || Zipped(Reversed(other()), numbered(cut())),
            other().rev().zip(std().enumerate()),
            random,
        ),
        _ => same(
            || {
                Zipped(
                    Zipped(cut(), Reversed(other())),
                    Zipped(0..usize::MAX, other()),
                )
            },
            std().zip(other().rev()).zip(other().enumerate()),
            random,
        ),
    }
}

type Item<B> = <<<B as Source>::Split as Split>::Piece as Iterator>::Item;

/// Ranges whose bounds are at the limits of their type, around zero, or close together; some have them in the wrong
/// order.
macro_rules! ranges {
    ($random:ident: $($integer:ty)*) => {$({
        let bound = |random: &mut Random| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_lossless, reason = "it wraps")]
            let near = random.below(9) as $integer;
            let around = [<$integer>::MIN, <$integer>::MAX, 0, <$integer>::MAX / 2];
            let around = around[usize::try_from(random.below(4)).unwrap()];
            if random.below(2) == 0 { around.wrapping_add(near) } else { around.wrapping_sub(near) }
        };
        let (first, last, few) = (bound($random), bound($random), bound($random).wrapping_rem(9));
        let last = if $random.below(2) == 0 { last } else { first.saturating_add(few) };
        let other = $random.length();
        let other = || 0..u8::try_from(other).unwrap();
        chains(|| first..last, other, $random);
        chains(|| first..=last, other, $random);
        // A range that was iterated to its end.
        let ran_out = || { let mut range = first..=first; range.next(); range };
        chains(ran_out, other, $random);
    })*};
}

#[test]
fn strips_of_ranges_are_the_standard_librarys() {
    let random = &mut Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..CHAINS / 36 {
        ranges!(random: u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    }
}

#[test]
fn strips_of_letters_and_addresses_are_the_standard_librarys() {
    use core::net::Ipv4Addr;
    let random = &mut Random(0x1234_5678_9ABC_DEF1);
    for _ in 0..CHAINS / 40 {
        let around = ['\0', '\u{D7FA}', '\u{E000}', '\u{10_FFF0}']
            [usize::try_from(random.below(4)).unwrap()];
        let letter = |random: &mut Random| {
            char::from_u32(around as u32 + u32::try_from(random.below(6)).unwrap())
        };
        let (first, last) = (letter(random).unwrap(), letter(random).unwrap());
        let other = random.length();
        let other = || 0..u8::try_from(other).unwrap();
        chains(|| first..last, other, random);
        chains(|| first..=last, other, random);
        let around = [0, 0x7FFF_FFF9, u32::MAX - 8][usize::try_from(random.below(3)).unwrap()];
        let address =
            |random: &mut Random| Ipv4Addr::from(around + u32::try_from(random.below(9)).unwrap());
        let (first, last) = (address(random), address(random));
        chains(|| first..last, other, random);
        chains(|| first..=last, other, random);
    }
}

#[test]
fn strips_of_slices_are_the_standard_librarys() {
    let random = &mut Random(0xF00D_5EED_0BAD_CAFE);
    for _ in 0..CHAINS / 5 {
        let length = random.length() * 2;
        let other = random.length();
        let other = || 0..u8::try_from(other).unwrap();
        let list: Vec<_> = (0..length).map(|i| i * 3).collect();
        chains(|| list.iter(), other, random);
        chains(|| &list[..], other, random);
        chains(|| &list, other, random);
        chains(|| &[1_u8, 2, 3], other, random);
        same(
            || Copies(list.iter().into_split()),
            list.iter().copied(),
            random,
        );
        same(
            || Zipped(other(), Copies(&list[..])),
            other().zip(list.iter().copied()),
            random,
        );
        same(
            || Reversed(Copies(Reversed(&list[..]))),
            list.iter().rev().copied().rev(),
            random,
        );
        same(
            || Reversed(Reversed(Copies(&list[..]))),
            list.iter().copied(),
            random,
        );
    }
}

/// Each element is written to once, in order.
#[test]
fn strips_of_slices_that_are_written_to() {
    let random = &mut Random(0xABCD_EF01_2345_6789);
    for _ in 0..1_000 {
        let length = random.length() * 2;
        let (mut cut, mut std) = (vec![7; length], vec![7; length]);
        let write = |(number, slot): (usize, &mut usize)| *slot = *slot * 31 + number;
        let mut strips = Zipped(0..usize::MAX, Reversed(cut.iter_mut().into_split()));
        while strips.left() > 0 {
            strips.cut(random.length() + 1).for_each(write);
        }
        std.iter_mut().rev().enumerate().for_each(write);
        assert_eq!(cut, std);
        let mut strips = Zipped((&mut cut).into_split(), (&mut std).into_split());
        while strips.left() > 0 {
            strips
                .cut(random.length() + 1)
                .for_each(|(a, b)| core::mem::swap(a, b));
        }
        assert_eq!(cut, std);
    }
}

/// Counted strips yield all items, are of one length, and do not call `next` again after the end.
#[test]
fn counted_strips_are_the_standard_librarys() {
    fn same<I: Iterator<Item: Debug> + Clone>(of: I, is_prompt: bool) {
        let asked = Cell::new(0);
        let count = || {
            asked.set(asked.get() + 1);
            None
        };
        let mut strips = Counted::new(of.clone().chain(iter::from_fn(count)), is_prompt);
        let wanted: Vec<_> = of.map(|item| format!("{item:?}")).collect();
        let mut items = Vec::new();
        while !strips.is_done() {
            let strip = strips.strip(Length::of(16));
            let strip: Vec<_> = strip.map(|item| format!("{item:?}")).collect();
            let most = if is_prompt { 8 } else { 1 };
            assert_eq!(strip.len(), most.min(wanted.len() - items.len()));
            items.extend(strip);
        }
        assert_eq!((items, asked.get()), (wanted, 1));
    }
    let random = &mut Random(0x0DD_B1A5_ED5E_ED01);
    for round in 0..CHAINS / 50 {
        let text: String = (0..random.length() * 2)
            .map(|i| ['a', 'ö', ' ', '\n'][i % 4])
            .collect();
        let size = random.length() + 1;
        let list: Vec<_> = text.chars().collect();
        let is_prompt = round % 2 == 0;
        same(text.chars().rev(), is_prompt);
        same(text.bytes().skip(size), is_prompt);
        same(text.split(' ').enumerate(), is_prompt);
        same(text.lines().zip(text.split_whitespace()), is_prompt);
        same(list.chunks(size).step_by(2), is_prompt);
        same(list.windows(size).take(3), is_prompt);
        same(list.clone().into_iter(), is_prompt);
    }
}

/// What a `map` is called with, and what it makes of it.
fn recording(called: &RefCell<Vec<usize>>) -> impl FnMut(usize) -> usize {
    |item| {
        called.borrow_mut().push(item);
        item * 3 + called.borrow().len()
    }
}

/// A closure behind the strips is called once for each item, in order.
#[test]
fn mapped_strips_are_the_standard_librarys() {
    let random = &mut Random(0x5EED_0FAC_C105_ED01);
    for _ in 0..CHAINS / 50 {
        let list: Vec<_> = (0..random.length() * 2).collect();
        let (in_strips, whole, std) = (RefCell::default(), RefCell::default(), RefCell::default());
        let head = || Cut(&list[..]).rev().copied();
        let mut strips = head().map(recording(&in_strips));
        let mut items = Vec::new();
        while !strips.is_done() {
            let length = Length::of(u32::try_from(random.length()).unwrap() + 1);
            items.extend(strips.strip(length));
        }
        let all: Vec<_> = head().map(recording(&whole)).all().collect();
        let wanted: Vec<_> = list.iter().rev().copied().map(recording(&std)).collect();
        assert_eq!((&items, &in_strips), (&wanted, &std));
        assert_eq!((all, whole), (wanted, std));
    }
}

/// The nearer bound of a strip of a `while` is a strip away, or the bound itself.
#[test]
fn strips_of_counting_loops_end_at_their_bounds() {
    let random = &mut Random(0xB0_07ED_BA5E_BA11);
    for _ in 0..CHAINS / 50 {
        let around = [i8::MIN, -1, i8::MAX][usize::try_from(random.below(3)).unwrap()];
        let mut bound = || {
            let near = i8::try_from(random.below(60)).unwrap();
            if around < 0 {
                around.saturating_add(near)
            } else {
                around - near
            }
        };
        let (from, to) = (bound(), bound());
        let length = Length::of(u32::try_from(random.length()).unwrap() + 1);
        // The last few turns are one strip, except under the feature `testing`.
        let turns = length.strip(from.abs_diff(to).into());
        let far = i16::try_from(turns).unwrap();
        if from < to {
            let mut left = between(&from, &to).up(&from, &to);
            let stop = i16::from(from) + far;
            let wanted = stop.min(i16::from(to));
            assert_eq!(i16::from(left.strip(length).end), wanted);
        } else if from > to {
            let mut left = between(&from, &to).down(&from, &to);
            let stop = i16::from(from) - far;
            let wanted = stop.max(i16::from(to));
            assert_eq!(i16::from(left.back(length).start), wanted);
        }
        let up = between(&from, &to).up(&from, &to);
        let down = between(&from, &to).down(&from, &to);
        assert_eq!((up.is_done(), down.is_done()), (from >= to, from <= to));
    }
}

/// With a bound of the user's own type, each strip is one turn.
#[test]
fn strips_to_a_bound_of_another_type_are_single_turns() {
    struct Limit;
    let (counter, length) = (7_u64, Length::of(16));
    let kind = between(&counter, &Limit);
    let up = kind.up(&counter, &Limit);
    assert!(!up.is_done());
    assert_eq!(up.strip(length).end, 8);
    assert_eq!(kind.down(&counter, &Limit).back(length).start, 6);
}
