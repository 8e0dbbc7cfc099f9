//! The words that screens show as a chip: each has its text in every language, and a tone that is never the only
//! sign of its meaning.

/// How a word should feel at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Quiet,
    /// Work on its way.
    Busy,
    /// As it should be.
    Good,
    /// Someone should look.
    Warn,
    /// Someone must act.
    Bad,
}

impl Tone {
    /// All of them, from the calmest.
    pub const ALL: [Tone; 5] = [Tone::Quiet, Tone::Good, Tone::Busy, Tone::Warn, Tone::Bad];

    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Quiet => "tone-quiet",
            Tone::Busy => "tone-busy",
            Tone::Good => "tone-good",
            Tone::Warn => "tone-warn",
            Tone::Bad => "tone-bad",
        }
    }
}

/// A closed set of words: for each a text key, a code for addresses and forms, and a tone.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $code:literal, $key:literal, $tone:ident;)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
            pub enum $name {
                $($(#[$word_doc])* $word,)*
            }

            impl $name {
                /// All of them, in the order screens show them.
                pub const ALL: &[$name] = &[$($name::$word),*];

                /// The key of its text.
                pub fn key(&self) -> &'static str {
                    match self { $($name::$word => $key),* }
                }

                /// Its code in addresses, forms and class names.
                pub fn code(&self) -> &'static str {
                    match self { $($name::$word => $code),* }
                }

                /// The word a code stands for.
                pub fn parse(code: &str) -> Option<$name> {
                    match code { $($code => Some($name::$word),)* _ => None }
                }

                /// How it feels.
                pub fn tone(&self) -> Tone {
                    match self { $($name::$word => Tone::$tone),* }
                }
            }
        )*
    };
}

mod counts;
mod operations;

pub use self::counts::*;
pub use self::operations::*;

