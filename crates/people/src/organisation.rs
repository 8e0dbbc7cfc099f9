//! What the organisation is called, and where its day begins.

use db::Fault;
use jiff::tz::TimeZone;
use runtime::{Cx, has_fault};
use serde_json::json;

use crate::store::{self, Organisation};

/// The longest name, in characters.
const MOST: usize = 200;

/// What shall be another way; nothing where it stays.
#[derive(Debug, Clone, Default)]
pub struct OrganisationChange {
    /// Its name.
    pub name: Option<String>,
    /// Its time zone, as IANA calls it.
    pub time_zone: Option<String>,
}

/// Why it stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum OrganisationError {
    /// It is no name.
    #[error("a name has 1 to {MOST} characters")]
    Name,
    /// It is no time zone.
    #[error("there is no such time zone: a name such as Europe/Sofia")]
    TimeZone,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(OrganisationError);

/// Gives it another name, another time zone, or both. Merchants keep their names: customers know them by those. What
/// is the same again changes nothing.
pub async fn amend_organisation(
    cx: &mut Cx<'_>,
    change: &OrganisationChange,
) -> Result<Organisation, OrganisationError> {
    let before = store::get_organisation(cx.tx).await?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MOST || name.contains(char::is_control) {
            return Err(OrganisationError::Name);
        }
        after.name = name.to_owned();
    }
    if let Some(zone) = &change.time_zone {
        after.time_zone = find_time_zone(zone).ok_or(OrganisationError::TimeZone)?;
    }
    if after == before {
        return Ok(after);
    }
    store::amend_organisation(cx.tx, &cx.organisation_id, &after.name, &after.time_zone).await?;
    let id = cx.organisation_id.clone();
    if after.name != before.name {
        let (before, after) = (json!({ "name": before.name }), json!({ "name": after.name }));
        cx.record("organisation.renamed", id.as_str(), after.clone(), before, after);
    }
    if after.time_zone != before.time_zone {
        let (before, after) =
            (json!({ "time_zone": before.time_zone }), json!({ "time_zone": after.time_zone }));
        cx.record("organisation.clocks_set", id.as_str(), after.clone(), before, after);
    }
    Ok(after)
}

/// The time zone that IANA calls so, as it writes the name; none where there is none.
pub fn find_time_zone(name: &str) -> Option<String> {
    let name = name.trim();
    let is_name = name.len() <= 64
        && !name.contains("..")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
    let zone = TimeZone::get(name).ok().filter(|_| is_name)?;
    zone.iana_name().map(str::to_owned)
}

/// The names of all time zones, for people to choose from.
pub fn list_time_zones() -> Vec<String> {
    let names = jiff::tz::db().available().map(|name| name.as_str().to_owned());
    // Files of a system's database that are no places.
    let places = names.filter(|name| {
        name == "UTC"
            || (name.contains('/')
                && !["posix/", "right/", "Etc/", "SystemV/", "US/"]
                    .iter()
                    .any(|start| name.starts_with(start)))
    });
    let mut places: Vec<String> = places.collect();
    places.sort_unstable();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_known_by_its_name_and_by_nothing_else() {
        for (asked, zone) in [
            ("Europe/Sofia", Some("Europe/Sofia")),
            (" Asia/Jakarta ", Some("Asia/Jakarta")),
            ("UTC", Some("UTC")),
            ("", None),
            ("Europe/Atlantis", None),
            ("../../etc/passwd", None),
            ("Europe/Sofia\0", None),
            ("+02:00", None),
        ] {
            assert_eq!(find_time_zone(asked).as_deref(), zone, "{asked}");
        }
        let all = list_time_zones();
        assert!(all.len() > 300 && all.iter().any(|zone| zone == "Asia/Taipei"), "{}", all.len());
        assert!(all.iter().all(|zone| find_time_zone(zone).is_some()));
    }
}
