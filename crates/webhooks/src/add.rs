//! Sets up a webhook.

use db::Fault;
use kernel::WebhookId;
use outbound::{Address, Reach, Refused};
use runtime::{Cx, event, has_fault, kinds};
use serde_json::{Value as Json, json};

use crate::{SigningSecret, reseal::secret_place, store};

/// The most webhooks there may be.
pub const WEBHOOKS_MAX: i64 = 50;

/// The longest description, in characters.
const DESCRIPTION_MAX: usize = 200;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Where events go.
    pub url: String,
    /// Of which kinds; of all where none is named.
    pub kinds: Vec<String>,
    /// What it is for.
    pub description: String,
}

/// The same, found to be good.
#[derive(PartialEq, Eq)]
pub(crate) struct Wanted {
    pub url: String,
    pub kinds: Vec<String>,
    pub description: String,
}

/// Why nobody can have what somebody wants.
#[derive(Debug, thiserror::Error)]
pub enum Unwanted {
    /// Nothing is sent there.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nothing of this kind happens.
    #[error("`{0}` is no kind of event")]
    UnknownKind(String),
    /// It cannot be shown.
    #[error("a description is up to {DESCRIPTION_MAX} characters on one line")]
    Description,
}

/// Why there is no such webhook.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It cannot be so.
    #[error(transparent)]
    Unwanted(#[from] Unwanted),
    /// There are enough.
    #[error("there are {WEBHOOKS_MAX} webhooks; there may be no more")]
    TooMany,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(AddError);

/// Adds a webhook; it gets what happens from now on.
pub async fn add(
    cx: &mut Cx<'_>,
    new: &NewWebhook,
    secret: &SigningSecret,
    reach: Reach,
) -> Result<WebhookId, AddError> {
    let wanted = decide(new, reach)?;
    // Two at once count one after the other.
    cx.tx.lock_name("webhooks.add").await?;
    if store::count_webhooks(cx.tx, &cx.organisation_id).await? >= WEBHOOKS_MAX {
        return Err(AddError::TooMany);
    }
    let webhook_id = WebhookId::from_body(&cx.fresh());
    let head = event::head(cx.tx, &cx.organisation_id).await?;
    let sealed = cx.keyring.seal(&secret_place(&webhook_id), secret.reveal());
    store::insert_webhook(cx.tx, &cx.organisation_id, &webhook_id, &wanted, &sealed, head, cx.now).await?;
    let after = json!({ "url": wanted.url, "kinds": wanted.kinds, "description": wanted.description });
    cx.record("webhook.added", webhook_id.as_str(), json!({ "url": wanted.url }), Json::Null, after);
    Ok(webhook_id)
}

/// Keeps a place for the stream with this address, from the first event on. Changes nothing where there is one.
pub(crate) async fn add_stream(cx: &mut Cx<'_>, url: String) -> Result<(), Fault> {
    // Nodes that start together find one place.
    cx.tx.lock_name("webhooks.add").await?;
    if store::has_url(cx.tx, &cx.organisation_id, &url).await? {
        return Ok(());
    }
    let webhook_id = WebhookId::from_body(&cx.fresh());
    let wanted = Wanted { url, kinds: Vec::new(), description: "JetStream".into() };
    let sealed = cx.keyring.seal(&secret_place(&webhook_id), SigningSecret::fresh().reveal());
    store::insert_webhook(cx.tx, &cx.organisation_id, &webhook_id, &wanted, &sealed, 0, cx.now).await?;
    let after = json!({ "url": wanted.url, "kinds": wanted.kinds, "description": wanted.description });
    cx.record("webhook.added", webhook_id.as_str(), json!({ "url": wanted.url }), Json::Null, after);
    Ok(())
}

fn decide(new: &NewWebhook, reach: Reach) -> Result<Wanted, Unwanted> {
    Ok(Wanted {
        url: good_url(&new.url, reach)?,
        kinds: good_kinds(&new.kinds)?,
        description: good_description(&new.description)?,
    })
}

pub(crate) fn good_url(url: &str, reach: Reach) -> Result<String, Unwanted> {
    Ok(Address::parse(url.trim(), reach)?.as_str().to_owned())
}

pub(crate) fn good_kinds(kinds: &[String]) -> Result<Vec<String>, Unwanted> {
    if let Some(unknown) = kinds.iter().find(|kind| kinds::find(kind).is_none()) {
        return Err(Unwanted::UnknownKind(unknown.clone()));
    }
    let mut kinds = kinds.to_vec();
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}

pub(crate) fn good_description(description: &str) -> Result<String, Unwanted> {
    let description = description.trim();
    if description.chars().count() > DESCRIPTION_MAX || description.chars().any(char::is_control) {
        return Err(Unwanted::Description);
    }
    Ok(description.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(url: &str, kinds: &[&str]) -> NewWebhook {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        NewWebhook { url: url.into(), kinds, description: " the shop ".into() }
    }

    #[test]
    fn what_is_wanted_is_brought_in_order() {
        let twice = ["parcel.dispatched", "order.accepted", "order.accepted"];
        let wanted = decide(&new("https://Shop.example/hook", &twice), Reach::Public).unwrap();
        assert_eq!(wanted.url, "https://shop.example/hook");
        assert_eq!(wanted.kinds, ["order.accepted", "parcel.dispatched"]);
        assert_eq!(wanted.description, "the shop");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refusal = |new: &NewWebhook| decide(new, Reach::Public).err().unwrap();
        assert!(matches!(refusal(&new("http://shop.example/", &[])), Unwanted::Refused(_)));
        assert!(matches!(refusal(&new("https://shop.example/", &["order.eaten"])), Unwanted::UnknownKind(_)));
        let long = NewWebhook { description: "x".repeat(201), ..new("https://shop.example/", &[]) };
        assert!(matches!(refusal(&long), Unwanted::Description));
    }
}
