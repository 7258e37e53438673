//! The input of the kernels, which is the same in each run.

/// The side of the square matrices.
pub(crate) const SIDE: usize = 40;

/// One input of each kind; kernels may write to it.
#[derive(Clone)]
pub(crate) struct Data {
    pub(crate) a: Vec<f64>,
    pub(crate) b: Vec<f64>,
    pub(crate) out: Vec<f64>,
    pub(crate) numbers: Vec<u32>,
    pub(crate) longs: Vec<i64>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
    /// A cycle through all indices.
    pub(crate) next: Vec<u32>,
    /// Rows of `SIDE` numbers.
    pub(crate) rows: Vec<Vec<f64>>,
    pub(crate) flat: Vec<f64>,
    /// The numbers to sort.
    pub(crate) sorted: [i64; 120],
    /// Memory in which tables and heaps are built.
    pub(crate) scratch: Vec<u32>,
}

impl Data {
    pub(crate) fn new() -> Self {
        const LENGTH: usize = 4_000;
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut real = || f64::from(random.next()) / f64::from(u32::MAX) + 0.01;
        let a: Vec<_> = (0..LENGTH).map(|_| real()).collect();
        let b = (0..LENGTH).map(|_| real()).collect();
        let flat: Vec<_> = (0..SIDE * SIDE).map(|_| real()).collect();
        let numbers: Vec<_> = (0..LENGTH).map(|_| random.next() >> 8).collect();
        let words = [
            "a",
            "loop",
            "of",
            "seven hundred",
            "12345",
            "words,",
            "\"in, quotes\"",
            "and\n",
            "größer",
            "-7",
        ];
        let mut text = String::new();
        while text.len() < LENGTH {
            text += words[random.next() as usize % words.len()];
            text.push(' ');
        }
        let mut order: Vec<u32> = (0..u32::try_from(LENGTH).unwrap()).collect();
        for i in (1..LENGTH).rev() {
            order.swap(i, random.next() as usize % (i + 1));
        }
        let mut next = vec![0; LENGTH];
        for (i, from) in order.iter().enumerate() {
            next[*from as usize] = order[(i + 1) % LENGTH];
        }
        Self {
            out: a.clone(),
            longs: numbers.iter().map(|x| i64::from(*x) - 8_000_000).collect(),
            bytes: text.bytes().collect(),
            rows: flat.chunks(SIDE).map(<[f64]>::to_vec).collect(),
            scratch: vec![0; LENGTH],
            sorted: [0; 120],
            a,
            b,
            numbers,
            text,
            next,
            flat,
        }
    }
}

/// Pseudo-random numbers from a fixed seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }
}

/// Reduces a result to a number that depends on all of it, so that nothing is optimised away.
pub(crate) trait Digest {
    fn digest(&self) -> u64;
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Digest for $integer {
            fn digest(&self) -> u64 {
                *self as u64
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 usize i32 i64 bool);

impl Digest for f64 {
    fn digest(&self) -> u64 {
        self.to_bits()
    }
}

impl<T: Digest> Digest for [T] {
    fn digest(&self) -> u64 {
        let fold = |sum: u64, item: &T| (sum ^ item.digest()).wrapping_mul(0x0100_0000_01B3);
        self.iter().fold(0xCBF2_9CE4_8422_2325, fold)
    }
}

impl<T: Digest> Digest for Vec<T> {
    fn digest(&self) -> u64 {
        self[..].digest()
    }
}

impl Data {
    pub(crate) fn digest(&self) -> u64 {
        self.out.digest()
            ^ self.flat.digest()
            ^ self.scratch.digest()
            ^ self.rows.digest()
            ^ self.longs.digest()
    }
}
