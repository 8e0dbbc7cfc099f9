//! Customers order, through the channels, and some change their minds. What is ordered in a minute follows from the
//! seed and the minute alone, so a minute that is lived through twice brings the same orders again, as repeats.

use anyhow::Result;
use flows::{
    cancel::{CancelError, CancelOrder},
    intake::{PlaceCommand, PlaceOutcome, Refused},
};
use kernel::{Currency, OrderId};
use orders::place::{NewLine, NewOrder};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use runtime::{Answer, Call};

use super::{Actors, Tally, hour_of, start_of};
use crate::{
    chance::{dice, happens, poisson},
    world::{
        CHANNELS, ChannelPlan,
        customers::{CUSTOMERS, customer},
    },
};

/// Of a thousand orders of a day, how many come in each hour (UTC): quiet nights, busy evenings.
const BY_HOUR: [u32; 24] =
    [14, 9, 7, 7, 9, 16, 26, 36, 45, 52, 55, 56, 54, 51, 50, 51, 54, 60, 69, 76, 75, 62, 42, 24];

/// After so many minutes somebody changes their mind: at once, while it is being packed, or too late.
const SECOND_THOUGHTS: [i64; 3] = [4, 15, 300];

/// An order on its way.
struct Arrival {
    order: NewOrder,
    /// The channel sends it again: a lost answer, an impatient finger.
    is_sent_twice: bool,
    /// …and the second time it is another order under the same reference.
    is_changed: bool,
    /// When its customer changes their mind.
    cancels_after: Option<i64>,
}

impl Actors {
    /// Orders of some minutes.
    pub(super) async fn buy(&self, minutes: &std::ops::RangeInclusive<i64>, tally: &mut Tally) -> Result<()> {
        for arrival in minutes.clone().flat_map(|minute| self.arrivals(minute)) {
            match self.hand_in(arrival.order.clone()).await? {
                Some(PlaceOutcome::Accepted(accepted)) if accepted.is_repeat => tally.repeated += 1,
                Some(PlaceOutcome::Accepted(_)) => tally.orders += 1,
                Some(PlaceOutcome::Refused(_)) | None => tally.refused += 1,
            }
            if arrival.is_sent_twice {
                let mut again = arrival.order;
                if arrival.is_changed {
                    again.note.push('!');
                }
                match self.hand_in(again).await? {
                    Some(PlaceOutcome::Accepted(accepted)) if accepted.is_repeat => tally.repeated += 1,
                    Some(PlaceOutcome::Refused(Refused::Conflict { .. })) => tally.repeated += 1,
                    // What was impossible before is still impossible.
                    Some(PlaceOutcome::Refused(_)) => {}
                    Some(PlaceOutcome::Accepted(_)) | None => tally.surprises += 1,
                }
            }
        }
        Ok(())
    }

    async fn hand_in(&self, order: NewOrder) -> Result<Option<PlaceOutcome>> {
        let call = Call::by(format!("channel:{}", order.channel));
        let raw = serde_json::to_string(&order)?;
        Ok(self.flows.place(PlaceCommand { call, order, raw }).await.map(Answer::into_result)?)
    }

