//! The outside world, outside any transaction: labels, hand-overs, money.
//!
//! An effect was committed with its cause. Here it is claimed, done, and settled together with what follows from it.
//! One whose last attempt may have reached the outsider is looked up by our reference first: a lost answer never buys
//! twice (F6).

use std::time::Duration;

use carriers::{CarrierError, LabelBought, LabelState};
use db::Fault;
use jiff::SignedDuration;
use kernel::{Currency, Money, OrderId, ParcelId, Timestamp};
use orders::payment::{PaymentError as MoneyError, Told};
use payments::PaymentError;
use runtime::{
    Call,
    effect::{self, Claimed, Outcome, PATIENCE},
};
use serde::Deserialize;
use serde_json::json;
use shipping::{LABEL_BUY, LABEL_VOID, LabelError, LabelOrder};
use tracing::Instrument;

use crate::{
    Flows,
    cancel::{CancelError, CancelOrder, cancel_once},
};

/// How many effects one round takes.
const ROUND: i64 = 64;

/// What came of an attempt, in facts.
enum Done {
    Label(LabelBought),
    LabelRefused { code: String, reason: String },
    HandedOver,
    LabelVoided,
    Money { reference: String },
    MoneyRefused { code: String, reason: String },
    NothingToDo,
}

/// Why an attempt has no result.
enum NotDone {
    /// Nothing reached the outsider.
    Again,
    /// Something may have.
    InDoubt,
    /// The request makes no sense: a person must look.
    Broken(String),
}

impl From<CarrierError> for NotDone {
    fn from(error: CarrierError) -> NotDone {
        match error {
            CarrierError::Unknown => NotDone::InDoubt,
            CarrierError::Unavailable => NotDone::Again,
            CarrierError::Refused { code, reason } => NotDone::Broken(format!("{code}: {reason}")),
        }
    }
}

#[derive(Deserialize)]
struct MoneyRequest {
    order_id: OrderId,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
}

#[derive(Deserialize)]
struct TrackingRequest {
    tracking_number: String,
    at: Option<Timestamp>,
}

impl Flows {
    /// Does the effects that are due; gives how many were claimed.
    pub async fn run_effects(&self) -> Result<usize, Fault> {
        let mut claimed = effect::claim(&self.runtime, ROUND).await?;
        let count = claimed.len();
        // What is done last is taken off the end.
        claimed.reverse();
        let mut claimed_at = self.runtime.now();
        while !claimed.is_empty() {
            let half = self.runtime.clock.as_lived(effect::LEASE / 2);
            if claimed_at.checked_add(half).is_ok_and(|end| self.runtime.now() > end) {
                claimed_at = self.runtime.now();
                claimed = effect::renew(&self.runtime, claimed).await?;
            }
            let Some(effect) = claimed.pop() else { break };
            let attempt = tokio::time::timeout(effect::ATTEMPT, self.attempt(&effect));
            let attempt = attempt
                .instrument(tracing::debug_span!("effect", kind = effect.kind, effect_id = %effect.effect_id))
                .await;
            self.settle(effect, attempt.unwrap_or(Err(NotDone::InDoubt))).await?;
        }
        Ok(count)
    }

    async fn attempt(&self, effect: &Claimed) -> Result<Done, NotDone> {
        match effect.kind.as_str() {
            LABEL_BUY => self.buy_label(effect).await,
            LABEL_VOID => {
                let request: TrackingRequest = read(effect)?;
                match self.outside.carrier.void_label(&request.tracking_number, self.runtime.now()).await {
                    Ok(()) => Ok(Done::LabelVoided),
                    Err(error) => Err(error.into()),
                }
            }
            "carrier.hand_over" => {
                let request: TrackingRequest = read(effect)?;
                let at = request.at.unwrap_or_else(|| self.runtime.now());
                self.outside.carrier.hand_over(&request.tracking_number, at, None)?;
                Ok(Done::HandedOver)
            }
            "payment.authorise" | "payment.capture" | "payment.refund" | "payment.release" => {
                self.move_money(effect).await
            }
            kind => Err(NotDone::Broken(format!("nobody knows how to do `{kind}`"))),
        }
    }

