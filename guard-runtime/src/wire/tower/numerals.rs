//! Timeouts as the values of headers.

use http::HeaderValue;

use crate::wire::timeout::grpc_digits;

/// So many numbers need no allocation: as milliseconds, all timeouts below ten seconds.
const WRITTEN: usize = 10_000;
const WIDTH: usize = 4;

/// The numbers below [`WRITTEN`], each with leading zeros.
static DIGITS: &str = match core::str::from_utf8(&BYTES) {
    Ok(digits) => digits,
    Err(_) => unreachable!(),
};
static BYTES: [u8; WRITTEN * WIDTH] = written();

#[allow(clippy::large_stack_arrays, reason = "on no stack but the compiler's")]
const fn written() -> [u8; WRITTEN * WIDTH] {
    let mut digits = [b'0'; WRITTEN * WIDTH];
    let mut number = 0;
    while number < WRITTEN {
        let (mut rest, mut at) = (number, (number + 1) * WIDTH);
        while rest != 0 {
            at -= 1;
            digits[at] = b"0123456789"[rest % 10];
            rest /= 10;
        }
        number += 1;
    }
    digits
}

/// A number.
#[inline]
pub(super) fn decimal(number: u64) -> HeaderValue {
    match usize::try_from(number) {
        Ok(index) if index < WRITTEN => {
            let width =
                1 + usize::from(index > 9) + usize::from(index > 99) + usize::from(index > 999);
            let end = (index + 1) * WIDTH;
            HeaderValue::from_static(&DIGITS[end - width..end])
        }
        _ => HeaderValue::from(number),
    }
}

/// So many nanoseconds, as `grpc-timeout` has them.
#[inline]
pub(super) fn grpc(nanos: u64) -> HeaderValue {
    let mut text = [0; 9];
    let digits = grpc_digits(nanos.into(), &mut text);
    HeaderValue::from_str(digits).expect("digits and a unit")
}

#[cfg(test)]
mod tests {
    use super::{WRITTEN, decimal, grpc};

    #[test]
    fn each_number_is_written_as_ever() {
        let (below, beyond) = (0..WRITTEN as u64 + 100, [u64::MAX, 1 << 40]);
        for number in below.chain(beyond) {
            assert_eq!(decimal(number), number.to_string().as_str());
        }
    }

    #[test]
    fn nanoseconds_are_written_in_the_finest_unit() {
        for (nanos, text) in [
            (0, "0n"),
            (99_999_999, "99999999n"),
            (100_000_999, "100000u"),
            (9_999_999_999, "9999999u"),
            (u64::MAX, "5124095H"),
        ] {
            assert_eq!(grpc(nanos), text, "{nanos}");
        }
    }
}
