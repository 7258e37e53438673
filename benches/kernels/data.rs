//! The input of the kernels.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};

/// Has no random seed, so that every run does the same.
pub(crate) type Counts = HashMap<u64, u64, BuildHasherDefault<DefaultHasher>>;

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) value: u64,
    pub(crate) next: Option<Box<Node>>,
}

/// Most of it fits into the second-level cache, so that the loops are measured and not the memory. Texts are longer
/// than what a branch predictor can memorise, since it memorises less of a loop with one more branch.
#[derive(Clone)]
pub(crate) struct Data {
    pub(crate) integers: Vec<u64>,
    pub(crate) xs: Vec<f32>,
    pub(crate) ys: Vec<f32>,
    pub(crate) left: Vec<f64>,
    pub(crate) right: Vec<f64>,
    pub(crate) product: Vec<f64>,
    pub(crate) composite: Vec<bool>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
    pub(crate) numbers: String,
    pub(crate) pushed: Vec<u64>,
    pub(crate) stack: Vec<u32>,
    pub(crate) keys: Vec<u64>,
    pub(crate) counts: Counts,
    pub(crate) list: Option<Box<Node>>,
    pub(crate) picture: Vec<f32>,
    pub(crate) blurred: Vec<f32>,
}

/// The side of the square matrices.
pub(crate) const SIDE: usize = 64;
/// The width of the picture; its height is a quarter of that.
pub(crate) const WIDTH: usize = 256;
/// Occurs among the integers only where it is inserted.
pub(crate) const NEEDLE: u64 = u64::MAX;

impl Data {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "any numbers will do"
    )]
    pub(crate) fn new() -> Self {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> 32
        };
        let mut integers: Vec<u64> = (0..20_000).map(|_| random()).collect();
        integers[19_000] = NEEDLE;
        let mut reals = |n| (0..n).map(|_| random() as f32 / 1e9).collect::<Vec<f32>>();
        let (xs, ys, picture) = (reals(20_000), reals(20_000), reals(WIDTH * WIDTH / 4));
        let mut matrix = || {
            (0..SIDE * SIDE)
                .map(|_| random() as f64 / 1e9)
                .collect::<Vec<f64>>()
        };
        let (left, right) = (matrix(), matrix());
        // One of twelve letters takes more than a byte.
        let letters: Vec<char> = "enisratdhulcgmobwfkz enisratdhulcgmobwfkz .,üж語𝄞"
            .chars()
            .collect();
        Self {
            integers,
            xs,
            ys,
            left,
            right,
            product: vec![0.0; SIDE * SIDE],
            composite: vec![false; 50_000],
            bytes: (0..20_000).map(|_| random().to_le_bytes()[0]).collect(),
            text: (0..100_000)
                .map(|_| letters[random() as usize % letters.len()])
                .collect(),
            numbers: (0..20_000)
                .map(|_| (random() % 1_000_000).to_string())
                .collect::<Vec<_>>()
                .join(","),
            pushed: Vec::new(),
            stack: Vec::new(),
            keys: (0..5_000).map(|_| random() % 1_000).collect(),
            counts: Counts::default(),
            list: (0..5_000).fold(None, |next, value| Some(Box::new(Node { value, next }))),
            blurred: vec![0.0; picture.len()],
            picture,
        }
    }

    /// A digest of everything that the kernels write.
    pub(crate) fn digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        for value in self.ys.iter().chain(&self.blurred) {
            hash.write_u32(value.to_bits());
        }
        for value in &self.product {
            hash.write_u64(value.to_bits());
        }
        for flag in &self.composite {
            hash.write_u8(u8::from(*flag));
        }
        for value in &self.pushed {
            hash.write_u64(*value);
        }
        let counts = self
            .counts
            .iter()
            .map(|(key, count)| key.wrapping_mul(31).wrapping_add(*count).wrapping_mul(*key));
        hash.write_u64(counts.fold(0, u64::wrapping_add));
        hash.finish()
    }
}
