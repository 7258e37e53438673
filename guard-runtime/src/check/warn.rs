//! Warnings: scopes that have used a share of their time.
//!
//! A site that warns never takes the fast path of an entry, so its scopes know when they began, and ask for a tick
//! at the time when the share is used. The cold path of a check then finds it, on whatever thread. A process
//! without such a site pays one load for it in the cold path.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use std::sync::Mutex;

use crate::base::layout::WALL;
use crate::base::location::At;
use crate::base::lock::lock;
use crate::base::site::{MILLION, Site};
use crate::driver;
use crate::stack::frames::Stack;
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::trip::event::Event;
use crate::trip::hook;

/// Whether any site warns. Relaxed: a scope that needs it was opened by the same thread, or handed over to it.
static ANY: AtomicBool = AtomicBool::new(false);

/// Activations that have warned, by site and deadline, since they can move between threads.
static WARNED: Mutex<Vec<(u32, u64)>> = Mutex::new(Vec::new());

/// How many are remembered. Beyond that, those whose deadline has passed are forgotten.
const ROOM: usize = 1024;

/// How long before its end a scope with this limit has used the share.
fn rest(limit: u64, share: u32) -> u64 {
    let rest = u128::from(limit) * u128::from(MILLION - share) / u128::from(MILLION);
    u64::try_from(rest).unwrap_or(limit)
}

/// A scope opens that will have spent its `limit` at the time `due`: asks for a tick for its warning.
pub(crate) fn opened(site: &Site, limit: u64, due: u64) {
    let Some(share) = site.warns_at().filter(|_| due != u64::MAX) else {
        return;
    };
    ANY.store(true, Ordering::Relaxed);
    // If there is no ticker, every check reads the clock anyway.
    let _: bool = driver::request(due.saturating_sub(rest(limit, share)));
}

/// Warns for each open scope that has used its share since the last look.
#[inline]
pub(crate) fn look(stack: &Stack, at: &At) {
    if ANY.load(Ordering::Relaxed) {
        look_through(stack, at);
    }
}

#[cold]
fn look_through(stack: &Stack, at: &At) {
    let mut now = None;
    for index in (0..stack.depth()).rev() {
        let (site, limit, _) = stack.describe(index);
        if site & WALL != 0 {
            break;
        }
        let site_of = Site::by_id(site);
        let Some(share) = site_of.warns_at() else {
            continue;
        };
        let (due, settled) = stack.save(index).deadline(&EPOCH);
        let now = *now.get_or_insert_with(clock::now);
        // A scope that is already late trips instead.
        let used = settled && due != u64::MAX && now <= due && now >= due - rest(limit, share);
        if used && is_first(site, due, now) {
            hook::report(&Event::Warning {
                scope: site_of.name(),
                location: site_of.location(),
                limit: Duration::from_nanos(limit),
                elapsed: Duration::from_nanos(limit.saturating_sub(due - now)),
                noticed: at.location(),
            });
        }
    }
}

fn is_first(site: u32, due: u64, now: u64) -> bool {
    let mut warned = lock(&WARNED);
    if warned.contains(&(site, due)) {
        return false;
    }
    if warned.len() >= ROOM {
        warned.retain(|(_, due)| *due >= now);
    }
    warned.push((site, due));
    true
}
