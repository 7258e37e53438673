//! Bodies in which a name of the return type has another meaning.

use std::future::Future;
use std::pin::Pin;

use guard_runtime::{Tripped, loop_guard};

use crate::block_on;

#[allow(dead_code, reason = "never made")]
enum Kind {
    String,
    Vec(u32),
    Result,
    Tripped,
    Option,
}

#[loop_guard(timeout = "1h")]
fn variants(kind: &Kind, n: u32) -> String {
    use Kind::*;
    let mut name = match kind {
        String => "s".to_owned(),
        Vec(_) => "v".to_owned(),
        _ => "other".to_owned(),
    };
    for _ in 0..n {
        name.push('x');
    }
    name
}

#[loop_guard(timeout = "1h")]
fn variants_and_closures(kind: &Kind, n: u32) -> Result<String, Tripped> {
    use Kind::*;
    let mut name = match kind {
        String => "s".to_owned(),
        Tripped => "t".to_owned(),
        Result => "r".to_owned(),
        _ => "other".to_owned(),
    };
    (0..n).for_each(|i| {
        for _ in 0..i {
            name.push('x');
        }
    });
    Ok(name)
}

#[loop_guard(timeout = "1h")]
fn a_struct_of_that_name(n: u32) -> Option<u32> {
    struct Option<T>(T);
    let mut sum = Option(0);
    for i in 0..n {
        sum.0 += i;
    }
    Some(sum.0)
}

#[loop_guard(timeout = "1h")]
async fn an_alias_in_a_future(n: u32) -> Result<u32, Tripped> {
    type Result = std::result::Result<u32, u8>;
    let mut last: Result = Err(0);
    for i in 0..n {
        std::future::ready(()).await;
        last = Ok(i);
    }
    Ok(last.unwrap())
}

#[loop_guard(timeout = "1h")]
fn an_alias_in_a_block(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, Tripped>>>> {
    Box::pin(async move {
        type Result = std::result::Result<u32, u8>;
        let mut last: Result = Err(0);
        for i in 0..n {
            std::future::ready(()).await;
            last = Ok(i);
        }
        Ok(last.unwrap())
    })
}

#[loop_guard(timeout = "1h")]
fn an_import_of_what_is_written_out(n: u32) -> std::io::Result<u32> {
    #![deny(unused_qualifications)]
    use std::io;
    let mut sum = 0;
    (0..n).for_each(|i| {
        for j in 0..i {
            sum += j;
        }
    });
    io::Result::Ok(sum)
}

#[test]
fn the_type_is_that_of_the_signature() {
    assert_eq!(variants(&Kind::Vec(1), 2), "vxx");
    assert_eq!(variants_and_closures(&Kind::Result, 3).unwrap(), "rxxx");
    assert_eq!(a_struct_of_that_name(4), Some(6));
    assert_eq!(block_on(an_alias_in_a_future(4)).unwrap(), 3);
    assert_eq!(block_on(an_alias_in_a_block(4)).unwrap(), 3);
    assert_eq!(an_import_of_what_is_written_out(3).unwrap(), 1);
}
