//! Words of what differs between the book and the world.

use super::Tone;

words! {
    /// What differs.
    Difference {
        /// Fewer were counted than are promised.
        CountShort = "count_short", "difference-count-short", Quiet;
        /// A till sold what was promised.
        TillTookPromised = "till_took_promised", "difference-till-took", Quiet;
        /// A till sold what the book did not have.
        TillUnbooked = "till_unbooked", "difference-till-unbooked", Quiet;
        /// A channel shows another quantity.
        ChannelDiffers = "channel_differs", "difference-channel", Quiet;
    }

    /// How far it is.
    DifferenceState {
        /// Somebody must look.
        Open = "open", "difference-open", Warn;
        /// The channel was told.
        Repairing = "repairing", "difference-repairing", Busy;
        /// Telling it again does not help.
        Stuck = "stuck", "difference-stuck", Bad;
        /// It is one number again.
        Repaired = "repaired", "difference-repaired", Good;
        /// Somebody settled it.
        Resolved = "resolved", "difference-resolved", Quiet;
    }
}
