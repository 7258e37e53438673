//! Futures of edition 2021, plain and guarded: `tests/transparency/edition_2021.rs` compares what they drop, and when.
#![allow(missing_docs, reason = "for one test")]

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
    ($($functions:tt)*) => {
        pub mod plain {
            #[allow(clippy::wildcard_imports, reason = "all of it")]
            use super::*;
            $($functions)*
        }
        #[guard_runtime::loop_guard(timeout = "1h")]
        pub mod guarded {
            #[allow(clippy::wildcard_imports, reason = "all of it")]
            use super::*;
            $($functions)*
        }
        #[guard_runtime::loop_guard(timeout = "1h", fallback = 0)]
        pub mod falling_back {
            #[allow(clippy::wildcard_imports, reason = "all of it")]
            use super::*;
            $($functions)*
        }
    };
}

twins! {
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
}
