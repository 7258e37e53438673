//! Guarded futures among modules that are called like crates.

#[allow(unused_imports, reason = "they are there to be in the way")]
use super::types::{IntoIterator, Result, Site, Tripped, u64};
use super::{None, Ok, Option, Some, test};

#[allow(dead_code, reason = "it is there to be in the way")]
struct Task;
#[allow(dead_code, reason = "it is there to be in the way")]
struct Body;

macro_rules! future {
    ($name:ident($($argument:ident),*) $body:block) => {
        #[::guard_runtime::loop_guard(timeout = "1h", iterations = 500, yield_every = "1s")]
        async fn $name($($argument: u32),*) -> ::core::result::Result<u32, super::Tripped> $body
    };
}

future! { locals(__task, __body, __context, __outcome) {
    let (__seen, __limit, __value, __tripped) = (1, 2, 3, 4);
    let mut sum = __task + __body + __context + __outcome;
    '__tripped: for __seen in 0..3 {
        ::std::future::ready(()).await;
        let block = async { let mut __now = 2; while __now > 0 { __now -= 1; } __value };
        sum += __seen + block.await;
        if sum > 1000 { break '__tripped; }
    }
    Ok(sum + __seen + __limit + __tripped)
}}

#[allow(
    clippy::unused_async,
    reason = "a body without an await is a form of its own"
)]
#[::guard_runtime::loop_guard(timeout = "1h", fallback = __argument_0)]
async fn patterns(__argument_0: u32, (__argument_1, _): (u32, u32), __task: u32) -> u32 {
    let mut __body = __argument_1;
    for __outcome in 0..3 {
        __body += __outcome;
    }
    __body + __argument_0
}

#[::guard_runtime::loop_guard(timeout = "1h")]
fn value(__task: u32) -> impl ::core::future::Future<Output = Option<u32>> {
    async move {
        for __body in 0..__task {
            if __body == 3 {
                return Some(__body);
            }
        }
        None
    }
}

#[test]
fn futures_keep_their_names() {
    use ::futures::executor::block_on;
    ::std::assert_eq!(block_on(locals(1, 2, 3, 4)).ok(), Some(29));
    ::std::assert_eq!(block_on(patterns(1, (2, 3), 4)), 6);
    ::std::assert_eq!(block_on(value(5)), Some(3));
}
