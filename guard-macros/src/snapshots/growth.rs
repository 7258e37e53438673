//! Large functions: how their expansions grow, and how long expanding takes.

/// The CPU time of this thread in nanoseconds, which other load on the machine does not change; wall-clock time
/// where the system does not tell.
fn processor_time(since: std::time::Instant) -> u128 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let busy = stat.and_then(|stat| stat.split_whitespace().next()?.parse().ok());
    busy.unwrap_or_else(|| since.elapsed().as_nanos())
}

/// The nanoseconds that this many expansions take.
fn time(item: &str, times: usize) -> u128 {
    let origin = std::time::Instant::now();
    let start = processor_time(origin);
    for _ in 0..times {
        let expanded = crate::expand::guarded("inherit".parse().unwrap(), item.parse().unwrap());
        assert!(!expanded.is_empty());
    }
    processor_time(origin) - start
}

/// An eighth of the input, expanded eight times as often, takes about as long. If expanding were quadratic, the
/// large input would take eight times longer.
fn assert_linear(generate: impl Fn(usize) -> String, size: usize) {
    let (small, large) = (time(&generate(size), 24), time(&generate(size * 8), 3));
    assert!(
        large < small * 4,
        "{size}: {small} ns, {}: {large} ns",
        size * 8
    );
}

#[test]
fn a_crowd_of_loops_has_no_strips_and_short_checks() {
    let function = |loops: usize, output: &str| {
        let loops = "for x in xs { sum += x; }".repeat(loops);
        let item = format!("fn f(xs: &[u32]) -> {output} {{ let mut sum = 0; {loops} sum }}");
        let args = "timeout = \"1h\"".parse().unwrap();
        let expanded = crate::expand::guarded(args, item.parse().unwrap());
        expanded.to_string()
    };
    let count = |text: &str, what: &str| text.matches(what).count();
    assert_eq!(count(&function(32, "u32"), "while ! __strips"), 32);
    // One call a loop, and no constant of its own. A number holds no error, so its function has no exit there.
    for (output, exits) in [("Sum", 33), ("u32", 0)] {
        let crowd = function(33, output);
        assert_eq!(count(&crowd, "__strips"), 0);
        assert_eq!(count(&crowd, "__crowd . check"), 33);
        assert_eq!(count(&crowd, "__probe . left"), exits);
        assert_eq!(count(&crowd, "const {"), 0);
    }
}

#[test]
fn long_functions_expand_in_linear_time() {
    let body = "for x in items(n) {\n    total += (0..x).map(|y| { while y < total {} y }).sum::<u64>();\n}\n";
    // 5,000 lines at the larger size.
    assert_linear(
        |times| {
            format!(
                "fn f(n: u64) -> u64 {{ let mut total = 0; {} total }}",
                body.repeat(times)
            )
        },
        208,
    );
}

#[test]
fn deep_nests_expand_in_linear_time() {
    // 60 nested loops at the larger size, next to enough others to be measurable.
    let nest = |depth: usize| {
        format!(
            "{}step();{}",
            "while more() { ".repeat(depth),
            " }".repeat(depth)
        )
    };
    assert_linear(
        |scale| {
            format!(
                "fn f() {{ {} }}",
                format!("{}\n", nest(scale * 60 / 64)).repeat(8)
            )
        },
        8,
    );
}
