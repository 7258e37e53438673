//! `examples/ctrl_c`, `examples/ctrl_c_tokio` and `examples/tenants`.

use std::process::Command;

use crate::built::example;

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_search_in_its_loop() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    for name in ["ctrl_c", "ctrl_c_tokio"] {
        let mut child = Command::new(example(name, ""))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "searching; Ctrl-C ends it\n");
        let process = child.id().to_string();
        let sent = Command::new("kill").args(["-s", "INT", &process]).status();
        assert!(sent.unwrap().success());
        line.clear();
        out.read_to_string(&mut line).unwrap();
        assert!(
            line.contains("::search") && line.contains("was cancelled: Ctrl-C"),
            "{line}"
        );
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn each_tenant_has_limits_of_its_own() {
    let output = Command::new(example("tenants", "")).output().unwrap();
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "free: ran out of iterations: 100 allowed\n\
         team: 500500\n\
         stranger: ran out of iterations: 100 allowed\n"
    );
}
