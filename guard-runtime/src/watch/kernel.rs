//! What a thread is doing, judged by what the kernel says about it at two moments.
//!
//! Reading and judging are separate: [`Sample::of`] takes the texts of
//! `/proc/self/task/TID/{stat,schedstat,syscall,wchan}`, and [`judge`] takes two samples. A kernel that tells less
//! makes the answer less precise, never wrong: at worst it is [`Why::Unknown`].

use std::fs;

use crate::trip::why::Why;

/// How much CPU time between two samples, in nanoseconds, shows that a thread runs: a loop with a check reaches it
/// in far less, however many threads it competes with. A thread that is ready to run and gets less is starved.
const RUNS: u64 = 1_000_000;

/// What the kernel said at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The time of the reading.
    at: u64,
    /// `R`: runs or is ready to run; `S` and `D`: waits; a few others are rare.
    state: char,
    /// CPU time so far in nanoseconds; `None` if the kernel does not count it.
    ran: Option<u64>,
    /// Empty if the thread is in no system call, or the kernel does not tell.
    syscall: String,
    wchan: String,
}

impl Sample {
    /// Samples this thread at the time `now`. `None` if the thread is gone, or nothing can be read.
    pub(crate) fn take(thread: u32, now: u64) -> Option<Self> {
        let read = |file: &str| fs::read_to_string(format!("/proc/self/task/{thread}/{file}"));
        let text = |file| read(file).unwrap_or_default();
        Self::of(
            now,
            &read("stat").ok()?,
            &text("schedstat"),
            &text("syscall"),
            &text("wchan"),
        )
    }

    fn of(at: u64, stat: &str, schedstat: &str, syscall: &str, wchan: &str) -> Option<Self> {
        Some(Self {
            at,
            state: state(stat)?,
            ran: ran(schedstat),
            syscall: syscall_name(syscall),
            wchan: wchan_name(wchan),
        })
    }
}

/// The third field of `stat`; the second is the name, in parentheses, and may contain anything.
fn state(stat: &str) -> Option<char> {
    let (_, behind) = stat.rsplit_once(')')?;
    behind.trim_start().chars().next()
}

/// The first field of `schedstat`; a kernel without it writes zeros.
fn ran(schedstat: &str) -> Option<u64> {
    let ran = schedstat.split_whitespace().next()?.parse().ok()?;
    (ran != 0).then_some(ran)
}

/// Parses `running`, `-1 SP PC` outside of a call, or the number and the arguments.
fn syscall_name(syscall: &str) -> String {
    let number = syscall
        .split_whitespace()
        .next()
        .and_then(|number| number.parse::<i32>().ok());
    match number {
        Some(number) if number >= 0 => match NAMES.iter().find(|(known, _)| *known == number) {
            Some((_, name)) => (*name).to_owned(),
            None => format!("syscall {number}"),
        },
        _ => String::new(),
    }
}

/// Parses the function; the kernel writes `0` if the thread does not sleep, or if it does not tell.
fn wchan_name(wchan: &str) -> String {
    let wchan = wchan.trim();
    if wchan == "0" {
        String::new()
    } else {
        wchan.to_owned()
    }
}

/// What the thread did between two samples.
pub(crate) fn judge(first: &Sample, second: &Sample) -> Why {
    let wall = second.at.saturating_sub(first.at);
    let ran = first
        .ran
        .zip(second.ran)
        .map(|(first, second)| second.saturating_sub(first));
    let waits = |sample: &Sample| matches!(sample.state, 'S' | 'D');
    let runs = |sample: &Sample| sample.state == 'R';
    let waiting = || Why::Waiting {
        syscall: second.syscall.clone(),
        wchan: second.wchan.clone(),
    };
    match ran {
        // More than half of the time: its state at two moments is chance.
        Some(ran) if ran > wall / 2 => Why::Running,
        _ if waits(second) => waiting(),
        Some(ran) if runs(first) && runs(second) && ran < RUNS => Why::Starved,
        _ if runs(second) => Why::Running,
        _ => Why::Unknown,
    }
}

/// System calls in which threads wait. All others are reported by number.
#[cfg(target_arch = "x86_64")]
const NAMES: &[(i32, &str)] = &[
    (0, "read"),
    (1, "write"),
    (7, "poll"),
    (17, "pread64"),
    (18, "pwrite64"),
    (19, "readv"),
    (20, "writev"),
    (23, "select"),
    (34, "pause"),
    (35, "nanosleep"),
    (42, "connect"),
    (43, "accept"),
    (44, "sendto"),
    (45, "recvfrom"),
    (46, "sendmsg"),
    (47, "recvmsg"),
    (61, "wait4"),
    (72, "fcntl"),
    (73, "flock"),
    (74, "fsync"),
    (75, "fdatasync"),
    (202, "futex"),
    (230, "clock_nanosleep"),
    (232, "epoll_wait"),
    (247, "waitid"),
    (257, "openat"),
    (270, "pselect6"),
    (271, "ppoll"),
    (281, "epoll_pwait"),
    (288, "accept4"),
    (426, "io_uring_enter"),
    (441, "epoll_pwait2"),
];

