//! Every kind of event there is, with the fields of its facts: the one list that verbs, readers outside and
//! `docs/guide/events.md` share.
//!
//! A kind once published keeps its fields, with their types and their meaning; new fields may join it. While tests run,
//! what a verb tells is held against this list.

mod document;
mod kind;
#[cfg(test)]
mod tests;

use serde_json::Value as Json;

pub use document::document;
pub use kind::{Field, Kind, Type};

macro_rules! optional {
    () => {
        false
    };
    (or_null) => {
        true
    };
}

macro_rules! kinds {
    ($($name:literal $subject:literal $meaning:literal {$($field:ident $of:ident $($null:ident)? $says:literal,)*})*) => {
        /// All of them, by name.
        pub const ALL: &[Kind] = &[$(Kind {
            name: $name,
            subject: $subject,
            meaning: $meaning,
            fields: &[$(Field {
                name: stringify!($field),
                of: Type::$of,
                is_optional: optional!($($null)?),
                meaning: $says,
            }),*],
        }),*];
    };
}

kinds! {
    "availability.changed" "itm" "Channels may sell another number of units of an item. A later one makes it old." {
        sku Name "the seller's code",
        merchant_id Name "the seller",
        cause Integer "how far the stream went that is in it: the position of what changed it, or one after",
        channels List "all channels that may sell it: `channel`, `channel_id`, `ats`, and `nodes` with `node`, `node_id`, `units`",
    }
    "badge.made" "bdg" "A person has a badge." {
        user_id Name "",
    }
    "badge.pin_set" "bdg" "A badge has another PIN, or none." {}
    "badge.revoked" "bdg" "A badge opens nothing any more." {}
    "channel.added" "chn" "A channel was added." {
        merchant_id Name "who sells on it",
        code Name "",
        kind Text "",
    }
    "channel.policy_cleared" "chn" "What a channel may sell of an item, or in general, is ruled no more." {
        item_id Name or_null "one item; null for all without a policy of their own",
    }
    "channel.policy_set" "chn" "What a channel may sell of an item, or in general, was ruled." {
        item_id Name or_null "one item; null for all without a policy of their own",
        is_on Bool "it sells",
        node_rule Name "`all`, `only`, `except`",
        node_ids List "the nodes that the rule names",
        buffer Integer "units hidden from the channel",
        min_life_days Integer "days that goods must last when they are sold",
        beyond Name "what it may sell beyond what is free: `nothing`, `expected`, `any`",
        beyond_most Integer or_null "how many units of an item may wait at once",
        available_from Text or_null "from which day on goods can be had that were never there",
    }
    "channel.quota_moved" "chn" "Units dedicated to a channel are another's." {
        item_id Name "",
        to Name "the channel that has them now",
        units Integer "",
        reason Text "",
    }
    "channel.quota_set" "chn" "Units of an item were dedicated to a channel." {
        item_id Name "",
        quantity Integer or_null "how many in all; null where it shares what is nobody's",
    }
    "channel.stock_told" "chn" "A channel showed another quantity than it may sell: this is what it may." {
        external_code Text "the channel's code of the goods",
        item_id Name "",
        quantity Integer "what it may sell: whole packs of the code",
        shown Integer "what it showed",
        discrepancy_id Name "the cause; a report that this repair brings about names it as `origin`",
        attempt Integer "from 1",
    }
    "device.added" "dev" "A device that several people work with may be set up." {
        node_id Name "",
    }
    "device.enrolled" "dev" "A browser is this device from now on." {}
    "device.revoked" "dev" "A device is out of use." {}
    "discrepancy.found" "dsc" "The book says one thing, and a count, a till or a channel another." {
        kind Name "`count_short`, `till_took_promised`, `till_unbooked`, `channel_differs`",
        item_id Name "",
        owner_id Name "whose goods",
        node_id Name or_null "null where it is of no node",
        channel_id Name or_null "null where it is of no channel",
        external_code Text "the channel's code; empty where it is of no channel",
        order_id Name or_null "the order that lost units by it",
        expected Integer "what the book says",
        found Integer "what was found",
        cause_id Text "what brought it up",
        state Name "`open`, `repairing`, or `repaired` where what followed is done",
    }
    "discrepancy.settled" "dsc" "A discrepancy needs nobody any more." {
        state Name "`repaired` or `resolved`",
        reason Text "how, in their words",
    }
    "entitlement.granted" "ent" "A reseller may sell so many of a brand's units." {
        item_id Name "",
        brand_id Name "whose pool it is",
        reseller_id Name "who may sell from it",
        granted Integer "how many, over all",
        unit_price_minor Integer "what a unit costs the reseller",
        currency Name "",
    }
    "hold.consumed" "hld" "An order got the stock that was held for it." {
        channel_id Name "",
        external_reference Text "the caller's name of the hold",
        units Integer "how many base units were held",
        order_id Name "",
    }
    "hold.expired" "hld" "A hold was not used in time; its stock is free again." {
        channel_id Name "",
        external_reference Text "the caller's name of the hold",
        units Integer "how many base units were held",
    }
    "hold.extended" "hld" "A hold lasts longer." {
        channel_id Name "",
        external_reference Text "the caller's name of the hold",
        expires_at Time "",
    }
    "hold.placed" "hld" "Stock is held for a cart." {
        channel_id Name "",
        external_reference Text "the caller's name of the hold",
        units Integer "how many base units are held",
        expires_at Time "",
    }
    "hold.released" "hld" "A hold was given up; its stock is free again." {
        channel_id Name "",
        external_reference Text "the caller's name of the hold",
        units Integer "how many base units were held",
    }
    "identity.linked" "usr" "A person came in by an identity provider for the first time." {
        provider_id Name "",
    }
    "identity.unlinked" "usr" "A person comes in by no identity provider any more." {}
    "identity_provider.added" "idp" "An identity provider proves who people are from now on." {}
    "identity_provider.changed" "idp" "An identity provider was set up anew." {}
    "identity_provider.removed" "idp" "An identity provider proves nothing any more." {}
    "invitation.withdrawn" "inv" "An invitation ended unused." {}
    "item.added" "itm" "An item was added." {
        merchant_id Name "whose it is",
        sku Name "",
        title Text "",
    }
    "item.amended" "itm" "An item was changed." {
        merchant_id Name "whose it is",
        sku Name "",
        title Text "",
    }
    "key.made" "ses" "A key for a machine was made." {}
    "key.revoked" "ses" "A key ended." {}
    "listing.mapped" "lst" "A channel's code leads to an item from now on." {
        channel_id Name "",
        external_code Text "the channel's code",
        item_id Name "",
        pack_factor Integer "how many base units one of the channel's is",
        also List "the other items of a kit",
    }
    "merchant.added" "mer" "A merchant was added." {
        name Text "",
    }
    "merchant.branded" "mer" "A merchant looks another way to its customers." {}
    "merchant.renamed" "mer" "A merchant has another name." {
        name Text "",
    }
    "node.activated" "nod" "A node gets new work again." {
        code Name "",
    }
    "node.added" "nod" "A node was added." {
        code Name "",
        name Text "",
        kind Name "",
    }
    "node.amended" "nod" "A node was changed." {
        code Name "",
        name Text "",
        kind Name "",
    }
    "node.deactivated" "nod" "A node gets no new work." {
        code Name "",
    }
    "operation.ended" "opr" "Long work came to its end." {
        kind Name "what kind of work: `import.orders`",
        about Text "a file's name, or nothing",
        asked_by Name "who asked for it",
        state Name "`succeeded`, `failed`, `cancelled`",
        done Integer "rows that were done",
        unchanged Integer "rows that were so already",
        skipped Integer "rows that were left out",
        failed Integer "rows that were refused",
    }
    "operation.started" "opr" "Long work was asked for." {
        kind Name "what kind of work: `import.orders`",
        about Text "a file's name, or nothing",
    }
    "order.accepted" "ord" "An order was taken, with its stock." {
        channel Name "the channel's code",
        external_reference Text "the channel's name of the order",
        total_minor Integer "what the customer pays",
        currency Name "",
        lines Integer "how many lines",
        units Integer "how many base units",
        nodes List "the ids of the nodes that fulfil it",
    }
    "order.backordered" "ord" "Units of an order were accepted beyond stock; they wait for supply." {
        items List "`item_id`, `units`, `expected_on` of each; the day is null where nobody knows it",
    }
    "order.cancelled" "ord" "Units of an order were cancelled." {
        reason Text "",
        line_nos List "the lines that were meant; empty for all",
        units Integer "how many were cancelled",
        too_late_units Integer "how many had gone too far",
        refund_minor Integer "what the customer gets back",
        is_whole Bool "nothing of the order is left",
    }
    "order.erased" "ord" "What an order told of a person was erased." {
        cause Name "`asked`, or `age`",
        positions List "where in the stream words were erased; they are empty texts from now on",
    }
    "order.moved_up" "ord" "An order that waits goes before all others." {
        reason Text "",
    }
    "order.packed" "ord" "Everything of a fulfilment order is packed." {
        fulfilment_order_id Name "",
        node_id Name "",
    }
    "order.picked" "ord" "Everything of a fulfilment order is picked." {
        fulfilment_order_id Name "",
        node_id Name "",
    }
    "order.refused" "chn" "An order was not taken." {
        external_reference Text "the channel's name of the order",
        reason Name "",
    }
    "order.short_picked" "ord" "A node did not find units it was to pick." {
        fulfilment_order_id Name "",
        node_id Name "",
        line_no Integer "",
        quantity Integer "how many were missing",
        reason Name "",
    }
    "order.sourced_again" "ord" "Units without a node were given to nodes." {
        cause Name "why they had none",
        parts List "`fulfilment_order_id`, `node_id`, `units` of each",
        unallocated Integer "how many still have none",
    }
    "order.wait_changed" "ord" "Units of an order that wait will be there on another day." {
        line_no Integer "",
        item_id Name "",
        units Integer "how many of the line wait",
        before Text or_null "the day it was; null where nobody knew",
        expected_on Text or_null "the day it is now; null where nobody knows",
        is_later Bool "the customer waits longer",
    }
    "organisation.branded" "org" "The company looks another way to staff and customers." {}
    "organisation.clocks_set" "org" "The company's clocks are in another zone." {
        time_zone Name "as IANA calls it",
    }
    "organisation.founded" "org" "The company began." {}
    "organisation.renamed" "org" "The company has another name." {
        name Text "",
    }
    "parcel.cancelled" "ord" "A parcel was given up." {
        parcel_id Name "",
        parcel_no Integer "",
        successor_id Name or_null "the parcel that takes what was in it",
    }
    "parcel.closed" "ord" "A parcel was closed; its label is being bought." {
        parcel_id Name "",
        fulfilment_order_id Name "",
        parcel_no Integer "",
        carrier_code Name or_null "",
        service_code Name or_null "",
        price Money "what the label is to cost",
        weight_grams Integer or_null "",
    }
    "parcel.delivered" "ord" "A parcel arrived." {
        parcel_id Name "",
        fulfilment_order_id Name "",
        parcel_no Integer "",
        at Time "when, by the carrier",
    }
    "parcel.dispatched" "ord" "A parcel left the building." {
        parcel_id Name "",
        fulfilment_order_id Name "",
        parcel_no Integer "",
        carrier_code Name or_null "",
        tracking_number Name or_null "",
    }
    "parcel.label_refused" "ord" "The carrier makes no label; the parcel is open again." {
        parcel_id Name "",
        parcel_no Integer "",
        successor_id Name "the parcel that takes what was in it",
        code Name "the carrier's reason",
        reason Text "the same in words",
    }
    "parcel.labelled" "ord" "A parcel has its label." {
        parcel_id Name "",
        parcel_no Integer "",
        carrier_code Name or_null "",
        tracking_number Name "",
        price Money or_null "what it cost",
    }
    "parcel.lost" "ord" "The carrier has lost a parcel." {
        parcel_id Name "",
        fulfilment_order_id Name "",
        parcel_no Integer "",
        at Time "when, by the carrier",
    }
    "parcel.returned" "ord" "A parcel came back undelivered." {
        parcel_id Name "",
        fulfilment_order_id Name "",
        parcel_no Integer "",
        at Time "when, by the carrier",
    }
    "payment.authorised" "ord" "Money was set aside." {
        amount_minor Integer "",
    }
    "payment.captured" "ord" "Money was taken." {
        amount_minor Integer "",
    }
    "payment.declined" "ord" "Money was refused; what has not left is cancelled." {
        amount_minor Integer "",
    }
    "payment.failed" "ord" "The payment provider refused a later step." {
        kind Name "which: `payment.capture`, `payment.refund`, `payment.void`",
        code Name "the provider's reason",
        reason Text "the same in words",
    }
    "payment.refunded" "ord" "Money was given back." {
        amount_minor Integer "",
    }
    "payment.voided" "ord" "Money is set aside no more." {
        amount_minor Integer "",
    }
    "role.given" "usr" "A person has a role." {
        role Name "",
    }
    "role.taken" "usr" "A person has a role no more." {
        role Name "",
    }
    "session.ended" "ses" "A session ended." {}
    "sessions.ended" "usr" "All sessions of a person ended." {
        sessions Integer "how many",
    }
    "staff.dismissed" "usr" "A person left the staff." {}
    "staff.enrolled" "usr" "A person joined the staff." {}
    "staff.invited" "inv" "Somebody was invited to join the staff." {}
    "staff.password_changed" "usr" "A person has another password; they are signed out elsewhere." {
        sessions Integer "how many ended",
    }
    "staff.signed_in" "usr" "A person signed in." {
        session_id Name "",
    }
    "stock.adjusted" "itm" "The book was corrected." {
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        quantity Integer "",
        correction Name "`lost`, `found`, `damaged`, `mended`, `scrapped`",
        note Text "",
    }
    "stock.adjustment_approved" "adj" "A correction that waited was made." {
        item_id Name "",
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        from Name "the state its units left",
        to Name "the state they entered",
        quantity Integer "",
        reason Name "",
        proposed_by Name "who said that the book was wrong",
        note Text "",
    }
    "stock.adjustment_proposed" "adj" "A correction of more units than one may make alone waits for somebody's yes." {
        item_id Name "",
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        from Name "the state its units would leave",
        to Name "the state they would enter",
        quantity Integer "",
        reason Name "",
        note Text "",
    }
    "stock.adjustment_rejected" "adj" "A correction that waited was not made." {
        item_id Name "",
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        from Name "the state its units stay in",
        to Name "the state they would have entered",
        quantity Integer "",
        reason Name "",
        proposed_by Name "who said that the book was wrong",
        note Text "",
    }
    "stock.alert_cleared" "itm" "It will not be sold out too soon any more, or is not too much." {
        node_id Name "",
        kind Name "`stockout`, `excess`",
    }
    "stock.alert_raised" "itm" "It will be sold out before goods can come, or is more than will be sold." {
        node_id Name "",
        owner_id Name "whose goods",
        kind Name "`stockout`, `excess`",
        free Integer "units that are free there",
        stockout_on Name or_null "the first day on which there are too few",
        days_left Integer or_null "how many days from then that is",
        cover_days Integer or_null "for how many days what is free lasts",
        excess Integer "units beyond what sells in the days that are enough",
    }
    "stock.approval_limit_set" "org" "It was set how many units anybody may correct alone." {
        above Integer or_null "null where any number",
    }
    "stock.counted" "itm" "Good units on the shelf were counted." {
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        book Integer "what the book said: free, held and promised",
        counted Integer "",
        booked Integer "what is more in the book now; below 0 for less",
        missing Integer "units that are held or promised and are not there",
        proposed_adjustment_id Name or_null "what waits for somebody's yes",
        note Text "",
    }
    "stock.expired" "itm" "Free units of a lot that is expired were set apart." {
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "",
        expires_on Name "its last good day",
        quantity Integer "",
    }
    "stock.level_set" "itm" "The book was set to what was counted." {
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        measure Name "`on_hand`, `available`, `damaged`, `quarantine`",
        before Integer "what the book said",
        after Integer "what it says now",
        reason Name "`count`, `correction`, `lost`, `found`, `broken`, `expired`, `used`",
        note Text "",
    }
    "stock.outlook_ruled" "org" "What counts as sold out too soon, or as too much, was ruled." {
        item_id Name or_null "one item; null for all without a rule of their own",
        lead_days Integer "days until goods come",
        excess_days Integer "more days of stock than these are too many",
    }
    "stock.owner_changed" "itm" "Units changed their owner where they lie." {
        settlement_line_id Name "",
        cause_id Name "the ownership transfer or the order it belongs to",
        node_id Name "",
        giver_id Name "who gave the units and is owed for them",
        taker_id Name "who got them and owes",
        quantity Integer "",
        unit_price_minor Integer "",
        amount_minor Integer "what is owed",
        currency Name "",
        is_reversal Bool "true where it gives back what the same cause took",
    }
    "stock.received" "itm" "Goods came in." {
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty for none",
        quantity Integer "",
        reference Text "the delivery note",
    }
    "stock.till_told" "itm" "A till told of a sale, or of goods that came back." {
        kind Name "`sale` or `return`",
        node_id Name "",
        owner_id Name "whose goods",
        lot Text "of which lot; empty where the till does not know",
        quantity Integer "",
        state Name "what the units are now: `customer`, `available`, `damaged` or `quarantine`",
        till_key Text "the till's own key",
        happened_at Time "",
    }
    "supply.amended" "xpr" "Goods are expected on another day, or in another quantity." {
        reference Text "the number of the purchase order",
        expected_on Name "the day",
        units Integer "how many base units are still to come",
    }
    "supply.closed" "xpr" "No more of these goods is expected." {
        reference Text "the number of the purchase order",
        state Name "`closed`, or `cancelled` where nothing came",
        units Integer "how many base units did not come",
    }
    "supply.expected" "xpr" "Goods are expected." {
        node_id Name "where",
        owner_id Name "whose goods",
        reference Text "the number of the purchase order",
        supplier Text "",
        expected_on Name "the day",
        units Integer "how many base units",
    }
    "tracking.advanced" "ord" "A parcel reached a milestone." {
        parcel_id Name "",
        tracking_number Name "",
        milestone Name "",
        at Time "when, by the carrier",
    }
    "view.began" "ses" "A session sees the house as a role would." {
        role Name "",
    }
    "view.ended" "ses" "A session sees the house as its person again." {}
    "webhook.added" "whe" "A webhook was added." {
        url Text "",
    }
    "webhook.amended" "whe" "A webhook was changed." {
        url Text "",
    }
    "webhook.disabled" "whe" "A webhook gets nothing more." {
        reason Name "`asked`, `gone` (it answered 410), `failing` (ten attempts failed)",
    }
    "webhook.enabled" "whe" "A webhook gets events again, from where it had stopped." {}
    "webhook.removed" "whe" "A webhook gets nothing more and is gone." {
        url Text "where it was",
    }
    "webhook.rotated" "whe" "A webhook has a new secret." {
        former_until Time "until when the former one signs as well",
    }
}

