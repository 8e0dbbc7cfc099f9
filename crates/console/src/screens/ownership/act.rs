//! Goods change hands, and resellers are entitled, by a form.

use axum::extract::{Form, State};
use axum::response::Response;
use flows::api::PRICE_MAX;
use inventory::entitle::{Grant, GrantError};
use inventory::ownership::{OwnershipTransfer, Trade, TransferError, TransferKind};
use kernel::{Currency, MerchantId, Money, Quantity, Scope};
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Permission, Routes, Within};

use super::{Typed, show};
use crate::desk::{Console, Desk, Upset};
use crate::href;
use crate::i18n::Texts;
use crate::pages::ownership::{GrantForm, SaleForm, StatementForm};
use crate::shell::Notice;
use crate::words::Tone;

/// The longest reference, in bytes.
const REFERENCE: usize = 200;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::StockTrade);
    Routes::new().post(href::OWNERSHIP_TRANSFERS, needs, post_sale).post(
        href::ENTITLEMENTS,
        needs,
        post_grant,
    )
}

pub(super) fn units(text: &str) -> Option<Quantity> {
    text.trim().parse().ok().and_then(|units| Quantity::new(units).ok())
}

pub(super) fn price(text: &str, currency: Currency) -> Option<Money> {
    let money = Money::parse_decimal(text.trim(), currency).ok()?;
    (0..=PRICE_MAX).contains(&money.minor).then_some(money)
}

/// Two different merchants within the scope.
pub(super) fn parties(scope: &Scope, one: &str, other: &str) -> Option<(MerchantId, MerchantId)> {
    let (one, other) = (MerchantId::parse(one).ok()?, MerchantId::parse(other).ok()?);
    (one != other && scope.has_merchant(&one) && scope.has_merchant(&other)).then_some((one, other))
}

/// A refused transfer in the reader's words.
pub(super) fn refused(t: &Texts, error: TransferError) -> Result<String, Upset> {
    match error {
        TransferError::Fault(fault) => Err(Upset::commanding(fault)),
        TransferError::Short { present, .. } => {
            Ok(t.fill("ownership-short", "present", t.number(present.units())))
        }
        TransferError::Conflict { .. } => Ok(t.text("ownership-conflict")),
        TransferError::Nothing => Ok(t.text("row-bad-quantity")),
        TransferError::TooMuch { .. } => Ok(t.text("ownership-too-large")),
    }
}

#[derive(Debug, Deserialize)]
struct SaleSent {
    command: String,
    giver: String,
    taker: String,
    node: String,
    item: String,
    quantity: String,
    price: String,
    reference: String,
}

async fn post_sale(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<SaleSent>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let SaleSent { command, giver, taker, node, item, quantity, price: each, reference } = sent;
    let sale = SaleForm { command, giver, taker, node, item, quantity, price: each, reference };
    let of = StatementForm { merchant: sale.giver.clone(), ..StatementForm::default() };
    let place = (sale.node.clone(), sale.item.trim().to_owned());
    let (node_id, item) = console.flows.find_places(vec![place]).await?.pop().unwrap_or_default();
    let quantity = units(&sale.quantity).filter(|quantity| !quantity.is_zero());
    let unit_price = price(&sale.price, console.organisation.currency);
    let reference = sale.reference.trim().to_owned();
    let is_named =
        !(reference.is_empty() || reference.len() > REFERENCE || reference.contains(char::is_control));
    let transfer = (|| {
        let (giver_id, taker_id) = parties(&scope, &sale.giver, &sale.taker).ok_or("ownership-bad-party")?;
        let (item_id, _) = item.ok_or("row-unknown-item")?;
        let node_id = node_id.ok_or("row-unknown-node")?;
        let quantity = quantity.ok_or("row-bad-quantity")?;
        let unit_price = unit_price.ok_or("ownership-bad-price")?;
        if !is_named {
            return Err("ownership-bad-reference");
        }
        let trade = Trade {
            item_id,
            node_id,
            giver_id: giver_id.clone(),
            taker_id: taker_id.clone(),
            lot: String::new(),
            quantity,
            unit_price,
            entitlement_id: None,
            is_reversal: false,
        };
        let trades = vec![trade];
        Ok(OwnershipTransfer { kind: TransferKind::Sale, giver_id, taker_id, reference, trades })
    })();
    let transfer = match transfer {
        Ok(transfer) => transfer,
        Err(key) => {
            let notice = Some(Notice { tone: Tone::Bad, text: t.text(key) });
            let typed = Typed { of, sale, notice, is_refused: true, ..Typed::default() };
            return show(&console, &desk, scope, typed).await;
        }
    };
    let asked =
        json!([sale.giver, sale.taker, sale.node, sale.item, sale.quantity, sale.price, sale.reference]);
    let call = desk.call(&sale.command, href::OWNERSHIP_TRANSFERS, &asked)?;
    let made = match console.flows.transfer_ownership(call, transfer).await {
        Ok(answer) => answer.into_result().ok_or_else(|| desk.reused())?,
        Err(error) => {
            let notice = Some(Notice { tone: Tone::Bad, text: refused(t, error)? });
            // Refused, so that the same form may be sent again when it is put right.
            let typed = Typed { of, sale, notice, is_refused: true, ..Typed::default() };
            return show(&console, &desk, scope, typed).await;
        }
    };
    let notice = if made.is_repeat {
        Notice { tone: Tone::Warn, text: t.text("ownership-repeated") }
    } else {
        let amount = t.money(Money { minor: made.amount_minor, currency: made.currency });
        let text = t.fill2("ownership-done", ("units", t.number(made.units)), ("amount", amount));
        Notice { tone: Tone::Good, text }
    };
    let kept = SaleForm { giver: sale.giver, taker: sale.taker, node: sale.node, ..SaleForm::default() };
    show(&console, &desk, scope, Typed { of, sale: kept, notice: Some(notice), ..Typed::default() }).await
}

