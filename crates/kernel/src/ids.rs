//! Ids: prefixed, time-sortable text, stored exactly as shown.
//!
//! The body is a UUIDv7 (48 bits of Unix milliseconds, then randomness) in lower-case Crockford base32, 26
//! characters. Sorting the text sorts by time of making. `runtime` makes ids; nobody else does.

use serde::{Deserialize, Serialize};

/// Text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not {article} id: it should start with `{prefix}_` and have only lower-case letters, digits, `-` or `_`"
)]
pub struct BadId {
    /// What was given.
    pub text: String,
    /// The prefix this kind of id has.
    pub prefix: &'static str,
    /// The kind with its article, for the message: "an order".
    pub article: &'static str,
}

/// The 26 characters after the prefix, from the 128 bits of a UUIDv7.
pub fn body(bits: u128) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    (0..26).rev().map(|place| char::from(ALPHABET[((bits >> (place * 5)) & 31) as usize])).collect()
}

/// The bits of a UUIDv7 made at `unix_ms` with 74 random bits taken from `random`.
pub fn uuid_v7(unix_ms: u64, random: u128) -> u128 {
    let rand_a = (random >> 64) & 0xfff;
    let rand_b = random & 0x3fff_ffff_ffff_ffff;
    (u128::from(unix_ms & 0xffff_ffff_ffff) << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $article:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(String);

            impl $name {
                /// What every id of this kind starts with.
                pub const PREFIX: &'static str = $prefix;

                /// Reads an id as it is shown.
                pub fn parse(text: &str) -> Result<$name, BadId> {
                    let body = text.strip_prefix(concat!($prefix, "_"));
                    let is_good = body.is_some_and(|body| {
                        (1..=64).contains(&body.len())
                            && body.bytes().all(|b| {
                                b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_'
                            })
                    });
                    if is_good {
                        Ok($name(text.to_owned()))
                    } else {
                        let text = text.chars().take(80).collect();
                        Err(BadId { text, prefix: $prefix, article: $article })
                    }
                }

                /// The id made of this body (see [`body`]).
                pub fn from_body(body: &str) -> $name {
                    $name(format!(concat!($prefix, "_{}"), body))
                }

                /// The id as it is shown and stored.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl utoipa::PartialSchema for $name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    $crate::document::id($prefix, concat!("The id of ", $article, "."))
                }
            }

            impl utoipa::ToSchema for $name {}

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl std::str::FromStr for $name {
                type Err = BadId;
                fn from_str(text: &str) -> Result<$name, BadId> {
                    $name::parse(text)
                }
            }

            impl TryFrom<String> for $name {
                type Error = BadId;
                fn try_from(text: String) -> Result<$name, BadId> {
                    $name::parse(&text)
                }
            }

            impl From<$name> for String {
                fn from(id: $name) -> String {
                    id.0
                }
            }
        )*

        /// Calls a macro with every id type, so that `db` can teach each to be a column.
        #[macro_export]
        macro_rules! for_each_id {
            ($then:ident) => { $($then!($crate::$name);)* };
        }
    };
}

// Alphabetical and append-only: a prefix once used is never given to another kind.
ids! {
    /// The code with which somebody comes in at a shared device.
    BadgeId = "bdg", "a badge";
    /// A selling surface: web shop, marketplace, point of sale.
    ChannelId = "chn", "a channel";
    /// A sourcing decision with its receipt.
    DecisionId = "dec", "a decision";
    /// A device that several people work with.
    DeviceId = "dev", "a device";
    /// Two numbers that should be one.
    DiscrepancyId = "dsc", "a discrepancy";
    /// An intended action on the outside world.
    EffectId = "eff", "an effect";
    /// What a reseller may take from a brand's pool.
    EntitlementId = "ent", "an entitlement";
    /// A file that somebody brought or that was made for somebody.
    FileId = "fil", "a file";
    /// The part of an order that one node does by one method.
    FulfilmentOrderId = "ful", "a fulfilment order";
    /// Stock held for a cart until a time.
    HoldId = "hld", "a hold";
    /// A service that proves who somebody is.
    IdentityProviderId = "idp", "an identity provider";
    /// A person who was asked to join.
    InvitationId = "inv", "an invitation";
    /// A physical thing that is stocked.
    ItemId = "itm", "an item";
    /// Work that is done later.
    JobId = "job", "a job";
    /// An item offered on a channel under the channel's code.
    ListingId = "lst", "a listing";
    /// A seller on the platform.
    MerchantId = "mer", "a merchant";
    /// A place that holds stock and fulfils.
    NodeId = "nod", "a node";
    /// Long work that somebody asked for.
    OperationId = "opr", "an operation";
    /// A customer's order.
    OrderId = "ord", "an order";
    /// The company that runs the platform.
    OrganisationId = "org", "an organisation";
    /// Goods that change their owner where they lie.
    OwnershipTransferId = "own", "an ownership transfer";
    /// A physical box with one label.
    ParcelId = "par", "a parcel";
    /// A payment on an order.
    PaymentId = "pay", "a payment";
    /// A correction of the book that waits for somebody's yes.
    ProposedAdjustmentId = "adj", "a proposed adjustment";
    /// A signed-in session or machine token.
    SessionId = "ses", "a session";
    /// What one merchant owes another for units.
    SettlementLineId = "stl", "a settlement line";
    /// A person who signs in.
    UserId = "usr", "a user";
    /// A way of looking at a list that somebody kept.
    ViewId = "viw", "a saved view";
    /// An address of somebody's that gets events.
    WebhookId = "whe", "a webhook";
    /// Goods that a supplier said would come.
    ExpectedReceiptId = "xpr", "an expected receipt";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let early = OrderId::from_body(&body(uuid_v7(1_000, u128::MAX)));
        let late = OrderId::from_body(&body(uuid_v7(1_001, 0)));
        assert!(early < late);
        assert_eq!(OrderId::parse(early.as_str()), Ok(early));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!(OrderId::parse("itm_01").is_err());
        assert!(OrderId::parse("ord_").is_err());
        assert!(OrderId::parse("ord_A'; drop table").is_err());
    }
}
