//! A snapshot for `serde` (feature `serde`): a list of scopes, times in milliseconds.

use core::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::observe::snapshot::{OpenScope, Snapshot};

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl Serialize for OpenScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
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