    async fn buy_label(&self, effect: &Claimed) -> Result<Done, NotDone> {
        let order: LabelOrder = read(effect)?;
        let request = order.to_request(&effect.effect_id);
        if effect.is_in_doubt
            && let Some(label) = self.outside.carrier.find_by_reference(&request.reference).await?
            && label.state == LabelState::Live
        {
            return Ok(Done::Label(label));
        }
        match self.outside.carrier.buy_label(&request, self.runtime.now()).await {
            // Success with a label that was given up long ago is no success: some carriers do that.
            Ok(label) if label.state == LabelState::Cancelled => {
                Ok(Done::LabelRefused { code: "cancelled_label".into(), reason: label.tracking_number })
            }
            Ok(label) => Ok(Done::Label(label)),
            Err(CarrierError::Refused { code, reason }) => Ok(Done::LabelRefused { code, reason }),
            Err(error) => Err(error.into()),
        }
    }

    async fn move_money(&self, effect: &Claimed) -> Result<Done, NotDone> {
        let request: MoneyRequest = read(effect)?;
        let order_id = request.order_id.clone();
        let organisation_id = self.runtime.organisation_id.clone();
        let payment = self
            .runtime
            .read(move |tx| {
                Box::pin(async move { orders::store::find_payment(tx, &organisation_id, &order_id).await })
            })
            .await
            .map_err(|fault: Fault| NotDone::Broken(fault.to_string()))?
            .ok_or_else(|| NotDone::Broken("the order has no payment".into()))?;
        let reference = effect.effect_id.as_str();
        if payment.provider == "channel" {
            // The channel moves its own money; we keep the fact and tell it through the order's events.
            return Ok(Done::Money { reference: reference.to_owned() });
        }
        let currency = request.currency.unwrap_or(payment.currency);
        let amount = Money::new(request.amount_minor.unwrap_or(0), currency);
        let provider = &self.outside.payments;
        let now = self.runtime.now();
        // The provider repeats its first answer for the same key, so asking again after a lost answer is the look-up.
        let answer = match effect.kind.as_str() {
            "payment.authorise" => provider.authorise(reference, amount, now).await,
            _ if payment.state == "pending" => return Err(NotDone::Again),
            _ if payment.state == "declined" => return Ok(Done::NothingToDo),
            "payment.capture" => provider.capture(reference, &payment.provider_reference, amount, now).await,
            "payment.refund" => provider.refund(reference, &payment.provider_reference, amount, now).await,
            _ => provider.release(reference, &payment.provider_reference, now).await,
        };
        match answer {
            Ok(transaction) => Ok(Done::Money { reference: transaction.provider_reference }),
            Err(PaymentError::Declined { code, reason }) => Ok(Done::MoneyRefused { code, reason }),
            Err(PaymentError::Unavailable) => Err(NotDone::Again),
            Err(PaymentError::Unknown) => Err(NotDone::InDoubt),
        }
    }

