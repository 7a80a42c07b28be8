//! Unguessable names of things: a prefix that says what it is, and 131 bits of base62.

use std::fmt;

use super::entropy::{Entropy, base62_from_entropy};

/// 22 base62 characters carry 130.99 bits.
const RANDOM_CHARS: usize = 22;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Makes a new one.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                Self(format!(concat!($prefix, "{}"), base62_from_entropy(entropy, RANDOM_CHARS)))
            }

            /// Returns `text` as an id if it has the shape of one.
            pub fn parse(text: &str) -> Option<Self> {
                let random = text.strip_prefix($prefix)?;
                let valid = random.len() == RANDOM_CHARS && random.bytes().all(|b| b.is_ascii_alphanumeric());
                valid.then(|| Self(text.to_owned()))
            }

            /// The text of it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

random_id!(
    /// Who owns tokens, credits and jobs.
    AccountId, "acct_"
);
random_id!(
    /// One request for one video.
    JobId, "job_"
);
random_id!(
    /// One event of a job, and the delivery that announces it; constant across attempts.
    EventId, "evt_"
);
random_id!(
    /// One HTTP request.
    RequestId, "req_"
);
random_id!(
    /// One life of a server process; claims of another boot are nobody's.
    BootId, "boot_"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::tests::Seeded;

    #[test]
    fn an_id_is_recognised_by_its_prefix_length_and_alphabet() {
        let id = JobId::generate(&Seeded(7.into()));
        assert_eq!(JobId::parse(id.as_str()), Some(id.clone()));
        assert_eq!(EventId::parse(id.as_str()), None);
        assert_eq!(JobId::parse("job_short"), None);
        assert_eq!(JobId::parse("job_../../../../etc/passwd"), None);
    }
}
