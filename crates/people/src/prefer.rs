//! How a person wants their pages, on whatever device they sign in.

use db::Fault;
use kernel::UserId;
use runtime::{Cx, has_fault};

use crate::enrol::is_language;
use crate::organisation::find_time_zone;
use crate::store;

/// The colours of pages: as the device says, dark on light, or light on dark.
pub const THEMES: [&str; 3] = ["device", "light", "dark"];

/// How much is on a page: with air, or as much as fits.
pub const DENSITIES: [&str; 2] = ["comfortable", "dense"];

/// What shall be another way; nothing where it stays.
#[derive(Debug, Clone, Default)]
pub struct PreferenceChange {
    /// The language, as BCP 47 calls it.
    pub language: Option<String>,
    /// The time zone, as IANA calls it; empty for the organisation's.
    pub time_zone: Option<String>,
    /// One of [`THEMES`].
    pub theme: Option<String>,
    /// One of [`DENSITIES`].
    pub density: Option<String>,
}

/// Why pages stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum PreferError {
    /// It is no language.
    #[error("a language has a tag such as en or zh-Hant")]
    Language,
    /// It is no time zone.
    #[error("there is no such time zone: a name such as Europe/Sofia")]
    TimeZone,
    /// It is no theme.
    #[error("a theme is one of device, light and dark")]
    Theme,
    /// It is no density.
    #[error("a density is comfortable or dense")]
    Density,
    /// No such person.
    #[error("there is no person {0}")]
    NoSuchPerson(UserId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(PreferError);

/// Keeps what a person prefers. Nothing is told of it: how somebody reads concerns nobody else.
pub async fn prefer(cx: &mut Cx<'_>, user_id: &UserId, change: &PreferenceChange) -> Result<(), PreferError> {
    let change = decide(change)?;
    let found = store::keep_preferences(cx.tx, &cx.organisation_id, user_id, &change).await?;
    if found { Ok(()) } else { Err(PreferError::NoSuchPerson(user_id.clone())) }
}

fn decide(change: &PreferenceChange) -> Result<PreferenceChange, PreferError> {
    if change.language.as_deref().is_some_and(|language| !is_language(language)) {
        return Err(PreferError::Language);
    }
    let time_zone = match change.time_zone.as_deref().map(str::trim) {
        None => None,
        Some("") => Some(String::new()),
        Some(name) => Some(find_time_zone(name).ok_or(PreferError::TimeZone)?),
    };
    if change.theme.as_deref().is_some_and(|theme| !THEMES.contains(&theme)) {
        return Err(PreferError::Theme);
    }
    if change.density.as_deref().is_some_and(|density| !DENSITIES.contains(&density)) {
        return Err(PreferError::Density);
    }
    Ok(PreferenceChange { time_zone, ..change.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_can_be_preferred() {
        let none = PreferenceChange::default();
        let with = |language: &str| PreferenceChange { language: Some(language.into()), ..none.clone() };
        assert!(decide(&none).is_ok() && decide(&with("zh-Hant")).is_ok());
        assert!(matches!(decide(&with("the king's")), Err(PreferError::Language)));
        let zone = |zone: &str| decide(&PreferenceChange { time_zone: Some(zone.into()), ..none.clone() });
        assert_eq!(zone("").unwrap().time_zone.as_deref(), Some(""));
        assert_eq!(zone("Asia/Taipei").unwrap().time_zone.as_deref(), Some("Asia/Taipei"));
        assert!(matches!(zone("Mars/Olympus"), Err(PreferError::TimeZone)));
        let theme = PreferenceChange { theme: Some("pink".into()), ..none.clone() };
        assert!(matches!(decide(&theme), Err(PreferError::Theme)));
        let density = PreferenceChange { density: Some("tight".into()), ..none.clone() };
        assert!(matches!(decide(&density), Err(PreferError::Density)));
    }
}
