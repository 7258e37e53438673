//! Nests of linear algebra: their bounds are arguments, their rows a few dozen numbers.

use std::hint::black_box;

use crate::data::{Digest, SIDE};

crate::family::family! {
    two_products = |d| { two_products(&mut d.out, &d.flat, &d.a, black_box(30)); 0_u64 };
    mvt = |d| { mvt(&mut d.out, &d.rows, &d.a, black_box(SIDE)); 0_u64 };
    trmm = |d| { trmm(&mut d.out[..SIDE * SIDE], &d.flat, black_box(SIDE)); 0_u64 };
    syr2k = |d| { syr2k(&mut d.out, &d.flat, &d.a, black_box(SIDE)); 0_u64 };
    symm = |d| { symm(&mut d.out, &d.flat, &d.a, black_box(SIDE)); 0_u64 };
    gemver = |d| { gemver(&mut d.rows, &mut d.out, &d.a, &d.b, black_box(SIDE)); 0_u64 };
    cholesky = |d| { d.out[..SIDE * SIDE].copy_from_slice(&d.flat); dominate(&mut d.out, SIDE); cholesky(&mut d.out, black_box(SIDE)); 0_u64 };
    jacobi_1d = |d| { jacobi_1d(&mut d.out[..60], &mut d.flat[..60], black_box(20)); 0_u64 };
    heat_3d = |d| { heat_3d(&mut d.out, &mut d.flat, black_box(11)); 0_u64 };
    gram_schmidt = |d| { gram_schmidt(&mut d.rows, black_box(20)); 0_u64 };
    nussinov = |d| nussinov(&mut d.scratch, &d.bytes, black_box(SIDE));
    correlation = |d| { correlation(&mut d.out, &d.rows, black_box(SIDE)); 0_u64 };
    {
        /// `D = A B C`
        #[inline(never)]
        fn two_products(to: &mut [f64], a: &[f64], b: &[f64], n: usize) {
            let mut half = vec![0.0; n * n];
            for i in 0..n {
                for j in 0..n {
                    for k in 0..n {
                        half[i * n + j] += a[i * n + k] * b[k * n + j];
                    }
                }
            }
            for i in 0..n {
                for j in 0..n {
                    to[i * n + j] = 0.0;
                    for k in 0..n {
                        to[i * n + j] += half[i * n + k] * a[k * n + j];
                    }
                }
            }
        }

        /// `x += A y`, `z += A' y`
        #[inline(never)]
        fn mvt(to: &mut [f64], a: &[Vec<f64>], y: &[f64], n: usize) {
            let (x, z) = to.split_at_mut(n);
            for i in 0..n {
                for j in 0..n {
                    x[i] += a[i][j] * y[j];
                }
            }
            for i in 0..n {
                for j in 0..n {
                    z[i] += a[j][i] * y[j];
                }
            }
        }

        /// A triangle times a matrix.
        #[inline(never)]
        fn trmm(b: &mut [f64], a: &[f64], n: usize) {
            for i in 0..n {
                for j in 0..n {
                    for k in i + 1..n {
                        b[i * n + j] += a[k * n + i] * b[k * n + j];
                    }
                    b[i * n + j] *= 0.05;
                }
            }
        }

        /// `C = A B' + B A'`, the lower triangle.
        #[inline(never)]
        fn syr2k(c: &mut [f64], a: &[f64], b: &[f64], n: usize) {
            for i in 0..n {
                for j in 0..=i {
                    c[i * n + j] *= 0.5;
                }
                for k in 0..n {
                    for j in 0..=i {
                        c[i * n + j] += a[j * n + k] * b[i * n + k] + b[j * n + k] * a[i * n + k];
                    }
                }
            }
        }

        /// A symmetric matrix times another.
        #[inline(never)]
        fn symm(c: &mut [f64], a: &[f64], b: &[f64], n: usize) {
            for i in 0..n {
                for j in 0..n {
                    let mut sum = 0.0;
                    for k in 0..i {
                        c[k * n + j] += 0.01 * b[i * n + j] * a[i * n + k];
                        sum += b[k * n + j] * a[i * n + k];
                    }
                    c[i * n + j] = 0.5 * c[i * n + j] + b[i * n + j] * a[i * n + i] + sum;
                }
            }
        }

        /// Two rank-one updates, and two products with vectors.
        #[inline(never)]
        fn gemver(a: &mut [Vec<f64>], to: &mut [f64], u: &[f64], v: &[f64], n: usize) {
            let (x, w) = to.split_at_mut(n);
            for i in 0..n {
                for j in 0..n {
                    a[i][j] = 0.5 * a[i][j] + 0.1 * u[i] * v[j];
                }
            }
            for i in 0..n {
                x[i] = u[i];
                for j in 0..n {
                    x[i] += 0.1 * a[j][i] * v[j];
                }
            }
            for i in 0..n {
                w[i] = 0.0;
                for j in 0..n {
                    w[i] += 0.1 * a[i][j] * x[j];
                }
            }
        }

        fn dominate(a: &mut [f64], n: usize) {
            for i in 0..n {
                a[i * n + i] += 40.0;
            }
        }

        #[inline(never)]
        fn cholesky(a: &mut [f64], n: usize) {
            for i in 0..n {
                for j in 0..i {
                    for k in 0..j {
                        a[i * n + j] -= a[i * n + k] * a[j * n + k];
                    }
                    a[i * n + j] /= a[j * n + j];
                }
                for k in 0..i {
                    a[i * n + i] -= a[i * n + k] * a[i * n + k];
                }
                a[i * n + i] = a[i * n + i].sqrt();
            }
        }

        #[inline(never)]
        fn jacobi_1d(a: &mut [f64], b: &mut [f64], steps: usize) {
            let n = a.len().min(b.len());
            for _ in 0..steps {
                for i in 1..n - 1 {
                    b[i] = (a[i - 1] + a[i] + a[i + 1]) / 3.0;
                }
                for i in 1..n - 1 {
                    a[i] = (b[i - 1] + b[i] + b[i + 1]) / 3.0;
                }
            }
        }

        /// One step of the heat equation in a cube.
        #[inline(never)]
        fn heat_3d(to: &mut [f64], from: &mut [f64], n: usize) {
            for i in 1..n - 1 {
                for j in 1..n - 1 {
                    for k in 1..n - 1 {
                        let at = (i * n + j) * n + k;
                        let around = from[at - 1] + from[at + 1] + from[at - n] + from[at + n] + from[at - n * n] + from[at + n * n];
                        to[at] = from[at] + 0.125 * (around - 6.0 * from[at]);
                    }
                }
            }
        }

        #[inline(never)]
        fn gram_schmidt(a: &mut [Vec<f64>], n: usize) {
            for k in 0..n {
                let mut norm = 0.0;
                for i in 0..n {
                    norm += a[i][k] * a[i][k];
                }
                let norm = norm.sqrt() + 0.1;
                for i in 0..n {
                    a[i][k] /= norm;
                }
                for j in k + 1..n {
                    let mut along = 0.0;
                    for i in 0..n {
                        along += a[i][k] * a[i][j];
                    }
                    for i in 0..n {
                        a[i][j] -= a[i][k] * along;
                    }
                }
            }
        }

        /// How many bases of a strand can pair, by dynamic programming.
        #[inline(never)]
        fn nussinov(table: &mut [u32], strand: &[u8], n: usize) -> u32 {
            for cell in table.iter_mut().take(n * n) {
                *cell = 0;
            }
            for i in (0..n).rev() {
                for j in i + 1..n {
                    let mut best = table[i * n + j - 1].max(table[(i + 1) * n + j]);
                    let pairs = u32::from(strand[i] % 4 + strand[j] % 4 == 3);
                    if j > i + 1 {
                        best = best.max(table[(i + 1) * n + j - 1] + pairs);
                    }
                    for k in i + 1..j {
                        best = best.max(table[i * n + k] + table[(k + 1) * n + j]);
                    }
                    table[i * n + j] = best;
                }
            }
            table[n - 1]
        }

        #[inline(never)]
        fn correlation(to: &mut [f64], table: &[Vec<f64>], n: usize) {
            let (mut mean, mut deviation) = (vec![0.0; n], vec![0.0; n]);
            for row in table {
                for (m, x) in mean.iter_mut().zip(row) {
                    *m += x / n as f64;
                }
            }
            for row in table {
                for ((d, x), m) in deviation.iter_mut().zip(row).zip(&mean) {
                    *d += (x - m) * (x - m);
                }
            }
            for i in 0..n {
                for j in i + 1..n {
                    let mut sum = 0.0;
                    for row in table {
                        sum += (row[i] - mean[i]) * (row[j] - mean[j]);
                    }
                    to[i * n + j] = sum / (0.1 + (deviation[i] * deviation[j]).sqrt());
                }
            }
        }
    }
}
