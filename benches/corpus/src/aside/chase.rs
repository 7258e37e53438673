//! Pointer chases: each iteration loads the address that the next one needs.

use crate::data::Digest;

crate::family::family! {
    tortoise = |d| tortoise(&d.next);
    greatest_divisors = |d| greatest_divisors(&d.numbers[..400]);
    in_a_tree = |d| in_a_tree(&d.numbers[..1_000]);
    quick_select = |d| { d.scratch.copy_from_slice(&d.numbers); quick_select(&mut d.scratch) };
    {
        /// Floyd's cycle detection.
        #[inline(never)]
        fn tortoise(next: &[u32]) -> u32 {
            let (mut slow, mut fast) = (next[0], next[next[0] as usize]);
            let mut steps = 1;
            while slow != fast {
                slow = next[slow as usize];
                fast = next[next[fast as usize] as usize];
                steps += 1;
            }
            steps
        }

        /// Euclid's algorithm.
        #[inline(never)]
        fn greatest_divisors(xs: &[u32]) -> u32 {
            let mut sum = 0_u32;
            for pair in xs.windows(2) {
                let (mut a, mut b) = (pair[0], pair[1]);
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                sum = sum.wrapping_add(a);
            }
            sum
        }

        /// Inserts into a binary tree in an arena.
        #[inline(never)]
        fn in_a_tree(keys: &[u32]) -> usize {
            let mut children = vec![[0_usize; 2]];
            let mut steps = 0;
            for (i, key) in keys.iter().enumerate().skip(1) {
                let mut at = 0;
                loop {
                    steps += 1;
                    let side = usize::from(*key > keys[at]);
                    let child = children[at][side];
                    if child == 0 {
                        children[at][side] = i;
                        break;
                    }
                    at = child;
                }
                children.push([0; 2]);
            }
            steps
        }

        /// Hoare's partition.
        #[inline(never)]
        fn quick_select(xs: &mut [u32]) -> u32 {
            let (mut low, mut high, middle) = (0, xs.len() - 1, xs.len() / 2);
            while low < high {
                let pivot = xs[middle];
                let (mut i, mut j) = (low, high);
                loop {
                    while xs[i] < pivot {
                        i += 1;
                    }
                    while xs[j] > pivot {
                        j -= 1;
                    }
                    if i <= j {
                        xs.swap(i, j);
                        i += 1;
                        j = j.saturating_sub(1);
                    }
                    if i > j {
                        break;
                    }
                }
                if j < middle {
                    low = i;
                }
                if i > middle {
                    high = j;
                }
            }
            xs[middle]
        }
    }
}