words! {
    /// How a webhook does.
    WebhookState {
        /// It gets what happens.
        Enabled = "enabled", "webhook-enabled", Good;
        /// The next message failed and is tried again.
        Retrying = "retrying", "webhook-retrying", Warn;
        /// Somebody switched it off.
        Disabled = "disabled", "webhook-disabled", Quiet;
        /// Its receiver said that it is gone.
        Gone = "gone", "webhook-gone", Bad;
        /// Every attempt failed, and it was switched off.
        GivenUp = "given_up", "webhook-given-up", Bad;
    }

    /// Why a message was sent to a webhook.
    AttemptCause {
        /// Something happened.
        Event = "event", "attempt-event", Quiet;
        /// Somebody asked for it again.
        Replay = "replay", "attempt-replay", Busy;
        /// Somebody tried the webhook.
        Ping = "ping", "attempt-ping", Busy;
    }

    /// What became of an attempt.
    AttemptOutcome {
        /// The receiver has it.
        Delivered = "delivered", "attempt-delivered", Good;
        /// The receiver answered something else.
        Answered = "answered", "attempt-answered", Warn;
        /// Nothing is sent to that address.
        Refused = "refused", "attempt-refused", Bad;
        /// No answer in time.
        TimedOut = "timed_out", "attempt-timed-out", Warn;
        /// No connection.
        Unreachable = "unreachable", "attempt-unreachable", Warn;
    }

    /// Where one unit of an order line is; each unit is in exactly one of these.
    UnitState {
        /// No node has it yet.
        Unallocated = "unallocated", "state-unallocated", Warn;
        /// Accepted without stock; waits for supply.
        Backordered = "backordered", "state-backordered", Warn;
        /// A node holds it for the order.
        Allocated = "allocated", "state-allocated", Busy;
        /// Taken from its shelf.
        Picked = "picked", "state-picked", Busy;
        /// In a closed box.
        Packed = "packed", "state-packed", Busy;
        /// With the carrier.
        Shipped = "shipped", "state-shipped", Busy;
        /// Waits for the customer at the counter.
        ReadyForPickup = "ready_for_pickup", "state-ready-for-pickup", Busy;
        /// With the customer.
        Delivered = "delivered", "state-delivered", Good;
        /// Will not be sent.
        Cancelled = "cancelled", "state-cancelled", Quiet;
        /// Came back.
        Returned = "returned", "state-returned", Quiet;
        /// Nobody has it any more.
        Lost = "lost", "state-lost", Bad;
    }

    /// A state of stock: where a unit of it is booked. The first is the sum of all that is physically there.
    StockState {
        /// Everything that is physically there.
        OnHand = "on_hand", "stock-on-hand", Quiet;
        /// Free to be promised.
        Available = "available", "stock-available", Good;
        /// Held for a cart.
        Held = "held", "stock-held", Busy;
        /// Held for orders.
        Allocated = "allocated", "stock-allocated", Busy;
        /// Taken from the shelf.
        Picked = "picked", "stock-picked", Busy;
        /// In boxes.
        Packed = "packed", "stock-packed", Busy;
        /// In boxes at the gate.
        Staged = "staged", "stock-staged", Busy;
        /// There but not fit to send.
        Damaged = "damaged", "stock-damaged", Bad;
        /// There, and waiting for a check.
        Quarantine = "quarantine", "stock-quarantine", Warn;
        /// On its way between nodes.
        InTransit = "in_transit", "stock-in-transit", Quiet;
        /// Expected, not there yet.
        Incoming = "incoming", "stock-incoming", Quiet;
        /// With the supplier.
        Supplier = "supplier", "stock-supplier", Quiet;
        /// With the customer.
        Customer = "customer", "stock-customer", Quiet;
        /// In production.
        Production = "production", "stock-production", Quiet;
        /// Lost.
        Loss = "loss", "stock-loss", Bad;
    }

    /// Why stock moved.
    TransferReason {
        /// Taken in.
        Receive = "receive", "moved-receive", Good;
        /// Expected, or not any more.
        Expect = "expect", "moved-expect", Quiet;
        /// Held for a cart.
        Hold = "hold", "moved-hold", Busy;
        /// Held for an order.
        Allocate = "allocate", "moved-allocate", Busy;
        /// Given back by an order.
        Release = "release", "moved-release", Quiet;
        /// Taken from the shelf.
        Pick = "pick", "moved-pick", Busy;
        /// Not found, or not fit.
        Short = "short", "moved-short", Warn;
        /// Put in a box.
        Pack = "pack", "moved-pack", Busy;
        /// Taken out of a box again.
        Unpack = "unpack", "moved-unpack", Warn;
        /// Handed to the carrier.
        Dispatch = "dispatch", "moved-dispatch", Busy;
        /// Sent back.
        Return = "return", "moved-return", Quiet;
        /// Sold at a till.
        Sell = "sell", "moved-sell", Quiet;
        /// Became another's.
        Own = "own", "moved-own", Busy;
        /// Set apart because its last day was over.
        Expire = "expire", "moved-expire", Bad;
        /// Corrected by hand.
        Adjust = "adjust", "moved-adjust", Warn;
    }

    /// What a place is.
    NodeKind {
        /// A regional distribution centre.
        RegionalCentre = "regional_centre", "node-regional-centre", Busy;
        /// A store.
        Store = "store", "node-store", Good;
        /// A supplier who ships for us.
        Vendor = "vendor", "node-vendor", Quiet;
        /// A logistics partner.
        Partner = "partner", "node-partner", Quiet;
    }

    /// What a node can do for a customer.
    Capability {
        /// Sends parcels.
        Ship = "ship", "can-ship", Quiet;
        /// Hands over at a counter.
        Pickup = "pickup", "can-pickup", Quiet;
    }

    /// How a fulfilment order reaches the customer.
    Method {
        /// By carrier.
        Ship = "ship", "method-ship", Quiet;
        /// The customer comes.
        Pickup = "pickup", "method-pickup", Quiet;
    }

    /// How far a node is with its part of an order.
    Work {
        /// Waits to be picked.
        ToPick = "to_pick", "work-to-pick", Warn;
        /// Someone is at it.
        Picking = "picking", "work-picking", Busy;
        /// Waits to be packed.
        ToPack = "to_pack", "work-to-pack", Busy;
        /// Waits for the carrier.
        ToShip = "to_ship", "work-to-ship", Busy;
        /// Gone.
        Shipped = "shipped", "work-shipped", Good;
        /// Refused by the node or taken from it.
        Rejected = "rejected", "work-rejected", Bad;
        /// Cancelled.
        Cancelled = "cancelled", "work-cancelled", Quiet;
    }

    /// What the carrier last told of a parcel, in the words all carriers' codes are brought to.
    Milestone {
        /// There is a label; the carrier does not have the parcel yet.
        LabelCreated = "label_created", "milestone-label-created", Quiet;
        /// The carrier has it.
        PickedUp = "picked_up", "milestone-picked-up", Busy;
        /// Between depots.
        InTransit = "in_transit", "milestone-in-transit", Busy;
        /// Later than planned.
        Delayed = "delayed", "milestone-delayed", Warn;
        /// Stands still: customs, payment, a wrong address.
        OnHold = "on_hold", "milestone-on-hold", Warn;
        /// On the van.
        OutForDelivery = "out_for_delivery", "milestone-out-for-delivery", Busy;
        /// Waits at a pick-up point.
        ReadyForPickup = "ready_for_pickup", "milestone-ready-for-pickup", Busy;
        /// Nobody was there.
        AttemptFailed = "attempt_failed", "milestone-attempt-failed", Warn;
        /// With the customer.
        Delivered = "delivered", "milestone-delivered", Good;
        /// On its way back to the sender.
        Returning = "returning", "milestone-returning", Warn;
        /// Back at the sender.
        Returned = "returned", "milestone-returned", Quiet;
        /// The label was given back.
        Cancelled = "cancelled", "milestone-cancelled", Quiet;
        /// Gone.
        Lost = "lost", "milestone-lost", Bad;
        /// Broken.
        Damaged = "damaged", "milestone-damaged", Bad;
        /// Cannot be delivered.
        Undeliverable = "undeliverable", "milestone-undeliverable", Bad;
        /// A report we do not know how to read.
        Unknown = "unknown", "milestone-unknown", Quiet;
    }

    /// A saved view of the orders.
    Queue {
        /// Every order.
        All = "all", "queue-all", Quiet;
        /// No node has them.
        Unallocated = "unallocated", "queue-unallocated", Warn;
        /// Past their time.
        Late = "late", "queue-late", Bad;
        /// Something went wrong with a parcel of theirs.
        Exceptions = "exceptions", "queue-exceptions", Bad;
        /// Some units go ahead of others.
        Partial = "partial", "queue-partial", Warn;
        /// Wait for a picker.
        ToPick = "to_pick", "queue-to-pick", Busy;
        /// Wait for a packer.
        ToPack = "to_pack", "queue-to-pack", Busy;
        /// Wait for the carrier.
        ToShip = "to_ship", "queue-to-ship", Busy;
        /// With a carrier.
        OnTheWay = "on_the_way", "queue-on-the-way", Busy;
        /// Arrived.
        Delivered = "delivered", "queue-delivered", Good;
        /// Cancelled in full.
        Cancelled = "cancelled", "queue-cancelled", Quiet;
    }

    /// Why something needs a person.
    Cause {
        /// A check found broken what must hold.
        Invariants = "invariants", "exceptions-invariants", Bad;
        /// A box is open again.
        Boxes = "boxes", "exceptions-boxes", Warn;
        /// A carrier reports trouble.
        Parcels = "parcels", "exceptions-parcels", Bad;
        /// Money, a label or a hand-over that did not go through.
        Outside = "outside", "exceptions-outside", Bad;
        /// A receiver of events no longer answers.
        Webhooks = "webhooks", "exceptions-webhooks", Warn;
    }

    /// Which part of what needs somebody is shown.
    Inbox {
        /// Not put aside.
        Open = "open", "inbox-open", Quiet;
        /// Looked after by the reader.
        Mine = "mine", "inbox-mine", Quiet;
        /// Put aside.
        Snoozed = "snoozed", "inbox-snoozed", Quiet;
    }

    /// A column of the list of orders.
    OrderColumn {
        /// Who ordered.
        Customer = "customer", "column-customer", Quiet;
        /// The units by state.
        Units = "units", "column-units", Quiet;
        /// Who works on it.
        Node = "node", "column-node", Quiet;
        /// What was promised.
        Due = "due", "column-due", Quiet;
        /// How many lines it has.
        Lines = "lines", "column-lines", Quiet;
        /// What it is worth.
        Total = "total", "column-total", Quiet;
    }

    /// The sequence of the list of orders.
    OrderSort {
        /// Placed last first.
        Newest = "newest", "sort-newest", Quiet;
        /// Placed first first.
        Oldest = "oldest", "sort-oldest", Quiet;
        /// Promised soonest first.
        Due = "due", "sort-due", Quiet;
    }

    /// Something that happened.
    Happening {
        /// An order was accepted.
        OrderPlaced = "order_placed", "event-order-placed", Good;
        /// An order was refused for want of stock.
        OrderRefused = "order_refused", "event-order-refused", Bad;
        /// Nodes were chosen.
        OrderAllocated = "order_allocated", "event-order-allocated", Busy;
        /// A part moved to another node.
        OrderResourced = "order_resourced", "event-order-resourced", Warn;
        /// Units were cancelled.
        OrderCancelled = "order_cancelled", "event-order-cancelled", Quiet;
        /// What it told of a person is gone.
        OrderErased = "order_erased", "event-order-erased", Quiet;
        /// Units were taken from the shelf.
        Picked = "picked", "event-picked", Busy;
        /// Fewer were found than asked.
        ShortPicked = "short_picked", "event-short-picked", Warn;
        /// A box was closed.
        Packed = "packed", "event-packed", Busy;
        /// A box was opened again.
        ParcelOpened = "parcel_opened", "event-parcel-opened", Warn;
        /// A label was bought.
        LabelBought = "label_bought", "event-label-bought", Busy;
        /// A label could not be bought.
        LabelFailed = "label_failed", "event-label-failed", Bad;
        /// A parcel left.
        Dispatched = "dispatched", "event-dispatched", Busy;
        /// The carrier reported.
        ParcelScanned = "parcel_scanned", "event-parcel-scanned", Busy;
        /// A parcel arrived.
        Delivered = "delivered", "event-delivered", Good;
        /// A parcel is in trouble.
        ParcelProblem = "parcel_problem", "event-parcel-problem", Bad;
        /// Money was reserved.
        PaymentAuthorised = "payment_authorised", "event-payment-authorised", Quiet;
        /// Money was taken.
        PaymentCaptured = "payment_captured", "event-payment-captured", Quiet;
        /// Money was given back.
        PaymentRefunded = "payment_refunded", "event-payment-refunded", Quiet;
        /// Money could not be moved.
        PaymentFailed = "payment_failed", "event-payment-failed", Bad;
        /// Stock came in.
        StockReceived = "stock_received", "event-stock-received", Good;
        /// Stock was corrected.
        StockAdjusted = "stock_adjusted", "event-stock-adjusted", Warn;
    }

    /// Who did something and is nobody of the staff: parts of the platform, parties outside, people of the demo.
    Actor {
        /// Background work.
        System = "system", "actor-system", Quiet;
        /// The desk where orders come in.
        Intake = "intake", "actor-intake", Quiet;
        /// A recorded history.
        Replay = "replay", "actor-replay", Quiet;
        /// A file of orders.
        Import = "import", "actor-import", Quiet;
        /// Whoever set the demo up.
        Demo = "demo", "actor-demo", Quiet;
        /// A program with a token.
        Machine = "machine", "actor-machine", Quiet;
        /// A selling surface.
        Channel = "channel", "actor-channel", Quiet;
        /// Who carries parcels.
        Carrier = "carrier", "actor-carrier", Quiet;
        /// Who ordered.
        Customer = "customer", "actor-customer", Quiet;
        /// Who buys goods in.
        Buyer = "buyer", "actor-buyer", Quiet;
        /// Who answers customers.
        Clerk = "clerk", "actor-clerk", Quiet;
        /// Who picks.
        Picker = "picker", "actor-picker", Quiet;
        /// Who packs.
        Packer = "packer", "actor-packer", Quiet;
        /// Who fetches parcels.
        Driver = "driver", "actor-driver", Quiet;
    }

    /// Why a picker found fewer.
    ShortReason {
        /// Nothing on the shelf.
        NotFound = "not_found", "short-not-found", Warn;
        /// There, but not fit to send.
        Damaged = "damaged", "short-damaged", Bad;
        /// Something else lay there.
        WrongItem = "wrong_item", "short-wrong-item", Warn;
    }

    /// Why units are cancelled.
    CancelReason {
        /// The customer asked.
        Customer = "customer", "cancel-customer", Quiet;
        /// It cannot be supplied.
        OutOfStock = "out_of_stock", "cancel-out-of-stock", Quiet;
        /// Placed twice.
        Duplicate = "duplicate", "cancel-duplicate", Quiet;
        /// Suspected fraud.
        Fraud = "fraud", "cancel-fraud", Quiet;
        /// Anything else.
        Other = "other", "cancel-other", Quiet;
    }

    /// What became of a scan. The sound, the vibration and the icon follow from it.
    Feedback {
        /// Counted.
        Ok = "ok", "scan-ok", Good;
        /// Not in this order.
        Wrong = "wrong", "scan-wrong", Bad;
        /// In this order, and already complete.
        TooMany = "too_many", "scan-too-many", Warn;
        /// Belongs to another order.
        WrongOrder = "wrong_order", "scan-wrong-order", Bad;
        /// Another step comes before this one.
        WrongStage = "wrong_stage", "scan-wrong-stage", Warn;
        /// Not done, for a reason that is told.
        Refused = "refused", "scan-refused", Bad;
        /// Nothing has this code.
        Unknown = "unknown", "scan-unknown", Bad;
        /// That was the last one.
        Done = "done", "scan-done", Good;
    }

    /// A part of what a plan costs.
    CostTerm {
        /// Opening packages.
        Packages = "packages", "cost-packages", Quiet;
        /// Carrying their weight.
        Weight = "weight", "cost-weight", Quiet;
        /// Picking lines.
        Lines = "lines", "cost-lines", Quiet;
    }

    /// What a sourcing decision was taken for.
    DecisionCause {
        /// The order came in.
        Accept = "accept", "decision-accept", Quiet;
        /// A node gave part of it up.
        ReSource = "re_source", "decision-re-source", Warn;
        /// Stock came in for what was waiting.
        Restock = "restock", "decision-restock", Good;
    }

    /// Why a node may not serve an order.
    Exclusion {
        /// It is switched off.
        Inactive = "inactive", "excluded-inactive", Quiet;
        /// It does not do the method.
        MethodNotOffered = "method_not_offered", "excluded-method-not-offered", Quiet;
        /// The destination lies outside its area.
        OutOfArea = "out_of_area", "excluded-out-of-area", Quiet;
        /// It has refused this order before.
        Rejected = "rejected", "excluded-rejected", Quiet;
        /// A rule of the merchant.
        Rule = "rule", "excluded-rule", Quiet;
    }
}

impl StockState {
    /// The columns of the stock grid.
    pub const COLUMNS: [StockState; 8] = [
        StockState::OnHand,
        StockState::Available,
        StockState::Held,
        StockState::Allocated,
        StockState::Picked,
        StockState::Packed,
        StockState::Damaged,
        StockState::Incoming,
    ];

    /// True for what is set to what was counted.
    pub fn can_be_set(&self) -> bool {
        matches!(
            self,
            StockState::OnHand | StockState::Available | StockState::Damaged | StockState::Quarantine
        )
    }
}

impl OrderColumn {
    /// True for columns of figures, which stand to the right.
    pub fn is_number(&self) -> bool {
        matches!(self, OrderColumn::Lines | OrderColumn::Total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for queue in Queue::ALL {
            assert_eq!(Queue::parse(queue.code()), Some(*queue));
        }
        assert_eq!(Queue::parse("nonsense"), None);
    }
}
