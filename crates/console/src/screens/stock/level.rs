//! A number of the grid set to what was counted, from what the page showed.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use flows::levels::{LevelsError, set_levels};
use inventory::set_levels::{Level, LevelReason, LevelRefusal, LevelSet, Measure};
use kernel::Quantity;
use serde::Deserialize;
use serde_json::json;
use web::Within;

use super::{LedgerQuery, is_part, ledger_view};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::stock::LevelForm;
use crate::words::{LevelCause, StockState};

/// What a form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    command: String,
    item: String,
    node: String,
    state: String,
    change_from: String,
    quantity: String,
    reason: String,
    note: String,
}

/// The form for a balance, where it is one that can be set.
pub(super) fn form_of(t: &Texts, state: StockState, command: String, balance: i64) -> Option<LevelForm> {
    Measure::parse(state.code())?;
    Some(LevelForm {
        command,
        change_from: balance,
        quantity: String::new(),
        reason: LevelReason::Count.name().to_owned(),
        reasons: LevelCause::ALL
            .iter()
            .map(|cause| Choice::new(cause.code(), &t.text(cause.key())))
            .collect(),
        note: String::new(),
        error: None,
        is_stale: false,
        undo: None,
    })
}

pub(super) async fn post_level(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    headers: HeaderMap,
    Form(said): Form<Said>,
) -> Result<Response, Upset> {
    let nowhere = || Upset::of(Trouble::NotFound);
    let known =
        console.flows.find_places_within(&scope, vec![(said.node.clone(), said.item.clone())]).await?;
    let Some((Some(node_id), Some((item_id, owner_id)))) = known.into_iter().next() else {
        return Err(nowhere());
    };
    let state = StockState::parse(&said.state).ok_or_else(nowhere)?;
    let measure = Measure::parse(&said.state).ok_or_else(nowhere)?;
    let reason = LevelReason::parse(&said.reason).ok_or_else(|| Upset::of(Trouble::BadRequest))?;
    let number = |text: &str| text.trim().parse().ok().and_then(|units| Quantity::new(units).ok());
    let change_from = number(&said.change_from).ok_or_else(|| Upset::of(Trouble::BadRequest))?;
    let note: String = said.note.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let t = &desk.t;
    let refused = match number(&said.quantity) {
        None => (t.text("level-bad-quantity"), change_from.units(), said.command.clone(), false),
        Some(quantity) => {
            let asked = json!([said.item, said.node, said.state, change_from, quantity, said.reason, note]);
            let call = desk.call(&said.command, href::LEVEL, &asked)?;
            let level = Level {
                node_id: node_id.clone(),
                item_id: item_id.clone(),
                owner_id,
                lot: String::new(),
                measure,
                quantity,
                change_from: Some(change_from),
                reason,
                note: note.clone(),
            };
            let set = console
                .flows
                .runtime
                .command(call, move |cx| {
                    let level = level.clone();
                    Box::pin(async move {
                        let set = set_levels(cx, &[level]).await?.pop().expect("one was asked for");
                        set.map_err(|why| LevelsError::Refused { place: 0, why })
                    })
                })
                .await
                .map(|answer: runtime::Answer<LevelSet>| answer.into_result());
            match set {
                Ok(Some(LevelSet { proposed_adjustment_id: Some(_), .. })) => return Ok(see(href::COUNTS)),
                Ok(Some(LevelSet { before, after, .. })) => {
                    let (item, node) = (item_id.as_str(), node_id.as_str());
                    return Ok(see(&href::ledger_after(item, node, state.code(), before, after)));
                }
                Ok(None) => return Err(desk.reused()),
                Err(LevelsError::Fault(fault)) => return Err(Upset::commanding(fault)),
                Err(LevelsError::Refused { why, .. }) => {
                    let (from, to) = (t.number(change_from.units()), t.number(quantity.units()));
                    match why {
                        // The next try starts from what is there; whether it is right is for the reader to say.
                        LevelRefusal::Stale { present, .. } => {
                            let says = t.fill2("level-stale", ("seen", from), ("present", t.number(present)));
                            (says, present, super::fresh_command(), true)
                        }
                        LevelRefusal::Committed { committed, .. } => {
                            let committed = t.number(committed);
                            let says = t.fill2("level-committed", ("committed", committed), ("asked", to));
                            (says, change_from.units(), super::fresh_command(), false)
                        }
                        LevelRefusal::UnknownLot | LevelRefusal::TooMany => {
                            (t.text("level-bad-quantity"), change_from.units(), super::fresh_command(), false)
                        }
                    }
                }
            }
        }
    };
    let (error, change_from, command, is_stale) = refused;
    let query = LedgerQuery {
        item: item_id.to_string(),
        node: node_id.to_string(),
        state: said.state,
        ..LedgerQuery::default()
    };
    let mut view = ledger_view(&console, &scope, &desk, query).await?;
    view.level = form_of(&desk.t, state, command, change_from).map(|form| LevelForm {
        quantity: said.quantity,
        reason: said.reason,
        note,
        error: Some(error),
        is_stale,
        ..form
    });
    let shown = if is_part(&headers) { page(&view.as_ledger())? } else { page(&view)? };
    Ok((StatusCode::CONFLICT, shown).into_response())
}
