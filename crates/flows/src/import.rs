//! A file of orders goes through the intake, many at once and in the order of the file.
//!
//! Reading and deciding overlap: a thread reads, up to [`IN_FLIGHT`] orders wait for their answer together, so the
//! intake commits them in batches. A file that is read twice takes nothing twice, because the channel's reference is
//! the key.

mod rows;

use std::io::{self, Read, Seek};

use channels::{ChannelOrder, OrderError, OrdersReader, RefusedOrder, TableError};
use db::Fault;
use futures_util::{StreamExt, stream::FuturesOrdered};
use jiff::tz::TimeZone;
use kernel::{FileId, Timestamp};
use operations::{
    End, NewOperation, Run, Step,
    file::{self, FileError},
};
use orders::place::{NewLine, NewOrder};
use runtime::Call;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::{
    Flows,
    intake::{Accepted, BATCH_MAX, PlaceCommand, PlaceOutcome, Refused},
    operations::{IMPORT_ORDERS, WorkError},
};

/// How many orders are written down together as told.
const CHUNK: u64 = 200;

/// How many orders of a file wait for their answer at once.
pub const IN_FLIGHT: usize = 256;

/// What a file of orders is taken for.
#[derive(Debug, Clone)]
pub struct Import {
    /// The code of the channel it came from.
    pub channel: String,
    /// Where days end that the file promises: an IANA zone.
    pub time_zone: TimeZone,
    /// Who imports.
    pub actor: String,
}

/// What became of one order of a file.
#[derive(Debug)]
pub enum Fate {
    /// It is ours, now or from before.
    Accepted(Accepted),
    /// It is not ours, and why.
    Refused(Refused),
    /// The channel wants nothing of us for it any more.
    Skipped(Skip),
    /// Its rows cannot be read.
    Unreadable(RefusedOrder),
    /// The machine failed; the file may be read again.
    Lost(String),
}

/// Why an order was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Skip {
    /// The channel cancelled it.
    #[error("the channel cancelled it at {at}")]
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// The channel sent it.
    #[error("the channel says that all of it was sent already")]
    Fulfilled,
    /// Gift cards, services: nobody packs them.
    #[error("nothing of it needs to be sent")]
    NothingToSend,
}

/// An order of a file and what became of it.
#[derive(Debug)]
pub struct Told {
    /// Its first row, as a spreadsheet counts.
    pub row: u64,
    /// The channel's name for it.
    pub external_reference: String,
    /// What became of it.
    pub fate: Fate,
}

/// How a file came through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Orders that are new to us.
    pub accepted: u64,
    /// Orders that we had.
    pub repeated: u64,
    /// Orders that were left out.
    pub skipped: u64,
    /// Orders that were not taken.
    pub refused: u64,
    /// Orders whose rows cannot be read.
    pub unreadable: u64,
    /// Orders that the machine lost.
    pub lost: u64,
    /// Why the file was not read to its end, if it was not.
    pub broken_off: Option<String>,
}

impl Summary {
    /// Whether every order of the file is ours or was left out for a reason of the channel's.
    pub fn is_clean(&self) -> bool {
        self.refused + self.unreadable + self.lost == 0 && self.broken_off.is_none()
    }

    fn count(&mut self, fate: &Fate) {
        match fate {
            Fate::Accepted(accepted) if accepted.is_repeat => self.repeated += 1,
            Fate::Accepted(_) => self.accepted += 1,
            Fate::Refused(_) => self.refused += 1,
            Fate::Skipped(_) => self.skipped += 1,
            Fate::Unreadable(_) => self.unreadable += 1,
            Fate::Lost(_) => self.lost += 1,
        }
    }
}

/// What an operation is asked that takes orders from a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// The file.
    pub file_id: FileId,
    /// The code of the channel it came from.
    pub channel: String,
    /// Where days end that the file promises: an IANA zone.
    pub time_zone: String,
}

impl Request {
    /// The operation that does it.
    pub fn into_operation(self, file_name: &str) -> NewOperation {
        let request = serde_json::to_value(&self).expect("a request is plain data");
        NewOperation { kind: IMPORT_ORDERS, about: file_name.to_owned(), request, total: None }
    }
}

impl Flows {
    /// Takes every order of a file, first come first served, and tells of each in the order of the file.
    pub async fn import<R>(
        &self,
        reader: OrdersReader<R>,
        import: &Import,
        mut tell: impl FnMut(&Told),
    ) -> Summary
    where
        R: Read + Send + 'static,
    {
        let (sender, mut receiver) = mpsc::channel::<Told>(IN_FLIGHT);
        let mut summary = Summary::default();
        let heard = async {
            while let Some(told) = receiver.recv().await {
                summary.count(&told.fate);
                tell(&told);
            }
        };
        let (broken_off, ()) = tokio::join!(self.pour(read_ahead(reader, 0), import, None, sender), heard);
        summary.broken_off = broken_off.map(|error| said(&error));
        summary
    }

