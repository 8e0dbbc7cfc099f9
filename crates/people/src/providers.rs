//! Identity providers: services elsewhere that prove who somebody is. Only owners set them up, for a provider that says
//! of anybody that they are an owner is believed.

use db::Fault;
use kernel::{IdentityProviderId, UserId};
use outbound::{Address, Reach};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::Access;

use crate::{
    Assignment, Role, Secret,
    enrol::is_email,
    store::{self, ProviderRow},
};

/// More than this no sign-in page should offer.
const MOST: usize = 20;

/// A service that proves who somebody is, by OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its id.
    pub provider_id: IdentityProviderId,
    /// What its button is called.
    pub name: String,
    /// Its issuer address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// Where browsers find us: `https://shop.example`.
    pub address: String,
    /// E-mail domains whose people are let in; every domain where there is none.
    pub domains: Vec<String>,
    /// What people get whom nobody enrolled; they are refused where there is none.
    pub admits: Option<Assignment>,
}

impl IdentityProvider {
    /// Where the provider sends browsers back to; it must know this very address.
    pub fn redirect_uri(&self) -> String {
        format!("{}/sign-in/from/{}", self.address, self.provider_id)
    }

    fn facts(&self) -> Json {
        json!({
            "name": self.name, "issuer": self.issuer, "client_id": self.client_id, "address": self.address,
            "domains": self.domains, "admits": self.admits.as_ref().map(Assignment::facts),
        })
    }
}

/// How a provider is to be set up.
#[derive(Debug, Clone)]
pub struct ProviderSetup {
    /// What its button is called.
    pub name: String,
    /// Its issuer address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret we share with it; the one there is, where it is left out.
    pub client_secret: Option<Secret>,
    /// Where browsers find us.
    pub address: String,
    /// E-mail domains whose people are let in; every domain where there is none.
    pub domains: Vec<String>,
    /// What people get whom nobody enrolled.
    pub admits: Option<Assignment>,
}

/// What is wrong with a [`ProviderSetup`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetupFlaw {
    /// The name.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// The issuer.
    #[error(
        "an issuer is an https address of a public host, without query; private hosts must be allowed at the start"
    )]
    Issuer,
    /// What the provider calls us.
    #[error("a client id has 1 to 200 characters")]
    ClientId,
    /// The shared secret.
    #[error("a client secret has 1 to 500 characters")]
    ClientSecret,
    /// Our own address.
    #[error("an address is https:// and a host, with nothing after it")]
    Address,
    /// The domains.
    #[error("a domain is what stands after the @ of an e-mail address")]
    Domains,
    /// Who is let in unasked.
    #[error("people whom nobody enrolled are let in from named domains only, and never as owners")]
    Admits,
}

