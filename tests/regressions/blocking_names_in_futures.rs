//! Methods called `lock`, `recv` and `join`, and `thread::sleep`, in guarded futures: they are calls like any other.
#![deny(warnings)]

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};

use crate::block_on;

/// A mutex whose `lock` returns no `Result`, like that of `parking_lot`.
struct Plain(Mutex<Vec<i32>>);

impl Plain {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<i32>> {
        self.0.lock().unwrap()
    }
}

struct Flag(bool);

impl Flag {
    fn lock(&self) -> bool {
        self.0
    }

    fn recv<T: Default>(&self) -> T {
        assert!(self.0);
        T::default()
    }
}

#[loop_guard(timeout = "1h")]
async fn statements(list: &Plain, n: usize) -> Result<bool, Tripped> {
    list.lock()[0] = 1;
    for i in 0..n {
        list.lock()[i] += 1;
        std::future::ready(()).await;
    }
    let flag = Flag(true);
    let received: u8 = flag.recv();
    Ok(flag.lock() && n == 2 && received == 0)
}

#[loop_guard(timeout = "1h")]
async fn attributes(n: u32) -> Result<u32, Tripped> {
    let handle = thread::spawn(|| 1);
    #[allow(unused_must_use, reason = "a statement with an attribute of its own")]
    handle.join();
    #[cfg(any())]
    handle.join();
    #[allow(deprecated, reason = "the same for a call by path")]
    thread::sleep(Duration::from_nanos(1));
    let (send, receive) = mpsc::channel();
    for i in 0..n {
        send.send(i).unwrap();
        std::future::ready(()).await;
    }
    Ok(receive.recv().unwrap())
}

#[test]
fn they_are_called() {
    let list = Plain(Mutex::new(vec![0, 0]));
    assert!(block_on(statements(&list, 2)).unwrap());
    assert_eq!(*list.lock(), [2, 1]);
    assert_eq!(block_on(attributes(2)).unwrap(), 0);
}
