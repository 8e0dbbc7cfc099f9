//! Which fields of an answer somebody sees who may ask for it.

use std::sync::LazyLock;

use axum::{
    body::{Body, to_bytes},
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use db::Fault;
use serde_json::Value;

use crate::{Access, Area, Needs, Permission, Permissions, Problem};

/// What is withheld, by the one list that people review.
static FIELDS: LazyLock<Vec<(Permission, Vec<&'static str>)>> =
    LazyLock::new(|| read(include_str!("fields.txt")).expect("a test reads the list"));

fn read(text: &'static str) -> Option<Vec<(Permission, Vec<&'static str>)>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            Some((Permission::parse(words.next()?)?, words.collect()))
        })
        .collect()
}

/// The permissions that a field of this name needs beside the route's own.
fn all_needed_by(field: &str) -> impl Iterator<Item = Permission> {
    let is_it = move |wanted: &&'static str| match wanted.strip_prefix('*') {
        Some(end) => field.ends_with(end),
        None => field == *wanted,
    };
    FIELDS.iter().filter(move |(_, names)| names.iter().any(is_it)).map(|(permission, _)| *permission)
}

/// The first of them, for the document.
pub(crate) fn needed_by(field: &str) -> Option<Permission> {
    all_needed_by(field).next()
}

/// What a caller sees of the answers of a route. The guard puts it on the request and keeps JSON to it; who makes pages
/// asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sees {
    withheld: Permissions,
}

impl Sees {
    /// What whoever has this access sees where they may do what the route needs: a field is shown where its permission
    /// is held in all of that. The stream, the log of changes and exports are of everything, for those who may have it.
    pub fn of(access: &Access, needs: Needs) -> Sees {
        use Permission::{AuditRead, DataExport, EventsRead};
        let permission = needs.permission();
        if needs == Needs::Nothing || matches!(permission, Some(AuditRead | DataExport | EventsRead)) {
            return Sees { withheld: Permissions::default() };
        }
        let is_for_all = matches!(needs, Needs::Throughout(_));
        let grants = access.grants().iter();
        let areas: Vec<&Area> = grants
            .filter(|grant| permission.is_none_or(|permission| grant.permissions.has(permission)))
            .map(|grant| &grant.area)
            .filter(|area| !is_for_all || **area == Area::Everywhere)
            .collect();
        let shown =
            |field: Permission| areas.iter().all(|area| access.covers([field].into_iter().collect(), area));
        Sees { withheld: FIELDS.iter().map(|(field, _)| *field).filter(|field| !shown(*field)).collect() }
    }

    /// True where fields of this kind are shown.
    pub fn shows(self, kind: Permission) -> bool {
        !self.withheld.has(kind)
    }

    /// The answer without what is withheld.
    pub(crate) async fn keep(self, response: Response) -> Response {
        let is_json = response.headers().get(header::CONTENT_TYPE)
            == Some(&HeaderValue::from_static("application/json"));
        if self.withheld.is_empty() || !is_json {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        // It is our own answer, made already; what cannot be read cannot be kept to anything.
        let value =
            to_bytes(body, usize::MAX).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let Some(mut value) = value else {
            return Problem::fault(Fault::Lost("an answer that says it is JSON is none")).into_response();
        };
        self.strip(&mut value);
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(value.to_string()))
    }

    fn strip(self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| all_needed_by(name).all(|permission| self.shows(permission)));
                members.values_mut().for_each(|value| self.strip(value));
            }
            Value::Array(elements) => elements.iter_mut().for_each(|value| self.strip(value)),
            _ => {}
        }
    }
}

/// Nothing that may be withheld, where no guard said otherwise.
impl<S: Send + Sync> FromRequestParts<S> for Sees {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Sees, Problem> {
        let nothing = Sees { withheld: FIELDS.iter().map(|(field, _)| *field).collect() };
        Ok(parts.extensions.get::<Sees>().copied().unwrap_or(nothing))
    }
}

#[cfg(test)]
mod tests {
    use kernel::{MerchantId, NodeId};
    use serde_json::json;

    use super::*;
    use crate::Grant;

    #[test]
    fn the_list_names_permissions_and_fields() {
        assert_eq!(FIELDS.len(), 2);
        assert_eq!(needed_by("customer_email"), Some(Permission::CustomersRead));
        assert_eq!(needed_by("total_minor"), Some(Permission::MoneyRead));
        assert_eq!(needed_by("total"), None);
        assert!(read("customers.see name").is_none());
    }

    #[test]
    fn what_is_withheld_is_gone_at_every_depth_c3() {
        let picker = Access::of([Grant {
            permissions: [Permission::ShippingRead, Permission::CustomersRead].into_iter().collect(),
            area: Area::Everywhere,
        }]);
        let sees = Sees::of(&picker, Needs::Within(Permission::ShippingRead));
        let mut answer = json!({ "rows": [{ "ship_to": { "name": "Ada" }, "price": { "minor": 3 }, "raw": "3" }], "cost_minor": 1 });
        sees.strip(&mut answer);
        assert_eq!(answer, json!({ "rows": [{ "ship_to": { "name": "Ada" } }] }));
    }

    #[test]
    fn a_field_is_shown_where_its_permission_reaches_as_far_as_the_route_c3() {
        use Permission::*;
        let tea = Area::Merchant(MerchantId::parse("mer_tea").unwrap());
        let leeds = Area::Node(NodeId::parse("nod_leeds").unwrap());
        let grant = |permissions: &[Permission], area: &Area| Grant {
            permissions: permissions.iter().copied().collect(),
            area: area.clone(),
        };
        let merchants = grant(&[OrdersRead, MoneyRead], &tea);
        let needs = Needs::Within(OrdersRead);
        assert!(Sees::of(&Access::of([merchants.clone()]), needs).shows(MoneyRead));
        let both = Access::of([merchants.clone(), grant(&[OrdersRead], &leeds)]);
        assert!(!Sees::of(&both, needs).shows(MoneyRead), "orders at the node show no money");
        let apart = Access::of([merchants, grant(&[FloorWork], &leeds)]);
        assert!(Sees::of(&apart, needs).shows(MoneyRead) && !Sees::of(&apart, needs).shows(CustomersRead));
        let stream = Access::of([grant(&[EventsRead], &Area::Everywhere)]);
        assert!(Sees::of(&stream, Needs::Throughout(EventsRead)).shows(CustomersRead));
    }
}
