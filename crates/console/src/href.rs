//! The address of every page, in one place: templates link with these, and the router serves them.

/// Every component in each of its states.
pub const DESIGN: &str = "/design";
/// What needs a person.
pub const EXCEPTIONS: &str = "/exceptions";
/// The search that finds any object by its number, code or tracking number.
pub const FIND: &str = "/find";
/// Has a list written as a file.
pub fn export(kind: &str) -> String {
    format!("/exports/{kind}")
}
/// The import page.
pub const IMPORT: &str = "/import";
/// The dashboard's live stream.
pub const LIVE: &str = "/live/dashboard";
/// What channels may sell, item by channel.
pub const BOARD: &str = "/channel-stock";
/// Moves quota from one channel to another.
pub const BOARD_MOVES: &str = "/channel-stock/moves";
/// Dedicates units to a channel.
pub const BOARD_QUOTAS: &str = "/channel-stock/quotas";
/// What a channel may sell by rule.
pub const BOARD_POLICY: &str = "/channel-stock/policy";
/// The nodes on a map and in a table.
pub const NODES: &str = "/nodes";
/// Long work that was asked for.
pub const OPERATIONS: &str = "/operations";
/// The orders as a work queue.
pub const ORDERS: &str = "/orders";
/// What cancelling many orders would come to.
pub const BULK: &str = "/orders/cancellations/preview";
/// Cancels many orders.
pub const BULK_CANCEL: &str = "/orders/cancellations";
/// The views of orders that people keep.
pub const ORDER_VIEWS: &str = "/orders/views";
/// The first page after signing in.
pub const OVERVIEW: &str = "/";
/// What happened while the reader was away.
pub const NOTIFICATIONS: &str = "/notifications";
/// The bell's live stream.
pub const BELL: &str = "/live/bell";
/// The command palette.
pub const PALETTE: &str = "/palette";
/// Where language and theme are chosen.
pub const PREFERENCES: &str = "/preferences";
/// Receiving stock.
pub const RECEIVE: &str = "/receive";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// What identity providers prove who people are.
pub const SIGN_IN_SETTINGS: &str = "/settings/sign-in";
/// Where a badge is scanned at a shared device.
pub const BADGE: &str = "/badge";
/// Badges and shared devices.
pub const BADGES: &str = "/settings/badges";
/// Making the first administrator.
pub const FIRST_RUN: &str = "/first-run";
/// Signing out.
pub const SIGN_OUT: &str = "/sign-out";
/// The choice of a pick and pack station.
pub const STATIONS: &str = "/stations";
/// People, what they may do, keys, merchants, and who changed what.
pub const SETTINGS: &str = "/settings";
/// Who is on the staff.
pub const PEOPLE: &str = "/settings/people";
/// Seeing the console as another role.
pub const VIEW_AS: &str = "/settings/view-as";
/// Seeing it as oneself again.
pub const VIEW_END: &str = "/view-as/end";
/// What each role allows.
pub const ROLES: &str = "/settings/roles";
/// Machines' keys.
pub const KEYS: &str = "/settings/keys";
/// How the organisation looks.
pub const LOOK: &str = "/settings/look";
/// The merchants.
pub const MERCHANTS: &str = "/settings/merchants";
/// Who changed what.
pub const AUDIT: &str = "/settings/audit";
/// Where customers are forgotten.
pub const PRIVACY: &str = "/settings/privacy";
/// The doing of it.
pub const ERASURE: &str = "/settings/privacy/erasure";
/// What concerns the reader alone.
pub const ME: &str = "/settings/me";
/// Where somebody is signed in.
pub const SESSIONS: &str = "/settings/sessions";
/// Where a person who was invited joins.
pub const JOIN: &str = "/join";
/// The stock grid.
pub const STOCK: &str = "/stock";
/// The ledger of one balance.
pub const LEDGER: &str = "/stock/ledger";
/// Statements and entitlements.
pub const OWNERSHIP: &str = "/ownership";
/// A statement as a file.
pub const STATEMENT_FILE: &str = "/ownership/statement.csv";
/// Makes goods change hands.
pub const OWNERSHIP_TRANSFERS: &str = "/ownership/transfers";
/// Entitles a reseller.
pub const ENTITLEMENTS: &str = "/ownership/entitlements";
/// Swaps instead of trucks.
pub const SWAPS: &str = "/ownership/swaps";
/// How orders come in this minute, and the peak that is played.
pub const PEAK: &str = "/peak";
/// Tells it live.
pub const PEAK_LIVE: &str = "/live/peak";
/// Goods by lot, those that expire first first.
pub const LOTS: &str = "/lots";
/// Counting, and corrections that wait.
pub const COUNTS: &str = "/counts";
/// Answers a correction that waits.
pub fn proposal(id: &str) -> String {
    format!("{COUNTS}/proposals/{}", encode(id))
}
/// Stock that nobody moves.
pub const STUCK: &str = "/stuck";
/// What differs between the book and the world.
pub const DISCREPANCIES: &str = "/discrepancies";
/// Settles it by hand.
pub fn discrepancy_resolve(id: &str) -> String {
    format!("{DISCREPANCIES}/{}/resolution", encode(id))
}
/// Who waits for supply, in their turn.
pub const BACKORDERS: &str = "/backorders";
/// What will be sold out and what is too much.
pub const ALERTS: &str = "/stock-alerts";
/// What is held for carts.
pub const HOLDS: &str = "/holds";
/// Gives a hold up.
pub fn hold_release(hold: &str) -> String {
    format!("{HOLDS}/{}/release", encode(hold))
}
/// What suppliers said would come.
pub const EXPECTED: &str = "/expected";
/// Goods that are expected.
pub fn expected(id: &str) -> String {
    format!("{EXPECTED}/{}", encode(id))
}
/// Takes them in.
pub fn expected_receive(id: &str) -> String {
    format!("{EXPECTED}/{}/receive", encode(id))
}
/// Expects no more of them.
pub fn expected_close(id: &str) -> String {
    format!("{EXPECTED}/{}/close", encode(id))
}
/// The form that sets one balance.
pub const LEVEL: &str = "/stock/level";

