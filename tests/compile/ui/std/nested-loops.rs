// Errors at the bottom of nested loops.
#[guard_runtime::loop_guard(timeout = "30s")]
fn multiply(a: &[Vec<f64>], b: &[Vec<f64>], out: &mut [Vec<f64>]) {
    for (i, row) in a.iter().enumerate() {
        for j in 0..b.len() {
            let mut sum = 0.0;
            let mut k = 0_u8;
            while k < row.len() {
                sum += row[k] * b[k][j];
                k += 1;
            }
            out[i][j] = sum as u32;
        }
    }
}

fn main() {
    multiply(&[], &[], &mut []);
}
