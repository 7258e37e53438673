//! A second listener silenced the first.

use std::sync::Mutex;
use std::time::Duration;

use guard_runtime::{Budget, Event, add_hook, checkpoint, set_hook, take_hook};

static TOLD: Mutex<Vec<&str>> = Mutex::new(Vec::new());

fn told() -> Vec<&'static str> {
    std::mem::take(&mut *TOLD.lock().unwrap())
}

/// Counts the events of this test alone, since other tests trip as well.
fn listener(who: &'static str) -> impl Fn(&Event) + Send + Sync {
    move |event| {
        if event.to_string().contains("loop guard: hooked (") {
            TOLD.lock().unwrap().push(who);
        }
    }
}

fn trip() {
    let budget = Budget::timeout(Duration::from_millis(1)).named("hooked");
    assert!(budget.run(|| while checkpoint().is_ok() {}).is_ok());
}

#[test]
fn an_application_and_its_libraries_can_all_listen() {
    set_hook(listener("application"));
    add_hook(listener("library"));
    trip();
    assert_eq!(told(), ["application", "library"]);

    // As with panic hooks, the previous hook can be kept and called.
    let before = take_hook().expect("both");
    trip();
    assert!(told().is_empty());
    set_hook(move |event| {
        before(event);
        listener("wrapper")(event);
    });
    trip();
    assert_eq!(told(), ["application", "library", "wrapper"]);

    set_hook(|_| panic!("a panic of a hook goes no further"));
    add_hook(listener("behind"));
    std::panic::set_hook(Box::new(|_| {}));
    trip();
    _ = std::panic::take_hook();
    assert_eq!(told(), ["behind"]);

    set_hook(listener("alone"));
    trip();
    assert_eq!(told(), ["alone"]);
    assert!(take_hook().is_some() && take_hook().is_none());
}
