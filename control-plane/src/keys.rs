//! Keys of one installation, made at first start and readable by their owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use crate::domain::entropy::Entropy;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the key file {path} cannot be used")]
    Unusable {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others could have read it.
    #[error("the key file {path} can be read by others; run: chmod 600 {path}")]
    Exposed {
        /// Which file.
        path: String,
    },
}

/// The keys of an installation.
pub struct Keys {
    /// Signs download links.
    pub link: [u8; KEY_BYTES],
    /// Seals secrets at rest.
    pub vault: Vault,
}

impl Keys {
    /// Reads the keys of a directory, and makes what is missing.
    ///
    /// # Errors
    /// [`KeyError`] where a file cannot be used safely.
    pub fn open(directory: &Path, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|source| KeyError::Unusable { path: directory.display().to_string(), source })?;
        let link = key_from_file(&directory.join("download-links.key"), entropy)?;
        let vault = Vault::new(key_from_file(&directory.join("webhook-secrets.key"), entropy)?);
        Ok(Self { link, vault })
    }
}

/// Reads a secret that an operator keeps in a file, such as the key of somebody else's server.
///
/// # Errors
/// [`io::Error`] where it cannot be read.
pub fn secret_from_file(path: &Path) -> io::Result<String> {
    Ok(fs::read_to_string(path)?.trim().to_owned())
}

/// Seals secrets so that a copy of the database alone does not give them away.
#[derive(Clone)]
pub struct Vault(XChaCha20Poly1305);

/// The sealed bytes were not sealed here, or for another purpose.
#[derive(Debug, thiserror::Error)]
#[error("a sealed secret cannot be opened with this key")]
pub struct UnsealError;

impl Vault {
    /// A vault with this key.
    pub fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(key)))
    }

    /// Seals `secret` for `purpose`, which must be given again to open it. 24 random bytes of nonce never repeat.
    pub fn seal(&self, secret: &str, purpose: &str, entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: secret.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload);
        [nonce.as_slice(), &sealed.expect("the cipher takes a short text")].concat()
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`UnsealError`] where key, purpose or bytes differ.
    pub fn unseal(&self, sealed: &[u8], purpose: &str) -> Result<String, UnsealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(UnsealError)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let secret = self.0.decrypt(&XNonce::from(*nonce), payload).ok().ok_or(UnsealError)?;
        String::from_utf8(secret).ok().ok_or(UnsealError)
    }
}

fn key_from_file(path: &Path, entropy: &dyn Entropy) -> Result<[u8; KEY_BYTES], KeyError> {
    let unusable = |source| KeyError::Unusable { path: path.display().to_string(), source };
    match File::open(path) {
        Ok(file) => {
            if file.metadata().map_err(unusable)?.permissions().mode() & 0o077 != 0 {
                return Err(KeyError::Exposed { path: path.display().to_string() });
            }
            let mut key = [0; KEY_BYTES];
            (&file).read_exact(&mut key).map_err(unusable)?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; KEY_BYTES];
            entropy.fill(&mut key);
            write_new(path, &key).map_err(unusable)?;
            // Another process may have been first.
            key_from_file(path, entropy)
        }
        Err(error) => Err(unusable(error)),
    }
}

/// The file appears complete or not at all, and once: half a key would be another key, and so would a second one.
fn write_new(path: &Path, key: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("new-{}", std::process::id()));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(key)?;
    file.sync_all()?;
    let linked = match fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    };
    fs::remove_file(&unfinished)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::tests::Seeded;

    #[test]
    fn a_sealed_secret_opens_for_its_purpose_only() {
        let vault = Vault::new([1; 32]);
        let sealed = vault.seal("whsec_x", "job_1", &Seeded(5.into()));
        assert_eq!(vault.unseal(&sealed, "job_1").unwrap(), "whsec_x");
        assert!(vault.unseal(&sealed, "job_2").is_err());
        assert!(Vault::new([2; 32]).unseal(&sealed, "job_1").is_err());
        assert!(!sealed.windows(7).any(|bytes| bytes == b"whsec_x"));
    }

    #[test]
    fn keys_are_made_once_and_kept_private() {
        let directory = tempfile::tempdir().unwrap();
        let first = Keys::open(directory.path(), &Seeded(1.into())).unwrap();
        let second = Keys::open(directory.path(), &Seeded(2.into())).unwrap();
        assert_eq!(first.link, second.link);
        let path = directory.path().join("download-links.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::open(directory.path(), &Seeded(3.into())), Err(KeyError::Exposed { .. })));
    }
}
