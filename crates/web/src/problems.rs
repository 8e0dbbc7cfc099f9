//! Every problem there is, with its cause and its remedy: the one list that code, answers and `docs/problems.md` share.
//!
//! A slug once published stays, with its meaning and its status.

/// What is known of a kind of problem beforehand.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// What programs act on; never changes.
    pub slug: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The kind in a few words.
    pub title: &'static str,
    /// How it comes about.
    pub cause: &'static str,
    /// What the caller can do.
    pub remedy: &'static str,
}

impl Entry {
    /// All that is said of it, as Markdown.
    pub(crate) fn text(&self) -> String {
        format!("{}. {}\n\n*Remedy:* {}\n", self.title, self.cause, self.remedy)
    }
}

/// A listed kind of problem; its status is part of its type.
#[derive(Debug, Clone, Copy)]
pub struct Kind<const STATUS: u16>(&'static Entry);

impl<const STATUS: u16> Kind<STATUS> {
    /// The stable slug.
    pub const fn slug(self) -> &'static str {
        self.0.slug
    }

    pub(crate) const fn entry(self) -> &'static Entry {
        self.0
    }
}

macro_rules! registry {
    ($($status:literal $name:ident $slug:literal $title:literal $cause:literal $remedy:literal;)*) => {
        $(
            #[doc = $cause]
            pub const $name: Kind<$status> =
                Kind(&Entry { slug: $slug, status: $status, title: $title, cause: $cause, remedy: $remedy });
        )*

        /// All of them, by status.
        pub const ALL: &[&Entry] = &[$($name.entry()),*];
    };
}