/// Why a provider was not set up.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// All that is wrong with it.
    #[error("{} of the fields are wrong", .0.len())]
    Invalid(Vec<SetupFlaw>),
    /// Nobody gives more than they have.
    #[error("a provider can let people in only to roles that allow no more than you may do there yourself")]
    MoreThanOwn,
    /// There are enough.
    #[error("there are {MOST} identity providers; remove one first")]
    TooMany,
    /// No such provider.
    #[error("there is no identity provider {0}")]
    NoSuchProvider(IdentityProviderId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(ProviderError);

/// Sets a provider up: the one of this id, or a new one, which comes with its secret. `by` is what the caller may do; `reach` says how far away the
/// issuer may be.
pub async fn set_up_provider(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    reach: Reach,
    provider_id: Option<IdentityProviderId>,
    setup: ProviderSetup,
) -> Result<IdentityProviderId, ProviderError> {
    let setup = tidied(setup);
    let flaws = flaws(&setup, reach, provider_id.is_none());
    if !flaws.is_empty() {
        return Err(ProviderError::Invalid(flaws));
    }
    if setup.admits.as_ref().is_some_and(|admits| !by.covers(admits.permissions(), &admits.area)) {
        return Err(ProviderError::MoreThanOwn);
    }
    let keyring = runtime.keyring.clone();
    runtime
        .run(call, move |cx| {
            let (provider_id, setup, keyring) = (provider_id.clone(), setup.clone(), keyring.clone());
            Box::pin(async move {
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                let known = store::list_provider_rows(cx.tx, &cx.organisation_id).await?;
                let count = known.len();
                let id = provider_id.unwrap_or_else(|| IdentityProviderId::from_body(&cx.fresh()));
                let former = known.into_iter().find(|row| row.provider.provider_id == id);
                if former.is_none() && count >= MOST {
                    return Err(ProviderError::TooMany);
                }
                let sealed_secret = match (&setup.client_secret, &former) {
                    (Some(secret), _) => keyring.seal(&secret_place(&id), secret.reveal()),
                    (None, Some(former)) => former.sealed_secret.clone(),
                    (None, None) => return Err(ProviderError::NoSuchProvider(id)),
                };
                let ProviderSetup { name, issuer, client_id, address, domains, admits, client_secret: _ } =
                    setup;
                let provider =
                    IdentityProvider { provider_id: id, name, issuer, client_id, address, domains, admits };
                let row = ProviderRow { provider, sealed_secret };
                store::upsert_provider(cx.tx, &cx.organisation_id, &row, cx.now).await?;
                let (id, after) = (row.provider.provider_id.clone(), row.provider.facts());
                let (kind, before) = match &former {
                    Some(former) => ("identity_provider.changed", former.provider.facts()),
                    None => ("identity_provider.added", Json::Null),
                };
                cx.record(kind, id.as_str(), json!({}), before, after);
                Ok(id)
            })
        })
        .await
}

/// Removes a provider; false where there was none. Whoever came in by it keeps their session and their link.
pub async fn remove_provider(
    runtime: &Runtime,
    call: Call,
    provider_id: IdentityProviderId,
) -> Result<bool, Fault> {
    runtime
        .run(call, move |cx| {
            let id = provider_id.clone();
            Box::pin(async move {
                let Some(former) = store::find_provider(cx.tx, &cx.organisation_id, &id).await? else {
                    return Ok::<_, Fault>(false);
                };
                store::delete_provider(cx.tx, &cx.organisation_id, &id).await?;
                let before = former.provider.facts();
                cx.record("identity_provider.removed", id.as_str(), json!({}), before, Json::Null);
                Ok(true)
            })
        })
        .await
}

/// Why somebody's identities stayed.
#[derive(Debug, thiserror::Error)]
pub enum UnlinkError {
    /// No such person.
    #[error("there is no staff {0}")]
    NoSuchStaff(UserId),
    /// Nobody decides about those who may do more than they.
    #[error("you can do this only for people who may do no more than you")]
    MoreThanOwn,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(UnlinkError);

/// Forgets who a person is at every provider: the next time they come in by one, their e-mail address decides again.
/// `by` is what the caller may do. A repeat changes nothing.
pub async fn unlink_identities(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    user_id: UserId,
) -> Result<(), UnlinkError> {
    let by = by.clone();
    runtime
        .run(call, move |cx| {
            let (user_id, by) = (user_id.clone(), by.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                if store::find_staff(cx.tx, &organisation_id, &user_id).await?.is_none() {
                    return Err(UnlinkError::NoSuchStaff(user_id));
                }
                let roles = store::roles_of(cx.tx, &organisation_id, &user_id).await?;
                if !roles.iter().all(|role| by.covers(role.permissions(), &role.area)) {
                    return Err(UnlinkError::MoreThanOwn);
                }
                if store::delete_identities(cx.tx, &organisation_id, &user_id).await? > 0 {
                    cx.record("identity.unlinked", user_id.as_str(), json!({}), Json::Null, Json::Null);
                }
                Ok(())
            })
        })
        .await
}

/// The one place where a provider's secret opens.
pub(crate) fn secret_place(provider_id: &IdentityProviderId) -> String {
    format!("identity_provider.client_secret {provider_id}")
}

fn tidied(setup: ProviderSetup) -> ProviderSetup {
    let domains = setup.domains.iter().map(|domain| domain.trim().trim_start_matches('@').to_lowercase());
    let secret = setup.client_secret.map(|secret| secret.reveal().trim().to_owned());
    ProviderSetup {
        name: setup.name.trim().to_owned(),
        issuer: setup.issuer.trim().to_owned(),
        client_id: setup.client_id.trim().to_owned(),
        client_secret: secret.filter(|secret| !secret.is_empty()).map(Secret::new),
        address: setup.address.trim().trim_end_matches('/').to_owned(),
        domains: domains.filter(|domain| !domain.is_empty()).collect(),
        admits: setup.admits,
    }
}

fn flaws(setup: &ProviderSetup, reach: Reach, is_new: bool) -> Vec<SetupFlaw> {
    let is_text = |text: &str, most: usize| {
        (1..=most).contains(&text.chars().count()) && !text.contains(char::is_control)
    };
    let issuer = &setup.issuer;
    let is_issuer = Address::parse(issuer, reach).is_ok() && !issuer.contains(['?', '#']);
    let secret = setup.client_secret.as_ref().map(Secret::reveal);
    let is_secret = secret.map_or(!is_new, |secret| is_text(secret, 500));
    let is_domains = setup.domains.len() <= 50
        && setup.domains.iter().all(|domain| is_email(&format!("a@{domain}")) && domain.contains('.'));
    let may_admit =
        setup.admits.as_ref().is_none_or(|admits| admits.role != Role::Owner && !setup.domains.is_empty());
    [
        (is_text(&setup.name, 100), SetupFlaw::Name),
        (is_issuer, SetupFlaw::Issuer),
        (is_text(&setup.client_id, 200), SetupFlaw::ClientId),
        (is_secret, SetupFlaw::ClientSecret),
        (is_origin(&setup.address), SetupFlaw::Address),
        (is_domains, SetupFlaw::Domains),
        (may_admit, SetupFlaw::Admits),
    ]
    .into_iter()
    .filter_map(|(is_good, flaw)| (!is_good).then_some(flaw))
    .collect()
}

/// Scheme and host; without encryption only where the browser is on the same machine, or the house is not on the net.
fn is_origin(address: &str) -> bool {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    host.is_some_and(|host| {
        (1..=260).contains(&host.len())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use web::Area;

    use super::*;

    fn setup() -> ProviderSetup {
        ProviderSetup {
            name: "Tea & Co".into(),
            issuer: "https://id.shop.example".into(),
            client_id: "quartermaster".into(),
            client_secret: Some(Secret::new("s")),
            address: "https://qm.shop.example/".into(),
            domains: vec!["@Shop.example".into()],
            admits: Some(Assignment { role: Role::Picker, area: Area::Everywhere }),
        }
    }

    #[test]
    fn everything_that_is_wrong_with_a_provider_is_said_at_once() {
        let check = |setup: ProviderSetup| flaws(&tidied(setup), Reach::Public, true);
        assert_eq!(check(setup()), []);
        assert_eq!(tidied(setup()).domains, ["shop.example"]);
        let owner = Some(Assignment::everywhere(Role::Owner));
        assert_eq!(check(ProviderSetup { admits: owner, ..setup() }), [SetupFlaw::Admits]);
        assert_eq!(check(ProviderSetup { domains: vec![], ..setup() }), [SetupFlaw::Admits]);
        for issuer in ["http://id.shop.example", "https://10.0.0.1", "https://id.shop.example/?a=b", ""] {
            assert_eq!(
                check(ProviderSetup { issuer: issuer.into(), ..setup() }),
                [SetupFlaw::Issuer],
                "{issuer}"
            );
        }
        for address in ["shop.example", "https://shop.example/console", "javascript:alert(1)", "https://a@b"]
        {
            let flaws = check(ProviderSetup { address: address.into(), ..setup() });
            assert_eq!(flaws, [SetupFlaw::Address], "{address}");
        }
        let none = ProviderSetup {
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: None,
            address: String::new(),
            domains: vec!["shop".into()],
            admits: None,
        };
        assert_eq!(check(none).len(), 6);
    }
}