    /// Takes the orders of a stored file. An order's key names the operation and its row, so that whoever goes on after
    /// a crash hears the first answer again, and counts nothing twice.
    pub(crate) async fn import_orders(&self, run: &Run) -> Result<End, WorkError> {
        let Ok(request) = serde_json::from_value::<Request>(run.operation.request.clone()) else {
            return Ok(End::Failed("bad_request".into()));
        };
        let mut file = file::spool(&self.runtime, &request.file_id).await?;
        let counted = tokio::task::spawn_blocking(move || {
            let total = rows::count(&file);
            file.rewind().map(|()| (file, total))
        });
        let (file, total) =
            counted.await.map_err(io::Error::other).and_then(|io| io).map_err(FileError::Disk)?;
        let opened = total.and_then(|total| Ok((OrdersReader::detect(file)?, total)));
        let (reader, total) = match opened {
            Ok(opened) => opened,
            Err(error) => return Ok(broken(&error)),
        };
        let import = Import {
            channel: request.channel,
            time_zone: TimeZone::get(&request.time_zone).unwrap_or(TimeZone::UTC),
            actor: run.operation.actor.clone(),
        };
        let begin: u64 = run.operation.position.parse().unwrap_or(0);
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        let skip = usize::try_from(begin).unwrap_or(usize::MAX);
        let name = Some(run.id().as_str());
        let (broken_off, went_on) = tokio::join!(
            self.pour(read_ahead(reader, skip), &import, name, sender),
            self.keep_told(run, begin, total, receiver)
        );
        Ok(match (broken_off, went_on?) {
            (_, false) => End::Cancelled,
            (Some(error), true) => broken(&error),
            (None, true) => End::Succeeded(None),
        })
    }

    /// Writes down what becomes of orders, chunk by chunk; gives false where the operation is to stop.
    async fn keep_told(
        &self,
        run: &Run,
        begin: u64,
        total: i64,
        mut receiver: mpsc::Receiver<Told>,
    ) -> Result<bool, Fault> {
        let mut position = begin;
        let mut step = Step::default();
        let mut waiting = 0;
        loop {
            let told = receiver.recv().await;
            if let Some(told) = &told {
                let result = rows::result_of(told);
                step.counts.count(result.outcome);
                // What went well is counted; rows are kept where there is something to say.
                if !result.problems.is_empty() {
                    step.rows.push(result);
                }
                (position, waiting) = (position + 1, waiting + 1);
            }
            if waiting == CHUNK || (told.is_none() && (waiting > 0 || position == begin)) {
                (step.position, step.total) = (position.to_string(), Some(total));
                if !self.advance(run, std::mem::take(&mut step)).await? {
                    return Ok(false);
                }
                waiting = 0;
            }
            if told.is_none() {
                return Ok(true);
            }
        }
    }

    /// Sends orders through the intake, up to [`IN_FLIGHT`] at once, and tells of each in the order of the file until
    /// nobody listens. Gives why the file was not read to its end, if it was not.
    async fn pour(
        &self,
        mut rows: mpsc::Receiver<Result<(u64, ChannelOrder), OrderError>>,
        import: &Import,
        name: Option<&str>,
        told: mpsc::Sender<Told>,
    ) -> Option<TableError> {
        // One queue of one worker: who stands first in the file is served first.
        let flows = self.with_queue(BATCH_MAX, 1);
        let mut in_flight = FuturesOrdered::new();
        let (mut has_more, mut broken_off) = (true, None);
        while has_more || !in_flight.is_empty() {
            tokio::select! {
                read = rows.recv(), if has_more && in_flight.len() < IN_FLIGHT => match read {
                    Some(Ok((row, order))) => in_flight.push_back(flows.take(import, name, Ok((row, order)))),
                    Some(Err(OrderError::Refused(refused))) => {
                        in_flight.push_back(flows.take(import, name, Err(refused)));
                    }
                    Some(Err(OrderError::Table(error))) => broken_off = Some(error),
                    None => has_more = false,
                },
                Some(answer) = in_flight.next() => {
                    if told.send(answer).await.is_err() {
                        return broken_off;
                    }
                }
            }
        }
        broken_off
    }

    async fn take(
        &self,
        import: &Import,
        name: Option<&str>,
        order: Result<(u64, ChannelOrder), RefusedOrder>,
    ) -> Told {
        let (row, order) = match order {
            Ok(order) => order,
            Err(refused) => {
                let (row, external_reference) = (refused.row, refused.external_reference.clone());
                return Told { row, external_reference, fate: Fate::Unreadable(refused) };
            }
        };
        let external_reference = order.external_reference.clone();
        let raw = order.raw.to_string();
        let call = Call::by(&import.actor);
        let call = match name {
            Some(name) => call.keyed("operation", &format!("{name}:{row}"), &external_reference),
            None => call,
        };
        let fate = match to_new_order(order, &import.channel, &import.time_zone) {
            Err(skip) => Fate::Skipped(skip),
            Ok(order) => match self.place(PlaceCommand { call, order, raw }).await {
                Ok(answer) => match answer.into_result() {
                    Some(PlaceOutcome::Accepted(accepted)) => Fate::Accepted(accepted),
                    Some(PlaceOutcome::Refused(refused)) => Fate::Refused(refused),
                    None => Fate::Lost("the row stood for another order a moment ago".into()),
                },
                Err(lost) => Fate::Lost(lost.to_string()),
            },
        };
        Told { row, external_reference, fate }
    }
}

