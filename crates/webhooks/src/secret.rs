//! What messages are signed with, by Standard Webhooks 1.0.0.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What every secret starts with as it is shown.
const PREFIX: &str = "whsec_";

/// A secret shared with a receiver. It does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// A fresh one of 256 random bits.
    pub fn fresh() -> SigningSecret {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        SigningSecret(format!("{PREFIX}{}", STANDARD.encode(bytes)))
    }

    /// Reads one as it is shown: 24 to 64 bytes in base64 after `whsec_`.
    pub fn parse(text: &str) -> Option<SigningSecret> {
        let key = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&key.len()).then(|| SigningSecret(text.to_owned()))
    }

    /// The text, for the one place that shows it and the one that keeps it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The signature of a message: `v1,` and the base64 of HMAC-SHA256 over id, time and body.
    pub fn sign(&self, message_id: &str, unix_seconds: i64, body: &str) -> String {
        let key = self.0.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
        let key = key.expect("a secret was read or made as one");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
        mac.update(format!("{message_id}.{unix_seconds}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the specification's own libraries.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    #[test]
    fn c11_the_signature_is_the_specifications() {
        let body = r#"{"email":"test@example.com","username":"test_user"}"#;
        let secret = SigningSecret::parse(SECRET).unwrap();
        assert_eq!(
            secret.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body),
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        );
    }

    #[test]
    fn c11_a_secret_shows_itself_nowhere() {
        let secret = SigningSecret::fresh();
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
        assert_ne!(secret, SigningSecret::fresh());
        assert_eq!(SigningSecret::parse(secret.reveal()), Some(secret));
    }

    #[test]
    fn what_is_no_secret_is_not_taken() {
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for text in ["", "whsec_", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_C2FVsBQI", "whsec_!", &long] {
            assert_eq!(SigningSecret::parse(text), None, "{text}");
        }
    }
}
