//! Machine tokens: `avs.<tokenId>.<secret>`. What is kept of them is the id and SHA-256 of the secret.
//!
//! ```text
//! avs . api_0123456789abcdef . <43 base62: 256 bits><6 base62: CRC-32 of "tokenId.secret43">
//! ```
//! The checksum lets scanners and clients reject typos offline; it is no protection. The prefix of the id is
//! a hint for people: the kind in the database decides.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::entropy::{BASE62, Entropy, base62_from_entropy};

const ID_CHARS: usize = 16;
const SECRET_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The public API.
    Api,
    /// The command line client; never `/api/v1`.
    Cli,
}

impl TokenKind {
    /// Its name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Cli => "cli",
        }
    }

    /// The kind with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Api, Self::Cli].into_iter().find(|kind| kind.name() == name)
    }

    fn id_prefix(self) -> &'static str {
        match self {
            Self::Api => "api_",
            Self::Cli => "cli_",
        }
    }
}

/// SHA-256 of a token's secret. The secret has 256 random bits, so stretching it would add nothing.
#[derive(Clone, Copy)]
pub struct SecretDigest(pub [u8; 32]);

impl SecretDigest {
    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A whole token, secret included. Cannot be printed by accident.
pub struct Token {
    id: String,
    secret: String,
}

impl Token {
    /// Makes a new one.
    pub fn generate(kind: TokenKind, entropy: &dyn Entropy) -> Self {
        let id = format!("{}{}", kind.id_prefix(), base62_from_entropy(entropy, ID_CHARS));
        let random = base62_from_entropy(entropy, SECRET_CHARS);
        let secret = format!("{random}{}", checksum(&id, &random));
        Self { id, secret }
    }

    /// Makes a new secret for a token that keeps its id; `None` if that is no id of ours.
    pub fn renewed(id: &str, entropy: &dyn Entropy) -> Option<Self> {
        let id_random = id.strip_prefix("api_").or_else(|| id.strip_prefix("cli_"))?;
        let shaped =
            id_random.len() == ID_CHARS && id_random.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let random = base62_from_entropy(entropy, SECRET_CHARS);
        let secret = format!("{random}{}", checksum(id, &random));
        shaped.then(|| Self { id: id.to_owned(), secret })
    }

    /// Reads a token as sent by a client; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix("avs.")?.split_once('.')?;
        let id_random = id.strip_prefix("api_").or_else(|| id.strip_prefix("cli_"))?;
        let base62 = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let shaped = id_random.len() == ID_CHARS && secret.len() == SECRET_CHARS + CHECKSUM_CHARS;
        if !(shaped && base62(id_random) && base62(secret)) {
            return None;
        }
        let (random, sum) = secret.split_at(SECRET_CHARS);
        (checksum(id, random) == sum).then(|| Self { id: id.to_owned(), secret: secret.to_owned() })
    }

    /// The public part, by which it is stored and revoked.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is stored of the secret.
    pub fn secret_digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.secret.as_bytes()).into())
    }

    /// The last four characters of the secret's random part, to tell tokens apart in a list.
    pub fn last_four(&self) -> &str {
        &self.secret[SECRET_CHARS - 4..SECRET_CHARS]
    }

    /// The whole text, to be shown once.
    pub fn reveal(&self) -> String {
        format!("avs.{}.{}", self.id, self.secret)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, secret withheld)", self.id)
    }
}

fn checksum(id: &str, random: &str) -> String {
    let mut rest = crc32fast::hash(format!("{id}.{random}").as_bytes());
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::entropy::tests::Seeded;

    fn token() -> Token {
        Token::generate(TokenKind::Api, &Seeded(3.into()))
    }

    #[test]
    fn a_token_reads_back_as_itself() {
        let token = token();
        let read = Token::parse(&token.reveal()).unwrap();
        assert_eq!(read.id(), token.id());
        assert!(read.secret_digest().matches(&token.secret_digest()));
    }

    #[test]
    fn a_token_has_the_published_shape() {
        let text = token().reveal();
        assert_eq!(text.len(), "avs.".len() + 20 + 1 + 49);
        assert!(text.starts_with("avs.api_"));
    }

    #[test]
    fn printing_a_token_for_debugging_withholds_the_secret() {
        let token = token();
        assert!(!format!("{token:?}").contains(&token.secret));
    }

    proptest! {
        #[test]
        fn a_single_wrong_character_is_noticed_offline(position in 4_usize..74, digit in 0_usize..62) {
            let mut text = token().reveal().into_bytes();
            prop_assume!(text[position] != BASE62[digit]);
            text[position] = BASE62[digit];
            prop_assert!(Token::parse(std::str::from_utf8(&text).unwrap()).is_none());
        }

        #[test]
        fn arbitrary_text_never_panics_the_parser(text in ".{0,120}") {
            prop_assert!(Token::parse(&text).is_none());
        }
    }
}
