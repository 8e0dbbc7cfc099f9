//! A browser's journey to an identity provider and back, by OpenID Connect: authorisation code with PKCE.
//!
//! [`Journeys::depart`] gives the address to go to and a secret that stays in the browser. State, nonce and PKCE verifier
//! are digests of that secret, so nothing about a journey is kept here, and whoever has not the browser that departed
//! cannot arrive. [`Journeys::arrive`] asks the provider who it was, checks what it signed, and only then opens the
//! database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use db::Fault;
use kernel::{IdentityProviderId, Timestamp};
use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, HttpRequest, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    core::{
        CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreTokenResponse,
        CoreUserInfoClaims,
    },
};
use outbound::{Address, Courier};
use runtime::{Runtime, has_fault};

use crate::{
    IdentityProvider, Secret, SignedIn, federate, federate::Proven, providers::secret_place, secret::digest,
    store,
};

/// How long what a provider says of itself is believed without asking again.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// How old an identity token may be: a journey is one person typing a password.
const JOURNEY: Duration = Duration::from_secs(15 * 60);

/// How far clocks differ.
const SKEW: Duration = Duration::from_secs(60);

/// What identity tokens may be signed with: keys of which only the provider has the secret half. Neither `none` nor a
/// shared secret is among them.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Journeys to identity providers; cheap to clone.
#[derive(Clone)]
pub struct Journeys {
    courier: Courier,
    known: Arc<Mutex<HashMap<IdentityProviderId, Known>>>,
}

/// What a provider said of itself, and when.
struct Known {
    issuer: String,
    metadata: CoreProviderMetadata,
    at: Timestamp,
}

/// A journey that begins.
#[derive(Debug, Clone)]
pub struct Departure {
    /// Where the browser goes.
    pub url: String,
    /// What the browser keeps until it is back.
    pub secret: Secret,
}

/// What the provider sent the browser back with.
#[derive(Debug, Clone, Default)]
pub struct ProviderAnswer {
    /// Proves that somebody signed in there.
    pub code: String,
    /// What we gave along.
    pub state: String,
    /// Who says so, where it says.
    pub iss: String,
    /// Why nobody signed in there.
    pub error: String,
}

/// Why nobody came in.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// No such provider.
    #[error("there is no such identity provider")]
    NoSuchProvider,
    /// It was not this browser that departed, or it did so too long ago.
    #[error("this sign-in was not begun here")]
    NotBegunHere,
    /// The answer was used before.
    #[error("this sign-in was completed before")]
    UsedBefore,
    /// Nobody signed in there.
    #[error("the identity provider let nobody in: {0}")]
    Declined(String),
    /// The provider does not answer as one does.
    #[error("the identity provider does not answer: {0}")]
    Unreachable(String),
    /// What it signed does not prove anything.
    #[error("the identity provider's answer proves nothing: {0}")]
    NotProven(String),
    /// It is somebody else's identity, or nobody's here.
    #[error("nobody here is known by this identity")]
    NotAdmitted,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(JourneyError);

impl Journeys {
    /// Journeys on which this courier asks.
    pub fn by(courier: Courier) -> Journeys {
        Journeys { courier, known: Arc::default() }
    }

    /// How far away a provider may be.
    pub fn reach(&self) -> outbound::Reach {
        self.courier.reach()
    }

    /// Begins a journey.
    pub async fn depart(
        &self,
        runtime: &Runtime,
        provider_id: &IdentityProviderId,
    ) -> Result<Departure, JourneyError> {
        let (provider, _) = find(runtime, provider_id).await?;
        let metadata = self.metadata(runtime, &provider, false).await?;
        // The browser goes there and not we; yet an address that is none of the web is no place to send it to.
        Address::parse(metadata.authorization_endpoint().as_str(), self.reach()).map_err(unreachable)?;
        let secret = Secret::fresh("qmj_");
        let (challenge, client_id) = (
            PkceCodeChallenge::from_code_verifier_sha256(&verifier(&secret)),
            ClientId::new(provider.client_id.clone()),
        );
        let client = CoreClient::from_provider_metadata(metadata, client_id, None)
            .set_redirect_uri(redirect(&provider)?);
        let (state, nonce) = (CsrfToken::new(state(&secret)), nonce(&secret));
        let (url, _, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Departure { url: url.into(), secret })
    }

