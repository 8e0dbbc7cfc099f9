//! The built-in provider. Its outside world is simulated, its books are real, and it fails as providers fail.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::{Money, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::books::{Books, Entry};
use crate::{PaymentError, Totals, Transaction, TransactionKind};

/// Who the provider is and how its world goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSetup {
    /// Its code; its own keys begin with it.
    pub code: String,
    /// All its chance.
    pub seed: u64,
    /// How often it fails.
    pub faults: FaultRates,
}

impl ProviderSetup {
    /// The demo provider, which never fails.
    pub fn demo(seed: u64) -> ProviderSetup {
        ProviderSetup { code: "demo_pay".to_owned(), seed, faults: FaultRates::default() }
    }
}

/// How often a request fails, of a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FaultRates {
    /// It is done and the answer lost.
    pub lost_answer: u16,
    /// Nothing happens.
    pub unavailable: u16,
    /// The bank says no; of authorisations only.
    pub declined: u16,
}

/// One way a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is done, and we never hear of it.
    LostAnswer,
    /// Nothing happens.
    Unavailable,
    /// The bank says no.
    Declined,
}

/// The provider. Its methods may be called from many tasks at once, and its books used by several processes.
#[derive(Debug)]
pub struct SimulatedProvider {
    setup: ProviderSetup,
    world: Mutex<World>,
}

#[derive(Debug, Default)]
struct World {
    books: Books,
    /// Requests under each key; kept only where faults come by chance.
    attempts: HashMap<String, u32>,
    scripted: VecDeque<Fault>,
    is_down: bool,
}

/// What is asked, before it is done.
struct Asked<'a> {
    reference: &'a str,
    kind: TransactionKind,
    /// None makes a new authorisation.
    authorisation: Option<&'a str>,
    /// None is all that is left.
    amount: Option<Money>,
    at: Timestamp,
}

impl SimulatedProvider {
    /// A provider with empty books that are kept in memory alone.
    pub fn new(setup: ProviderSetup) -> SimulatedProvider {
        SimulatedProvider { setup, world: Mutex::default() }
    }

    /// A provider whose books are kept in a file, and were perhaps begun by an earlier process.
    pub fn open(setup: ProviderSetup, path: &Path) -> io::Result<SimulatedProvider> {
        let world = World { books: Books::open(path)?, ..World::default() };
        Ok(SimulatedProvider { setup, world: Mutex::new(world) })
    }

    /// As it was set up.
    pub fn setup(&self) -> &ProviderSetup {
        &self.setup
    }

    /// Sets an amount aside. The answer's `provider_reference` is the authorisation that the others ask for.
    pub async fn authorise(
        &self,
        reference: &str,
        amount: Money,
        now: Timestamp,
    ) -> Result<Transaction, PaymentError> {
        let kind = TransactionKind::Authorised;
        self.ask(Asked { reference, kind, authorisation: None, amount: Some(amount), at: now })
    }

    /// Takes some or all of what was set aside.
    pub async fn capture(
        &self,
        reference: &str,
        authorisation: &str,
        amount: Money,
        now: Timestamp,
    ) -> Result<Transaction, PaymentError> {
        let (kind, authorisation) = (TransactionKind::Captured, Some(authorisation));
        self.ask(Asked { reference, kind, authorisation, amount: Some(amount), at: now })
    }

    /// Gives back some or all of what was taken.
    pub async fn refund(
        &self,
        reference: &str,
        authorisation: &str,
        amount: Money,
        now: Timestamp,
    ) -> Result<Transaction, PaymentError> {
        let (kind, authorisation) = (TransactionKind::Refunded, Some(authorisation));
        self.ask(Asked { reference, kind, authorisation, amount: Some(amount), at: now })
    }

    /// Lets go of what was set aside and not taken; nothing can be taken afterwards.
    pub async fn release(
        &self,
        reference: &str,
        authorisation: &str,
        now: Timestamp,
    ) -> Result<Transaction, PaymentError> {
        let (kind, authorisation) = (TransactionKind::Released, Some(authorisation));
        self.ask(Asked { reference, kind, authorisation, amount: None, at: now })
    }

    /// What was done under our key, if anything was.
    pub async fn find_by_reference(&self, reference: &str) -> Result<Option<Transaction>, PaymentError> {
        let world = self.world()?;
        if world.is_down { Err(PaymentError::Unavailable) } else { Ok(world.books.find(reference).cloned()) }
    }

    /// Everything in the provider's books, oldest first, for checkers: ours must be the same.
    pub fn transactions(&self) -> Vec<Transaction> {
        self.as_known().books.transactions().to_vec()
    }

    /// What has become of an authorisation.
    pub fn totals(&self, authorisation: &str) -> Option<Totals> {
        self.as_known().books.totals(authorisation).copied()
    }

