//! Passwords, kept so that trying them is slow: Argon2id with 19 MiB and two passes, as OWASP advises.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{Secret, secret::random};

/// The shortest password, in characters.
pub(crate) const LEAST: usize = 12;

/// The longest, in characters.
pub(crate) const MOST: usize = 256;

/// How many are tried at once: each takes a core and 19 MiB, and anybody may knock.
static PLACES: Semaphore = Semaphore::const_new(4);

/// What a password is compared with where nobody has the e-mail address, so that it takes as long as where somebody has.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now(&Secret::fresh("")));

/// The text to store for a password.
pub(crate) async fn hash(password: Secret) -> String {
    slowly(move || hash_now(&password)).await
}

/// True where `stored` is of this password; takes as long where there is none.
pub(crate) async fn is_right(password: Secret, stored: Option<String>) -> bool {
    slowly(move || {
        let is_somebody = stored.is_some();
        let stored = stored.as_deref().unwrap_or(&NOBODY);
        let is_same = PasswordHash::new(stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.reveal().as_bytes(), &hash).is_ok());
        is_same && is_somebody
    })
    .await
}

fn hash_now(password: &Secret) -> String {
    Argon2::default()
        .hash_password_with_salt(password.reveal().as_bytes(), &random::<16>())
        .expect("a salt of 16 bytes and the default parameters are good")
        .to_string()
}

async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _place = PLACES.acquire().await.expect("the semaphore is never closed");
    spawn_blocking(work).await.expect("hashing does not panic")
}