#[derive(Debug, Deserialize)]
struct GrantSent {
    command: String,
    brand: String,
    reseller: String,
    item: String,
    granted: String,
    price: String,
}

async fn post_grant(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<GrantSent>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let GrantSent { command, brand, reseller, item, granted, price: each } = sent;
    let form = GrantForm { command, brand, reseller, item, granted, price: each };
    let place = (String::new(), form.item.trim().to_owned());
    let (_, item) = console.flows.find_places(vec![place]).await?.pop().unwrap_or_default();
    let unit_price = price(&form.price, console.organisation.currency);
    let grant = (|| {
        let (brand_id, reseller_id) =
            parties(&scope, &form.brand, &form.reseller).ok_or("ownership-bad-party")?;
        let item = item.filter(|(_, owner_id)| *owner_id == brand_id);
        let (item_id, _) = item.ok_or("row-unknown-item")?;
        let granted = units(&form.granted).ok_or("row-bad-quantity")?;
        let unit_price = unit_price.ok_or("ownership-bad-price")?;
        Ok(Grant { item_id, brand_id, reseller_id, granted, unit_price })
    })();
    let of = StatementForm { merchant: form.brand.clone(), ..StatementForm::default() };
    let refuse = |of, grant, text| Typed {
        of,
        grant,
        notice: Some(Notice { tone: Tone::Bad, text }),
        is_refused: true,
        ..Typed::default()
    };
    let grant = match grant {
        Ok(grant) => grant,
        Err(key) => return show(&console, &desk, scope, refuse(of, form, t.text(key))).await,
    };
    let asked = json!([form.brand, form.reseller, form.item, form.granted, form.price]);
    let call = desk.call(&form.command, href::ENTITLEMENTS, &asked)?;
    let text = match console.flows.grant_entitlement(call, grant).await {
        Ok(answer) => {
            let kept = answer.into_result().ok_or_else(|| desk.reused())?;
            let id = kept.reseller_id.clone();
            let organisation_id = console.flows.runtime.organisation_id.clone();
            let reseller = console
                .flows
                .runtime
                .read(move |tx| {
                    Box::pin(async move { ::people::find_merchant(tx, &organisation_id, &id).await })
                })
                .await?;
            let name = reseller.map_or_else(|| kept.reseller_id.to_string(), |reseller| reseller.name);
            t.fill2("entitlement-done", ("reseller", name), ("granted", t.number(kept.granted)))
        }
        Err(GrantError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(GrantError::BelowUsed { used, .. }) => {
            let text = t.fill("entitlement-below-used", "used", t.number(used));
            return show(&console, &desk, scope, refuse(of, form, text)).await;
        }
        Err(GrantError::OtherCurrency(currency)) => {
            let text = t.fill("entitlement-other-currency", "currency", currency.as_str());
            return show(&console, &desk, scope, refuse(of, form, text)).await;
        }
    };
    let notice = Some(Notice { tone: Tone::Good, text });
    show(&console, &desk, scope, Typed { of, notice, ..Typed::default() }).await
}