    /// The next requests fail like this, one each, before chance has its turn.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.as_known().scripted.extend(faults);
    }

    /// While down, every request is unavailable.
    pub fn set_down(&self, is_down: bool) {
        self.as_known().is_down = is_down;
    }

    /// The world as of this moment. A provider that cannot read its books does nothing.
    fn world(&self) -> Result<Held<'_>, PaymentError> {
        let mut held = Held(self.lock());
        held.books.take_hold().map_err(|_| PaymentError::Unavailable)?;
        Ok(held)
    }

    /// The world as of this moment, or as it was known last.
    fn as_known(&self) -> Held<'_> {
        self.world().unwrap_or_else(|_| Held(self.lock()))
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        // A panic elsewhere leaves the books whole: each entry is written and applied in one go.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, asked: Asked<'_>) -> Result<Transaction, PaymentError> {
        let mut world = self.world()?;
        let fault = self.next_fault(&mut world, &asked);
        if fault == Some(Fault::Unavailable) {
            return Err(PaymentError::Unavailable);
        }
        let answer = match world.first_answer(&asked) {
            Some(answer) => answer,
            None => {
                let decided = match fault {
                    Some(Fault::Declined) => Err(declined("insufficient_funds", "the bank declined")),
                    _ => self.decide(&world.books, &asked),
                };
                world.keep(asked.reference, decided)?
            }
        };
        if fault == Some(Fault::LostAnswer) { Err(PaymentError::Unknown) } else { answer }
    }

    /// What the provider does, from its books alone.
    fn decide(&self, books: &Books, asked: &Asked<'_>) -> Result<Transaction, PaymentError> {
        let number = books.transactions().len() + 1;
        let provider_reference = format!("{}_{number:08}", self.setup.code);
        let (authorisation, left) = match asked.authorisation {
            None => (provider_reference.clone(), None),
            Some(authorisation) => {
                let totals = books
                    .totals(authorisation)
                    .ok_or_else(|| declined("no_such_authorisation", "the authorisation is unknown"))?;
                (authorisation.to_owned(), Some(left(totals, asked.kind)?))
            }
        };
        let amount = match (asked.amount, left) {
            (Some(amount), None) => amount,
            (None, Some(left)) => left,
            (Some(amount), Some(left)) if amount.currency != left.currency => {
                return Err(declined("wrong_currency", "not the currency of the authorisation"));
            }
            (Some(amount), Some(left)) if amount.minor > left.minor => {
                return Err(declined("too_much", &format!("{amount} is more than the {left} that is left")));
            }
            (Some(amount), Some(_)) => amount,
            (None, None) => return Err(declined("no_amount", "an authorisation needs an amount")),
        };
        if asked.amount.is_some() && amount.minor <= 0 {
            return Err(declined("not_an_amount", "the amount must be more than nothing"));
        }
        Ok(Transaction {
            reference: asked.reference.to_owned(),
            provider_reference,
            kind: asked.kind,
            authorisation,
            amount,
            at: asked.at,
        })
    }

    /// Chance depends on the key and on how often it was asked, not on who else asks in between.
    fn next_fault(&self, world: &mut World, asked: &Asked<'_>) -> Option<Fault> {
        if world.is_down {
            return Some(Fault::Unavailable);
        }
        if let Some(fault) = world.scripted.pop_front() {
            return Some(fault);
        }
        let rates = self.setup.faults;
        if rates == FaultRates::default() {
            return None;
        }
        let attempt = world.attempts.entry(asked.reference.to_owned()).or_default();
        *attempt += 1;
        let mut dice = dice(self.setup.seed, &format!("attempt {attempt} of {}", asked.reference));
        let mut happens = |of_a_thousand: u16| dice.random_range(0..1000) < of_a_thousand;
        if happens(rates.unavailable) {
            Some(Fault::Unavailable)
        } else if happens(rates.lost_answer) {
            Some(Fault::LostAnswer)
        } else if asked.kind == TransactionKind::Authorised && happens(rates.declined) {
            Some(Fault::Declined)
        } else {
            None
        }
    }
}

/// The world while nobody else has it: no other task, and no other process.
struct Held<'a>(MutexGuard<'a, World>);

impl Deref for Held<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.0
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.books.let_go();
    }
}

impl World {
    /// The answer that this key was given before. With other contents the key is refused: it is somebody's mistake.
    fn first_answer(&self, asked: &Asked<'_>) -> Option<Result<Transaction, PaymentError>> {
        if let Some((code, reason)) = self.books.declined(asked.reference) {
            return Some(Err(declined(code, reason)));
        }
        let first = self.books.find(asked.reference)?;
        let is_the_same = first.kind == asked.kind
            && asked.amount.is_none_or(|amount| amount == first.amount)
            && asked.authorisation.is_none_or(|authorisation| authorisation == first.authorisation);
        Some(if is_the_same {
            Ok(first.clone())
        } else {
            Err(declined("key_reused", "this key was used for something else"))
        })
    }

    /// Writes the decision down; a provider whose disk is full decides nothing.
    fn keep(
        &mut self,
        reference: &str,
        decided: Result<Transaction, PaymentError>,
    ) -> Result<Result<Transaction, PaymentError>, PaymentError> {
        let entry = match &decided {
            Ok(transaction) => Some(Entry::Done(transaction.clone())),
            Err(PaymentError::Declined { code, reason }) => {
                let (reference, code, reason) = (reference.to_owned(), code.clone(), reason.clone());
                Some(Entry::Declined { reference, code, reason })
            }
            Err(PaymentError::Unavailable | PaymentError::Unknown) => None,
        };
        if let Some(entry) = entry {
            self.books.post(entry).map_err(|_| PaymentError::Unavailable)?;
        }
        Ok(decided)
    }
}

/// How much of an authorisation may still be captured, refunded or released.
fn left(totals: &Totals, kind: TransactionKind) -> Result<Money, PaymentError> {
    let less = |from: Money, taken: Money| Money::new(from.minor - taken.minor, from.currency);
    match kind {
        TransactionKind::Refunded => Ok(less(totals.captured, totals.refunded)),
        _ if totals.is_released => Err(declined("released", "the authorisation was let go")),
        _ => Ok(less(totals.authorised, totals.captured)),
    }
}

fn declined(code: &str, reason: &str) -> PaymentError {
    PaymentError::Declined { code: code.to_owned(), reason: reason.to_owned() }
}

/// Dice that show the same for the same purpose in the same world (FNV-1a of the purpose, mixed with the seed).
fn dice(seed: u64, purpose: &str) -> ChaCha8Rng {
    let hash = purpose
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    ChaCha8Rng::seed_from_u64(seed ^ hash)
}