    /// Settles an attempt in one transaction with what follows from it.
    async fn settle(&self, effect: Claimed, result: Result<Done, NotDone>) -> Result<(), Fault> {
        let result = std::sync::Arc::new(result);
        let settled = self
            .runtime
            .run(Call::by("system"), move |cx| {
                let (effect, result) = (effect.clone(), result.clone());
                Box::pin(async move {
                    let outcome = outcome_of(&result, effect.attempts, cx.now);
                    if !effect::settle(cx, &effect, &outcome).await? {
                        // Somebody else took it over; their word counts.
                        return Ok(());
                    }
                    match result.as_ref() {
                        Ok(done) => follow(cx, &effect, done).await,
                        Err(_) => Ok(()),
                    }
                })
            })
            .await;
        match settled {
            Ok(()) => Ok(()),
            Err(SettleError::Fault(fault)) => Err(fault),
            // The lease runs out, and the next attempt looks up first.
            Err(error) => {
                tracing::error!(%error, "an effect could not be settled");
                Ok(())
            }
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(effect: &Claimed) -> Result<T, NotDone> {
    serde_json::from_value(effect.request.clone()).map_err(|error| NotDone::Broken(error.to_string()))
}

fn outcome_of(result: &Result<Done, NotDone>, attempts: i64, now: Timestamp) -> Outcome {
    let wait = if attempts >= PATIENCE { SignedDuration::from_hours(1) } else { backoff(attempts) };
    let later = now.checked_add(wait).unwrap_or(now);
    match result {
        Ok(Done::Label(label)) => Outcome::Succeeded(json!(label)),
        Ok(Done::LabelRefused { code, reason } | Done::MoneyRefused { code, reason }) => {
            Outcome::Failed(json!({ "code": code, "reason": reason }))
        }
        Ok(Done::Money { reference }) => Outcome::Succeeded(json!({ "reference": reference })),
        Ok(Done::HandedOver | Done::LabelVoided | Done::NothingToDo) => Outcome::Succeeded(json!({})),
        Err(NotDone::Again) => Outcome::Again(later),
        Err(NotDone::InDoubt) => Outcome::Unknown(later),
        Err(NotDone::Broken(reason)) => Outcome::Failed(json!({ "code": "broken", "reason": reason })),
    }
}

/// 1, 2, 4, … seconds.
fn backoff(attempts: i64) -> SignedDuration {
    let seconds = 1_u64 << attempts.clamp(0, 10);
    SignedDuration::try_from(Duration::from_secs(seconds)).unwrap_or(SignedDuration::from_secs(1))
}

#[derive(Debug, thiserror::Error)]
enum SettleError {
    #[error("{0}")]
    Label(LabelError),
    #[error("{0}")]
    Money(MoneyError),
    #[error("{0}")]
    Cancel(CancelError),
    #[error("the cause is no id")]
    Cause,
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(SettleError);

/// What follows from an action that was done, or finally refused.
async fn follow(cx: &mut runtime::Cx<'_>, effect: &Claimed, done: &Done) -> Result<(), SettleError> {
    let parcel = |error| match error {
        LabelError::Fault(fault) => SettleError::Fault(fault),
        error => SettleError::Label(error),
    };
    match done {
        Done::Label(label) => {
            let parcel_id = ParcelId::parse(&effect.cause_id).map_err(|_| SettleError::Cause)?;
            shipping::label_bought(cx, &parcel_id, label).await.map_err(parcel)?;
        }
        Done::LabelRefused { code, reason } => {
            let parcel_id = ParcelId::parse(&effect.cause_id).map_err(|_| SettleError::Cause)?;
            shipping::label_refused(cx, &parcel_id, code, reason).await.map_err(parcel)?;
        }
        Done::Money { reference } => record_money(cx, effect, reference).await?,
        Done::MoneyRefused { code, reason } => refuse_money(cx, effect, code, reason).await?,
        Done::HandedOver | Done::LabelVoided | Done::NothingToDo => {}
    }
    Ok(())
}

async fn record_money(
    cx: &mut runtime::Cx<'_>,
    effect: &Claimed,
    reference: &str,
) -> Result<(), SettleError> {
    let request: MoneyRequest =
        serde_json::from_value(effect.request.clone()).map_err(|_| SettleError::Cause)?;
    let amount = request.amount_minor.unwrap_or(0);
    let told = match effect.kind.as_str() {
        "payment.authorise" => {
            orders::store::write_provider_reference(cx.tx, &cx.organisation_id, &request.order_id, reference)
                .await?;
            Told::Authorised
        }
        "payment.capture" => Told::Captured(amount),
        "payment.refund" => Told::Refunded(amount),
        _ => Told::Voided,
    };
    orders::payment::record(cx, &request.order_id, told).await.map_err(|error| match error {
        MoneyError::Fault(fault) => SettleError::Fault(fault),
        error => SettleError::Money(error),
    })
}

/// A customer who cannot pay gets nothing sent: what has not left is cancelled.
async fn refuse_money(
    cx: &mut runtime::Cx<'_>,
    effect: &Claimed,
    code: &str,
    reason: &str,
) -> Result<(), SettleError> {
    let request: MoneyRequest =
        serde_json::from_value(effect.request.clone()).map_err(|_| SettleError::Cause)?;
    let order_id = request.order_id;
    if effect.kind != "payment.authorise" {
        cx.tell(
            "payment.failed",
            order_id.as_str(),
            json!({ "kind": effect.kind, "code": code, "reason": reason }),
        );
        return Ok(());
    }
    orders::payment::record(cx, &order_id, Told::Declined).await.map_err(|error| match error {
        MoneyError::Fault(fault) => SettleError::Fault(fault),
        error => SettleError::Money(error),
    })?;
    let cancel =
        CancelOrder { order_id, line_nos: Vec::new(), reason: format!("payment declined: {reason}") };
    match cancel_once(cx, &cancel).await {
        // Nothing left to cancel is fine: the customer was faster.
        Ok(_) | Err(CancelError::Cannot(_)) => Ok(()),
        Err(CancelError::Fault(fault)) => Err(SettleError::Fault(fault)),
        Err(error) => Err(SettleError::Cancel(error)),
    }
}
