//! A type with methods, and a trait with default methods.

use super::Error;

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
