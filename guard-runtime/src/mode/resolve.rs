//! The rules of the process, and what follows from them for each site.

use core::sync::atomic::{AtomicBool, Ordering};
use std::io::Write;
use std::sync::Mutex;

use crate::base::lock::lock;
use crate::base::reentry;
use crate::base::site::{self, Mode, Site};
use crate::mode::environment;
use crate::mode::rules::{Rule, Rules, Setting};
use crate::time::clock;

/// `None` until the environment has been read.
static RULES: Mutex<Option<Rules>> = Mutex::new(None);

/// Whether there is any rule. Relaxed, like modes.
static ANY: AtomicBool = AtomicBool::new(false);

/// Whether any scope may have another mode than [`Mode::Enforce`].
pub(crate) fn any() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Calls `work` with the rules. Mistakes in the environment variable are reported after the lock is released.
fn with_rules<T>(work: impl FnOnce(&mut Rules) -> T) -> T {
    let mut complaint = None;
    let done = reentry::bar(|| {
        let mut rules = lock(&RULES);
        let rules = rules.get_or_insert_with(|| {
            let (rules, wrong) = environment::read();
            complaint = wrong;
            rules
        });
        let done = work(rules);
        ANY.store(!rules.is_empty(), Ordering::Relaxed);
        done
    });
    if let Some(complaint) = complaint {
        // A closed stderr is no reason to panic.
        _ = writeln!(std::io::stderr(), "{complaint}");
    }
    done
}

/// Resolves the registered sites again.
fn renew(rules: &Rules) {
    Site::each(|site| {
        if site.mode().is_some() {
            apply(rules, site);
        }
    });
}

/// Sets whether somebody wants to be told of scopes that are left late.
pub(crate) fn hear(heard: bool) {
    if site::is_heard() != heard {
        site::set_heard(heard);
        with_rules(|rules| renew(rules));
    }
}

/// Adds a rule; it applies to registered sites as well.
pub(crate) fn add(rule: Rule) {
    with_rules(|rules| {
        rules.add(rule);
        renew(rules);
    });
}

/// The mode of the site's scopes, and the timeout that replaces theirs, in nanoseconds.
#[inline]
pub(crate) fn of(site: &'static Site) -> (Mode, Option<u64>) {
    let mode = site.mode().unwrap_or_else(|| resolve(site));
    (mode, site.timeout())
}

/// Registers the site, and admits it to the fast path if no rule changes its scopes.
#[cold]
fn resolve(site: &'static Site) -> Mode {
    with_rules(|rules| {
        site.register();
        apply(rules, site);
    });
    site.mode().unwrap_or(Mode::Enforce)
}

fn apply(rules: &Rules, site: &Site) {
    let Setting { mode, timeout } = rules.setting(site.name());
    site.set(mode, timeout.map(clock::nanos));
}
