use std::future::Future;
use std::pin::Pin;

use guard_runtime::{Tripped, loop_guard};

type Reply = Pin<Box<dyn Future<Output = Result<(), Tripped>>>>;

#[loop_guard(timeout = "30ms")]
fn alias() -> Reply {
    Box::pin(async move { loop {} })
}

trait Service {
    type Future;
    fn call(&mut self) -> Self::Future;
}

struct Server;

#[loop_guard(timeout = "30ms")]
impl Service for Server {
    type Future = Reply;

    fn call(&mut self) -> Self::Future {
        Box::pin(async move { loop {} })
    }
}

#[loop_guard(timeout = "30ms")]
fn returned(early: bool) -> Pin<Box<dyn Future<Output = Result<(), Tripped>>>> {
    if early {
        return Box::pin(async { loop {} });
    }
    Box::pin(async { loop {} })
}

#[loop_guard(timeout = "30ms")]
fn bound() -> impl Future<Output = Result<(), Tripped>> {
    let reply = async move { loop {} };
    reply
}

#[loop_guard(timeout = "30ms")]
fn in_arms(one: bool) -> Pin<Box<dyn Future<Output = ()>>> {
    match one {
        true => Box::pin(async { loop {} }),
        false => Box::pin(std::future::ready(())),
    }
}

#[loop_guard(timeout = "30ms")]
fn bound_with_a_type() -> Reply {
    let reply: Reply = Box::pin(async move { loop {} });
    reply
}

#[loop_guard(timeout = "30ms")]
fn bound_late(twice: bool) -> Reply {
    let reply: Reply;
    reply = Box::pin(async { loop {} });
    let same = reply;
    'found: {
        if twice {
            break 'found same;
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Answer {
    reply: Reply,
    number: u32,
}

#[loop_guard(timeout = "30ms")]
fn in_a_value(number: u32) -> Result<Answer, Tripped> {
    Ok(Answer {
        reply: Box::pin(async move { loop {} }),
        number,
    })
}

#[loop_guard(timeout = "30ms")]
fn in_a_list() -> (Vec<Reply>, u32) {
    (vec![Box::pin(async move { loop {} })], 1)
}

#[loop_guard(timeout = "30ms")]
fn as_another_type() -> Reply {
    Box::into_pin(Box::new(async move { loop {} }))
}

fn in_a_span<F: Future>(future: F) -> F {
    future
}

trait Instrument: Sized {
    fn instrument(self, _span: &str) -> Self {
        self
    }
}

impl<F: Future> Instrument for F {}

#[loop_guard(timeout = "30ms")]
fn in_a_combinator() -> impl Future<Output = Result<(), Tripped>> {
    in_a_span(async move { loop {} }.instrument("span"))
}

#[loop_guard(timeout = "30ms")]
fn by_hand() -> impl Future<Output = Result<(), Tripped>> {
    std::future::poll_fn(|_| loop {})
}

#[loop_guard(timeout = "30ms")]
fn named_twice() -> Reply {
    let future = {
        let inner = async move { loop {} };
        inner
    };
    Box::pin(future)
}

fn main() {}
