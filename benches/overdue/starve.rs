//! Threads that are ready to run and get no processor, for certain: a control group of Linux gives all of its threads
//! together a millisecond in each second, and each thread that joins overdraws that by what it runs until the next
//! interrupt of the timer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// Where the first version of control groups limits processors: the second one moves processes, not threads.
const CONTROLLER: &str = "/sys/fs/cgroup/cpu";

/// The group, until it is [ended](Self::end).
pub(crate) struct Starvation(PathBuf);

impl Starvation {
    /// Makes the group. It needs the controller, and the rights of its owner.
    pub(crate) fn new() -> io::Result<Self> {
        let folder = Path::new(CONTROLLER).join(format!("loop-guard-{}", process::id()));
        fs::create_dir(&folder)?;
        let group = Self(folder);
        group.set("cpu.cfs_period_us", "1000000")?;
        group.starve()?;
        Ok(group)
    }

    fn set(&self, file: &str, text: &str) -> io::Result<()> {
        fs::write(self.0.join(file), text)
    }

    /// A millisecond in each second, for all of them.
    pub(crate) fn starve(&self) -> io::Result<()> {
        self.set("cpu.cfs_quota_us", "1000")
    }

    /// As much as there is.
    pub(crate) fn feed(&self) -> io::Result<()> {
        self.set("cpu.cfs_quota_us", "-1")
    }

    /// Puts this thread into the group. It does not come back.
    pub(crate) fn join(&self) -> io::Result<()> {
        let link = fs::read_link("/proc/thread-self")?;
        let number = link.file_name().unwrap_or_default();
        self.set("tasks", &number.to_string_lossy())
    }

    /// Removes the group, all threads of which have ended.
    pub(crate) fn end(&self) -> io::Result<()> {
        fs::remove_dir(&self.0)
    }
}