/// The kind of this name.
pub fn find(name: &str) -> Option<&'static Kind> {
    ALL.binary_search_by(|kind| kind.name.cmp(name)).ok().map(|place| &ALL[place])
}

/// What is wrong with an event of this kind and these facts, if anything. Kinds that begin with `test.` are for tests.
pub fn check(name: &str, data: &Json) -> Option<String> {
    if name.starts_with("test.") {
        return None;
    }
    let Some(kind) = find(name) else {
        return Some(format!("`{name}` is no kind of event yet: add it to runtime/src/kinds.rs"));
    };
    let Some(facts) = data.as_object() else {
        return Some(format!("the facts of `{name}` are no JSON object"));
    };
    if let Some(stranger) =
        facts.keys().find(|key| kind.fields.iter().all(|field| field.name != key.as_str()))
    {
        return Some(format!("`{name}` has no field `{stranger}` in runtime/src/kinds.rs"));
    }
    kind.fields.iter().find_map(|field| match facts.get(field.name) {
        None => Some(format!("`{name}` lacks its field `{}`", field.name)),
        Some(Json::Null) if field.is_optional => None,
        Some(value) if field.of.fits(value) => None,
        Some(value) => Some(format!("`{}` of `{name}` is no {}: {value}", field.name, field.of.word())),
    })
}
