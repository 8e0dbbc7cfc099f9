//! Signing in and out over HTTP, people and what they may do, merchants, keys, and the log of changes.

mod audit;
mod door;
mod identify;
mod keys;
mod me;
mod merchants;
mod staff;

use axum::Extension;
use kernel::{MerchantId, NodeId, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use web::{Area, Caller, Needs, Permission, Problem, Routes, problems};

use crate::{Assignment, Attempts, Role};

pub use identify::{identify, is_https};

/// The routes. `attempts` is shared with whatever other door signs people in.
pub fn routes(attempts: Attempts) -> Routes<Runtime> {
    use Permission::{AuditRead, KeysWrite, MerchantsRead, MerchantsWrite, PeopleRead, PeopleWrite};
    let (see_people, people) = (Needs::Throughout(PeopleRead), Needs::Throughout(PeopleWrite));
    let (merchants, keys) = (Needs::Throughout(MerchantsWrite), Needs::Within(KeysWrite));
    Routes::new()
        .post("/v1/first-run", Needs::Nothing, door::post_first_run)
        .post("/v1/sign-in", Needs::Nothing, door::post_sign_in)
        .post("/v1/acceptances", Needs::Nothing, door::post_acceptance)
        .post("/v1/sign-out", Needs::Caller, door::post_sign_out)
        .get("/v1/me", Needs::Caller, me::get_me)
        .get("/v1/me/sessions", Needs::Caller, me::get_sessions)
        .delete("/v1/me/sessions", Needs::Caller, me::delete_sessions)
        .delete("/v1/me/sessions/{session_id}", Needs::Caller, me::delete_session)
        .get("/v1/roles", Needs::Caller, staff::get_roles)
        .get("/v1/merchants", Needs::Within(MerchantsRead), merchants::get_merchants)
        .post("/v1/merchants", merchants, merchants::post_merchant)
        .patch("/v1/merchants/{merchant_id}", merchants, merchants::patch_merchant)
        .get("/v1/staff", see_people, staff::get_staff)
        .post("/v1/staff", people, staff::post_staff)
        .post("/v1/staff/{user_id}/dismissal", people, staff::post_dismissal)
        .post("/v1/staff/{user_id}/roles", people, staff::post_role)
        .post("/v1/staff/{user_id}/roles/removals", people, staff::post_role_removal)
        .get("/v1/invitations", see_people, staff::get_invitations)
        .post("/v1/invitations", people, staff::post_invitation)
        .delete("/v1/invitations/{invitation_id}", people, staff::delete_invitation)
        .get("/v1/api-keys", keys, keys::get_keys)
        .post("/v1/api-keys", keys, keys::post_key)
        // Everybody may give up their own.
        .delete("/v1/api-keys/{key_id}", Needs::Caller, keys::delete_key)
        .get("/v1/audit", Needs::Throughout(AuditRead), audit::get_changes)
        .wrap(|router| router.layer(Extension(attempts)))
}

/// Whoever steals a machine's key cannot make more of it.
fn person(caller: &Caller) -> Result<UserId, Problem> {
    match &caller.user_id {
        Some(user_id) if !caller.is_machine => Ok(user_id.clone()),
        _ => Err(Problem::forbidden(problems::FORBIDDEN, "A machine's key does not open this.")),
    }
}

/// A role and where it holds, as it is sent and shown: for a merchant, at a node, or in the whole organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleJson {
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merchant_id: Option<MerchantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node_id: Option<NodeId>,
}

impl RoleJson {
    fn read(self) -> Result<Assignment, Problem> {
        let role = Role::parse(&self.role).ok_or_else(|| invalid("/role", "there is no such role"))?;
        Ok(Assignment { role, area: area(self.merchant_id, self.node_id)? })
    }
}

impl From<&Assignment> for RoleJson {
    fn from(assignment: &Assignment) -> RoleJson {
        let (merchant_id, node_id) = ids_of(&assignment.area);
        RoleJson { role: assignment.role.code().to_owned(), merchant_id, node_id }
    }
}

fn area(merchant_id: Option<MerchantId>, node_id: Option<NodeId>) -> Result<Area, Problem> {
    match (merchant_id, node_id) {
        (None, None) => Ok(Area::Everywhere),
        (Some(merchant_id), None) => Ok(Area::Merchant(merchant_id)),
        (None, Some(node_id)) => Ok(Area::Node(node_id)),
        (Some(_), Some(_)) => Err(invalid("/node_id", "name a merchant or a node, not both")),
    }
}

fn ids_of(area: &Area) -> (Option<MerchantId>, Option<NodeId>) {
    match area {
        Area::Everywhere => (None, None),
        Area::Merchant(merchant_id) => (Some(merchant_id.clone()), None),
        Area::Node(node_id) => (None, Some(node_id.clone())),
    }
}

fn invalid(pointer: &str, says: &str) -> Problem {
    Problem::unprocessable(problems::INVALID_FIELD, says).at(pointer, problems::INVALID_FIELD.slug(), says)
}
