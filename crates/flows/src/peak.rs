//! A peak that is played: many buyers want one thing at once, through the same intake as everybody, while what must hold
//! is checked. In a house that is for show only: what is bought is bought.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use db::Fault;
use kernel::{Address, Currency, ItemId, MerchantId, Place, Scope, Timestamp};
use orders::place::{NewLine, NewOrder};
use runtime::{Answer, Call};
use tokio::task::JoinHandle;

use crate::{
    Flows,
    intake::{PlaceCommand, PlaceOutcome, Refused},
    verify,
};

/// The most buyers at once.
pub const BUYERS_MAX: u32 = 500;
/// The longest peak.
pub const SECONDS_MAX: u32 = 60;
/// The most orders of one peak: it ends with them.
const ORDERS_MAX: u64 = 50_000;
/// What is checked in turn while it goes on.
const CHECKED: [&str; 3] =
    ["stock.never_negative", "stock.balance_is_its_transfers", "stock.held_for_orders"];

/// The peak that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// On which channel, by its code.
    pub channel: String,
    /// What all want: the channel's code.
    pub external_code: String,
    /// In which currency they pay.
    pub currency: Currency,
    /// How many buy at once.
    pub buyers: u32,
    /// For how long.
    pub seconds: u32,
}

/// Why no peak is played.
#[derive(Debug, thiserror::Error)]
pub enum PeakError {
    /// Orders would be real here.
    #[error("peaks are played in a demo only")]
    NotForShow,
    /// One at a time.
    #[error("a peak is being played already")]
    UnderWay,
    /// The numbers are out of bounds.
    #[error("from 1 to {BUYERS_MAX} buyers and from 1 to {SECONDS_MAX} seconds are good")]
    TooMuch,
    /// The channel does not sell that.
    #[error("`{code}` is not listed on channel {channel}")]
    NotListed {
        /// The channel's code.
        channel: String,
        /// Its code for the goods.
        code: String,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

/// A check that was made while it went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was checked.
    pub invariant: &'static str,
    /// When it was last.
    pub at: Timestamp,
    /// How often.
    pub times: u32,
    /// How many breaches were found in all.
    pub breaches: usize,
}

/// A peak as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What was asked for.
    pub ask: Ask,
    /// Free units of the item in the network when it began.
    pub free_before: i64,
    /// The same now, or when it ended.
    pub free: i64,
    /// Units that were sold to its buyers.
    pub sold: i64,
    /// Orders that were refused because nothing was left.
    pub refused: u64,
    /// Orders that met trouble of ours.
    pub lost: u64,
    /// When it began.
    pub began_at: Timestamp,
    /// True where it is over.
    pub is_over: bool,
    /// What was checked meanwhile.
    pub checks: Vec<Checked>,
}

/// The stage for it: one at a time.
#[derive(Default)]
pub(crate) struct Stage {
    is_taken: AtomicBool,
    played: Mutex<Option<Played>>,
}

impl Stage {
    fn change(&self, change: impl FnOnce(&mut Played)) {
        if let Some(played) = &mut *self.played.lock().unwrap_or_else(PoisonError::into_inner) {
            change(played);
        }
    }
}

/// What is wanted, as the buyers need it.
struct Wanted {
    ask: Ask,
    item_id: ItemId,
    merchant_id: MerchantId,
    units: i64,
    towns: Vec<Place>,
    name: String,
}

