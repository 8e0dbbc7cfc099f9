//! Secrets that we must be able to read again, such as what signs webhooks: kept sealed, so that whoever gets a copy of
//! the database gets none of them.
//!
//! A sealed secret is `sealed.1.KEY.BODY`: the name of the master key, then nonce and ciphertext of XChaCha20-Poly1305
//! in base64. Where it stands is sealed in with it, so it opens nowhere else.

use std::{fmt, sync::Arc};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use db::Fault;
use sha2::{Digest, Sha256};

/// What every sealed secret starts with.
const MARK: &str = "sealed.1.";

const NONCE_BYTES: usize = 24;

/// The master keys: what is sealed is sealed with the first; the others still open what was sealed with them. Cheap to
/// clone. Without a key nothing is sealed, and what is sealed does not open.
#[derive(Clone, Default)]
pub struct Keyring(Arc<[MasterKey]>);

#[derive(Clone)]
struct MasterKey {
    name: String,
    bytes: [u8; 32],
}

/// Why there is no keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes in base64")]
pub struct BadKey;

impl Keyring {
    /// The keys of a text, one a line or with commas between; the first seals.
    pub fn parse(text: &str) -> Result<Keyring, BadKey> {
        let keys = text.split([',', '\n']).map(str::trim).filter(|key| !key.is_empty());
        let keys = keys.map(|key| {
            let bytes = STANDARD.decode(key).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(BadKey)?;
            Ok(MasterKey { name: name_of(&bytes), bytes })
        });
        keys.collect::<Result<Vec<_>, BadKey>>().map(|keys| Keyring(keys.into()))
    }

    /// A fresh key, as [`Keyring::parse`] reads it.
    pub fn fresh_key() -> String {
        STANDARD.encode(random::<32>())
    }

    /// True where there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the keys, which are no secret; the one that seals first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.name.as_str())
    }

    /// Seals a secret for the one place where it is kept: table, column and id.
    pub fn seal(&self, place: &str, secret: &str) -> String {
        let Some(key) = self.0.first() else { return secret.to_owned() };
        let nonce = random::<NONCE_BYTES>();
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = key.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("only a text of gigabytes cannot be sealed");
        let body = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        format!("{MARK}{}.{body}", key.name)
    }

    /// Opens what was sealed for this place. What was kept before there was a key is given as it is.
    pub fn open(&self, place: &str, kept: &str) -> Result<String, SealError> {
        let Some(rest) = kept.strip_prefix(MARK) else { return Ok(kept.to_owned()) };
        let (name, body) = rest.split_once('.').ok_or(SealError::Broken)?;
        let key = self.0.iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| SealError::NoKey { name: name.to_owned() })?;
        let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| SealError::Broken)?;
        let (nonce, sealed) = body.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Broken)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let opened = key.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Broken)?;
        String::from_utf8(opened).map_err(|_| SealError::Broken)
    }

    /// True where it should be sealed anew: it is not sealed, or with a former key.
    pub fn is_stale(&self, kept: &str) -> bool {
        let Some(key) = self.0.first() else { return false };
        let with = kept.strip_prefix(MARK).and_then(|rest| rest.split_once('.')).map(|(name, _)| name);
        with != Some(key.name.as_str())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl MasterKey {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.bytes.into())
    }
}

/// Why a sealed secret does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key it was sealed with is not there.
    #[error("the master key {name} is missing: bring the key file that belongs to this database")]
    NoKey {
        /// The key's name.
        name: String,
    },
    /// It was changed, or put elsewhere.
    #[error("a sealed secret was changed")]
    Broken,
}

impl From<SealError> for Fault {
    fn from(error: SealError) -> Fault {
        Fault::Shape { column: "a sealed secret".into(), problem: error.to_string() }
    }
}

/// Tells keys apart and nothing more.
fn name_of(bytes: &[u8; 32]) -> String {
    let digest = Sha256::new().chain_update(b"quartermaster master key\0").chain_update(bytes).finalize();
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[&str]) -> Keyring {
        Keyring::parse(&keys.join("\n")).unwrap()
    }

    #[test]
    fn c18_a_sealed_secret_opens_with_its_key_at_its_place_and_nowhere_else() {
        let (key, other) = (Keyring::fresh_key(), Keyring::fresh_key());
        let keys = ring(&[&key]);
        let sealed = keys.seal("webhook.secret whe_1", "whsec_tea");
        assert!(!sealed.contains("tea") && sealed.starts_with("sealed.1."), "{sealed}");
        assert_ne!(sealed, keys.seal("webhook.secret whe_1", "whsec_tea"), "no two look alike");
        assert_eq!(keys.open("webhook.secret whe_1", &sealed), Ok("whsec_tea".into()));
        assert_eq!(keys.open("webhook.secret whe_2", &sealed), Err(SealError::Broken));
        assert!(matches!(
            ring(&[&other]).open("webhook.secret whe_1", &sealed),
            Err(SealError::NoKey { .. })
        ));
        for place in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[place] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert_ne!(keys.open("webhook.secret whe_1", &changed), Ok("whsec_tea".into()), "{place}");
        }
    }

    #[test]
    fn a_former_key_opens_and_the_new_one_seals() {
        let (new, old) = (Keyring::fresh_key(), Keyring::fresh_key());
        let sealed = ring(&[&old]).seal("place", "secret");
        let both = ring(&[&new, &old]);
        assert_eq!(both.open("place", &sealed), Ok("secret".into()));
        assert!(both.is_stale(&sealed) && both.is_stale("kept as it was"));
        assert!(!both.is_stale(&both.seal("place", "secret")));
    }

    #[test]
    fn without_a_key_secrets_are_kept_as_they_are() {
        let none = Keyring::default();
        assert_eq!(none.seal("place", "secret"), "secret");
        assert_eq!(none.open("place", "secret"), Ok("secret".into()));
        assert!(!none.is_stale("secret"));
        assert_eq!(Keyring::parse("c2hvcnQ=").map(|_| ()), Err(BadKey));
    }
}
