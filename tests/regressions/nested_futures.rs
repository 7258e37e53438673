//! Guarded futures that await each other directly: how deep, and what the compiler says beyond that, is documented.

use guard_runtime::{Tripped, loop_guard};

use crate::block_on;

/// `chain!(#[attribute] a b c)`: `a` awaits `b`, which awaits `c`.
macro_rules! chain {
    ($(#[$guard:meta])* $first:ident $next:ident $($rest:ident)*) => {
        $(#[$guard])*
        async fn $first(n: u32) -> Result<u32, Tripped> {
            Ok($next(n).await? + 1)
        }
        chain!($(#[$guard])* $next $($rest)*);
    };
    ($(#[$guard:meta])* $last:ident) => {
        $(#[$guard])*
        async fn $last(n: u32) -> Result<u32, Tripped> {
            let mut sum = 0;
            for i in 0..n {
                std::future::ready(()).await;
                sum += i;
            }
            Ok(sum)
        }
    };
}

mod with_scopes {
    use super::{Tripped, loop_guard};
    chain!(#[loop_guard(timeout = "1h")] a b c d e f g h i j k l m n);

    pub(super) async fn run() -> Result<u32, Tripped> {
        a(3).await
    }
}

/// Without a scope nothing is added.
mod inherited {
    use super::{Tripped, loop_guard};
    chain!(#[loop_guard(inherit)] a b c d e f g h i j k l m n o p q r s t u v w x y z);

    pub(super) async fn run() -> Result<u32, Tripped> {
        a(3).await
    }
}

#[test]
fn they_nest() {
    assert_eq!(block_on(with_scopes::run()).unwrap(), 16);
    assert_eq!(block_on(inherited::run()).unwrap(), 28);
}
