//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "tracking.milestone_has_its_report",
        says: "a milestone beyond the label was reported, at the time the tracker says",
        sql: "select t.tracking_number || ' stands at ' || t.milestone || ', which nobody reported' from tracker t \
               where t.organisation_id = $1 and t.milestone <> 'label_created' \
                 and not exists (select 1 from tracking_event e \
                                  where e.organisation_id = t.organisation_id \
                                    and e.tracking_number = t.tracking_number and e.milestone = t.milestone \
                                    and (e.happened_at = t.milestone_at or e.received_at = t.milestone_at)) \
               limit 20",
    },
    Invariant {
        name: "tracking.delivered_stays_delivered",
        says: "a parcel that was reported delivered is delivered, or came back, or had come to another end before",
        sql: "select t.tracking_number || ' was delivered and stands at ' || t.milestone from tracker t \
               where t.organisation_id = $1 \
                 and t.milestone not in ('delivered', 'returning', 'returned', 'cancelled') \
                 and exists (select 1 from tracking_event e \
                              where e.organisation_id = t.organisation_id \
                                and e.tracking_number = t.tracking_number and e.milestone = 'delivered' \
                                and e.happened_at > t.milestone_at) \
               limit 20",
    },
];
