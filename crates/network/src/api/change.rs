//! A node is changed over HTTP.

use axum::{extract::State, response::Response};
use kernel::{Address, NodeId, Place};
use runtime::Runtime;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Guarded, Path, Problem, answered_versioned, problems};

use super::{KindJson, NodeJson, no_node, place_of};
use crate::{AmendNodeError, NodeChange, store};

/// A merge patch (RFC 7396): what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NodeChange)]
pub(super) struct NodeChangeJson {
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    name: Option<String>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = KindJson, required = false)]
    kind: Option<KindJson>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = AddressChangeJson, required = false)]
    address: Option<AddressChangeJson>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Place, required = false)]
    place: Option<Place>,
    /// Which rates hold from here.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    zone: Option<String>,
    /// An IANA name.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false, example = "Europe/Sofia")]
    time_zone: Option<String>,
    /// True where it sends parcels.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false)]
    can_ship: Option<bool>,
    /// True where customers collect.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false)]
    can_pickup: Option<bool>,
}

/// What is to be different about an address: what is absent stays, null takes away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddressChange)]
struct AddressChangeJson {
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    line1: Option<Option<String>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    line2: Option<Option<String>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    postal_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    city: Option<Option<String>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    region: Option<Option<String>>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false, pattern = "^[A-Z]{2}$", example = "BG")]
    country: Option<String>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<Place>)]
    place: Option<Option<Place>>,
}

impl AddressChangeJson {
    fn apply(self, address: Address) -> Address {
        let text = |given: Option<Option<String>>, was: String| given.map_or(was, Option::unwrap_or_default);
        Address {
            name: text(self.name, address.name),
            line1: text(self.line1, address.line1),
            line2: text(self.line2, address.line2),
            postal_code: text(self.postal_code, address.postal_code),
            city: text(self.city, address.city),
            region: text(self.region, address.region),
            country: self.country.unwrap_or(address.country),
            phone: text(self.phone, address.phone),
            place: self.place.unwrap_or(address.place),
        }
    }
}

impl NodeChangeJson {
    /// What it means for a node with this address.
    fn on(self, present: Address) -> NodeChange {
        let NodeChangeJson { name, kind, address, place, zone, time_zone, can_ship, can_pickup } = self;
        let (kind, address) = (kind.map(KindJson::into), address.map(|address| address.apply(present)));
        NodeChange { name, kind, address, place, zone, time_zone, can_ship, can_pickup }
    }
}

pub(super) async fn patch_node(
    State(rt): State<Runtime>,
    Path(node_id): Path<NodeId>,
    command: Guarded<NodeChangeJson>,
) -> Result<Response, Problem> {
    let (seen, change) = (command.seen, command.body);
    let answer = rt
        .command(command.call, move |cx| {
            let (node_id, change) = (node_id.clone(), change.clone());
            Box::pin(async move {
                // Under the lock that the change itself needs, so that no address is merged with another one.
                let present = store::lock_node(cx.tx, &cx.organisation_id, &node_id).await?;
                let change = change.on(present.map(|node| node.address).unwrap_or_default());
                crate::amend_node(cx, &node_id, seen, &change).await.map(NodeJson::from)
            })
        })
        .await?;
    answered_versioned(answer, |node| node.version)
}

impl From<AmendNodeError> for Problem {
    fn from(error: AmendNodeError) -> Problem {
        match error {
            AmendNodeError::UnknownNode { node_id } => no_node(&node_id),
            AmendNodeError::Stale { present, .. } => web::stale(present),
            AmendNodeError::Refused(problem) => {
                let kind = problems::INVALID_FIELD;
                let says = problem.to_string();
                Problem::unprocessable(kind, &says).at(format!("/{}", place_of(&problem)), kind.slug(), &says)
            }
            AmendNodeError::Fault(fault) => Problem::fault(fault),
        }
    }
}
