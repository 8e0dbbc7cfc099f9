//! The cookie in which a browser keeps a session.

use crate::{SignedIn, sign_in::VALID};

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

/// `Set-Cookie` for one that has ended.
pub fn end(is_https: bool) -> String {
    let name = name(is_https);
    format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// The token in a `Cookie` header.
pub fn find(header: &str, is_https: bool) -> Option<&str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name(is_https))
        .map(|(_, token)| token)
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
}