registry! {
    400 MALFORMED_JSON "malformed-json" "The body is no JSON"
        "The body is not well-formed JSON in UTF-8, is empty, or broke off."
        "Send well-formed JSON; the detail names line and column.";
    400 INVALID_QUERY "invalid-query" "The query is wrong"
        "A value after the `?` cannot be read."
        "Correct the named value.";
    400 IDEMPOTENCY_KEY_MISSING "idempotency-key-missing" "No idempotency key"
        "A request that changes something came without an `Idempotency-Key`, or with several."
        "Send one key for each thing you want done, and the same key when you ask again.";
    400 IDEMPOTENCY_KEY_INVALID "idempotency-key-invalid" "The idempotency key is wrong"
        "The key is empty, longer than 255 characters, or has characters beyond printable ASCII."
        "Send a UUID.";
    400 UNSUPPORTED_VERSION "unsupported-version" "No such version"
        "The `API-Version` header, or else the key, names a version of the API that there is not; `supported_versions` names those there are."
        "Send one of them.";
    401 UNAUTHORISED "unauthorised" "Not signed in"
        "The request has no session or token, or one that ran out or was revoked."
        "Sign in again, or send a token that is still good.";
    401 SIGN_IN_REFUSED "sign-in-refused" "Sign-in refused"
        "The e-mail address and the password do not belong together."
        "Check both. After ten failures the address must wait.";
    403 FORBIDDEN "forbidden" "Not allowed"
        "The caller is known, but this is not for them."
        "Ask somebody who may.";
    403 PERMISSION_MISSING "permission-missing" "A permission is missing"
        "The caller is known, but none of their roles allows this; `permission` names what it takes."
        "Ask an administrator for a role that has it, or use a key that was made with it.";
    403 MORE_THAN_OWN "more-than-own" "More than your own"
        "Nobody gives, takes or makes a key for what they may not do there themselves."
        "Choose less, or ask somebody who may do it.";
    403 OWN_PROPOSAL "own-proposal" "Your own proposal"
        "Whoever proposes a correction does not decide on it."
        "Ask somebody else who may.";
    403 CROSS_SITE "cross-site" "From another site"
        "A browser sent this with its session cookie on behalf of a page of another site."
        "Use this site's own pages, or a token instead of the cookie.";
    403 VIEWING_ONLY "viewing-only" "Viewing only"
        "The session sees the house as another role would, and changes nothing meanwhile."
        "End the view, and ask again.";
    404 NOT_FOUND "not-found" "Not found"
        "There is nothing at this address, or not for this caller."
        "Check the address and the id in it.";
    404 NO_SUCH_ORDER "no-such-order" "No such order"
        "No order has this id or reference."
        "Check the id; list the orders to find it.";
    405 METHOD_NOT_ALLOWED "method-not-allowed" "Method not allowed"
        "The address exists, but does not take this method."
        "Use a method that the `Allow` header names.";
    409 INSUFFICIENT_STOCK "insufficient-stock" "Not enough stock"
        "Fewer units are available than were asked for."
        "Ask for fewer, receive stock, or choose another node.";
    409 NO_QUOTA "no-quota" "The channel has no quota"
        "Units can only be moved between channels that each have a quota of the item; `channel_id` names the one that has none."
        "Give the channel a quota first, of 0 units if need be.";
    409 QUOTA_TOO_SMALL "quota-too-small" "The quota is too small"
        "Fewer units of the quota are left, or more of it is sold, than the change needs."
        "Ask for no more than `left`, or for no less than `used`.";
    409 DUPLICATE_CODE "duplicate-code" "The code is taken"
        "Something of this kind has this code already."
        "Choose another code, or change the thing that has it.";
    409 ORDER_CONFLICT "order-conflict" "Another order has this reference"
        "The channel sent the same reference before with other content."
        "Give the new order its own reference, or amend the first.";
    409 HOLD_CONFLICT "hold-conflict" "Something else is held under this reference"
        "The channel has an open hold of the same reference for other goods; `hold_id` names it."
        "Give that one up first, or use another reference.";
    409 HOLD_ENDED "hold-ended" "The hold has ended"
        "An order got it, it was given up, or its time was over; `state` says which."
        "Place another hold, or order without one.";
    409 ALREADY_DECIDED "already-decided" "It had its answer"
        "The proposal was approved or rejected already; `state` says which."
        "Look at it. If the book is wrong still, propose another correction.";
    409 ALREADY_SETTLED "already-settled" "It is settled"
        "The discrepancy was repaired or resolved already; `state` says which."
        "Look at it; there is nothing to do.";
    409 NOT_EXPECTED "not-expected" "Nothing is expected there"
        "The expected receipt is closed or cancelled, or is of another node or owner; `state` says which where it is known."
        "Look at it again, book the goods without it, or expect the rest anew.";
    409 NOT_WAITING "not-waiting" "The order does not wait"
        "None of its units waits for supply."
        "Look at where its units stand.";
    409 LOT_CONFLICT "lot-conflict" "The lot has another expiry"
        "Goods of this lot were received with another last day, or with none."
        "Look at the goods: give the day that is known, leave it out, or give another lot.";
    409 CANNOT_CANCEL "cannot-cancel" "Too late to cancel"
        "What was to be cancelled has gone too far."
        "Let it be delivered and take it back as a return.";
    409 WRONG_ITEM "wrong-item" "Another item"
        "The scanned item is not the one asked for."
        "Put it back and scan the item that is shown.";
    409 TOO_MANY "too-many" "Too many"
        "More units were scanned or asked for than are wanted."
        "Put the surplus back.";
    409 WRONG_ORDER "wrong-order" "Another order's"
        "What was scanned belongs to another order."
        "Put it with its own order.";
    409 REFERENCE_TAKEN "reference-taken" "Another transfer has this reference"
        "The giver used the reference for a transfer of other goods, units or prices before."
        "Send it under a new reference; the same transfer under the same reference is a repeat.";
    409 STALE_QUANTITY "stale-quantity" "The quantity has changed since"
        "Stock was to be set from a quantity that is not there any more: somebody changed it since you looked."
        "Look at `present`, decide again, and send it as `change_from_quantity`; null overwrites whatever is there.";
    409 WRONG_STAGE "wrong-stage" "Not at this stage"
        "The thing is at another stage than this step needs."
        "Look at its present state and do the step that comes next.";
    409 NOTHING_TO_PICK "nothing-to-pick" "Nothing to pick"
        "No work waits here now."
        "Ask again when orders have been released.";
    409 PARCEL_NOT_OPEN "parcel-not-open" "The parcel is not open"
        "The parcel is closed or gone, so nothing can be put in or taken out."
        "Open it again, or begin another.";
    409 PARCEL_NOT_CLOSED "parcel-not-closed" "The parcel is not closed"
        "This step needs a closed parcel."
        "Close the parcel first.";
    409 LABEL_PENDING "label-pending" "The label is not there yet"
        "The carrier has not answered yet."
        "Ask again in a moment; the label is bought once.";
    409 ALREADY_DISPATCHED "already-dispatched" "Already dispatched"
        "The parcel has left the building."
        "Track it; take it back as a return.";
    409 FIRST_RUN_OVER "first-run-over" "The first run is over"
        "The first person has been enrolled; the first-run secret is used up."
        "Sign in as a person who is enrolled.";
    409 LAST_ONE "last-one" "The last one"
        "Without this person or role nobody would own the organisation."
        "Make somebody else an owner first.";
    409 REPLAY_RUNNING "replay-running" "A replay is under way"
        "Events are being sent to this webhook again already."
        "Wait until it is through; the deliveries show how far it is.";
    409 TOO_MANY_WEBHOOKS "too-many-webhooks" "Too many webhooks"
        "There are as many webhooks as there may be."
        "Change one that is no longer needed.";
    409 SET_BY_OPERATOR "set-by-operator" "Set by whoever runs the server"
        "The thing follows the server's own settings, so nobody changes it here."
        "Change the server's settings, and start it anew.";
    412 STALE "stale" "Changed since you saw it"
        "Somebody changed the thing after the version that `If-Match` names; `present_version` is the one it is at."
        "Get it again, decide again, and send the new `ETag`; nothing of theirs was overwritten.";
    413 TOO_LARGE "too-large" "Too large"
        "The body is longer than this address takes."
        "Send less at once, in several requests.";
    415 UNSUPPORTED_CONTENT_TYPE "unsupported-content-type" "Not a format we read"
        "The body is not declared as JSON in UTF-8."
        "Send `Content-Type: application/json`.";
    422 INVALID_FIELD "invalid-field" "A field is wrong"
        "The body is JSON, but a field is missing, unknown, or has a value it cannot have."
        "Correct the fields that `errors` points at.";
    422 IDEMPOTENCY_KEY_REUSED "idempotency-key-reused" "The idempotency key was used for another request"
        "The key was used before with other content."
        "Make a new key for a new request.";
    422 UNKNOWN_LISTING "unknown-listing" "Unknown listing"
        "The channel sells nothing under this code."
        "List the item on the channel first.";
    422 UNKNOWN_CHANNEL "unknown-channel" "Unknown channel"
        "No channel has this code."
        "Check the code, or add the channel.";
    422 UNKNOWN_ITEM "unknown-item" "Unknown item"
        "No item has this code or id."
        "Check it, or add the item.";
    422 UNKNOWN_NODE "unknown-node" "Unknown node"
        "No node has this code or id."
        "Check it, or add the node.";
    422 UNKNOWN_CODE "unknown-code" "Unknown code"
        "The scanned code belongs to nothing we know."
        "Scan the item's own barcode, or enter its code.";
    422 ADDRESS_REFUSED "address-refused" "The address is refused"
        "Nothing is sent to this address: only to public hosts by name, by HTTPS on port 443."
        "Give another address, or run the server with `--allow-private-webhooks` if both ends are yours.";
    422 LABEL_REFUSED "label-refused" "The carrier refused"
        "The carrier will not make a label for this parcel."
        "Correct what the detail names, or choose another service.";
    422 NO_RATE "no-rate" "No rate"
        "No carrier service takes this parcel to this address."
        "Check weight, size and address, or add a rate.";
    422 PAYMENT_DECLINED "payment-declined" "Payment declined"
        "The payment provider refused."
        "Ask the customer for another means of payment.";
    428 IF_MATCH_MISSING "if-match-missing" "Say what you saw"
        "A change to a thing that others change too came without `If-Match`."
        "Send the `ETag` that getting the thing gave, or its `version` in quotes; `*` overwrites whatever is there.";
    429 RATE_LIMITED "rate-limited" "Too many requests"
        "A session, a key or a merchant asked more often than it may; `policy` names which."
        "Wait as long as `Retry-After` says, and spread requests: `RateLimit` tells in every answer what is left.";
    429 TOO_MANY_ATTEMPTS "too-many-attempts" "Too many attempts"
        "Sign-in with this address failed ten times in fifteen minutes."
        "Wait as long as `Retry-After` says.";
    500 FAULT "fault" "Our fault"
        "Something went wrong on our side."
        "Tell whoever runs the server, with the `request_id`.";
    503 BUSY "busy" "Busy"
        "The server could not do this now and changed nothing."
        "Ask again with the same key, after `Retry-After` seconds where it is given.";
    503 OUTCOME_UNKNOWN "outcome-unknown" "Outcome unknown"
        "Contact was lost before it was known whether this was done."
        "Ask again with the same key: it is done once.";
    503 TIMED_OUT "timed-out" "Timed out"
        "The answer took longer than thirty seconds. What was begun may still be done."
        "Ask again with the same key: it is done once.";
}

