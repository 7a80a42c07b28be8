//! What confines an engine process, as it tells of itself: what the kernel has accepted, not what was asked for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much of the file system Landlock keeps from an engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LandlockLevel {
    /// Nothing.
    #[default]
    None,
    /// Something, but not all that the engine asks for.
    Partial,
    /// Reading, writing and truncating anything but the system's own files and those of the job.
    Full,
}

/// What confines an engine. The default is what an engine that does not tell has: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SandboxReport {
    /// What it cannot open.
    pub landlock: LandlockLevel,
    /// Version of Landlock that the kernel and the engine both have; 0 where there is none.
    pub landlock_abi: u32,
    /// True where the system calls that it never needs are refused, on every thread.
    pub seccomp: bool,
    /// True where it can neither open a socket of the network nor connect any.
    pub network: bool,
    /// True where its memory, its files and its descriptors are limited.
    pub limits: bool,
    /// Why something of this is missing, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl SandboxReport {
    /// True where everything holds.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let Self { landlock, landlock_abi: _, seccomp, network, limits, reason: _ } = self;
        *landlock == LandlockLevel::Full && *seccomp && *network && *limits
    }
}

impl fmt::Display for SandboxReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.landlock {
            LandlockLevel::None => "none",
            LandlockLevel::Partial => "partial",
            LandlockLevel::Full => "full",
        };
        let word = |holds: bool| if holds { "yes" } else { "no" };
        let Self { landlock_abi, seccomp, network, limits, .. } = self;
        let [seccomp, network, limits] = [*seccomp, *network, *limits].map(word);
        write!(f, "landlock {level} (ABI {landlock_abi}), seccomp {seccomp}, network closed {network}, ")?;
        write!(f, "limits {limits}")?;
        self.reason.iter().try_for_each(|reason| write!(f, "; {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    fn full() -> SandboxReport {
        SandboxReport {
            landlock: LandlockLevel::Full,
            landlock_abi: 7,
            seccomp: true,
            network: true,
            limits: true,
            reason: None,
        }
    }

    #[test]
    fn an_engine_that_does_not_tell_of_a_sandbox_has_none() {
        let old = r#"{"kind":"hello","protocol":1,"engineVersion":"0","adapter":"a","software":true}"#;
        let Event::Hello { sandbox, .. } = serde_json::from_str(old).unwrap() else { panic!("{old}") };
        assert_eq!(sandbox, SandboxReport::default());
        assert!(!sandbox.is_full());
    }

    #[test]
    fn a_sandbox_is_full_only_where_every_part_of_it_holds() {
        assert!(full().is_full());
        let gaps: [fn(&mut SandboxReport); 4] = [
            |report| report.landlock = LandlockLevel::Partial,
            |report| report.seccomp = false,
            |report| report.network = false,
            |report| report.limits = false,
        ];
        for gap in gaps {
            let mut report = full();
            gap(&mut report);
            assert!(!report.is_full(), "{report}");
        }
    }

    #[test]
    fn a_log_line_says_what_holds_and_why_something_does_not() {
        assert_eq!(full().to_string(), "landlock full (ABI 7), seccomp yes, network closed yes, limits yes");
        let bare = SandboxReport { reason: Some("an old kernel".into()), ..SandboxReport::default() };
        assert!(bare.to_string().ends_with("limits no; an old kernel"), "{bare}");
    }
}
