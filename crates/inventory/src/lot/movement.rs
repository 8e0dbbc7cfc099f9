//! Movements of goods whose lots are known elsewhere.

use std::collections::BTreeMap;

use db::Fault;
use kernel::{Quantity, time::to_date};
use runtime::Cx;

use super::{Life, Lot, Lots};
use crate::{
    model::{Account, Spot, State, Transfer},
    store::{self, LotOfCause},
};

/// Units in hand, by the account they are in, whatever its lot.
type InHand = BTreeMap<Account, Lots>;

/// The transfers of an order, one after the other, with the lots its units are of: units that were put somewhere by one
/// are taken from there by the next. What is of no lot stays so.
pub fn follow(lots: Vec<LotOfCause>, transfers: Vec<Transfer>) -> Vec<Transfer> {
    if lots.is_empty() {
        return transfers;
    }
    let mut in_hand = InHand::new();
    for of in lots {
        let account = Account {
            item_id: of.item_id,
            owner_id: of.owner_id,
            spot: Spot::Node(of.node_id),
            lot: String::new(),
            state: of.state,
        };
        let lot = Lot { code: of.lot, expires_on: of.expires_on };
        in_hand.entry(account).or_default().add(lot, of.quantity);
    }
    // An order keeps what it got, expired meanwhile or not.
    split(&mut in_hand, Life { today: kernel::time::Date::MIN, min_days: 0 }, transfers)
}

/// Transfers of units that are free, from the lots that expire first. Those that name a lot stay as they are.
pub async fn spread(cx: &Cx<'_>, transfers: Vec<Transfer>) -> Result<Vec<Transfer>, Fault> {
    let items = transfers.iter().map(|transfer| &transfer.from.item_id);
    let free = store::list_available(cx.tx, &cx.organisation_id, items).await?;
    if free.iter().all(|row| row.lot.code.is_empty()) {
        return Ok(transfers);
    }
    let mut in_hand = InHand::new();
    for row in free {
        let account = Account::at(&row.item_id, &row.owner_id, &row.node_id, State::Available);
        in_hand.entry(account).or_default().add(row.lot, row.quantity.units());
    }
    Ok(split(&mut in_hand, Life::left_on(to_date(cx.now)), transfers))
}

fn split(in_hand: &mut InHand, life: Life, transfers: Vec<Transfer>) -> Vec<Transfer> {
    let mut whole = Vec::with_capacity(transfers.len());
    for transfer in transfers {
        let mut left = transfer.quantity.units();
        let taken = match in_hand.get_mut(&transfer.from) {
            Some(lots) => lots.take(life, left),
            None => Vec::new(),
        };
        for (lot, units) in taken {
            left -= units;
            if transfer.to.spot != Spot::Outside {
                in_hand.entry(transfer.to.clone()).or_default().add(lot.clone(), units);
            }
            let quantity = Quantity::new(units).unwrap_or(Quantity::ZERO);
            whole.push(Transfer { quantity, ..transfer.clone() }.of_lot(&lot.code));
        }
        if let Some(quantity) = Quantity::new(left).ok().filter(|quantity| !quantity.is_zero()) {
            whole.push(Transfer { quantity, ..transfer });
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use kernel::{ItemId, MerchantId, NodeId, Timestamp, time::Date};

    use super::*;
    use crate::model::Move;

    fn moved(from: State, to: State, units: i64) -> Transfer {
        Move {
            item_id: ItemId::from_body("milk"),
            owner_id: MerchantId::from_body("m"),
            node_id: NodeId::from_body("leeds"),
            from,
            to,
            quantity: Quantity::new(units).unwrap(),
        }
        .into_transfer("pick", "ord_1", Timestamp::UNIX_EPOCH)
    }

    fn had(lot: &str, day: i8, units: i64) -> LotOfCause {
        LotOfCause {
            cause_id: "ord_1".into(),
            item_id: ItemId::from_body("milk"),
            owner_id: MerchantId::from_body("m"),
            node_id: NodeId::from_body("leeds"),
            state: State::Allocated,
            lot: lot.into(),
            expires_on: Some(Date::constant(2026, 3, day)),
            quantity: units,
        }
    }

    #[test]
    fn units_of_an_order_move_on_in_their_lots() {
        let (allocated, picked) = (State::Allocated, State::Picked);
        let moves =
            vec![moved(allocated, picked, 3), moved(picked, State::Customer, 2), moved(allocated, picked, 3)];
        let told: Vec<(String, String, i64)> = follow(vec![had("B", 9, 3), had("A", 5, 2)], moves)
            .into_iter()
            .map(|of| (of.from.lot, of.to.lot, of.quantity.units()))
            .collect();
        let row = |from: &str, to: &str, units| (from.to_owned(), to.to_owned(), units);
        assert_eq!(
            told,
            [row("A", "A", 2), row("B", "B", 1), row("A", "", 2), row("B", "B", 2), row("", "", 1)],
            "what left has no lot outside, and the sixth unit is of none"
        );
    }

    #[test]
    fn goods_without_lots_move_as_they_did() {
        let moves = vec![moved(State::Allocated, State::Picked, 3)];
        assert_eq!(follow(Vec::new(), moves.clone()), moves);
    }
}
