//! How values are read and shown. A reader that cannot read says what it wants.

use std::{fmt, net::SocketAddr, path::PathBuf};

use axum::http::{HeaderName, HeaderValue, Uri};

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Scheme and host by which others reach us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
}

impl PublicUrl {
    /// True where others reach us by TLS.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

pub fn text(text: &str) -> Result<String, String> {
    maybe(text).map(str::to_owned).ok_or_else(|| "it is empty".to_owned())
}

pub fn maybe_text(text: &str) -> Result<Option<String>, String> {
    Ok(maybe(text).map(str::to_owned))
}

/// Of a secret only whether it is there.
pub fn hidden(text: &str) -> String {
    if text.is_empty() { String::new() } else { "(set)".to_owned() }
}

pub fn path(text: &str) -> Result<Option<PathBuf>, String> {
    Ok(maybe(text).map(PathBuf::from))
}

pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| "an address with a port, such as 127.0.0.1:8080".to_owned())
}

pub fn maybe_address(text: &str) -> Result<Option<SocketAddr>, String> {
    maybe(text).map(address).transpose()
}

pub fn filter(text: &str) -> Result<Option<String>, String> {
    let Some(text) = maybe(text) else { return Ok(None) };
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(Some(text.to_owned())),
        Err(error) => Err(format!("a log filter such as `info` or `warn,flows=debug` ({error})")),
    }
}

pub fn log_format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("`text` or `json`".to_owned()),
    }
}

pub fn number<const LEAST: u32, const MOST: u32>(text: &str) -> Result<u32, String> {
    let number = text.trim().parse().ok().filter(|number| (LEAST..=MOST).contains(number));
    number.ok_or_else(|| format!("a whole number from {LEAST} to {MOST}"))
}

pub fn maybe_number<const LEAST: u32, const MOST: u32>(text: &str) -> Result<Option<u32>, String> {
    maybe(text).map(number::<LEAST, MOST>).transpose()
}

pub fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" | "" => Ok(false),
        _ => Err("`true` or `false`".to_owned()),
    }
}

pub fn public_url(text: &str) -> Result<Option<PublicUrl>, String> {
    let Some(text) = maybe(text) else { return Ok(None) };
    let text = text.strip_suffix('/').unwrap_or(text);
    let is_good = text.parse::<Uri>().is_ok_and(|uri| {
        let is_bare =
            uri.path() == "/" && uri.query().is_none() && !text.contains('@') && !text.ends_with('/');
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && is_bare
    });
    if is_good {
        Ok(Some(PublicUrl { text: text.to_owned() }))
    } else {
        Err("https://HOST or http://HOST, without a path".to_owned())
    }
}

/// Also a path, behind which collectors that serve many have their own for traces.
pub fn collector(text: &str) -> Result<Option<String>, String> {
    let Some(text) = maybe(text) else { return Ok(None) };
    let is_good = text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
            && !text.contains('@')
    });
    if is_good {
        Ok(Some(text.trim_end_matches('/').to_owned()))
    } else {
        Err("https://HOST or http://HOST:PORT, without name and password: those are headers".to_owned())
    }
}

pub fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let Some(text) = maybe(text) else { return Ok(Vec::new()) };
    let header = |given: &str| {
        let (name, value) = given.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_good = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
        is_good.then(|| (name.to_owned(), value.to_owned()))
    };
    let headers: Option<Vec<_>> = text.split(',').map(header).collect();
    headers.ok_or_else(|| "NAME=VALUE, with commas between".to_owned())
}

pub fn nats(text: &str) -> Result<Option<String>, String> {
    let Some(text) = maybe(text) else { return Ok(None) };
    if ["nats://", "tls://"].iter().any(|scheme| text.starts_with(scheme)) {
        Ok(Some(text.to_owned()))
    } else {
        Err("nats://HOST:PORT or tls://HOST:PORT".to_owned())
    }
}

/// What JetStream takes for a name and for the beginning of a subject alike.
pub fn stream_name(text: &str) -> Result<String, String> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = text.trim();
    if (1..=64).contains(&name.len()) && name.chars().all(is_good) {
        Ok(name.to_owned())
    } else {
        Err("up to 64 letters, digits, `-` and `_`".to_owned())
    }
}

/// Shown as it was written.
pub fn as_is(text: &str) -> String {
    text.to_owned()
}

/// A database address without its password, wherever it stands in it.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (before_query, query) =
        rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let hidden = match before_query.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => before_query.to_owned(),
    };
    let query = query.map(|query| {
        let parts = query.split('&').map(|part| match part.split_once('=') {
            Some((name, _)) if name.eq_ignore_ascii_case("password") => format!("{name}=***"),
            _ => part.to_owned(),
        });
        format!("?{}", parts.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{hidden}{}", query.unwrap_or_default())
}

/// True where a database address has a password in it.
pub fn has_password(url: &str) -> bool {
    without_password(url) != url
}

fn maybe(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_it_stands() {
        for (url, shown) in [
            ("sqlite:shop.db", "sqlite:shop.db"),
            ("postgres://me@host/shop", "postgres://me@host/shop"),
            ("postgres://me:p@ss:w@host/shop", "postgres://me:***@host/shop"),
            ("postgres://host/shop?user=me&password=x&a=b", "postgres://host/shop?user=me&password=***&a=b"),
        ] {
            assert_eq!(without_password(url), shown);
            assert_eq!(has_password(url), shown.contains("***"), "{url}");
        }
    }

    #[test]
    fn a_public_url_is_a_scheme_and_a_host() {
        for (text, is_good) in [
            ("https://stock.example.com", true),
            ("https://stock.example.com:8443/", true),
            ("http://192.0.2.1", true),
            ("ftp://stock.example.com", false),
            ("https://", false),
            ("https://stock.example.com/shop", false),
            ("https://me@stock.example.com", false),
            ("stock.example.com", false),
        ] {
            assert_eq!(public_url(text).is_ok(), is_good, "{text}");
        }
        assert_eq!(public_url("").unwrap(), None);
    }
}
