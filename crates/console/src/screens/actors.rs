//! The names of those who did things, as colleagues know them.

use std::collections::HashMap;

use db::{Fault, Tx};
use kernel::{OrganisationId, UserId};

use crate::i18n::Texts;
use crate::words::Actor;

/// Names by actor.
#[derive(Debug, Clone, Default)]
pub(super) struct Actors(HashMap<String, String>);

impl Actors {
    /// The name of an actor. One that is nobody of the staff is called by what it is, with its own name if it has one.
    pub fn name(&self, t: &Texts, actor: &str) -> String {
        if let Some(name) = self.0.get(actor) {
            return name.clone();
        }
        let (kind, own_name) = actor.split_once(':').unwrap_or((actor, ""));
        match Actor::parse(kind) {
            Some(known) if own_name.is_empty() => t.text(known.key()),
            Some(known) => format!("{} {own_name}", t.text(known.key())),
            None => actor.to_owned(),
        }
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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::i18n::Language;

    #[test]
    fn whoever_is_nobody_of_the_staff_is_called_by_what_it_is() {
        let actors = Actors(HashMap::from([("user:usr_1".to_owned(), "Ада".to_owned())]));
        let name = |actor| actors.name(&Texts::new(Language::Bg, TimeZone::UTC), actor);
        assert_eq!(name("user:usr_1"), "Ада");
        assert_eq!(name("system"), "Автоматично");
        assert_eq!(name("channel:web"), "Канал web");
        assert_eq!(name("a stranger"), "a stranger");
    }
}
