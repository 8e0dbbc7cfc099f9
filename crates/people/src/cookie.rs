//! The cookies in which a browser keeps a session, that it is a shared device, and a journey to an identity provider.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Departure, Secret, SignedIn, sign_in::VALID};

/// Its name on a server that is reached by plain HTTP: on this machine, and nowhere else that is safe.
pub const NAME: &str = "qm_session";

/// Its name on a server that is reached by TLS. Browsers keep a cookie of this prefix only from TLS, for this host alone
/// and all its paths, so that no neighbour and no eavesdropper can plant one.
pub const SECURE_NAME: &str = "__Host-qm_session";

/// `Set-Cookie` for a session that has begun. Scripts cannot read it, and other sites cannot use it to change anything.
pub fn begin(session: &SignedIn, is_https: bool) -> String {
    let lasts = VALID.as_secs();
    let token = session.token.reveal();
    let name = name(is_https);
    format!("{name}={token}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// Its name while somebody is on the way to an identity provider.
pub const JOURNEY: &str = "qm_journey";

/// `Set-Cookie` for a journey that begins: its secret, and the page that was asked for. `Lax`, for the provider's page
/// sends the browser back.
pub fn depart(departure: &Departure, next: &str, is_https: bool) -> String {
    let (secret, next) = (departure.secret.reveal(), URL_SAFE_NO_PAD.encode(next));
    format!(
        "{JOURNEY}={secret}.{next}; Path=/sign-in; Max-Age=900; HttpOnly; SameSite=Lax{}",
        secure(is_https)
    )
}

/// The secret and the page of a journey in a `Cookie` header.
pub fn find_journey(header: &str) -> Option<(Secret, String)> {
    let (secret, next) = find_named(header, JOURNEY)?.split_once('.')?;
    let next = URL_SAFE_NO_PAD.decode(next).ok().and_then(|next| String::from_utf8(next).ok())?;
    Some((Secret::new(secret), next))
}

/// `Set-Cookie` for a journey that has ended, however.
pub fn arrive(is_https: bool) -> String {
    format!("{JOURNEY}=; Path=/sign-in; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// Its name where the browser is a shared device, without TLS and with it.
fn device_name(is_https: bool) -> &'static str {
    if is_https { "__Host-qm_device" } else { "qm_device" }
}

/// `Set-Cookie` for a browser that becomes a shared device: for as long as browsers keep anything.
pub fn be_device(secret: &Secret, is_https: bool) -> String {
    let secret = secret.reveal();
    let name = device_name(is_https);
    format!("{name}={secret}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// The device's secret in a `Cookie` header.
pub fn find_device(header: &str, is_https: bool) -> Option<&str> {
    find_named(header, device_name(is_https))
}

/// `Set-Cookie` for one that has ended.
pub fn end(is_https: bool) -> String {
    let name = name(is_https);
    format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// The token in a `Cookie` header.
pub fn find(header: &str, is_https: bool) -> Option<&str> {
    find_named(header, name(is_https))
}

fn find_named<'h>(header: &'h str, sought: &str) -> Option<&'h str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == sought)
        .map(|(_, value)| value)
}

fn name(is_https: bool) -> &'static str {
    if is_https { SECURE_NAME } else { NAME }
}

fn secure(is_https: bool) -> &'static str {
    if is_https { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        assert_eq!(find("qm_theme=dark; qm_session=qms_1; x=y", false), Some("qms_1"));
        assert_eq!(find("not_qm_session=1; qm_sessions=2", false), None);
        assert_eq!(find("", false), None);
    }

    #[test]
    fn c14_by_tls_only_a_cookie_that_nobody_else_can_plant_is_taken() {
        assert_eq!(find("qm_session=planted; __Host-qm_session=qms_1", true), Some("qms_1"));
        assert_eq!(find("qm_session=planted", true), None);
        assert!(end(true).starts_with("__Host-qm_session=; Path=/; ") && end(true).contains("; Secure"));
        assert!(!end(false).contains("Secure") && !end(true).contains("Domain"));
    }

    #[test]
    fn a_journey_knows_the_page_it_comes_back_to() {
        let departure = Departure { url: String::new(), secret: Secret::new("qmj_1") };
        let cookie = depart(&departure, "/orders?q=a;b", true);
        assert!(cookie.ends_with("; Secure"));
        let (secret, next) = find_journey(cookie.split("; Path").next().unwrap()).unwrap();
        assert_eq!((secret.reveal(), next.as_str()), ("qmj_1", "/orders?q=a;b"));
        assert!(find_journey("qm_session=1").is_none());
    }
}
