//! Functions and futures, plain and guarded in every form: `tests/transparency/editions.rs` compares what they drop, and
//! when. It compiles this file once more, in edition 2024.
#![allow(missing_docs, unreachable_pub, reason = "for one test")]

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

pub type Log = Rc<RefCell<Vec<u32>>>;

/// Adds a number to the log when it is dropped.
pub struct Told(pub Log, pub u32);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

impl Told {
    /// A temporary that borrows.
    fn part(&self, id: u32) -> Part<'_> {
        Part(self, id)
    }
}

struct Part<'t>(&'t Told, u32);

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.0.0.borrow_mut().push(self.1);
    }
}

impl Part<'_> {
    fn id(&self) -> u32 {
        self.1
    }

    fn some(&self) -> Option<u32> {
        (self.1 < 100).then_some(self.1)
    }

    async fn wait(&self) -> u32 {
        Once(false).await;
        self.1
    }
}

/// Is pending once.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn helper(n: u32) -> u32 {
    n
}

macro_rules! twins {
    ({ $($form:ident: $guard:tt;)* } $functions:tt) => {
        twins!(@module () plain $functions);
        $(twins!(@module (#[guard_runtime::loop_guard $guard]) $form $functions);)*
    };
    (@module $guard:tt $form:ident { $(pub $($word:ident)+ ($($argument:tt)*) -> u32 $body:tt)* }) => {
        pub mod $form {
            #[allow(clippy::wildcard_imports, reason = "all of it")]
            use super::*;
            $(twins!(@function $guard pub $($word)+ ($($argument)*) $body);)*
        }
    };
    (@function ($(#[$guard:meta])?) pub $($word:ident)+ ($($argument:tt)*) $body:tt) => {
        $(#[$guard])?
        pub $($word)+ ($($argument)*) -> u32 $body
    };
}

twins! {
    {
        guarded: (timeout = "1h");
        inherited: (inherit);
        counted: (timeout = "1h", iterations = 99);
        entered: (timeout = "1h", root);
        falling_back: (timeout = "1h", fallback = 0);
        strict: (timeout = "1h", strict);
        strict_by_parts: (timeout = "1h", depth = 99, strict, root);
        strict_or_else: (timeout = "1h", strict, fallback = 0);
        by_budget: (budget = guard_runtime::Budget::new());
        cleaned: (timeout = "1h", cleanup = |_| ());
        strict_and_cleaned: (timeout = "1h", strict, cleanup = |_| ());
    }
    {
    pub async fn borrows_an_argument((a, _): (Told, Told), b: Told) -> u32 {
        Once(false).await;
        let _local = Told(b.0.clone(), 10);
        a.part(11).id()
    }

    pub async fn awaits_what_borrows(a: Told, _: Told) -> u32 {
        let _local = Told(a.0.clone(), 10);
        a.part(11).wait().await
    }

    pub async fn in_a_statement(a: Told, b: Told) -> u32 {
        let _local = a.part(10);
        let sum = a.part(11).wait().await + b.part(12).wait().await;
        drop(b);
        Once(false).await;
        match a.part(13).id() {
            13 => sum,
            _ => 0,
        }
    }

    pub async fn moves(a: Told, b: Told, c: Told) -> u32 {
        let _c = c;
        drop(a);
        Once(false).await;
        b.part(11).id()
    }

    pub async fn with_a_helper((a, _): (Told, Told), b: Told) -> u32 {
        let _local = Told(b.0.clone(), 10);
        Once(false).await;
        helper(a.part(11).id())
    }

    pub async fn early(a: Told, b: Told) -> u32 {
        for i in 0..3 {
            let _local = a.part(20 + i);
            Once(false).await;
            if i == 1 {
                return b.part(11).id();
            }
        }
        0
    }

    pub async fn early_or_late(a: Told, b: Told) -> u32 {
        let _local = a.part(10);
        Once(false).await;
        if a.1 == b.1 {
            return b.part(12).id();
        }
        b.part(11).wait().await
    }

    pub async fn in_closures(a: Told, b: Told) -> u32 {
        let _local = b.part(10);
        let count = |n: u32| (0..n).count();
        Once(false).await;
        a.part(u32::try_from(count(11)).unwrap_or(0)).id()
    }

    pub async fn tries(a: Told, b: Told) -> u32 {
        let found: Option<u32> = async {
            let _local = b.part(10);
            Once(false).await;
            Some(a.part(11).some()? + 1)
        }
        .await;
        found.unwrap_or(0)
    }

    pub fn called(a: Told, (b, _): (Told, Told)) -> u32 {
        let _local = b.part(10);
        for i in 0..3 {
            let _inner = b.part(20 + i);
            if i == a.1 {
                return b.part(11).id();
            }
        }
        a.part(12).id()
    }

    pub fn called_with_closures(a: Told, (b, _): (Told, Told)) -> u32 {
        let _local = b.part(10);
        let count = |n: u32| {
            let _inner = b.part(20);
            let more = |n: u32| {
                let _inner = b.part(21);
                for _ in 0..n {}
                b.part(22).id()
            };
            more(n) + b.part(23).id()
        };
        count(3) + a.part(12).id()
    }

    pub fn with_a_value(a: Told, _: Told) -> u32 {
        let _local = a.part(10);
        let mut n = 0;
        loop {
            let _inner = a.part(20);
            n += 1;
            if n == 2 {
                break a.part(11).id();
            }
        }
    }

    pub fn ends_in_a_choice(a: Told, b: Told) -> u32 {
        let _local = a.part(10);
        for i in 0..2 {
            let _inner = b.part(20 + i);
            if let Some(id) = a.part(30).some() {
                b.part(40 + id).id()
            } else {
                b.part(50).id()
            };
        }
        if let 7 = a.part(11).id() {
            0
        } else {
            b.part(12).id()
        }
    }
    }
}

thread_local! {
    /// What an awaited cleanup dropped.
    pub static CLEANED: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

struct Cleaned(u32);

impl Drop for Cleaned {
    fn drop(&mut self) {
        CLEANED.with_borrow_mut(|log| log.push(self.0));
    }
}

impl Cleaned {
    fn done(&self) {
        assert!(self.0 > 0);
    }
}

#[guard_runtime::loop_guard(timeout = "1h", cleanup = async |_| {
    let _local = Cleaned(10);
    Cleaned(11).done()
})]
#[allow(
    clippy::semicolon_if_nothing_returned,
    reason = "a value with a temporary"
)]
pub async fn awaits_its_cleanup() -> u32 {
    Once(false).await;
    1
}
