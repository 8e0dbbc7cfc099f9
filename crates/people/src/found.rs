//! The first run: one organisation and its first merchant.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Db, Fault};
use kernel::{Currency, MerchantId, OrganisationId};
use runtime::{Call, Clock, Runtime, has_fault};

use crate::{
    Organisation, Secret, first_run,
    secret::random,
    store::{self, NewOrganisationRow},
};

/// What is founded.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// The company's name.
    pub name: String,
    /// The currency it keeps its books in.
    pub currency: Currency,
    /// An IANA name such as `Europe/Sofia`.
    pub time_zone: String,
    /// The name of the first seller; often the company itself.
    pub merchant: String,
}

/// The organisation of this database.
#[derive(Debug, Clone)]
pub struct Founded {
    /// Founded now or before.
    pub organisation: Organisation,
    /// Whoever has it may enrol the first person. It is new at each start until somebody is enrolled.
    pub first_run_secret: Option<Secret>,
}

/// Why nothing was founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// No such time zone.
    #[error("`{0}` is not a time zone: use an IANA name such as Europe/Sofia")]
    UnknownTimeZone(String),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(FoundError);

/// Founds the organisation, unless there is one: then nothing of `new` is used.
pub async fn found(db: &Db, clock: &Clock, new: NewOrganisation) -> Result<Founded, FoundError> {
    let organisation = match db.read(|tx| Box::pin(store::find_organisation(tx))).await? {
        Some(organisation) => organisation,
        None => make(db, clock, new).await?,
    };
    let runtime = Runtime::new(db.clone(), clock.clone(), organisation.organisation_id.clone(), None);
    let first_run_secret = first_run::offer(&runtime).await?;
    Ok(Founded { organisation, first_run_secret })
}

async fn make(db: &Db, clock: &Clock, new: NewOrganisation) -> Result<Organisation, FoundError> {
    if jiff::tz::TimeZone::get(&new.time_zone).is_err() {
        return Err(FoundError::UnknownTimeZone(new.time_zone));
    }
    // The one id that no runtime can make: a runtime works for an organisation.
    let unix_ms = u64::try_from(clock.now().as_millisecond()).unwrap_or(0);
    let random_bits = u128::from_be_bytes(random());
    let organisation_id =
        OrganisationId::from_body(&kernel::ids::body(kernel::ids::uuid_v7(unix_ms, random_bits)));
    let runtime = Runtime::new(db.clone(), clock.clone(), organisation_id, None);
    let signing_key = URL_SAFE_NO_PAD.encode(random::<32>());
    let (name, merchant) = (new.name.clone(), new.merchant.clone());
    runtime
        .run(Call::by("system"), move |cx| {
            let (name, merchant) = (name.clone(), merchant.clone());
            let (time_zone, signing_key) = (new.time_zone.clone(), signing_key.clone());
            Box::pin(async move {
                // Two nodes that start on one empty database found one organisation.
                cx.tx.lock_name("people.found").await?;
                if store::find_organisation(cx.tx).await?.is_some() {
                    return Ok(());
                }
                let organisation =
                    NewOrganisationRow { name, currency: new.currency, time_zone, signing_key };
                store::insert_organisation(cx.tx, &cx.organisation_id, &organisation, cx.now).await?;
                let merchant_id = MerchantId::from_body(&cx.fresh());
                store::insert_merchant(cx.tx, &cx.organisation_id, &merchant_id, &merchant, cx.now).await?;
                let organisation_id = cx.organisation_id.clone();
                cx.tell("organisation.founded", organisation_id.as_str(), serde_json::json!({}));
                Ok::<_, Fault>(())
            })
        })
        .await?;
    Ok(db.read(|tx| Box::pin(store::get_organisation(tx))).await?)
}
