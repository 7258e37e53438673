//! Pointer chases: each iteration loads the address that the next one needs.

use crate::data::Digest;

crate::family::family! {
    around_a_cycle = |d| around_a_cycle(&d.next);
    roots = |d| roots(&mut d.scratch, &d.next);
    searches = |d| searches(&d.numbers, &d.next);
    breadth_first = |d| breadth_first(&d.next, &mut d.scratch);
    probes = |d| probes(&mut d.scratch, &d.numbers);
    sifts = |d| { d.scratch.copy_from_slice(&d.numbers); sifts(&mut d.scratch) };
    collatz = |d| collatz(d.numbers.len() as u64);
    {
        #[inline(never)]
        fn around_a_cycle(next: &[u32]) -> u32 {
            let (mut at, mut steps) = (next[0], 1);
            while at != 0 {
                at = next[at as usize];
                steps += 1;
            }
            steps
        }

        /// Union-find with path halving.
        #[inline(never)]
        fn roots(parents: &mut [u32], pairs: &[u32]) -> u32 {
            for (i, parent) in parents.iter_mut().enumerate() {
                *parent = i as u32;
            }
            let mut joined = 0;
            for (a, b) in pairs.iter().zip(0..) {
                let a = find(parents, *a);
                let b = find(parents, b % 1_000);
                if a != b {
                    parents[a as usize] = b;
                    joined += 1;
                }
            }
            joined
        }

        fn find(parents: &mut [u32], mut of: u32) -> u32 {
            while parents[of as usize] != of {
                parents[of as usize] = parents[parents[of as usize] as usize];
                of = parents[of as usize];
            }
            of
        }

        /// Binary searches in a nearly sorted list.
        #[inline(never)]
        fn searches(xs: &[u32], wanted: &[u32]) -> usize {
            let mut sum = 0;
            for w in &wanted[..500] {
                let (mut low, mut high) = (0, xs.len());
                while low < high {
                    let middle = low + (high - low) / 2;
                    if xs[middle] < *w << 12 {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                sum += low;
            }
            sum
        }

        #[inline(never)]
        fn breadth_first(next: &[u32], seen: &mut [u32]) -> u32 {
            for s in seen.iter_mut() {
                *s = 0;
            }
            let mut queue = vec![0_u32];
            let (mut head, mut sum) = (0, 0_u32);
            while head < queue.len() {
                let at = queue[head];
                head += 1;
                for to in [next[at as usize], next[at as usize] / 2] {
                    if seen[to as usize] == 0 {
                        seen[to as usize] = seen[at as usize] + 1;
                        queue.push(to);
                        sum = sum.wrapping_add(seen[to as usize]);
                    }
                }
            }
            sum
        }

        /// A hash table with open addressing.
        #[inline(never)]
        fn probes(table: &mut [u32], keys: &[u32]) -> u32 {
            for slot in table.iter_mut() {
                *slot = 0;
            }
            let mut probes = 0;
            for key in &keys[..table.len() * 3 / 4] {
                let mut at = key.wrapping_mul(2_654_435_769) as usize % table.len();
                while table[at] != 0 && table[at] != *key {
                    at += 1;
                    if at == table.len() {
                        at = 0;
                    }
                    probes += 1;
                }
                table[at] = *key;
            }
            probes
        }

        /// Builds a heap.
        #[inline(never)]
        fn sifts(xs: &mut [u32]) -> u32 {
            for start in (0..xs.len() / 2).rev() {
                let mut at = start;
                loop {
                    let mut child = 2 * at + 1;
                    if child >= xs.len() {
                        break;
                    }
                    if child + 1 < xs.len() && xs[child + 1] > xs[child] {
                        child += 1;
                    }
                    if xs[at] >= xs[child] {
                        break;
                    }
                    xs.swap(at, child);
                    at = child;
                }
            }
            xs[0]
        }

        #[inline(never)]
        fn collatz(n: u64) -> u32 {
            let mut longest = 0;
            for start in 1..n / 8 {
                let (mut x, mut steps) = (start, 0);
                while x != 1 {
                    x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
                    steps += 1;
                }
                longest = longest.max(steps);
            }
            longest
        }
    }
}
