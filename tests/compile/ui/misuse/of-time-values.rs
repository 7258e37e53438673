use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "30s", warn_at = 80)]
fn percent() -> Result<(), Tripped> { loop {} }

#[loop_guard(timeout = "30s", warn_at = 1.0)]
fn whole() -> Result<(), Tripped> { loop {} }

#[loop_guard(timeout = "30s", on_overdue = "abrot")]
fn misspelt() -> Result<(), Tripped> { loop {} }

#[loop_guard(timeout = "30s", on_overdue = Abort)]
fn bare() -> Result<(), Tripped> { loop {} }

#[loop_guard(iterations = 10, warn_at = 0.5)]
fn untimed() -> Result<(), Tripped> { loop {} }

#[loop_guard(inherit, on_overdue = "abort")]
fn inherited() -> Result<(), Tripped> { loop {} }

#[loop_guard(timeout = "30s", pauses = "ignored")]
fn paused() -> Result<(), Tripped> { loop {} }

#[loop_guard(iterations = 10, pauses = "ignore")]
fn untimed_pauses() -> Result<(), Tripped> { loop {} }

#[loop_guard(timeout = "30s", iterations = 10, when = "all", pauses = "ignore")]
fn of_all() -> Result<(), Tripped> { loop {} }

fn main() {}
