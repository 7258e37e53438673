//! Every form of a guarded future; no part of edition 2015.

use core::pin::Pin;

use super::{Error, Outcome};

/// Ready at once.
pub async fn step(n: u32) -> u32 {
    n
}

/// Futures that yield a `Result`.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
pub mod errors {
    use core::future;
    use super::{step, Error, Outcome, Pin};

    /// No loop.
    pub async fn straight(n: u32) -> Outcome<u32> {
        let a = step(n).await;
        Ok(a)
    }

    /// Blocks its thread, which only clippy tells: by type, and where somebody has listed it.
    pub async fn blocks_its_thread(n: u32, sum: &std::sync::Mutex<u32>) -> Outcome<u32> {
        for i in 0..n {
            std::thread::sleep(core::time::Duration::ZERO);
            *sum.lock().map_err(|_| Error)? += step(i).await;
        }
        Ok(n)
    }

    /// Temporaries of the head of the last loop.
    pub async fn head(n: u32, sum: &mut u32) {
        let list = core::cell::RefCell::new([n, 2]);
        for x in list.borrow().iter() {
            *sum += x;
        }
    }

    /// A temporary of the value borrows from an argument, part of which is not bound.
    pub async fn tail((list, _): (core::cell::RefCell<[u32; 2]>, u8)) -> usize {
        for _ in 0..3 {
            step(1).await;
        }
        list.borrow().len()
    }

    /// Loops with and without awaits.
    pub async fn loops(n: u32, list: &[u32]) -> Result<u32, Error> {
        let mut sum = 0;
        for i in list {
            sum += step(*i).await;
        }
        for i in 0..n {
            sum += i;
        }
        while step(sum).await < n {
            sum += 1;
        }
        loop {
            sum += 1;
            if sum > n {
                break;
            }
            let _ = step(sum).await;
        }
        Ok(sum)
    }

    /// Arguments of every kind.
    pub async fn arguments(a: u32, mut b: u32, (c, _): (u32, u32), _d: u32, _: &str, unused: u32) -> Outcome<u32> {
        b += a;
        Ok(step(b).await + c)
    }

    /// Blocks and closures.
    pub async fn blocks(n: u32) -> Outcome<u32> {
        let block = async {
            let mut sum = 0;
            for i in 0..n {
                sum += step(i).await;
            }
            sum
        };
        let closure = |m: u32| {
            let mut m = m;
            while m > 3 {
                m -= 3;
            }
            m
        };
        let text = step(n).await.to_string();
        let number = text.parse::<u32>()?;
        Ok(closure(block.await) + number)
    }

    /// A function that returns one.
    pub fn opaque(n: u32) -> impl future::Future<Output = Outcome<u32>> + Send {
        async move {
            for i in 0..n {
                drop(step(i).await);
            }
            Ok(n)
        }
    }

    /// In a box.
    pub fn boxed<'a>(list: &'a [u32]) -> Pin<Box<dyn future::Future<Output = Outcome<usize>> + Send + 'a>> {
        Box::pin(async move {
            for i in list {
                drop(step(*i).await);
            }
            Ok(list.len())
        })
    }

    /// On one line.
    pub async fn short(n: u32) -> Outcome<u32> { Ok(n) }

    /// Has methods.
    #[derive(Debug, Clone, Copy)]
    pub struct Service(pub u32);

    impl Service {
        /// By reference.
        pub async fn by_ref(&self, n: u32) -> Outcome<u32> {
            for i in 0..n {
                drop(step(i + self.0).await);
            }
            Ok(self.0)
        }

        /// By value.
        pub async fn by_value(mut self, n: u32) -> Outcome<Self> {
            for i in 0..n {
                self.0 += step(i).await;
            }
            Ok(self)
        }
    }
}

/// Futures that yield something else, or nothing.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", on_trip = "panic"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000, on_trip = "panic"))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "panic"))]
pub mod panics {
    use super::step;

    /// Nothing.
    pub async fn unit(n: u32) {
        for i in 0..n {
            let _ = step(i).await;
        }
    }

    /// Never.
    pub async fn never(n: u32) -> ! {
        loop {
            let _ = step(n).await;
        }
    }

    /// A number.
    pub async fn number(n: u32) -> u32 {
        let mut n = n;
        while n > 10 {
            n = step(n / 2).await;
        }
        n
    }
}

/// Futures with a fallback.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", fallback = None))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000, fallback = None))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, fallback = None))]
pub mod fallbacks {
    use super::step;

    /// An early return.
    pub async fn find(n: u32, list: &[u32]) -> Option<u32> {
        for i in list {
            if step(*i).await == n {
                return Some(*i);
            }
        }
        None
    }

    /// In a block.
    pub async fn block(n: u32) -> Option<u32> {
        let block = async {
            loop {
                if step(n).await == n {
                    break n;
                }
            }
        };
        Some(block.await)
    }
}

/// Yields.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", yield_every = "1s"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 9, yield_every = super::budget(3)))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, yield_every = "1s"))]
pub async fn yields(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    let number = sum.to_string().parse::<u32>().map_err(|_| Error)?;
    Ok(number)
}

/// Awaits its cleanup, which has a loop.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = async |_| cleans(n).await))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 9, cleanup = async |_| { cleans(n).await; }))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = async move |_| {
    for _ in 0..n {
        cleans(n).await;
    }
}))]
pub async fn awaits_cleanup(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// Waits.
pub async fn cleans(n: u32) {
    _ = step(n).await;
}

/// Keeps its body in place, and leaves it in every way.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", strict, cleanup = |_| ()))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(timeout = "1h", iterations = 9, depth = 9, strict))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
pub async fn leaves(n: u32) -> Outcome<u32> {
    if step(n).await == 3 {
        return Ok(3);
    }
    for i in 0..n {
        if step(i).await == 7 {
            return Err(Error);
        }
    }
    let number = awaits_cleanup(n).await?;
    Ok(number)
}

/// The same, as its `Budget` says; and a value behind a `?` that nobody uses.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(budget = guard_runtime::Budget::new()))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(timeout = "1h", iterations = 9))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
pub async fn leaves_as_its_budget_says(n: u32) -> Outcome<u32> {
    if step(n).await == 3 {
        return Ok(3);
    }
    for i in 0..n {
        if step(i).await == 7 {
            return Err(Error);
        }
    }
    leaves(n).await?;
    Ok(1)
}
