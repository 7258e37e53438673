//! Nests of short loops: rows of a few dozen numbers, and rows of four.

use std::hint::black_box;

use crate::data::{Digest, SIDE};

crate::family::family! {
    transposed = |d| { transposed(&mut d.out, &d.flat, black_box(SIDE)); 0_u64 };
    distances = |d| distances(&d.a[..240]);
    knapsack = |d| knapsack(&d.numbers[..24], black_box(60));
    eliminated = |d| { d.out[..SIDE * SIDE].copy_from_slice(&d.flat); eliminated(&mut d.out, black_box(SIDE)); 0_u64 };
    {
        #[inline(never)]
        fn transposed(to: &mut [f64], from: &[f64], n: usize) {
            for i in 0..n {
                for j in 0..n {
                    to[j * n + i] = from[i * n + j];
                }
            }
        }

        /// The distances of all pairs of points in four dimensions.
        #[inline(never)]
        fn distances(points: &[f64]) -> f64 {
            let mut nearest = f64::MAX;
            for (i, a) in points.chunks_exact(4).enumerate() {
                for b in points.chunks_exact(4).take(i) {
                    let mut sum = 0.0;
                    for (x, y) in a.iter().zip(b) {
                        sum += (x - y) * (x - y);
                    }
                    nearest = nearest.min(sum);
                }
            }
            nearest
        }

        #[inline(never)]
        fn knapsack(weights: &[u32], capacity: usize) -> u32 {
            let mut best = vec![0_u32; capacity + 1];
            for weight in weights {
                let (weight, value) = ((weight % 30) as usize, weight % 101);
                for room in (weight..=capacity).rev() {
                    best[room] = best[room].max(best[room - weight] + value);
                }
            }
            best[capacity]
        }

        /// Gaussian elimination without pivots.
        #[inline(never)]
        fn eliminated(a: &mut [f64], n: usize) {
            for k in 0..n {
                for i in k + 1..n {
                    let factor = a[i * n + k] / (a[k * n + k] + 40.0);
                    for j in k..n {
                        a[i * n + j] -= factor * a[k * n + j];
                    }
                }
            }
        }
    }
}
