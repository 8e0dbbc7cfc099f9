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
}
