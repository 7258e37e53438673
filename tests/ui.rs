//! The catalogue of wrong uses.
#[test]
fn snapshots() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/misuse/*.rs");
    cases.compile_fail("tests/ui/values/*.rs");
    cases.compile_fail("tests/ui/hygiene/*.rs");
}
