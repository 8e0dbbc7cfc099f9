//! Settings: the pages, who may look at which, and the areas that roles and keys are given for.

mod audit;
mod badges;
mod join;
mod keys;
mod look;
mod me;
mod merchants;
mod people;
mod privacy;
mod providers;

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{MerchantId, NodeId, OrganisationId, Scope};
use web::{Access, Area, Needs, Permission, Routes};

use crate::desk::{Console, Desk, Upset, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::settings::Tab;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::SETTINGS, Needs::Caller, get_settings)
        .merge(people::routes())
        .merge(badges::routes())
        .merge(keys::routes())
        .merge(providers::routes())
        .merge(merchants::routes())
        .merge(look::routes())
        .merge(me::routes())
        .merge(audit::routes())
        .merge(privacy::routes())
        .merge(join::routes())
}

/// The pages with their names, and who may look at them.
pub(super) fn pages(access: &Access) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = [
        (href::PEOPLE, "settings-people", access.may_throughout(Permission::PeopleRead)),
        (href::ROLES, "settings-roles", true),
        (href::BADGES, "settings-badges", access.may_throughout(Permission::PeopleRead)),
        (href::KEYS, "settings-keys", access.may(Permission::KeysWrite)),
        (href::LOOK, "settings-organisation", access.may_throughout(Permission::SettingsWrite)),
        (href::MERCHANTS, "settings-merchants", access.may(Permission::MerchantsRead)),
        (href::WEBHOOKS, "settings-webhooks", access.may_throughout(Permission::WebhooksWrite)),
        (href::SIGN_IN_SETTINGS, "settings-providers", access.may_throughout(Permission::OwnersWrite)),
        (href::AUDIT, "settings-audit", access.may_throughout(Permission::AuditRead)),
        (href::PRIVACY, "settings-privacy", access.may_throughout(Permission::CustomersErase)),
        (href::ME, "settings-me", true),
    ];
    all.into_iter().filter(|(_, _, may)| *may).map(|(href, key, _)| (href, key))
}

async fn get_settings(State(_): State<Console>, desk: Desk) -> Result<Response, Upset> {
    let first = pages(&desk.caller.access).next();
    Ok(see(first.map_or(href::ME, |(href, _)| href)))
}

pub(super) fn tabs(desk: &Desk, here: &str) -> Vec<Tab> {
    pages(&desk.caller.access).map(|(href, key)| Tab { href, key, is_here: href == here }).collect()
}

/// The areas there are, with their names.
struct Areas {
    merchants: Vec<::people::Merchant>,
    nodes: Vec<network::Node>,
}

impl Areas {
    async fn read(tx: &Tx, organisation_id: &OrganisationId) -> Result<Areas, Fault> {
        Ok(Areas {
            merchants: ::people::list_merchants(tx, organisation_id, &Scope::EVERYTHING).await?,
            nodes: network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?,
        })
    }

    /// Those in which somebody may give something, to choose from.
    fn choices(&self, t: &Texts, access: &Access) -> Vec<Choice> {
        let own: Vec<&Area> = access.grants().iter().map(|grant| &grant.area).collect();
        let everywhere = own.contains(&&Area::Everywhere);
        let mut choices = Vec::new();
        if everywhere {
            choices.push(Choice::new("", &t.text("area-everywhere")));
        }
        for merchant in &self.merchants {
            if everywhere || own.contains(&&Area::Merchant(merchant.merchant_id.clone())) {
                choices.push(Choice::new(merchant.merchant_id.as_str(), &merchant.name));
            }
        }
        for node in &self.nodes {
            if everywhere || own.contains(&&Area::Node(node.node_id.clone())) {
                choices.push(Choice::new(node.node_id.as_str(), &node.name));
            }
        }
        choices
    }

    /// Names of areas by their value in forms; the whole organisation goes without saying.
    fn names(&self) -> HashMap<&str, &str> {
        let merchants =
            self.merchants.iter().map(|merchant| (merchant.merchant_id.as_str(), merchant.name.as_str()));
        let nodes = self.nodes.iter().map(|node| (node.node_id.as_str(), node.name.as_str()));
        merchants.chain(nodes).collect()
    }
}

/// The area a form names.
fn read_area(value: &str) -> Option<Area> {
    if value.is_empty() {
        return Some(Area::Everywhere);
    }
    let merchant = MerchantId::parse(value).ok().map(Area::Merchant);
    merchant.or_else(|| NodeId::parse(value).ok().map(Area::Node))
}

/// How a form names an area.
fn value_of(area: &Area) -> &str {
    match area {
        Area::Everywhere => "",
        Area::Merchant(merchant_id) => merchant_id.as_str(),
        Area::Node(node_id) => node_id.as_str(),
    }
}
