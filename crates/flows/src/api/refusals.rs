//! Every refusal of a process as a problem: what happened, why, what to do.

use inventory::{adjust::AdjustError, lot::BadLot, receive::ReceiveError, selling::Limit};
use orders::cancel::CannotCancel;
use serde_json::json;
use warehouse::ScanRefusal;
use web::{Problem, problems};

use crate::{
    cancel::CancelError,
    dispatch::DispatchError,
    intake::{Lost, Refused, ShortLine},
    station::StationError,
    track::TrackError,
};

/// Why an order was not taken.
pub(crate) fn refused_order(refused: &Refused) -> Problem {
    match refused {
        Refused::BadFields { fields } => fields.iter().fold(
            Problem::unprocessable(
                problems::INVALID_FIELD,
                "The order cannot be taken as it is; nothing was changed.",
            ),
            |problem, field| problem.at(&field.pointer, "invalid", &field.message),
        ),
        Refused::UnknownChannel { channel } => Problem::unprocessable(
            problems::UNKNOWN_CHANNEL,
            format!("There is no channel `{channel}`."),
        )
        .at("/channel", "unknown", "no channel has this code"),
        Refused::UnknownListings { lines } => lines.iter().fold(
            Problem::unprocessable(
                problems::UNKNOWN_LISTING,
                "Some codes mean nothing on this channel: map them to items, then send the order again.",
            ),
            |problem, line| problem.at(&line.pointer, "unknown", &line.message),
        ),
        Refused::Conflict { order_id } => Problem::conflict(
            problems::ORDER_CONFLICT,
            format!("The channel sent another order under this reference before: {order_id}."),
        )
        .with("order_id", json!(order_id)),
        Refused::InsufficientStock { lines } => {
            let first = lines.first();
            let detail = first.map_or_else(
                || "No plan serves this order with the stock there is.".to_owned(),
                |line| {
                    let held = line.holding_carts.first().map_or_else(String::new, |cart| {
                        format!(" Carts hold some of it, the first until {}.", cart.expires_at)
                    });
                    let ShortLine { line_no, asked, external_code, available, possible_quantity, .. } = line;
                    let there_are = match &line.limit {
                        None => format!("{available} are free"),
                        Some(limit) => {
                            let free = limit.free;
                            let why = match limit.why {
                                Limit::Off => "it does not sell the item now",
                                Limit::Nodes => "the others lie where it does not sell from",
                                Limit::SetAside => "the others are set aside for other channels' quotas",
                                Limit::Buffer => "its buffer hides others",
                                Limit::Quota => "its quota has no more",
                                Limit::Life => "the others expire too soon for it",
                            };
                            format!("the channel may sell {available} of the {free} that are free: {why}")
                        }
                    };
                    let later = line.possible_later.map_or_else(String::new, |packs| {
                        let by = line.later_on.map_or_else(String::new, |day| format!(" until {day}"));
                        format!(" {packs} packs would be accepted where some of them wait{by}.")
                    });
                    format!(
                        "Line {line_no}: {asked} units of `{external_code}` are asked for, {there_are}; \
                         {possible_quantity} packs would be accepted now.{later}{held}",
                    )
                },
            );
            Problem::conflict(problems::INSUFFICIENT_STOCK, detail).with("lines", json!(lines))
        }
    }
}

impl From<Lost> for Problem {
    fn from(_: Lost) -> Problem {
        Problem::from(runtime::batch::NoAnswer)
    }
}

