//! Units go into an open parcel and out of it.

use std::collections::BTreeMap;

use kernel::{ItemId, ParcelId, Quantity};
use runtime::Cx;

use crate::{
    model::{ParcelLine, ParcelStatus},
    store,
};

/// Why units did not go in or out. None did.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// There is no such parcel.
    #[error("there is no parcel {parcel_id}")]
    NoSuchParcel {
        /// Which.
        parcel_id: ParcelId,
    },
    /// Its lid is closed.
    #[error("parcel {parcel_id} is {status}, not open")]
    NotOpen {
        /// Which.
        parcel_id: ParcelId,
        /// Where it stands.
        status: ParcelStatus,
    },
    /// The order line is in the parcel with another item: the caller mixed up orders.
    #[error("line {line_no} is {there}, not {given}")]
    OtherItem {
        /// The line.
        line_no: i64,
        /// The item in the parcel.
        there: ItemId,
        /// The item given.
        given: ItemId,
    },
    /// No units, or more than any parcel has.
    #[error("line {line_no}: that is no number of units for a parcel")]
    BadQuantity {
        /// The line.
        line_no: i64,
    },
    /// Fewer are in the parcel than were to be taken out.
    #[error("line {line_no}: {asked} to be taken out, {there} are in the parcel")]
    NotInside {
        /// The line.
        line_no: i64,
        /// How many were asked for.
        asked: Quantity,
        /// How many are in it.
        there: Quantity,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(ContentsError);

/// Puts units into an open parcel; gives everything that is in it then.
pub async fn put_into(
    cx: &mut Cx<'_>,
    parcel_id: &ParcelId,
    units: &[ParcelLine],
) -> Result<Vec<ParcelLine>, ContentsError> {
    let there = open_contents(cx, parcel_id).await?;
    let lines = decide_put(&there, units)?;
    store::write_lines(cx.tx, &cx.organisation_id, parcel_id, &lines).await?;
    Ok(lines)
}

/// Takes units out of an open parcel; gives everything that is left in it.
pub async fn take_out(
    cx: &mut Cx<'_>,
    parcel_id: &ParcelId,
    units: &[ParcelLine],
) -> Result<Vec<ParcelLine>, ContentsError> {
    let there = open_contents(cx, parcel_id).await?;
    let lines = decide_take(&there, units)?;
    store::delete_lines(cx.tx, &cx.organisation_id, parcel_id).await?;
    store::write_lines(cx.tx, &cx.organisation_id, parcel_id, &lines).await?;
    Ok(lines)
}

async fn open_contents(cx: &Cx<'_>, parcel_id: &ParcelId) -> Result<Vec<ParcelLine>, ContentsError> {
    let parcel = store::lock_parcel(cx.tx, &cx.organisation_id, parcel_id).await?;
    let parcel = parcel.ok_or_else(|| ContentsError::NoSuchParcel { parcel_id: parcel_id.clone() })?;
    if parcel.status != ParcelStatus::Open {
        return Err(ContentsError::NotOpen { parcel_id: parcel.parcel_id, status: parcel.status });
    }
    Ok(store::lines_of(cx.tx, &cx.organisation_id, parcel_id).await?)
}

fn decide_put(there: &[ParcelLine], units: &[ParcelLine]) -> Result<Vec<ParcelLine>, ContentsError> {
    let mut lines: BTreeMap<i64, ParcelLine> =
        there.iter().map(|line| (line.line_no, line.clone())).collect();
    for unit in units {
        let line_no = unit.line_no;
        let line =
            lines.entry(line_no).or_insert_with(|| ParcelLine { quantity: Quantity::ZERO, ..unit.clone() });
        if line.item_id != unit.item_id {
            let (there, given) = (line.item_id.clone(), unit.item_id.clone());
            return Err(ContentsError::OtherItem { line_no, there, given });
        }
        if unit.quantity.is_zero() {
            return Err(ContentsError::BadQuantity { line_no });
        }
        line.quantity = line.quantity.plus(unit.quantity).ok_or(ContentsError::BadQuantity { line_no })?;
    }
    Ok(lines.into_values().collect())
}

fn decide_take(there: &[ParcelLine], units: &[ParcelLine]) -> Result<Vec<ParcelLine>, ContentsError> {
    let mut lines: BTreeMap<i64, ParcelLine> =
        there.iter().map(|line| (line.line_no, line.clone())).collect();
    for unit in units {
        let (line_no, asked) = (unit.line_no, unit.quantity);
        if asked.is_zero() {
            return Err(ContentsError::BadQuantity { line_no });
        }
        let Some(line) = lines.get_mut(&line_no) else {
            return Err(ContentsError::NotInside { line_no, asked, there: Quantity::ZERO });
        };
        let there = line.quantity;
        line.quantity = there.minus(asked).ok_or(ContentsError::NotInside { line_no, asked, there })?;
    }
    Ok(lines.into_values().filter(|line| !line.quantity.is_zero()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<ParcelLine> {
        let line = |part: &str| {
            let mut words = part.split(' ');
            let mut next = || words.next().unwrap();
            ParcelLine {
                line_no: next().parse().unwrap(),
                item_id: ItemId::from_body(next()),
                quantity: Quantity::new(next().parse().unwrap()).unwrap(),
            }
        };
        text.split(", ").filter(|part| !part.is_empty()).map(line).collect()
    }

    #[test]
    fn units_go_in_and_out_and_never_below_nothing() {
        let there = units("1 tea 2, 3 cup 1");
        let put = |text: &str| decide_put(&there, &units(text));
        let take = |text: &str| decide_take(&there, &units(text));
        assert_eq!(put("1 tea 1, 2 pen 4, 2 pen 1").unwrap(), units("1 tea 3, 2 pen 5, 3 cup 1"));
        assert_eq!(put("1 cup 1").unwrap_err().to_string(), "line 1 is itm_tea, not itm_cup");
        assert!(matches!(put("2 pen 0"), Err(ContentsError::BadQuantity { line_no: 2 })));
        assert_eq!(take("1 tea 2").unwrap(), units("3 cup 1"));
        assert_eq!(take("1 tea 1, 1 tea 1, 3 cup 1").unwrap(), []);
        assert_eq!(
            take("1 tea 3").unwrap_err().to_string(),
            "line 1: 3 to be taken out, 2 are in the parcel"
        );
        assert!(matches!(take("7 tea 1"), Err(ContentsError::NotInside { there: Quantity::ZERO, .. })));
    }
}
