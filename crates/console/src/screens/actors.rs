//! The names of those who did things, as colleagues know them.

use std::collections::HashMap;

use db::{Fault, Tx};
use kernel::{OrganisationId, UserId};

/// Names by actor. Machines and processes are not people and keep the name they act under.
#[derive(Debug, Clone, Default)]
pub(super) struct Actors(HashMap<String, String>);

impl Actors {
    /// The name of an actor.
    pub fn name(&self, actor: &str) -> String {
        self.0.get(actor).map_or(actor, String::as_str).to_owned()
    }
}

/// Looks up the people among these actors, in one question.
pub(super) async fn list_actors<'a>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actors: impl Iterator<Item = &'a str>,
) -> Result<Actors, Fault> {
    let users: HashMap<UserId, &str> =
        actors.filter_map(|actor| Some((UserId::parse(actor.strip_prefix("user:")?).ok()?, actor))).collect();
    let staff = people::staff_by_id(tx, organisation_id, users.keys()).await?;
    let names = staff.into_values().filter_map(|person| {
        let actor = users.get(&person.user_id)?;
        Some(((*actor).to_owned(), person.name))
    });
    Ok(Actors(names.collect()))
}