/// System calls in which threads wait, by the numbers of most other processors. All others are reported by number.
#[cfg(not(target_arch = "x86_64"))]
const NAMES: &[(i32, &str)] = if cfg!(any(target_arch = "aarch64", target_arch = "riscv64")) {
    &[
        (22, "epoll_pwait"),
        (25, "fcntl"),
        (32, "flock"),
        (56, "openat"),
        (63, "read"),
        (64, "write"),
        (65, "readv"),
        (66, "writev"),
        (67, "pread64"),
        (68, "pwrite64"),
        (72, "pselect6"),
        (73, "ppoll"),
        (82, "fsync"),
        (83, "fdatasync"),
        (95, "waitid"),
        (98, "futex"),
        (101, "nanosleep"),
        (115, "clock_nanosleep"),
        (202, "accept"),
        (203, "connect"),
        (206, "sendto"),
        (207, "recvfrom"),
        (211, "sendmsg"),
        (212, "recvmsg"),
        (242, "accept4"),
        (260, "wait4"),
        (426, "io_uring_enter"),
        (441, "epoll_pwait2"),
    ]
} else {
    &[]
};

#[cfg(test)]
mod tests {
    use super::{NAMES, Sample, judge, ran, state, syscall_name, wchan_name};
    use crate::trip::why::Why;

    const MS: u64 = 1_000_000;

    fn sample(at: u64, state: char, ran: Option<u64>) -> Sample {
        let (syscall, wchan) = ("futex".to_owned(), "futex_do_wait".to_owned());
        Sample {
            at,
            state,
            ran,
            syscall,
            wchan,
        }
    }

    #[test]
    fn the_state_stands_behind_a_name_that_may_contain_anything() {
        let cases = [
            ("4711 (worker) S 1 4711", Some('S')),
            ("4711 (a) R (b)) D 1 4711", Some('D')),
            ("4711 () R", Some('R')),
            ("4711 worker S", None),
            ("", None),
            (")", None),
        ];
        for (stat, expected) in cases {
            assert_eq!(state(stat), expected, "{stat}");
        }
    }

    #[test]
    fn time_on_a_processor_is_the_first_number_and_zero_means_not_counted() {
        let cases = [
            ("91817 34 1\n", Some(91_817)),
            ("0 0 0\n", None),
            ("", None),
            ("x 1", None),
            ("-1", None),
        ];
        for (schedstat, expected) in cases {
            assert_eq!(ran(schedstat), expected, "{schedstat}");
        }
    }

    #[test]
    fn system_calls_have_names_where_they_are_known() {
        let (number, name) = NAMES[0];
        assert_eq!(
            syscall_name(&format!("{number} 0x3 0x7f 0x1 0x0 0x0 0x0 0x7f 0x7f\n")),
            name
        );
        assert_eq!(syscall_name("9999 0x3\n"), "syscall 9999");
        for outside in ["running\n", "-1 0x7f 0x7f\n", "", "\n", "x"] {
            assert_eq!(syscall_name(outside), "", "{outside}");
        }
        assert_eq!(
            (wchan_name("0"), wchan_name("futex_do_wait\n")),
            (String::new(), "futex_do_wait".to_owned())
        );
    }

    #[test]
    fn nothing_is_known_without_a_state() {
        assert_eq!(Sample::of(0, "", "1 1 1", "running", "0"), None);
    }

    #[test]
    fn two_samples_tell_who_runs_who_waits_and_who_starves() {
        let waiting = Why::Waiting {
            syscall: "futex".to_owned(),
            wchan: "futex_do_wait".to_owned(),
        };
        let cases = [
            (('R', Some(5 * MS)), ('R', Some(105 * MS)), Why::Running),
            // It competes with fifty others.
            (('R', Some(5 * MS)), ('R', Some(7 * MS)), Why::Running),
            (('R', Some(5 * MS)), ('R', Some(5 * MS + 1)), Why::Starved),
            (('R', Some(5 * MS)), ('R', Some(5 * MS)), Why::Starved),
            (('S', Some(5 * MS)), ('S', Some(5 * MS)), waiting.clone()),
            (('D', Some(5 * MS)), ('D', Some(5 * MS)), waiting.clone()),
            // It wakes up from time to time.
            (('R', Some(5 * MS)), ('S', Some(6 * MS)), waiting.clone()),
            // It makes system calls in its loop, and was sampled in one.
            (('R', Some(5 * MS)), ('S', Some(95 * MS)), Why::Running),
            // The kernel counts nothing.
            (('R', None), ('R', None), Why::Running),
            (('S', None), ('S', None), waiting),
            (('T', Some(5 * MS)), ('T', Some(5 * MS)), Why::Unknown),
        ];
        for ((before, ran_before), (after, ran_after), expected) in cases {
            let (first, second) = (
                sample(0, before, ran_before),
                sample(100 * MS, after, ran_after),
            );
            assert_eq!(judge(&first, &second), expected, "{first:?} {second:?}");
        }
    }
}
