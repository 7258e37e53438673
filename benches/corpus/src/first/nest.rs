//! Nests of short loops: rows of a few dozen numbers, and rows of four.

use std::hint::black_box;

use crate::data::{Digest, SIDE};

crate::family::family! {
    matrix_product = |d| { matrix_product(&mut d.out[..SIDE * SIDE], &d.flat, &d.a, black_box(SIDE)); 0_u64 };
    matrix_times_vector = |d| { matrix_times_vector(&mut d.out, &d.rows, &d.b); 0_u64 };
    shortest_paths = |d| { shortest_paths(&mut d.scratch, black_box(SIDE)); 0_u64 };
    edit_distance = |d| edit_distance(&d.bytes[..50], &d.bytes[50..110]);
    triangular_solve = |d| { triangular_solve(&mut d.out, &d.flat, black_box(SIDE)); 0_u64 };
    convolution = |d| { convolution(&mut d.out, &d.a, &d.b[..std::hint::black_box(5)]); 0_u64 };
    box_blur = |d| { box_blur(&mut d.out, &d.flat, black_box(SIDE), black_box(SIDE)); 0_u64 };
    {
        #[inline(never)]
        fn matrix_product(c: &mut [f64], a: &[f64], b: &[f64], n: usize) {
            for i in 0..n {
                for j in 0..n {
                    let mut sum = 0.0;
                    for k in 0..n {
                        sum += a[i * n + k] * b[k * n + j];
                    }
                    c[i * n + j] = sum;
                }
            }
        }

        #[inline(never)]
        fn matrix_times_vector(to: &mut [f64], rows: &[Vec<f64>], vector: &[f64]) {
            for (y, row) in to.iter_mut().zip(rows) {
                let mut sum = 0.0;
                for (a, x) in row.iter().zip(vector) {
                    sum += a * x;
                }
                *y = sum;
            }
        }

        /// The shortest paths of Floyd and Warshall.
        #[inline(never)]
        fn shortest_paths(distances: &mut [u32], n: usize) {
            for k in 0..n {
                for i in 0..n {
                    let through = distances[i * n + k];
                    for j in 0..n {
                        let way = through.saturating_add(distances[k * n + j]);
                        if way < distances[i * n + j] {
                            distances[i * n + j] = way;
                        }
                    }
                }
            }
        }

        #[inline(never)]
        fn edit_distance(a: &[u8], b: &[u8]) -> usize {
            let mut row: Vec<usize> = (0..=b.len()).collect();
            for (i, x) in a.iter().enumerate() {
                let mut diagonal = i;
                row[0] = i + 1;
                for (j, y) in b.iter().enumerate() {
                    let changed = diagonal + usize::from(x != y);
                    diagonal = row[j + 1];
                    row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
                }
            }
            row[b.len()]
        }

        /// Solves a lower triangular system by forward substitution.
        #[inline(never)]
        fn triangular_solve(x: &mut [f64], lower: &[f64], n: usize) {
            for i in 0..n {
                let mut sum = x[i];
                for j in 0..i {
                    sum -= lower[i * n + j] * x[j];
                }
                x[i] = sum / (1.0 + lower[i * n + i]);
            }
        }

        #[inline(never)]
        fn convolution(to: &mut [f64], from: &[f64], kernel: &[f64]) {
            for i in 0..from.len() - kernel.len() {
                let mut sum = 0.0;
                for j in 0..kernel.len() {
                    sum += from[i + j] * kernel[j];
                }
                to[i] = sum;
            }
        }

        #[inline(never)]
        fn box_blur(to: &mut [f64], from: &[f64], width: usize, height: usize) {
            for y in 1..height - 1 {
                for x in 1..width - 1 {
                    let mut sum = 0.0;
                    for dy in 0..3 {
                        for dx in 0..3 {
                            sum += from[(y + dy - 1) * width + x + dx - 1];
                        }
                    }
                    to[y * width + x] = sum / 9.0;
                }
            }
        }
    }
}
