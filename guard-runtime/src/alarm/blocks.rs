//! Values that are found by their index and never move. They are stored in blocks of one size, so growing copies
//! nothing, and at most a part of one block is unused.

/// Values in one block: a few kilobytes of those that are kept here.
const BLOCK: usize = 64;

/// See the head of this file.
pub(super) struct Blocks<T>(Vec<Vec<T>>);

impl<T> Blocks<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * BLOCK + last
    }

    /// Adds a value. Returns its index.
    pub(super) fn push(&mut self, value: T) -> u32 {
        let index =
            u32::try_from(self.len()).unwrap_or_else(|_| unreachable!("no memory holds so many"));
        match self.0.last_mut().filter(|last| last.len() < BLOCK) {
            Some(last) => last.push(value),
            None => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(value);
                self.0.push(block);
            }
        }
        index
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        let index = index as usize;
        self.0.get_mut(index / BLOCK)?.get_mut(index % BLOCK)
    }

    /// The value with an index that [`push`](Self::push) gave.
    #[inline]
    pub(super) fn at(&mut self, index: u32) -> &mut T {
        let index = index as usize;
        &mut self.0[index / BLOCK][index % BLOCK]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Blocks};

    #[test]
    fn values_are_found_by_their_index() {
        let mut blocks = Blocks::<u32>::new();
        assert_eq!(blocks.len(), 0);
        assert_eq!(blocks.get_mut(0), None);
        for value in 0..u32::try_from(3 * BLOCK + 1).unwrap() {
            assert_eq!(blocks.push(value), value);
            assert_eq!(blocks.len(), value as usize + 1);
        }
        for value in 0..u32::try_from(blocks.len()).unwrap() {
            assert_eq!(*blocks.at(value), value);
        }
        let end = u32::try_from(blocks.len()).unwrap();
        assert_eq!(blocks.get_mut(end), None);
        assert_eq!(blocks.get_mut(u32::MAX), None);
        assert!(blocks.iter().copied().eq(0..end));
    }

    #[test]
    fn they_never_move() {
        let mut blocks = Blocks::new();
        blocks.push(0_u32);
        let before = std::ptr::from_mut(blocks.at(0));
        for value in 1..1_000 {
            blocks.push(value);
        }
        assert_eq!(before, std::ptr::from_mut(blocks.at(0)));
    }
}