    /// Ends a journey: a session begins, or there is a reason why not.
    pub async fn arrive(
        &self,
        runtime: &Runtime,
        provider_id: &IdentityProviderId,
        secret: &Secret,
        answer: ProviderAnswer,
    ) -> Result<SignedIn, JourneyError> {
        if answer.state.is_empty() || answer.state != state(secret) {
            return Err(JourneyError::NotBegunHere);
        }
        let (provider, client_secret) = find(runtime, provider_id).await?;
        // RFC 9207: an answer of another provider is told by its name, and by the address it came to.
        if !answer.iss.is_empty() && answer.iss != provider.issuer {
            return Err(JourneyError::NotProven("it comes from another issuer".into()));
        }
        if !answer.error.is_empty() {
            return Err(JourneyError::Declined(shortened(&answer.error)));
        }
        let proven = self.ask(runtime, &provider, client_secret, secret, answer.code).await?;
        federate::admit(runtime, &provider, proven, digest(secret.reveal())).await
    }

    /// Changes the code for what the provider says of whoever signed in, and checks that.
    async fn ask(
        &self,
        runtime: &Runtime,
        provider: &IdentityProvider,
        client_secret: String,
        secret: &Secret,
        code: String,
    ) -> Result<Proven, JourneyError> {
        let metadata = self.metadata(runtime, provider, false).await?;
        let client_id = ClientId::new(provider.client_id.clone());
        let methods = metadata.token_endpoint_auth_methods_supported();
        let is_posted = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            client_id.clone(),
            Some(ClientSecret::new(client_secret)),
        )
        .set_redirect_uri(redirect(provider)?)
        .set_auth_type(if is_posted { AuthType::RequestBody } else { AuthType::BasicAuth });
        let http = self.http();
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unreachable)?
            .set_pkce_verifier(verifier(secret))
            .request_async(&http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(said) => {
                    JourneyError::Declined(shortened(&said.to_string()))
                }
                error => unreachable(error),
            })?;
        let id_token = tokens.extra_fields().id_token();
        let id_token =
            id_token.ok_or_else(|| JourneyError::NotProven("there is no identity token".into()))?;
        let now = runtime.clock.outside();
        let claims = match check(&metadata, &client_id, id_token, &tokens, secret, now) {
            // A provider may have new keys since it was asked.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let metadata = self.metadata(runtime, provider, true).await?;
                check(&metadata, &client_id, id_token, &tokens, secret, now)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| JourneyError::NotProven(shortened(&error.to_string())))?;
        let mut proven = Proven {
            issuer: provider.issuer.clone(),
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            is_verified: claims.email_verified().unwrap_or(false),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
        };
        if proven.email.is_none() && metadata.userinfo_endpoint().is_some() {
            // Asked with the subject, so that the answer is about the same person.
            let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()));
            let said: CoreUserInfoClaims =
                asked.map_err(unreachable)?.request_async(&http).await.map_err(unreachable)?;
            proven.email = said.email().map(|email| email.to_string());
            proven.is_verified = said.email_verified().unwrap_or(false);
            proven.name =
                said.name().and_then(|name| name.get(None)).map(|name| name.to_string()).or(proven.name);
        }
        Ok(proven)
    }

    /// What the provider says of itself, with its keys.
    async fn metadata(
        &self,
        runtime: &Runtime,
        provider: &IdentityProvider,
        is_anew: bool,
    ) -> Result<CoreProviderMetadata, JourneyError> {
        let now = runtime.clock.outside();
        let is_fresh = |known: &&Known| {
            let until = known.at.checked_add(FRESH).unwrap_or(now);
            known.issuer == provider.issuer && until > now && !is_anew
        };
        let known = {
            let known = self.known.lock().expect("looking cannot panic");
            known.get(&provider.provider_id).filter(is_fresh).map(|known| known.metadata.clone())
        };
        if let Some(metadata) = known {
            return Ok(metadata);
        }
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(unreachable)?;
        let http = self.http();
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(unreachable)?;
        let known = Known { issuer: provider.issuer.clone(), metadata: metadata.clone(), at: now };
        self.known.lock().expect("keeping cannot panic").insert(provider.provider_id.clone(), known);
        Ok(metadata)
    }

    fn http(&self) -> impl Fn(HttpRequest) -> BoxedAnswer + Send + Sync + 'static {
        let courier = self.courier.clone();
        move |request| {
            let courier = courier.clone();
            Box::pin(async move { courier.fetch(request).await })
        }
    }
}