/// The entry of a slug.
pub fn find(slug: &str) -> Option<&'static Entry> {
    ALL.iter().copied().find(|entry| entry.slug == slug)
}

/// `docs/problems.md`.
pub fn document() -> String {
    let mut text = String::from(
        "# Problems\n\n\
         Every refusal of the API is an `application/problem+json` document (RFC 9457). Programs act on `code`, which is \
         the slug below, and on `retryable`; `detail` and `errors` are for people and say what was wrong this time. \
         `request_id` finds the request in the log. A request that is refused has changed nothing, except where the \
         text below says that the outcome is not known.\n",
    );
    let mut status = 0;
    for entry in ALL {
        if entry.status != status {
            status = entry.status;
            text.push_str(&format!("\n## {status}\n"));
        }
        text.push_str(&format!("\n### {}\n\n{}", entry.slug, entry.text()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_sorted_by_status() {
        assert!(ALL.is_sorted_by_key(|entry| entry.status));
        for (place, entry) in ALL.iter().enumerate() {
            assert!(ALL[..place].iter().all(|earlier| earlier.slug != entry.slug), "{}", entry.slug);
            assert!(
                entry.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                entry.slug
            );
        }
    }

    /// Run with `UPDATE=1` to write the document anew.
    #[test]
    fn the_document_lists_exactly_these_problems() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, document()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == document(), "docs/problems.md is out of date: run this test with UPDATE=1");
    }
}