impl Flows {
    /// The last peak that was played here, if any was.
    pub fn peak(&self) -> Option<Played> {
        self.stage.played.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a peak, and does not wait for its end; who wants to, waits for what this gives.
    pub async fn play_peak(&self, ask: Ask) -> Result<JoinHandle<()>, PeakError> {
        if !self.is_for_show {
            return Err(PeakError::NotForShow);
        }
        if !(1..=BUYERS_MAX).contains(&ask.buyers) || !(1..=SECONDS_MAX).contains(&ask.seconds) {
            return Err(PeakError::TooMuch);
        }
        if self.stage.is_taken.swap(true, Ordering::AcqRel) {
            return Err(PeakError::UnderWay);
        }
        let begun = self.begin_peak(ask).await;
        if begun.is_err() {
            self.stage.is_taken.store(false, Ordering::Release);
        }
        begun
    }

    async fn begin_peak(&self, ask: Ask) -> Result<JoinHandle<()>, PeakError> {
        let beside = self.beside();
        let wanted = Arc::new(beside.find_wanted(ask).await?);
        let free = beside.free_of(&wanted).await?;
        *self.stage.played.lock().unwrap_or_else(PoisonError::into_inner) = Some(Played {
            ask: wanted.ask.clone(),
            free_before: free,
            free,
            sold: 0,
            refused: 0,
            lost: 0,
            began_at: self.runtime.now(),
            is_over: false,
            checks: Vec::new(),
        });
        let flows = self.clone();
        Ok(tokio::spawn(async move {
            flows.play(&wanted).await;
            flows.stage.change(|played| played.is_over = true);
            flows.stage.is_taken.store(false, Ordering::Release);
        }))
    }

    async fn find_wanted(&self, ask: Ask) -> Result<Wanted, PeakError> {
        let not_listed =
            || PeakError::NotListed { channel: ask.channel.clone(), code: ask.external_code.clone() };
        let (organisation_id, channel_code) = (self.runtime.organisation_id.clone(), ask.channel.clone());
        let code = ask.external_code.clone();
        let found: Option<(MerchantId, ItemId, i64, Vec<Place>)> = self
            .runtime
            .read::<_, Fault, _>(move |tx| {
                Box::pin(async move {
                    let channel =
                        catalogue::find_channel_by_code(tx, &organisation_id, &channel_code).await?;
                    let Some(channel) = channel else { return Ok(None) };
                    let key = (channel.channel_id.clone(), code);
                    let listings =
                        catalogue::resolve_listings(tx, &organisation_id, std::slice::from_ref(&key)).await?;
                    let Some(listed) = listings.get(&key) else { return Ok(None) };
                    let Some((item_id, units)) = listed.components().next() else { return Ok(None) };
                    let nodes = network::list_nodes(tx, &organisation_id, &Scope::EVERYTHING).await?;
                    let towns = nodes.iter().map(|node| node.place).collect();
                    Ok(Some((channel.merchant_id, item_id.clone(), units, towns)))
                })
            })
            .await?;
        let (merchant_id, item_id, units, towns) = found.ok_or_else(not_listed)?;
        let now = self.runtime.now();
        let name = format!("PEAK-{}", now.as_millisecond());
        Ok(Wanted { ask, item_id, merchant_id, units, towns, name })
    }

    async fn free_of(&self, wanted: &Wanted) -> Result<i64, Fault> {
        let (organisation_id, item_id) = (self.runtime.organisation_id.clone(), wanted.item_id.clone());
        let merchant_id = wanted.merchant_id.clone();
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let rows = inventory::store::list_available(tx, &organisation_id, [&item_id].into_iter())
                        .await?;
                    let own = rows.iter().filter(|row| row.owner_id == merchant_id);
                    Ok(own.map(|row| row.quantity.units()).sum())
                })
            })
            .await
    }

    async fn play(&self, wanted: &Arc<Wanted>) {
        let until = Instant::now() + Duration::from_secs(wanted.ask.seconds.into());
        let made = Arc::<AtomicU64>::default();
        let buyers: Vec<_> = (0..wanted.ask.buyers)
            .map(|_| {
                let (flows, wanted, made) = (self.clone(), wanted.clone(), made.clone());
                tokio::spawn(async move {
                    while Instant::now() < until {
                        let number = made.fetch_add(1, Ordering::Relaxed);
                        if number >= ORDERS_MAX {
                            return;
                        }
                        flows.buy(&wanted, number).await;
                    }
                })
            })
            .collect();
        let mut checked = CHECKED.iter().copied().cycle();
        while buyers.iter().any(|buyer| !buyer.is_finished()) {
            self.check_meanwhile(wanted, checked.next().unwrap_or(CHECKED[0])).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        for buyer in buyers {
            // Whoever panicked has bought nothing more.
            let _ = buyer.await;
        }
        // And once more when all is quiet.
        for invariant in CHECKED {
            self.check_meanwhile(wanted, invariant).await;
        }
    }

    async fn buy(&self, wanted: &Wanted, number: u64) {
        let town = wanted.towns.get(number as usize % wanted.towns.len().max(1)).copied();
        let order = NewOrder {
            channel: wanted.ask.channel.clone(),
            external_reference: format!("{}-{number}", wanted.name),
            placed_at: None,
            promised_by: None,
            currency: wanted.ask.currency,
            customer_name: String::new(),
            customer_email: String::new(),
            ship_to: Address { country: "BG".into(), place: town, ..Address::default() },
            lines: vec![NewLine {
                external_code: wanted.ask.external_code.clone(),
                quantity: 1,
                unit_price_minor: 100,
                title: String::new(),
            }],
            shipping_minor: 0,
            is_paid: true,
            payment_reference: String::new(),
            note: String::new(),
            hold_id: None,
        };
        let raw = serde_json::to_string(&order).expect("an order is plain data");
        let placed = self.place(PlaceCommand { call: Call::by("peak"), order, raw }).await;
        self.stage.change(|played| match placed {
            Ok(Answer::Done(PlaceOutcome::Accepted(_))) => played.sold += wanted.units,
            Ok(Answer::Done(PlaceOutcome::Refused(Refused::InsufficientStock { .. }))) => played.refused += 1,
            _ => played.lost += 1,
        });
    }

    async fn check_meanwhile(&self, wanted: &Wanted, invariant: &'static str) {
        let found = verify::check_one(&self.runtime, invariant).await;
        let free = self.beside().free_of(wanted).await;
        let now = self.runtime.now();
        self.stage.change(|played| {
            if let Ok(free) = free {
                played.free = free;
            }
            // What could not be looked at was not checked.
            let Ok(found) = found else { return };
            match played.checks.iter_mut().find(|check| check.invariant == invariant) {
                Some(check) => {
                    (check.at, check.times) = (now, check.times + 1);
                    check.breaches += found.len();
                }
                None => {
                    played.checks.push(Checked { invariant, at: now, times: 1, breaches: found.len() });
                }
            }
        });
    }
}
