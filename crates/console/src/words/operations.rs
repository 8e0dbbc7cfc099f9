//! Words of long work, of files and of what they say about stock.

use super::Tone;

words! {
    /// What kind of long work.
    OperationKind {
        /// Orders from a file.
        ImportOrders = "import.orders", "operation-import-orders", Quiet;
        /// Items from a file.
        ImportItems = "import.items", "operation-import-items", Quiet;
        /// Listings from a file.
        ImportListings = "import.listings", "operation-import-listings", Quiet;
        /// Nodes from a file.
        ImportNodes = "import.nodes", "operation-import-nodes", Quiet;
        /// Stock from a file.
        ImportStock = "import.stock", "operation-import-stock", Quiet;
        /// Many orders cancelled.
        CancelOrders = "cancel.orders", "operation-cancel-orders", Quiet;
        /// A file of items.
        ExportItems = "export.items", "operation-export-items", Quiet;
        /// A file of listings.
        ExportListings = "export.listings", "operation-export-listings", Quiet;
        /// A file of nodes.
        ExportNodes = "export.nodes", "operation-export-nodes", Quiet;
        /// A file of stock.
        ExportStock = "export.stock", "operation-export-stock", Quiet;
        /// A file of orders.
        ExportOrders = "export.orders", "operation-export-orders", Quiet;
        /// A file of all that happened.
        ExportEvents = "export.events", "operation-export-events", Quiet;
    }

    /// Why stock is set.
    LevelCause {
        /// It was counted.
        Count = "count", "level-count", Quiet;
        /// The book was wrong.
        Correction = "correction", "level-correction", Quiet;
        /// It is not there.
        Lost = "lost", "level-lost", Quiet;
        /// More is there.
        Found = "found", "level-found", Quiet;
        /// It is broken.
        Broken = "broken", "level-broken", Quiet;
        /// It is too old.
        Expired = "expired", "level-expired", Quiet;
        /// It was given away or used here.
        Used = "used", "level-used", Quiet;
    }

    /// What a file brings.
    ImportKind {
        /// Orders of a channel.
        Orders = "orders", "import-kind-orders", Quiet;
        /// Items.
        Items = "items", "import-kind-items", Quiet;
        /// Listings.
        Listings = "listings", "import-kind-listings", Quiet;
        /// Nodes.
        Nodes = "nodes", "import-kind-nodes", Quiet;
        /// Stock.
        Stock = "stock", "import-kind-stock", Quiet;
    }

    /// How far long work is.
    OperationState {
        /// Nobody has begun.
        Planned = "planned", "operation-planned", Quiet;
        /// Somebody works on it.
        Running = "running", "operation-running", Busy;
        /// It stops before the next chunk.
        Stopping = "stopping", "operation-stopping", Busy;
        /// It came to its end.
        Succeeded = "succeeded", "operation-succeeded", Good;
        /// It came to its end, and some rows were refused.
        Partly = "partly", "operation-partly", Warn;
        /// It could not go on.
        Failed = "failed", "operation-failed", Bad;
        /// Somebody stopped it.
        Cancelled = "cancelled", "operation-cancelled", Quiet;
    }

    /// What is to be said of a row of long work.
    RowProblem {
        /// A column that must be there is empty.
        Missing = "missing", "row-missing", Bad;
        /// No item has this code.
        UnknownItem = "unknown_item", "row-unknown-item", Bad;
        /// No channel has this code.
        UnknownChannel = "unknown_channel", "row-unknown-channel", Bad;
        /// A spreadsheet made a number of a code.
        BadCode = "bad_code", "row-bad-code", Bad;
        /// No whole number above zero.
        BadQuantity = "bad_quantity", "row-bad-quantity", Bad;
        /// No amount of money.
        BadAmount = "bad_amount", "row-bad-amount", Bad;
        /// No currency.
        BadCurrency = "bad_currency", "row-bad-currency", Bad;
        /// No date or time.
        BadTime = "bad_time", "row-bad-time", Bad;
        /// No country or place.
        BadAddress = "bad_address", "row-bad-address", Bad;
        /// Neither yes nor no.
        BadFlag = "bad_flag", "row-bad-flag", Bad;
        /// Too long, or not text.
        BadText = "bad_text", "row-bad-text", Bad;
        /// Cells or quotes that do not fit the header.
        BadRow = "bad_row", "row-bad-row", Bad;
        /// Rows of one order that contradict each other.
        Contradiction = "contradiction", "row-contradiction", Bad;
        /// More lines than an order has.
        TooLarge = "too_large", "row-too-large", Bad;
        /// The same order again with other content.
        Conflict = "conflict", "row-conflict", Bad;
        /// Not enough stock to accept it.
        NoStock = "no_stock", "row-no-stock", Warn;
        /// No node has this code.
        UnknownNode = "unknown_node", "row-unknown-node", Bad;
        /// Another item has this code.
        CodeTaken = "code_taken", "row-code-taken", Bad;
        /// The number has changed since the file was made.
        Stale = "stale", "row-stale", Warn;
        /// More is promised than would be left.
        Committed = "committed", "row-committed", Warn;
        /// Some of the order has left the building; what was inside is cancelled.
        UnitsHaveLeft = "units_have_left", "row-units-have-left", Warn;
        /// All of the order has left the building.
        OrderHasLeft = "order_has_left", "row-order-has-left", Warn;
        /// The order was cancelled before.
        AlreadyCancelled = "already_cancelled", "row-already-cancelled", Quiet;
        /// There is no such order.
        NoSuchOrder = "no_such_order", "row-no-such-order", Bad;
        /// A label is being bought.
        LabelPending = "label_pending", "row-label-pending", Warn;
        /// Somebody else changes the order.
        OrderChanged = "order_changed", "row-order-changed", Warn;
        /// The fault is ours; the file may be sent again.
        Lost = "lost", "row-lost", Warn;
    }

    /// What became of a row.
    RowOutcome {
        /// It was done.
        Done = "done", "operation-done", Good;
        /// It was so already.
        Unchanged = "unchanged", "operation-unchanged", Quiet;
        /// It was left out.
        Skipped = "skipped", "operation-skipped", Quiet;
        /// It was refused.
        Failed = "failed", "operation-refused", Bad;
    }
}