/// Reads on a thread of its own, for a slow disk must not hold up the answers.
fn read_ahead<R>(
    reader: OrdersReader<R>,
    skip: usize,
) -> mpsc::Receiver<Result<(u64, ChannelOrder), OrderError>>
where
    R: Read + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(IN_FLIGHT);
    tokio::task::spawn_blocking(move || reader.skip(skip).all(|order| sender.blocking_send(order).is_ok()));
    receiver
}

fn broken(error: &TableError) -> End {
    End::Failed(format!("file_broken: {}", said(error)))
}

fn said(error: &TableError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// The order as the intake wants it, unless the channel needs nothing of us. Lines that nobody packs are left out with
/// their price: that money is between the channel and its customer. Days end in `zone`.
pub fn to_new_order(order: ChannelOrder, channel: &str, zone: &TimeZone) -> Result<NewOrder, Skip> {
    if let Some(at) = order.cancelled_at {
        return Err(Skip::Cancelled { at });
    }
    if order.is_fulfilled {
        return Err(Skip::Fulfilled);
    }
    let lines: Vec<NewLine> = order
        .lines
        .into_iter()
        .filter(|line| line.needs_shipping)
        .map(|line| NewLine {
            external_code: line.external_code,
            quantity: line.quantity.units(),
            unit_price_minor: line.unit_price_minor,
            title: line.title,
        })
        .collect();
    if lines.is_empty() {
        return Err(Skip::NothingToSend);
    }
    let mut ship_to = order.ship_to;
    if ship_to.phone.is_empty() {
        // The driver calls whoever ordered.
        ship_to.phone = order.customer.phone;
    }
    Ok(NewOrder {
        channel: channel.to_owned(),
        external_reference: order.external_reference,
        placed_at: order.placed_at,
        promised_by: order.promised_by.map(|promised| promised.instant(zone)),
        currency: order.currency,
        customer_name: order.customer.name,
        customer_email: order.customer.email,
        ship_to,
        lines,
        shipping_minor: order.shipping_minor,
        is_paid: order.is_paid,
        payment_reference: order.payment_reference,
        note: order.note,
        hold_id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(csv: &'static str) -> Vec<Result<NewOrder, Skip>> {
        let reader = OrdersReader::detect(csv.as_bytes()).unwrap();
        let zone = TimeZone::get("Europe/Sofia").unwrap();
        reader.map(|order| to_new_order(order.unwrap().1, "web", &zone)).collect()
    }

    #[test]
    fn a_promised_day_ends_where_the_organisation_is() {
        let read = orders(
            "external_reference,currency,ship_to_country,customer_phone,external_code,quantity,unit_price,promised_by\n\
             1,EUR,BG,+359 2 123,TEA,2,6.50,2026-12-02\n",
        );
        let order = read[0].as_ref().unwrap();
        assert_eq!(order.promised_by.unwrap().to_string(), "2026-12-02T21:59:59Z");
        assert_eq!(order.total_minor(), Some(1300));
        assert_eq!(order.ship_to.phone, "+359 2 123");
    }

    #[test]
    fn what_the_shop_has_cancelled_or_sent_is_left_out() {
        let read = orders(
            "Name,Financial Status,Currency,Fulfillment Status,Cancelled at,Created at,Shipping Country,Lineitem quantity,Lineitem name,\
             Lineitem price,Lineitem sku,Lineitem requires shipping,Total,Shipping\n\
             #1,paid,EUR,fulfilled,,2026-11-01 10:00:00 +0200,BG,1,Tea,6.50,TEA,true,6.50,0\n\
             #2,paid,EUR,unfulfilled,2026-11-02 10:00:00 +0200,2026-11-01 10:00:00 +0200,BG,1,Tea,6.50,TEA,true,6.50,0\n\
             #3,paid,EUR,unfulfilled,,2026-11-01 10:00:00 +0200,BG,1,Gift card,20.00,,false,20.00,0\n",
        );
        let skips: Vec<Skip> = read.into_iter().map(|order| order.unwrap_err()).collect();
        let at = "2026-11-02T08:00:00Z".parse().unwrap();
        assert_eq!(skips, [Skip::Fulfilled, Skip::Cancelled { at }, Skip::NothingToSend]);
    }
}
