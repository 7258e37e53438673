//! The user's own macros, which have a known name and evaluate their arguments in closures.

use guard_runtime::{Tripped, loop_guard};

macro_rules! debug {
    ($($arg:tt)*) => { crate::lazy_macros::Lazy(|| format!($($arg)*)).text() };
}

macro_rules! join {
    ($a:expr, $b:expr) => {{
        let (a, b) = (|| $a, || $b);
        (b(), a())
    }};
}

struct Lazy<F>(F);

impl<F: Fn() -> String> Lazy<F> {
    fn text(&self) -> String {
        (self.0)()
    }
}

#[loop_guard(timeout = "1h")]
fn logged(n: u32) -> Result<String, Tripped> {
    Ok(debug!("{}", {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    }))
}

#[loop_guard(iterations = 5)]
fn joined(n: u32) -> Result<(u32, u32), Tripped> {
    let (a, b) = join!(
        {
            let mut a = 0;
            while a < n {
                a += 1;
            }
            a
        },
        loop {
            if n < 100 {
                break 7;
            }
        }
    );
    Ok((a, b))
}

#[loop_guard(iterations = 2)]
fn standard(n: u32) -> Result<Vec<u32>, Tripped> {
    assert!(n < 10, "{}", {
        for _ in 0..9 {}
        n
    });
    Ok(vec![
        {
            let mut a = 0;
            while a < n {
                a += 1;
            }
            a
        },
        n,
    ])
}

#[test]
fn arguments_may_run_in_closures() {
    assert_eq!(logged(4).unwrap(), "6");
    assert_eq!(joined(3).unwrap(), (7, 3));
    assert!(joined(9).is_err());
    assert_eq!(standard(2).unwrap(), [2, 2]);
    assert!(standard(3).is_err());
}
