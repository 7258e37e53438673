#![deny(warnings)]

use std::pin::Pin;

use guard_runtime::{Tripped, loop_guard};

fn event(error: &Tripped) {
    println!("{error}");
}

/// What `#[tracing::instrument(err)]` makes of a function.
#[loop_guard(timeout = "1s")]
fn recorded(n: u32) -> Result<u32, Tripped> {
    let __tracing_attr_span = n;
    match (move || {
        for _ in 0..n {}
        Ok(n)
    })() {
        Ok(x) => Ok(x),
        Err(e) => {
            event(&e);
            Err(e)
        }
    }
}

#[loop_guard(timeout = "1s")]
async fn recorded_future(n: u32) -> Result<u32, Tripped> {
    let __tracing_attr_span = n;
    let __tracing_instrument_future = async move {
        match async move {
            for _ in 0..n {}
            Ok(n)
        }
        .await
        {
            Ok(x) => Ok(x),
            Err(e) => {
                event(&e);
                Err(e)
            }
        }
    };
    __tracing_instrument_future.await
}

/// What both attributes make of a method of an `#[async_trait]`.
#[loop_guard(timeout = "1s")]
fn recorded_method(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, Tripped>> + Send>> {
    Box::pin(async move {
        let __tracing_attr_span = n;
        let __tracing_instrument_future = async move {
            match async move {
                for _ in 0..n {}
                Ok(n)
            }
            .await
            {
                Ok(x) => Ok(x),
                Err(e) => {
                    event(&e);
                    Err(e)
                }
            }
        };
        __tracing_instrument_future.await
    })
}

/// What `#[logcall(err = "error")]` makes of a function.
#[loop_guard(timeout = "1s")]
fn logged(n: u32) -> Result<u32, Tripped> {
    let __ret_value = (move || {
        for _ in 0..n {}
        Ok(n)
    })();
    match __ret_value {
        Ok(x) => Ok(x),
        Err(e) => {
            event(&e);
            Err(e)
        }
    }
}

/// What `#[tracing::instrument]` makes of one.
#[loop_guard(timeout = "1s")]
fn in_a_span(n: u32) -> Result<u32, Tripped> {
    let __tracing_attr_span = n;
    {
        for _ in 0..n {}
        Ok(n)
    }
}

fn main() {
    println!("{:?} {:?}", recorded(1), in_a_span(1));
    println!("{:?}", logged(1));
    drop((recorded_future(1), recorded_method(1)));
}
