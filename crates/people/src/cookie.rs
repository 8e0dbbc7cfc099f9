//! The cookie in which a browser keeps a session.

use crate::{SignedIn, sign_in::VALID};

/// Its name.
pub const NAME: &str = "qm_session";

/// `Set-Cookie` for a session that has begun. Scripts cannot read it, and other sites cannot use it to change anything.
pub fn begin(session: &SignedIn, is_https: bool) -> String {
    let lasts = VALID.as_secs();
    let token = session.token.reveal();
    format!("{NAME}={token}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// `Set-Cookie` for one that has ended.
pub fn end(is_https: bool) -> String {
    format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(is_https))
}

/// The token in a `Cookie` header.
pub fn find(header: &str) -> Option<&str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, token)| token)
}

fn secure(is_https: bool) -> &'static str {
    if is_https { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        assert_eq!(find("qm_theme=dark; qm_session=qms_1; x=y"), Some("qms_1"));
        assert_eq!(find("not_qm_session=1; qm_sessions=2"), None);
        assert_eq!(find(""), None);
    }
}
