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

fn main() {}
