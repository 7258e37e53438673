// A value that must not go to another thread.
use std::rc::Rc;

#[guard_runtime::loop_guard(timeout = "30s")]
fn spread(name: Rc<str>) {
    for _ in 0..3 {
        let name = Rc::clone(&name);
        std::thread::spawn(move || println!("{name}"));
    }
}

fn main() {
    spread("a".into());
}
