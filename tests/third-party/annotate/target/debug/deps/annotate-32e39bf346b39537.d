/tmp/wt/thirdparty/tests/third-party/annotate/target/debug/deps/annotate-32e39bf346b39537.d: src/main.rs src/find.rs

/tmp/wt/thirdparty/tests/third-party/annotate/target/debug/deps/annotate-32e39bf346b39537: src/main.rs src/find.rs

src/main.rs:
src/find.rs:
