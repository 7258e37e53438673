//! An argument whose feature of guard-runtime is off is told by the attribute, at the argument, and nothing else is.

use serde_json::Value;

use crate::cases;

/// What was said, and of which text.
fn errors(messages: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let errors = messages.iter().filter(|it| it["level"] == "error");
    let mut told: Vec<_> = errors
        .filter(|it| !it["spans"].as_array().expect("spans").is_empty())
        .map(|it| {
            let span = &it["spans"][0];
            let (line, column) = (text(&span["text"][0]["text"]), |key: &str| {
                usize::try_from(span[key].as_u64().expect("a column")).expect("small") - 1
            });
            let at = line[column("column_start")..column("column_end")].to_owned();
            (at, text(&it["message"]))
        })
        .collect();
    told.sort();
    told
}

#[test]
fn an_argument_says_which_feature_it_needs() {
    let files = cases::of("without_features");
    let said = cases::check_with("without_features", &[], &files);
    let wanted: Vec<_> = [
        ("attempt_timeout", "policy"),
        ("breaker", "policy"),
        ("bulkhead", "policy"),
        ("cpu", "cpu"),
        ("reserve", "policy"),
        ("retry", "policy"),
    ]
    .map(|(key, feature)| {
        let says = format!("`{key}` needs the feature `{feature}` of guard-runtime: add `features = [\"{feature}\"]` to that dependency in Cargo.toml");
        (key.to_owned(), says)
    })
    .into();
    assert_eq!(errors(&said["arguments"]), wanted);
}

/// The way that the message shows leads on.
#[test]
fn with_that_feature_the_attribute_is_content() {
    let files = cases::of("without_features");
    let said = cases::check_with("with_features", &["cpu", "policy"], &files);
    let told = errors(&said["arguments"]);
    assert!(
        told.iter().all(|(_, says)| !says.contains("feature")),
        "{told:?}"
    );
}
