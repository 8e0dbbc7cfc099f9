//! Carries letters.

use std::{
    error::Error,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::Instant;

use crate::{Address, Reach, Refused, guard};

/// How long a letter may take until its reply has been read.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of a reply is read.
const REPLY_MAX: usize = 64 * 1024;

/// How much is fetched: keys and claims are a few kilobytes.
const FETCHED_MAX: usize = 1024 * 1024;

/// How much of a reply is kept.
const KEPT: usize = 1024;

/// What is sent by `POST`.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where to.
    pub url: String,
    /// Headers beside `content-type: application/json`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, JSON.
    pub body: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The header `retry-after`, as it was.
    pub retry_after: Option<String>,
    /// The first 1,024 bytes of the body, without what cannot be shown.
    pub text: String,
    /// How long it took, in milliseconds.
    pub ms: i64,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The letter may not go there; it was not sent.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No reply in fifteen seconds. The letter may have arrived.
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    TimedOut,
    /// It is longer than anybody we ask should have to say.
    #[error("the answer is longer than {FETCHED_MAX} bytes")]
    TooLong,
    /// No connection, or it broke. The letter may have arrived.
    #[error("{0}")]
    Unreachable(String),
}

/// Carries letters; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Courier {
    reach: Reach,
    // Made with the first letter: reading the system's certificates takes its time.
    client: Arc<OnceLock<Result<Client, String>>>,
}

impl Courier {
    /// A courier who goes as far as `reach`.
    pub fn new(reach: Reach) -> Courier {
        Courier { reach, client: Arc::default() }
    }

    /// How far this one goes.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Carries a letter. Redirects are not followed: they are replies.
    pub async fn send(&self, letter: Letter) -> Result<Reply, SendError> {
        let address = Address::parse(&letter.url, self.reach)?;
        let client = self.client()?;
        let begun = Instant::now();
        let mut request =
            client.post(address.url()).header("content-type", "application/json").body(letter.body);
        for (name, value) in letter.headers {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(explain)?;
        let mut text: Vec<u8> = Vec::new();
        let mut length = 0;
        while let Some(chunk) = response.chunk().await.map_err(explain)? {
            text.extend(&chunk[..chunk.len().min(KEPT - text.len())]);
            length += chunk.len();
            if length >= REPLY_MAX {
                break;
            }
        }
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        Ok(Reply {
            status: response.status().as_u16(),
            retry_after: retry_after.map(|value| value.chars().take(64).collect()),
            text: shown(&text),
            ms: begun.elapsed().as_millis().try_into().unwrap_or(i64::MAX),
        })
    }

    /// Asks, and gives the whole answer. Redirects are not followed: they are answers.
    pub async fn fetch(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, SendError> {
        let (parts, body) = request.into_parts();
        let address = Address::parse(&parts.uri.to_string(), self.reach)?;
        let asked = self.client()?.request(parts.method, address.url()).headers(parts.headers).body(body);
        let mut response = asked.send().await.map_err(explain)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(explain)? {
            if body.len() + chunk.len() > FETCHED_MAX {
                return Err(SendError::TooLong);
            }
            body.extend(&chunk);
        }
        let mut answer = http::Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn client(&self) -> Result<&Client, SendError> {
        let client = self.client.get_or_init(|| client(self.reach)).as_ref();
        client.map_err(|problem| SendError::Unreachable(problem.clone()))
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

fn client(reach: Reach) -> Result<Client, String> {
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map_err(|error| format!("the system's certificates cannot be used: {error}"))?
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("Quartermaster/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Screened(reach))
        .https_only(reach == Reach::Public)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .timeout(PATIENCE)
        .pool_max_idle_per_host(1)
        .build()
        .map_err(|error| error.to_string())
}

/// Makes *ring* what this process encrypts with, for HTTP clients that do not say.
pub fn use_ring() {
    // Somebody was first: then it is decided.
    let _ = ring::default_provider().install_default();
}

/// Asks the system what a name leads to, and gives only what may be reached. The connection is made to just these, so
/// a name that answers differently the next time gains nothing.
struct Screened(Reach);

impl Resolve for Screened {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let screened = guard::screen(found, reach)?;
            Ok(Box::new(screened.into_iter()) as Addrs)
        })
    }
}

fn explain(error: reqwest::Error) -> SendError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    let mut said = String::new();
    while let Some(one) = cause {
        if one.is::<Refused>() {
            return SendError::Refused(Refused);
        }
        said = one.to_string();
        cause = one.source();
    }
    // The outer errors only repeat the address; the innermost says what happened.
    if error.is_timeout() { SendError::TimedOut } else { SendError::Unreachable(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_connecting() {
        let resolver = Screened(Reach::Public);
        let found = resolver.resolve("localhost".parse().unwrap()).await;
        assert!(found.err().unwrap().is::<Refused>());
        assert!(Screened(Reach::Private).resolve("localhost".parse().unwrap()).await.is_ok());
        // The whole way, past the reading of the address.
        let client = client(Reach::Public).unwrap();
        let error = client.post("https://localhost/").send().await.unwrap_err();
        assert_eq!(explain(error), SendError::Refused(Refused));
    }
}
