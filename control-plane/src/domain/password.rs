//! Passwords of people: argon2id, with the parameters that OWASP gives for it.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

use super::entropy::Entropy;

/// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 << 10;
const PASSES: u32 = 2;
/// Shorter ones are guessed.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longer ones only cost time.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too easy to guess, or absurdly long.
    #[error(
        "a password needs {PASSWORD_CHARS_MIN} characters or more, and at most {PASSWORD_BYTES_MAX} bytes"
    )]
    Length,
    /// The hash cannot be made.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// Returns what is stored of `password`. Takes tens of milliseconds and 19 MiB.
///
/// # Errors
/// [`PasswordError`] where it is too short or too long.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordError::Length);
    }
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    let hashed = argon2id().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hashed.map_err(|error| PasswordError::Hash(error.to_string()))?.to_string())
}

/// True where `password` is the one that `hashed` was made of. Takes as long where there is no account.
pub fn matches(password: &str, hashed: Option<&str>) -> bool {
    // Of a password that nobody knows.
    const NOBODYS: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let Ok(parsed) = PasswordHash::new(hashed.unwrap_or(NOBODYS)) else { return false };
    password.len() <= PASSWORD_BYTES_MAX
        && argon2id().verify_password(password.as_bytes(), &parsed).is_ok()
        && hashed.is_some()
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters are inside their ranges");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::tests::Seeded;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hashed = hash("correct horse battery", &Seeded(1.into())).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("correct horse battery", Some(&hashed)));
        assert!(!matches("correct horse batterz", Some(&hashed)));
        assert!(!matches("correct horse battery", None));
    }

    #[test]
    fn a_password_that_can_be_guessed_is_refused() {
        assert!(matches!(hash("short", &Seeded(1.into())), Err(PasswordError::Length)));
        assert!(matches!(hash(&"x".repeat(2000), &Seeded(1.into())), Err(PasswordError::Length)));
    }
}
