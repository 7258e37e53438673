//! Nests of linear algebra: their bounds are arguments, their rows a few dozen numbers.

use std::hint::black_box;

use crate::data::{Digest, SIDE};

crate::family::family! {
    gemm = |d| { gemm(&mut d.out, &d.flat, &d.a, 0.5, 1.0, black_box(SIDE)); 0_u64 };
    atax = |d| { atax(&mut d.out, &d.rows, &d.a, black_box(SIDE), black_box(SIDE)); 0_u64 };
    bicg = |d| { bicg(&mut d.out, &d.rows, &d.a, &d.b, black_box(SIDE), black_box(SIDE)); 0_u64 };
    gesummv = |d| { gesummv(&mut d.out, &d.flat, &d.a, &d.b, black_box(SIDE)); 0_u64 };
    syrk = |d| { syrk(&mut d.rows, &d.flat, 0.5, 1.0, black_box(SIDE)); 0_u64 };
    lu = |d| { d.out[..SIDE * SIDE].copy_from_slice(&d.flat); dominate(&mut d.out, SIDE); lu(&mut d.out, black_box(SIDE)); 0_u64 };
    durbin = |d| { durbin(&mut d.out, &d.b, black_box(SIDE)); 0_u64 };
    jacobi_2d = |d| { jacobi_2d(&mut d.out, &mut d.flat, black_box(2), black_box(SIDE)); 0_u64 };
    seidel_2d = |d| { seidel_2d(&mut d.rows, black_box(2), black_box(SIDE)); 0_u64 };
    fdtd_2d = |d| { fdtd_2d(&mut d.out, &mut d.flat, black_box(2), black_box(SIDE)); 0_u64 };
    doitgen = |d| { doitgen(&mut d.out, &d.flat, black_box(10)); 0_u64 };
    covariance = |d| { covariance(&mut d.out, &mut d.rows, black_box(SIDE)); 0_u64 };
    {
        /// `C = alpha A B + beta C`, row by row.
        #[inline(never)]
        fn gemm(c: &mut [f64], a: &[f64], b: &[f64], alpha: f64, beta: f64, n: usize) {
            for i in 0..n {
                for j in 0..n {
                    c[i * n + j] *= beta;
                }
                for k in 0..n {
                    for j in 0..n {
                        c[i * n + j] += alpha * a[i * n + k] * b[k * n + j];
                    }
                }
            }
        }

        /// `y = A' (A x)`
        #[inline(never)]
        fn atax(y: &mut [f64], a: &[Vec<f64>], x: &[f64], m: usize, n: usize) {
            for j in 0..n {
                y[j] = 0.0;
            }
            for i in 0..m {
                let mut sum = 0.0;
                for j in 0..n {
                    sum += a[i][j] * x[j];
                }
                for j in 0..n {
                    y[j] += a[i][j] * sum;
                }
            }
        }

        /// `s = A' r`, `q = A p`
        #[inline(never)]
        fn bicg(s: &mut [f64], a: &[Vec<f64>], p: &[f64], r: &[f64], m: usize, n: usize) {
            let (s, q) = s.split_at_mut(n);
            for j in 0..n {
                s[j] = 0.0;
            }
            for i in 0..m {
                q[i] = 0.0;
                for j in 0..n {
                    s[j] += r[i] * a[i][j];
                    q[i] += a[i][j] * p[j];
                }
            }
        }

        /// `y = alpha A x + beta B x`
        #[inline(never)]
        fn gesummv(y: &mut [f64], a: &[f64], b: &[f64], x: &[f64], n: usize) {
            for i in 0..n {
                let (mut first, mut second) = (0.0, 0.0);
                for j in 0..n {
                    first += a[i * n + j] * x[j];
                    second += b[i * n + j] * x[j];
                }
                y[i] = 1.5 * first + 1.2 * second;
            }
        }

        /// `C = alpha A A' + beta C`, the lower triangle.
        #[inline(never)]
        fn syrk(c: &mut [Vec<f64>], a: &[f64], alpha: f64, beta: f64, n: usize) {
            for i in 0..n {
                for j in 0..=i {
                    c[i][j] *= beta;
                }
                for k in 0..n {
                    for j in 0..=i {
                        c[i][j] += alpha * a[i * n + k] * a[j * n + k];
                    }
                }
            }
        }

        fn dominate(a: &mut [f64], n: usize) {
            for i in 0..n {
                a[i * n + i] += 40.0;
            }
        }

        /// Transposes both triangles in place.
        #[inline(never)]
        fn lu(a: &mut [f64], n: usize) {
            for i in 0..n {
                for j in 0..i {
                    for k in 0..j {
                        a[i * n + j] -= a[i * n + k] * a[k * n + j];
                    }
                    a[i * n + j] /= a[j * n + j];
                }
                for j in i..n {
                    for k in 0..i {
                        a[i * n + j] -= a[i * n + k] * a[k * n + j];
                    }
                }
            }
        }

        /// Solves a Toeplitz system by the Levinson-Durbin recursion.
        #[inline(never)]
        fn durbin(y: &mut [f64], r: &[f64], n: usize) {
            let mut z = vec![0.0; n];
            let (mut alpha, mut beta) = (-r[0] / 50.0, 1.0);
            y[0] = alpha;
            for k in 1..n {
                beta *= 1.0 - alpha * alpha;
                let mut sum = 0.0;
                for i in 0..k {
                    sum += r[k - i - 1] / 50.0 * y[i];
                }
                alpha = -(r[k] / 50.0 + sum) / beta;
                for i in 0..k {
                    z[i] = y[i] + alpha * y[k - i - 1];
                }
                for i in 0..k {
                    y[i] = z[i];
                }
                y[k] = alpha;
            }
        }

        /// A five-point stencil between two grids.
        #[inline(never)]
        fn jacobi_2d(a: &mut [f64], b: &mut [f64], steps: usize, n: usize) {
            for _ in 0..steps {
                for i in 1..n - 1 {
                    for j in 1..n - 1 {
                        b[i * n + j] = 0.2 * (a[i * n + j] + a[i * n + j - 1] + a[i * n + j + 1] + a[(i + 1) * n + j] + a[(i - 1) * n + j]);
                    }
                }
                for i in 1..n - 1 {
                    for j in 1..n - 1 {
                        a[i * n + j] = 0.2 * (b[i * n + j] + b[i * n + j - 1] + b[i * n + j + 1] + b[(i + 1) * n + j] + b[(i - 1) * n + j]);
                    }
                }
            }
        }

        /// A nine-point stencil, in place.
        #[inline(never)]
        fn seidel_2d(a: &mut [Vec<f64>], steps: usize, n: usize) {
            for _ in 0..steps {
                for i in 1..n - 1 {
                    for j in 1..n - 1 {
                        a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] + a[i][j - 1] + a[i][j] + a[i][j + 1] + a[i + 1][j - 1] + a[i + 1][j] + a[i + 1][j + 1]) / 9.0;
                    }
                }
            }
        }

        /// Finite differences in the time domain.
        #[inline(never)]
        fn fdtd_2d(ex: &mut [f64], ey: &mut [f64], steps: usize, n: usize) {
            let (ex, hz) = ex.split_at_mut(n * n);
            for step in 0..steps {
                for j in 0..n {
                    ey[j] = step as f64;
                }
                for i in 1..n {
                    for j in 0..n {
                        ey[i * n + j] -= 0.5 * (hz[i * n + j] - hz[(i - 1) * n + j]);
                    }
                }
                for i in 0..n {
                    for j in 1..n {
                        ex[i * n + j] -= 0.5 * (hz[i * n + j] - hz[i * n + j - 1]);
                    }
                }
                for i in 0..n - 1 {
                    for j in 0..n - 1 {
                        hz[i * n + j] -= 0.7 * (ex[i * n + j + 1] - ex[i * n + j] + ey[(i + 1) * n + j] - ey[i * n + j]);
                    }
                }
            }
        }

        /// Multiplies each row of a cube by a matrix.
        #[inline(never)]
        fn doitgen(cube: &mut [f64], matrix: &[f64], n: usize) {
            let mut row = vec![0.0; n];
            for r in 0..n {
                for q in 0..n {
                    for p in 0..n {
                        row[p] = 0.0;
                        for s in 0..n {
                            row[p] += cube[(r * n + q) * n + s] * matrix[s * n + p];
                        }
                    }
                    for p in 0..n {
                        cube[(r * n + q) * n + p] = row[p] / 10.0;
                    }
                }
            }
        }

        /// The covariance of the columns of a table, which is centred.
        #[inline(never)]
        fn covariance(to: &mut [f64], table: &mut [Vec<f64>], n: usize) {
            let mut mean = vec![0.0; n];
            for j in 0..n {
                for i in 0..n {
                    mean[j] += table[i][j];
                }
                mean[j] /= n as f64;
            }
            for i in 0..n {
                for j in 0..n {
                    table[i][j] -= mean[j];
                }
            }
            for i in 0..n {
                for j in i..n {
                    let mut sum = 0.0;
                    for k in 0..n {
                        sum += table[k][i] * table[k][j];
                    }
                    to[i * n + j] = sum / (n as f64 - 1.0);
                    to[j * n + i] = to[i * n + j];
                }
            }
        }
    }
}
