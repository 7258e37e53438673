//! A snapshot for `serde` (feature `serde`): lists of scopes and of policies, times in milliseconds.

use core::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::observe::snapshot::{OpenScope, Snapshot};
#[cfg(feature = "policy")]
use crate::policy::{BreakerStatus, BulkheadStatus};

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = if cfg!(feature = "policy") { 3 } else { 1 };
        let mut snapshot = serializer.serialize_struct("Snapshot", fields)?;
        snapshot.serialize_field("scopes", self.scopes())?;
        #[cfg(feature = "policy")]
        snapshot.serialize_field("breakers", self.breakers())?;
        #[cfg(feature = "policy")]
        snapshot.serialize_field("bulkheads", self.bulkheads())?;
        snapshot.end()
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

impl Serialize for OpenScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut scope = serializer.serialize_struct("OpenScope", 8)?;
        scope.serialize_field("name", self.name())?;
        scope.serialize_field("location", &self.location().to_string())?;
        scope.serialize_field("place", &self.place().to_string())?;
        scope.serialize_field("depth", &self.depth())?;
        scope.serialize_field("age_ms", &self.age().map(millis))?;
        scope.serialize_field("remaining_ms", &self.remaining().map(millis))?;
        scope.serialize_field("looked", &self.looked().map(|place| place.to_string()))?;
        scope.serialize_field("overdue", &self.overdue().map(ToString::to_string))?;
        scope.end()
    }
}

#[cfg(feature = "policy")]
impl Serialize for BreakerStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Opened by hand, it has no time.
        let left = self.retry_after().filter(|left| *left != Duration::MAX);
        let mut breaker = serializer.serialize_struct("BreakerStatus", 5)?;
        breaker.serialize_field("name", self.name())?;
        breaker.serialize_field("state", &self.state().to_string())?;
        breaker.serialize_field("calls", &self.calls())?;
        breaker.serialize_field("failures", &self.failures())?;
        breaker.serialize_field("retry_after_ms", &left.map(millis))?;
        breaker.end()
    }
}

#[cfg(feature = "policy")]
impl Serialize for BulkheadStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bulkhead = serializer.serialize_struct("BulkheadStatus", 4)?;
        bulkhead.serialize_field("name", self.name())?;
        bulkhead.serialize_field("permits", &self.permits())?;
        bulkhead.serialize_field("held", &self.held())?;
        bulkhead.serialize_field("waiting", &self.waiting())?;
        bulkhead.end()
    }
}
