//! Features of guard-runtime without which an argument has nothing to call.
//!
//! guard-runtime passes its features on, and one build of this crate serves all who use it. So a feature that is off
//! here is off in every guard-runtime of the build, and the compiler would not find what the expansion names.

use syn::{Error, Ident};

/// Which of these features are on.
#[derive(Clone, Copy)]
pub(crate) struct Features {
    pub(crate) cpu: bool,
    pub(crate) policy: bool,
}

impl Features {
    /// Those of this build.
    pub(crate) const ON: Self = Self {
        cpu: cfg!(feature = "cpu"),
        policy: cfg!(feature = "policy"),
    };

    #[cfg(test)]
    pub(crate) const ALL: Self = Self {
        cpu: true,
        policy: true,
    };

    /// Rejects an argument whose feature is off.
    pub(crate) fn judge(self, key: &Ident) -> Result<(), Error> {
        let (feature, is_on) = match key.to_string().as_str() {
            "cpu" => ("cpu", self.cpu),
            "breaker" | "bulkhead" | "retry" | "attempt_timeout" | "reserve" => {
                ("policy", self.policy)
            }
            _ => return Ok(()),
        };
        if is_on {
            return Ok(());
        }
        Err(Error::new(
            key.span(),
            format!(
                "`{key}` needs the feature `{feature}` of guard-runtime: add `features = [\"{feature}\"]` to that dependency in Cargo.toml"
            ),
        ))
    }
}
