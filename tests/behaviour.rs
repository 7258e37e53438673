//! Behaviour of guarded functions.
use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "50ms")]
fn spin() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "20ms")]
fn closure(mut n: u64, s: &mut Vec<u64>) -> Result<&mut u64, Tripped> {
    let f = |x: u64| {
        n += 1;
        while x + n > 3 {
            std::hint::spin_loop()
        }
        x
    };
    let v: u64 = (0..10).map(f).sum();
    s.push(v);
    Ok(&mut s[0])
}

#[loop_guard(iterations = 5)]
fn closure_count() -> Result<u64, Tripped> {
    let v: u64 = (0..10)
        .map(|x| {
            #[loop_guard(every = 3)]
            for _ in 0..1 {}
            x
        })
        .sum();
    println!("{}", {
        let mut n = 0;
        while n < 3 {
            n += 1
        }
        n
    });
    Ok(v)
}

#[test]
fn trips() {
    let t = std::time::Instant::now();
    let e = spin().unwrap_err();
    println!("{e} {:?}", t.elapsed());
    println!("{}", closure(5, &mut vec![]).unwrap_err());
    println!("{}", closure_count().unwrap_err());
}
