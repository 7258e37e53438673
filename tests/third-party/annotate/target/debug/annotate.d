/tmp/wt/thirdparty/tests/third-party/annotate/target/debug/annotate: /tmp/wt/thirdparty/tests/third-party/annotate/src/find.rs /tmp/wt/thirdparty/tests/third-party/annotate/src/main.rs
