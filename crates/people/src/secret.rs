//! Text that must not be seen: passwords and tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A password or token. It does not show itself in logs and is not written anywhere by accident.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes text as a secret.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// A fresh secret of 256 random bits.
    pub(crate) fn fresh(prefix: &str) -> Secret {
        Secret(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random::<32>())))
    }

    /// A fresh secret of 128 random bits in letters and digits that a person can type.
    pub(crate) fn fresh_to_type(prefix: &str) -> Secret {
        Secret(format!("{prefix}{}", kernel::ids::body(u128::from_be_bytes(random()))))
    }

    /// The text, for the one place that shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of a token. Its randomness is too much to guess, so a fast digest is enough.
    pub(crate) fn digest(&self) -> String {
        digest(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

pub(crate) fn digest(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