pub(super) fn outrun(error: &impl std::fmt::Display) -> Problem {
    Problem::unavailable(problems::BUSY, error).retryable()
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Problem {
        match error {
            CancelError::NoSuchOrder(_) => Problem::not_found(problems::NO_SUCH_ORDER, &error),
            CancelError::Cannot(ref why) => {
                let problem = Problem::conflict(problems::CANNOT_CANCEL, &error);
                match why {
                    CannotCancel::NoSuchLine { line_no } => problem.with("line_no", json!(line_no)),
                    CannotCancel::AlreadyDispatched { units } => problem.with("units", json!(units)),
                    CannotCancel::AlreadyCancelled => problem,
                }
            }
            CancelError::LabelPending(_) => Problem::conflict(problems::LABEL_PENDING, &error).retryable(),
            CancelError::Outrun => outrun(&error),
            CancelError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<StationError> for Problem {
    fn from(error: StationError) -> Problem {
        match error {
            StationError::NoSuchWork(_) => Problem::not_found(problems::NOT_FOUND, &error),
            StationError::Refused { ref refusal, .. } => {
                let problem = match refusal {
                    ScanRefusal::UnknownCode { .. } => Problem::unprocessable(problems::UNKNOWN_CODE, &error),
                    ScanRefusal::WrongItem { .. } => Problem::conflict(problems::WRONG_ITEM, &error),
                    ScanRefusal::TooMany { left, .. } => {
                        Problem::conflict(problems::TOO_MANY, &error).with("left", json!(left))
                    }
                    ScanRefusal::AlreadyComplete { .. } => {
                        Problem::conflict(problems::TOO_MANY, &error).with("left", 0)
                    }
                    ScanRefusal::WrongOrder { belongs_to, .. } => {
                        Problem::conflict(problems::WRONG_ORDER, &error).with("belongs_to", json!(belongs_to))
                    }
                    ScanRefusal::WrongStage { needs, .. } => {
                        Problem::conflict(problems::WRONG_STAGE, &error).with("needs", needs.as_str())
                    }
                    ScanRefusal::NoQuantity => Problem::unprocessable(problems::INVALID_FIELD, &error).at(
                        "/quantity",
                        "invalid",
                        "a scan is of one unit at least",
                    ),
                };
                problem.with("refusal", refusal.as_str())
            }
            StationError::NotThatMany { left, .. } => {
                Problem::conflict(problems::NOTHING_TO_PICK, &error).with("left", json!(left))
            }
            StationError::NoOpenParcel(_) => Problem::conflict(problems::PARCEL_NOT_OPEN, &error),
            StationError::Parcel(ref why) => match why {
                shipping::CloseError::NoRate(_) => Problem::unprocessable(problems::NO_RATE, &error),
                _ => Problem::conflict(problems::PARCEL_NOT_OPEN, &error),
            },
            StationError::Outrun => outrun(&error),
            StationError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<DispatchError> for Problem {
    fn from(error: DispatchError) -> Problem {
        match error {
            DispatchError::NoSuchParcel(_) => Problem::not_found(problems::NOT_FOUND, &error),
            DispatchError::Parcel(ref why) => match why {
                shipping::DispatchError::WrongStep { wrong, .. }
                    if wrong.status == shipping::ParcelStatus::Dispatched =>
                {
                    Problem::conflict(problems::ALREADY_DISPATCHED, &error)
                }
                shipping::DispatchError::WrongStep { wrong, .. }
                    if wrong.status == shipping::ParcelStatus::Closed =>
                {
                    Problem::conflict(problems::LABEL_PENDING, &error).retryable()
                }
                _ => Problem::conflict(problems::PARCEL_NOT_CLOSED, &error),
            },
            DispatchError::Tracking(_) => Problem::conflict(problems::DUPLICATE_CODE, &error),
            DispatchError::Outrun => outrun(&error),
            DispatchError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<TrackError> for Problem {
    fn from(error: TrackError) -> Problem {
        match error {
            TrackError::Outrun => outrun(&error),
            TrackError::Fault(fault) => Problem::fault(fault),
        }
    }
}

/// Why goods were not booked.
pub(crate) fn refused_receipt(error: ReceiveError) -> Problem {
    match error {
        ReceiveError::Nothing => Problem::unprocessable(problems::INVALID_FIELD, &error),
        ReceiveError::NeedsLot { place } => Problem::unprocessable(problems::INVALID_FIELD, &error).at(
            format!("/receipts/{place}/lot"),
            "missing",
            &error,
        ),
        ReceiveError::OtherExpiry(BadLot { place, .. }) => Problem::conflict(problems::LOT_CONFLICT, &error)
            .at(format!("/receipts/{place}/expires_on"), "refused", &error),
        ReceiveError::NotExpected => Problem::conflict(problems::NOT_EXPECTED, &error),
        ReceiveError::Fault(fault) => Problem::fault(fault),
    }
}

/// Why the book was not corrected.
pub(crate) fn refused_adjustment(error: AdjustError) -> Problem {
    match error {
        AdjustError::UnknownLot { .. } => {
            Problem::unprocessable(problems::INVALID_FIELD, &error).at("/lot", "unknown", &error)
        }
        AdjustError::Nothing => Problem::unprocessable(problems::INVALID_FIELD, &error),
        AdjustError::Short { present, .. } => {
            Problem::conflict(problems::INSUFFICIENT_STOCK, &error).with("present", json!(present))
        }
        AdjustError::Fault(fault) => Problem::fault(fault),
    }
}
