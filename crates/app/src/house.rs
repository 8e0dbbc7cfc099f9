//! Opening the house: database, organisation, clock, the parties outside.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use carriers::{CarrierSetup, SimulatedCarrier};
use db::{Access, Db, Fault, Wall};
use flows::{Flows, Outside, retention::Retention};
use jiff::SignedDuration;
use kernel::{Currency, MerchantId, Scope, Timestamp};
use outbound::{Courier, EventStream, Reach};
use payments::{ProviderSetup, SimulatedProvider};
use people::{NewOrganisation, Organisation, Secret};
use runtime::{Clock, Keyring, Runtime};
use sourcing::Policy;

use crate::{config::Config, keyring};

/// The seed of the simulated parties' chance. Fixed: what they would have done does not change with a restart.
const SEED: u64 = 1;

/// How far back reports are told again after a restart: longer than any round of the pump takes to keep them.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// A house at work.
pub struct House {
    /// All processes.
    pub flows: Flows,
    /// For whom.
    pub organisation: Organisation,
    /// The first seller.
    pub merchant_id: MerchantId,
    /// Whoever has it may enrol the first person; none once somebody is enrolled.
    pub first_run_secret: Option<Secret>,
}

impl House {
    /// The same, which keeps what tells of people for as long as the settings say.
    fn keeping(self, config: &Config) -> House {
        let Config { mask_after, erase_after, .. } = *config;
        let retention = Retention { mask_after, erase_after, ..Retention::default() };
        House { flows: self.flows.keeping(retention), ..self }
    }
}

/// What a new house is called.
#[derive(Debug, Clone, clap::Args)]
pub struct Founding {
    /// The company's name, for a database that has none yet
    #[arg(long, default_value = "My company", value_name = "NAME")]
    pub organisation: String,
    /// The currency its books are kept in, for a database that has no company yet
    #[arg(long, default_value = "EUR", value_parser = Currency::parse, value_name = "CODE")]
    pub currency: Currency,
    /// Its time zone, for a database that has no company yet
    #[arg(long, default_value = "UTC", value_name = "IANA")]
    pub time_zone: String,
}

impl Founding {
    /// As the context `people` wants it: the company sells for itself.
    pub fn organisation(&self) -> NewOrganisation {
        NewOrganisation {
            name: self.organisation.clone(),
            currency: self.currency,
            time_zone: self.time_zone.clone(),
            merchant: self.organisation.clone(),
        }
    }
}

/// Opens the database to write, or says who has it and what to do.
pub async fn open_database(config: &Config) -> anyhow::Result<Db> {
    match Db::open(&config.database, Access::Write).await {
        Ok(db) => Ok(db),
        Err(fault @ Fault::Owned { .. }) => Err(anyhow::Error::new(fault).context(
            "the database belongs to a running quartermaster. On SQLite one process writes: \
             send this to its API or console instead, or stop it first and start it again afterwards",
        )),
        Err(fault) => Err(fault).context("the database cannot be opened"),
    }
}

/// Opens the database to read. What a server accepted and had not filed when it was killed is filed first, unless one runs
/// that does.
pub async fn open_to_read(config: &Config) -> anyhow::Result<Db> {
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    let Ok(Some(organisation)) = find_organisation(&db).await else { return Ok(db) };
    let organisation_id = organisation.organisation_id.clone();
    let left: Result<bool, Fault> =
        db.read(move |tx| Box::pin(async move { runtime::filing::is_any(tx, &organisation_id).await })).await;
    // A schema from before there were slips has none.
    if left.unwrap_or(false) {
        match Db::open(&config.database, Access::Write).await {
            Ok(db) => {
                let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
                flows::intake::file_all(&runtime).await.context("accepted orders cannot be filed")?;
            }
            Err(Fault::Owned { .. }) => {}
            Err(fault) => return Err(fault).context("the database cannot be opened"),
        }
    }
    Ok(db)
}

/// Opens the database, brings its schema up to date, and refuses one that forgets what it has acknowledged.
pub async fn open_current_database(config: &Config) -> anyhow::Result<Db> {
    let db = open_database(config).await?;
    for step in db::migrate(&db).await.context("the schema cannot be brought up to date")? {
        tracing::info!(step, "migrated");
    }
    if let Wall::Down(remedy) = db.wall().await.context("the database cannot be read")? {
        tracing::warn!(remedy, "the second wall between merchants is not up");
    }
    db.durability().await.context("the database is not set up to keep what it acknowledges")?;
    Ok(db)
}

/// Opens the house, founding it if nobody has, with the simulated parties and their books. Offers a new first-run
/// secret while nobody is enrolled, so only whoever shows it should call this.
pub async fn open_or_found(
    config: &Config,
    clock: Clock,
    founding: NewOrganisation,
) -> anyhow::Result<House> {
    let db = open_current_database(config).await?;
    let founded = people::found(&db, &clock, founding).await?;
    let outside = simulated_outside(config, &db, &founded.organisation).await?;
    let house =
        furnish(db, clock, founded.organisation, outside, keyring::open(config)?).await?.keeping(config);
    Ok(House { first_run_secret: founded.first_run_secret, ..house })
}

