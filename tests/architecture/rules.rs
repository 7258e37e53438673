//! The rules for a crate, whose rooms are given from top to bottom.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Arrow, Crate};

/// The largest number of lines in a file, without its tests.
pub(crate) const MOST_LINES: usize = 400;

/// One line for each fault.
pub(crate) fn faults(of: &Crate, rooms: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    unclaimed(of, rooms, &mut faults);
    upward(of, rooms, &mut faults);
    circles(of, &mut faults);
    too_long(of, &mut faults);
    faults
}

/// The room that a file lies in.
fn room(file: &str) -> &str {
    file.split_once('/')
        .map_or_else(|| file.trim_end_matches(".rs"), |(room, _)| room)
}

fn unclaimed(of: &Crate, rooms: &[String], faults: &mut Vec<String>) {
    let files = || of.files.keys().chain(&of.stray);
    for file in files() {
        if !rooms.iter().any(|name| name == room(file)) {
            faults.push(format!("{file}: no room of ARCHITECTURE.md claims it"));
        }
    }
    for file in &of.stray {
        faults.push(format!("{file}: no `mod` line leads to it"));
    }
    for name in rooms {
        if !files().any(|file| room(file) == name) {
            faults.push(format!(
                "`{name}`: ARCHITECTURE.md lists a room that is not there"
            ));
        }
    }
}

fn upward(of: &Crate, rooms: &[String], faults: &mut Vec<String>) {
    let place = |file: &str| rooms.iter().position(|name| name == room(file));
    for Arrow { from, line, to, .. } in &of.arrows {
        if place(from)
            .zip(place(to))
            .is_some_and(|(here, there)| here < there)
        {
            faults.push(format!(
                "{from}:{line} names {to}, and `{}` stands below `{}`",
                room(to),
                room(from)
            ));
        }
    }
}

/// Reports files that import themselves through others. A re-export alone is not a use.
fn circles(of: &Crate, faults: &mut Vec<String>) {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in of.arrows.iter().filter(|arrow| !arrow.reexport) {
        next.entry(&arrow.from).or_default().insert(&arrow.to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = next
        .keys()
        .map(|file| (*file, reach(file, &next)))
        .collect();
    let mut told = BTreeSet::new();
    for (file, all) in &reached {
        if !all.contains(file) || told.contains(file) {
            continue;
        }
        let circle: Vec<_> = all
            .iter()
            .copied()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(file)))
            .collect();
        told.extend(circle.iter().copied());
        faults.push(format!("circle: {}", circle.join(", ")));
    }
}

/// All files that a file imports, directly or through others.
fn reach<'a>(file: &'a str, next: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let (mut all, mut open) = (BTreeSet::new(), vec![file]);
    while let Some(file) = open.pop() {
        for to in next.get(file).into_iter().flatten() {
            if all.insert(*to) {
                open.push(to);
            }
        }
    }
    all
}

fn too_long(of: &Crate, faults: &mut Vec<String>) {
    for (file, lines) in &of.files {
        match lines {
            Some(lines) if *lines > MOST_LINES => faults.push(format!(
                "{file}: {lines} lines without tests, {MOST_LINES} are the most"
            )),
            _ => {}
        }
    }
}
