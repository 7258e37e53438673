//! Branchy scans: each iteration branches on what the previous one has found.

use crate::data::Digest;

crate::family::family! {
    deepest = |d| deepest(&d.bytes);
    longest_rise = |d| longest_rise(&d.longs);
    majority = |d| majority(&d.bytes);
    lines = |d| lines(&d.text);
    {
        #[inline(never)]
        fn deepest(bytes: &[u8]) -> i32 {
            let (mut depth, mut deepest) = (0, 0);
            for &byte in bytes {
                match byte {
                    b'a' | b'(' => depth += 1,
                    b'e' | b')' if depth > 0 => depth -= 1,
                    b'\n' => depth = 0,
                    _ => continue,
                }
                if depth > deepest {
                    deepest = depth;
                }
            }
            deepest
        }

        #[inline(never)]
        fn longest_rise(xs: &[i64]) -> usize {
            let (mut longest, mut start) = (0, 0);
            for i in 1..xs.len() {
                if xs[i] <= xs[i - 1] {
                    start = i;
                }
                longest = longest.max(i - start);
            }
            longest
        }

        /// The majority vote of Boyer and Moore.
        #[inline(never)]
        fn majority(votes: &[u8]) -> u8 {
            let (mut leader, mut lead) = (0, 0);
            for vote in votes.iter().copied() {
                if lead == 0 {
                    leader = vote;
                }
                if vote == leader {
                    lead += 1;
                } else {
                    lead -= 1;
                }
            }
            leader
        }

        #[inline(never)]
        fn lines(text: &str) -> usize {
            let bytes = text.as_bytes();
            let (mut at, mut longest) = (0, 0);
            loop {
                let start = at;
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
                longest = longest.max(at - start);
                if at == bytes.len() {
                    return longest;
                }
                at += 1;
            }
        }
    }
}