/// Opens a house that was founded before, with the simulated parties and their books.
pub async fn open(config: &Config, clock: Clock) -> anyhow::Result<House> {
    let db = open_current_database(config).await?;
    let organisation = find_organisation(&db).await?.context(
        "the database has no company yet: `quartermaster serve` founds one and says how to sign in",
    )?;
    let outside = simulated_outside(config, &db, &organisation).await?;
    Ok(furnish(db, clock, organisation, outside, keyring::open(config)?).await?.keeping(config))
}

/// The organisation of a database, if it has one.
pub async fn find_organisation(db: &Db) -> anyhow::Result<Option<Organisation>> {
    let found: Result<_, Fault> =
        db.read(|tx| Box::pin(async move { people::find_organisation(tx).await })).await;
    found.context("the database cannot be read: is it Quartermaster's, and migrated?")
}

/// The house of an organisation, with these parties outside. What is not sealed with the first key is sealed with it.
pub async fn furnish(
    db: Db,
    clock: Clock,
    organisation: Organisation,
    outside: Outside,
    keyring: Keyring,
) -> anyhow::Result<House> {
    let organisation_id = organisation.organisation_id.clone();
    let runtime = Runtime::new(db, clock, organisation_id.clone(), None).with_keyring(keyring);
    seal(&runtime).await?;
    let merchants: Result<_, Fault> = runtime
        .read(move |tx| {
            Box::pin(async move { people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await })
        })
        .await;
    let merchants = merchants.context("the merchants cannot be read")?;
    let merchant = merchants.into_iter().next().context("the company has no merchant")?;
    flows::intake::file_all(&runtime).await.context("accepted orders cannot be filed")?;
    Ok(House {
        flows: Flows::start(runtime, outside, Policy::default()),
        organisation,
        merchant_id: merchant.merchant_id,
        first_run_secret: None,
    })
}

/// Seals every secret with the first master key.
pub async fn seal(runtime: &Runtime) -> anyhow::Result<()> {
    let said = "the secrets in the database do not open; is the key file its own?";
    let webhooks = webhooks::reseal(runtime).await.context(said)?;
    let providers = people::reseal(runtime).await.context(said)?;
    if webhooks + providers > 0 {
        tracing::info!(webhooks, providers, "sealed");
    }
    Ok(())
}

/// The simulated carrier and payment provider, with books that outlive this process.
async fn simulated_outside(config: &Config, db: &Db, organisation: &Organisation) -> anyhow::Result<Outside> {
    let told_until = last_event_at(db, organisation).await?.and_then(|at| at.checked_sub(TOLD_AGAIN).ok());
    let books = Books::of(config).carrier;
    let carrier = SimulatedCarrier::open(CarrierSetup::demo(SEED), &books, told_until)
        .with_context(|| format!("the carrier's books {} cannot be used", books.display()))?;
    let reach = if config.allow_private_webhooks { Reach::Private } else { Reach::Public };
    let courier = Courier::new(reach);
    let stream = config.nats.as_deref().map(|url| EventStream::new(url, &config.nats_stream));
    Ok(Outside { courier, stream, ..Outside::simulated(carrier, open_payments(config)?) })
}

/// The simulated payment provider, with books that outlive this process.
pub fn open_payments(config: &Config) -> anyhow::Result<SimulatedProvider> {
    let path = Books::of(config).payments;
    SimulatedProvider::open(ProviderSetup::demo(SEED), &path)
        .with_context(|| format!("the payment provider's books {} cannot be used", path.display()))
}

/// Where the simulated parties keep their side of the story.
pub struct Books {
    /// The carrier's.
    pub carrier: PathBuf,
    /// The payment provider's.
    pub payments: PathBuf,
}

impl Books {
    /// Beside the SQLite file, unless a folder is named; PostgreSQL has no beside, so there it is the working folder.
    pub fn of(config: &Config) -> Books {
        let file = config.database.strip_prefix("sqlite:").map(Path::new);
        let name =
            file.and_then(Path::file_name).map_or_else(|| "quartermaster".into(), |name| name.to_os_string());
        let beside = file.and_then(Path::parent).unwrap_or(Path::new(""));
        let folder = config.books.as_deref().unwrap_or(beside);
        let book = |suffix: &str| {
            let mut name = name.clone();
            name.push(suffix);
            folder.join(name)
        };
        Books { carrier: book(".carrier.books"), payments: book(".payments.books") }
    }
}

async fn last_event_at(db: &Db, organisation: &Organisation) -> anyhow::Result<Option<Timestamp>> {
    let organisation_id = organisation.organisation_id.clone();
    let newest: Result<Vec<runtime::event::Event>, Fault> = db
        .read(move |tx| Box::pin(async move { runtime::event::list_newest(tx, &organisation_id, 1).await }))
        .await;
    Ok(newest.context("the events cannot be read")?.first().map(|event| event.happened_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(database: &str, folder: Option<&str>, carrier: &str) {
        let config = Config::of(&[("database", database), ("books", folder.unwrap_or_default())]);
        assert_eq!(Books::of(&config).carrier, Path::new(carrier));
    }

    #[test]
    fn the_books_lie_beside_the_database() {
        check("sqlite:shop.db", None, "shop.db.carrier.books");
        check("sqlite:/data/shop.db", None, "/data/shop.db.carrier.books");
        check("sqlite:/data/shop.db", Some("/books"), "/books/shop.db.carrier.books");
        check("postgres://me@host/shop", Some("/books"), "/books/quartermaster.carrier.books");
    }
}
