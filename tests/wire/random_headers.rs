//! Headers of random bytes: none panics, none adds time, and what is written is read back.
//!
//! ```console
//! LOOP_GUARD_HEADERS=1000000 cargo test --features tower --test wire random_headers    the long run
//! ```

use std::time::Duration;

use guard_runtime::wire::{DeadlineLayer, Timeout};
use harness::Random;
use http::HeaderValue;

use crate::headers::time_of;
use crate::{ENVOY, millis, request};

fn count() -> u32 {
    std::env::var("LOOP_GUARD_HEADERS").map_or(20_000, |text| text.parse().expect("a number"))
}

/// Mostly what could be a timeout, and sometimes random bytes.
fn bytes(random: &mut Random) -> Vec<u8> {
    let length = random.index(12);
    let any = random.below(4) == 0;
    let byte = |random: &mut Random| {
        let alphabet = b"0123456789HMSmun +-.,;";
        if any {
            u8::try_from(random.below(256)).expect("a byte")
        } else {
            alphabet[random.index(alphabet.len())]
        }
    };
    (0..length).map(|_| byte(random)).collect()
}

#[test]
fn any_bytes_are_read_as_a_timeout_or_as_none() {
    let layer = DeadlineLayer::server()
        .max(millis(1000))
        .default(millis(200));
    let mut random = Random::new(19);
    let mut read = 0;
    for _ in 0..count() {
        let bytes = bytes(&mut random);
        let Ok(value) = HeaderValue::from_bytes(&bytes) else {
            continue;
        };
        for name in ["grpc-timeout", ENVOY] {
            let text = value.to_str().ok();
            let timeout = text.and_then(|text| match name {
                ENVOY => Timeout::from_millis(text).ok(),
                _ => Timeout::from_grpc(text).ok(),
            });
            let expected = timeout
                .map_or(millis(200), Timeout::duration)
                .min(millis(1000));
            let mut request = request(&[]);
            request.headers_mut().insert(name, value.clone());
            match time_of(&layer, request) {
                Ok(time) => assert_eq!(time, Some(expected), "{name}: {value:?}"),
                Err(status) => assert_eq!((status.as_u16(), expected), (504, Duration::ZERO)),
            }
            read += u32::from(timeout.is_some());
        }
    }
    assert!(read > count() / 100, "{read} of {} could be read", count());
}