type BoxedAnswer =
    std::pin::Pin<Box<dyn Future<Output = Result<openidconnect::HttpResponse, outbound::SendError>> + Send>>;

/// Checks signature, issuer, audience, times and nonce, and that the access token belongs to it.
fn check<'t>(
    metadata: &CoreProviderMetadata,
    client_id: &ClientId,
    id_token: &'t CoreIdToken,
    tokens: &CoreTokenResponse,
    secret: &Secret,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
    let offered = metadata.id_token_signing_alg_values_supported();
    let verifier = CoreIdTokenVerifier::new_public_client(
        client_id.clone(),
        metadata.issuer().clone(),
        metadata.jwks().clone(),
    )
    .set_allowed_algs(SIGNATURES.into_iter().filter(|signature| offered.contains(signature)))
    .set_time_fn(move || instant(now, -to_seconds(SKEW)))
    .set_issue_time_verifier_fn(move |issued| {
        let is_ours =
            instant(now, -to_seconds(JOURNEY)) <= issued && issued <= instant(now, to_seconds(SKEW));
        if is_ours { Ok(()) } else { Err("issued at another time".into()) }
    });
    let claims = id_token.claims(&verifier, &nonce(secret))?;
    if let Some(expected) = claims.access_token_hash() {
        let other = |error: &dyn std::fmt::Display| ClaimsVerificationError::Other(error.to_string());
        let algorithm = id_token.signing_alg().map_err(|error| other(&error))?;
        let key = id_token.signing_key(&verifier).map_err(|error| other(&error))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if actual.map_err(|error| other(&error))? != *expected {
            return Err(ClaimsVerificationError::Other("the access token is another's".into()));
        }
    }
    Ok(claims)
}

type Instant = chrono::DateTime<chrono::Utc>;

fn instant(now: Timestamp, later: i64) -> Instant {
    Instant::from_timestamp(now.as_second() + later, 0).unwrap_or_default()
}

fn to_seconds(duration: Duration) -> i64 {
    duration.as_secs().try_into().unwrap_or(i64::MAX)
}

async fn find(
    runtime: &Runtime,
    provider_id: &IdentityProviderId,
) -> Result<(IdentityProvider, String), JourneyError> {
    let (organisation_id, id) = (runtime.organisation_id.clone(), provider_id.clone());
    let found = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move { store::find_provider(tx, &organisation_id, &id).await })
        })
        .await?;
    let found = found.ok_or(JourneyError::NoSuchProvider)?;
    let opened = runtime.keyring.open(&secret_place(provider_id), &found.sealed_secret);
    Ok((found.provider, opened.map_err(Fault::from)?))
}

fn redirect(provider: &IdentityProvider) -> Result<RedirectUrl, JourneyError> {
    RedirectUrl::new(provider.redirect_uri()).map_err(unreachable)
}

fn state(secret: &Secret) -> String {
    digest(&format!("state\0{}", secret.reveal()))
}

fn nonce(secret: &Secret) -> Nonce {
    Nonce::new(digest(&format!("nonce\0{}", secret.reveal())))
}

fn verifier(secret: &Secret) -> PkceCodeVerifier {
    PkceCodeVerifier::new(digest(&format!("verifier\0{}", secret.reveal())))
}

fn unreachable(error: impl std::error::Error) -> JourneyError {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        said = format!("{said}: {one}");
        cause = one.source();
    }
    JourneyError::Unreachable(shortened(&said))
}

/// What others say goes into logs and onto pages.
fn shortened(said: &str) -> String {
    said.chars().filter(|c| !c.is_control()).take(300).collect()
}