/// The API as programs read it.
pub const DOCUMENT: &str = "/v1/openapi.json";
/// The API as people read it.
pub const REFERENCE: &str = "/docs";
/// The webhooks.
pub const WEBHOOKS: &str = "/settings/webhooks";

/// Text made safe for one part of an address.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path with those parameters that have a value.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    for (place, (name, value)) in given.enumerate() {
        out.push(if place == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// Where the journey to an identity provider begins, and the page it comes back to.
pub fn sign_in_with(provider: &str, next: &str) -> String {
    with_query(&format!("{SIGN_IN}/with/{}", encode(provider)), &[("next", next)])
}

/// The link that makes a browser a shared device.
pub fn device(secret: &str) -> String {
    format!("/device/{}", encode(secret))
}

/// One order.
pub fn order(id: &str) -> String {
    format!("/orders/{}", encode(id))
}

/// Puts an order that waits before all others.
pub fn order_move_up(id: &str) -> String {
    format!("/orders/{}/move-up", encode(id))
}

/// Forgets a view of orders.
pub fn forget_view(view: &str) -> String {
    format!("{ORDER_VIEWS}/{}/forget", encode(view))
}

/// The form and command that cancel units of an order.
pub fn cancel(order: &str) -> String {
    format!("/orders/{}/cancel", encode(order))
}

/// One node with its work queue.
pub fn node(id: &str) -> String {
    format!("/nodes/{}", encode(id))
}

/// Where an item gets another name.
pub fn item_title(item: &str) -> String {
    format!("/items/{}/title", encode(item))
}

/// Where a node gets another name.
pub fn node_name(node: &str) -> String {
    format!("/nodes/{}/name", encode(node))
}

/// The work of one node's pick and pack station.
pub fn station(node: &str) -> String {
    format!("/stations/{}", encode(node))
}

/// Picking one fulfilment order.
pub fn pick(node: &str, fulfilment: &str) -> String {
    format!("/stations/{}/pick/{}", encode(node), encode(fulfilment))
}

/// Packing one fulfilment order.
pub fn pack(node: &str, fulfilment: &str) -> String {
    format!("/stations/{}/pack/{}", encode(node), encode(fulfilment))
}

/// The label of a parcel, for paper (`pdf`) or for a label printer (`zpl`).
pub fn label(parcel: &str, format: &str) -> String {
    format!("/parcels/{}/label.{format}", encode(parcel))
}

/// The stock of one item at every node.
pub fn stock_of(item: &str) -> String {
    with_query(STOCK, &[("item", item)])
}

/// A table that was brought, and which of its columns mean what.
pub fn import_table(file: &str, kind: &str) -> String {
    let place = format!("{IMPORT}/{}", encode(file));
    if kind.is_empty() { place } else { with_query(&place, &[("kind", kind)]) }
}

/// One operation with its progress.
pub fn operation(id: &str) -> String {
    format!("{OPERATIONS}/{}", encode(id))
}

/// The rows of an operation that were refused, as a file.
pub fn operation_errors(id: &str) -> String {
    format!("{OPERATIONS}/{}/errors.csv", encode(id))
}

/// What became of each row of an operation, as a file.
pub fn operation_results(id: &str) -> String {
    format!("{OPERATIONS}/{}/results.csv", encode(id))
}

/// What an operation made.
pub fn operation_file(id: &str) -> String {
    format!("{OPERATIONS}/{}/file", encode(id))
}

/// The form that stops an operation.
pub fn operation_cancel(id: &str) -> String {
    format!("{OPERATIONS}/{}/cancel", encode(id))
}

/// The ledger of one balance: an item at a node in a state, or of everything where a part is left empty.
pub fn ledger(item: &str, node: &str, state: &str) -> String {
    with_query(LEDGER, &[("item", item), ("node", node), ("state", state)])
}

/// The same after it was set, from which it can be set back.
pub fn ledger_after(item: &str, node: &str, state: &str, before: i64, after: i64) -> String {
    let (before, after) = (before.to_string(), after.to_string());
    let parts = [("item", item), ("node", node), ("state", state), ("was", &before), ("set", &after)];
    with_query(LEDGER, &parts)
}

/// One webhook with its deliveries.
pub fn webhook(id: &str) -> String {
    format!("{WEBHOOKS}/{}", encode(id))
}

/// What is done to a webhook: `change`, `removal`, `ping`, `enable`, `disable`, `rotate`, `replay`.
pub fn webhook_step(id: &str, step: &str) -> String {
    format!("{WEBHOOKS}/{}/{step}", encode(id))
}

/// How a merchant looks.
pub fn merchant_look(merchant: &str) -> String {
    format!("{MERCHANTS}/{}/look", encode(merchant))
}

/// A style sheet that gives pages this colour.
pub fn brand_sheet(colour: people::Colour) -> String {
    format!("/brand/colour/{}", colour.hex().trim_start_matches('#'))
}

/// A logo by its digest.
pub fn brand_logo(digest: &str) -> String {
    format!("/brand/logo/{}", encode(digest))
}

/// The customer's own page of an order, by signed link.
pub fn tracking(token: &str) -> String {
    format!("/track/{}", encode(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_for_anything_stays_one_parameter() {
        assert_eq!(
            with_query(ORDERS, &[("view", "late"), ("q", "tea & 50%"), ("after", "")]),
            "/orders?view=late&q=tea%20%26%2050%25"
        );
        assert_eq!(encode("茶/../x"), "%E8%8C%B6%2F..%2Fx");
    }
}