    /// Second thoughts that fall into some minutes.
    pub(super) async fn change_minds(
        &self,
        minutes: &std::ops::RangeInclusive<i64>,
        tally: &mut Tally,
    ) -> Result<()> {
        for minute in minutes.clone() {
            for after in SECOND_THOUGHTS {
                let arrivals = self.arrivals(minute - after).into_iter();
                for arrival in arrivals.filter(|arrival| arrival.cancels_after == Some(after)) {
                    if let Some(order_id) = self.find_order(&arrival.order).await? {
                        self.cancel(order_id, tally).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn cancel(&self, order_id: OrderId, tally: &mut Tally) -> Result<()> {
        let mut dice = dice(self.world.seed, &format!("why {order_id}"));
        let line_nos = if happens(&mut dice, 250) { vec![1] } else { vec![] };
        let reason = if happens(&mut dice, 500) { "ordered by mistake" } else { "found it elsewhere" };
        let cancel = CancelOrder { order_id, line_nos, reason: reason.to_owned() };
        match self.flows.cancel(Call::by("customer"), cancel).await {
            Ok(_) => tally.cancelled += 1,
            // Too late, or done in a minute that was lived through before.
            Err(CancelError::Cannot(_) | CancelError::LabelPending(_)) => {}
            Err(CancelError::Fault(fault)) => return Err(fault.into()),
            Err(refusal) => tally.surprise("customer", &refusal),
        }
        Ok(())
    }

    /// The order that this became, if it was accepted.
    async fn find_order(&self, order: &NewOrder) -> Result<Option<OrderId>> {
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let Some(channel_id) = self.channels.get(order.channel.as_str()).cloned() else { return Ok(None) };
        let reference = order.external_reference.clone();
        let taken = self
            .flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    let (channels, references) = ([&channel_id].into_iter(), [&reference].into_iter());
                    orders::store::find_taken(tx, &organisation_id, channels, references).await
                })
            })
            .await?;
        let mine = taken.into_iter().next();
        Ok(mine.map(|taken| taken.order_id))
    }

    /// What is ordered in a minute.
    fn arrivals(&self, minute: i64) -> Vec<Arrival> {
        let of_the_day = f64::from(BY_HOUR[hour_of(minute)]) / 1000.0;
        let mean = f64::from(self.orders_a_day) * of_the_day / 60.0;
        let count = poisson(&mut dice(self.world.seed, &format!("orders of minute {minute}")), mean);
        (0..count).map(|number| self.arrival(minute, number)).collect()
    }

    fn arrival(&self, minute: i64, number: u32) -> Arrival {
        let dice = &mut dice(self.world.seed, &format!("order {minute} {number}"));
        let channel = channel(dice);
        let buyer = customer(self.world.seed, dice.random_range(0..CUSTOMERS));
        let lines = self.basket(channel, dice);
        let goods_minor: i64 = lines.iter().map(|line| line.unit_price_minor * line.quantity).sum();
        let is_paid = CHANNELS[channel].kind == "marketplace";
        let days = if is_paid { 4 } else { 5 };
        let placed_at = start_of(minute);
        let mark = CHANNELS[channel].code.chars().next().unwrap_or('w').to_ascii_uppercase();
        let reference = format!("{mark}{minute}-{}", number + 1);
        let mut order = NewOrder {
            channel: CHANNELS[channel].code.to_owned(),
            external_reference: reference.clone(),
            placed_at: Some(placed_at),
            promised_by: placed_at.checked_add(jiff::SignedDuration::from_hours(24 * days)).ok(),
            currency: Currency::EUR,
            customer_name: buyer.name,
            customer_email: buyer.email,
            ship_to: buyer.address,
            lines,
            shipping_minor: if goods_minor < 5_000 { 490 } else { 0 },
            is_paid,
            payment_reference: if is_paid { format!("settled {reference}") } else { String::new() },
            note: if happens(dice, 60) {
                "Please leave it with the neighbours.".into()
            } else {
                String::new()
            },
            hold_id: None,
        };
        // Now and then somebody asks for what cannot be.
        match dice.random_range(0..1000) {
            0..8 => order.lines[0].quantity = 5_000,
            8..12 => order.lines[0].external_code = "NO-LONGER-SOLD".into(),
            12..15 => order.ship_to.country = "Europe".into(),
            _ => {}
        }
        let cancels_after =
            happens(dice, 35).then(|| SECOND_THOUGHTS[dice.random_range(0..SECOND_THOUGHTS.len())]);
        let (is_sent_twice, is_changed) = (happens(dice, 20), happens(dice, 250));
        Arrival { order, is_sent_twice, is_changed, cancels_after }
    }

    fn basket(&self, channel: usize, dice: &mut ChaCha8Rng) -> Vec<NewLine> {
        let lines = match dice.random_range(0..100) {
            0..55 => 1,
            55..80 => 2,
            80..92 => 3,
            _ => dice.random_range(4..=6),
        };
        let mut basket: Vec<NewLine> = Vec::with_capacity(lines);
        for _ in 0..lines {
            let goods = self.goods_by_demand(dice);
            let offers: Vec<_> = self
                .world
                .listings
                .iter()
                .filter(|listing| listing.channel == channel && listing.goods == goods)
                .collect();
            // Where there is a pack, one in four takes it.
            let offer = if offers.len() > 1 && happens(dice, 250) { offers[1] } else { offers[0] };
            let quantity = match dice.random_range(0..100) {
                0..80 => 1,
                80..95 => 2,
                _ => 3,
            };
            if basket.iter().all(|line| line.external_code != offer.external_code) {
                basket.push(NewLine {
                    external_code: offer.external_code.clone(),
                    quantity,
                    unit_price_minor: offer.price_minor,
                    title: String::new(),
                });
            }
        }
        basket
    }

    fn goods_by_demand(&self, dice: &mut ChaCha8Rng) -> usize {
        let all = self.demand_up_to.last().copied().unwrap_or(1);
        let drawn = dice.random_range(0..all);
        self.demand_up_to.partition_point(|up_to| *up_to <= drawn)
    }
}

/// A channel, by its share.
fn channel(dice: &mut ChaCha8Rng) -> usize {
    let drawn = dice.random_range(0..CHANNELS.iter().map(|channel: &ChannelPlan| channel.share).sum::<u32>());
    let mut up_to = 0;
    CHANNELS
        .iter()
        .position(|channel| {
            up_to += channel.share;
            drawn < up_to
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_of_a_day_make_a_day() {
        assert_eq!(BY_HOUR.iter().sum::<u32>(), 1000);
    }

    #[test]
    fn most_orders_come_from_the_web_shop_and_fewest_from_the_app() {
        let mut counts = [0; 3];
        for number in 0..2_000 {
            counts[channel(&mut dice(3, &format!("{number}")))] += 1;
        }
        assert!(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > 200, "{counts:?}");
    }
}
