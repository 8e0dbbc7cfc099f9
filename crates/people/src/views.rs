//! Ways of looking at a list that people keep under a name: filter, columns and sequence, as the page's address has them.

use db::Fault;
use kernel::{UserId, ViewId};
use runtime::{Cx, has_fault};

use crate::store;

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest address.
const LONGEST_QUERY: usize = 1000;
/// As many as anybody finds their way among.
const MOST: i64 = 30;

/// A way of looking at a list, to be kept.
#[derive(Debug, Clone)]
pub struct NewView {
    /// What its owner calls it.
    pub name: String,
    /// The query of the list's address.
    pub query: String,
    /// True where colleagues see it too.
    pub is_shared: bool,
}

/// Why it was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveViewError {
    /// It is no name.
    #[error("a name has 1 to {LONGEST_NAME} characters")]
    Name,
    /// It is no query of an address.
    #[error("this is no filter of a list")]
    Query,
    /// They have as many as they may.
    #[error("a person keeps {MOST} views at most")]
    TooMany,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(SaveViewError);

/// Keeps it; under a name they had used it takes the place of what was there.
pub async fn save_view(cx: &mut Cx<'_>, user_id: &UserId, new: &NewView) -> Result<ViewId, SaveViewError> {
    let new = decide(new)?;
    let known = store::find_view_by_name(cx.tx, &cx.organisation_id, user_id, &new.name).await?;
    let view_id = match known {
        Some(view_id) => view_id,
        None if store::count_views(cx.tx, &cx.organisation_id, user_id).await? >= MOST => {
            return Err(SaveViewError::TooMany);
        }
        None => ViewId::from_body(&cx.fresh()),
    };
    store::keep_view(cx.tx, &cx.organisation_id, &view_id, user_id, &new, cx.now).await?;
    Ok(view_id)
}

/// Forgets one of their own views; false where they have no such.
pub async fn forget_view(cx: &mut Cx<'_>, user_id: &UserId, view_id: &ViewId) -> Result<bool, Fault> {
    store::forget_view(cx.tx, &cx.organisation_id, user_id, view_id).await
}

/// Forgets the views of anybody that search for a person by one of these names: a whole one, or its beginning from four
/// letters on.
pub async fn forget_views_of(cx: &mut Cx<'_>, names: &[String]) -> Result<(), Fault> {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let views = store::list_searches(cx.tx, &cx.organisation_id).await?;
    let gone = views.iter().filter(|(_, query)| names_one_of(query, &names)).map(|(view_id, _)| view_id);
    store::delete_views(cx.tx, &cx.organisation_id, gone).await
}

fn names_one_of(query: &str, names: &[String]) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(_, value)| {
        let value = value.trim().to_lowercase();
        let is_beginning = value.chars().count() >= 4;
        names.iter().filter(|name| !name.is_empty()).any(|name| {
            (is_beginning && name.starts_with(&value)) || (name.chars().count() >= 4 && value.contains(name))
        })
    })
}

fn decide(new: &NewView) -> Result<NewView, SaveViewError> {
    let name = new.name.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(SaveViewError::Name);
    }
    if new.query.len() > LONGEST_QUERY || !new.query.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SaveViewError::Query);
    }
    Ok(NewView { name: name.to_owned(), ..new.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_names_a_person_by_their_address_or_its_beginning() {
        let names = ["ada@shop.example".to_owned(), "ada lovelace".to_owned(), String::new()];
        for told in ["q=ada%40shop.example", "view=late&q=Ada+Lovelace+", "q=ada%20l", "q=+ADA%40s"] {
            assert!(names_one_of(told, &names), "{told}");
        }
        for other in ["", "q=", "q=ada", "view=late", "q=lovelace", "q=bob%40shop.example"] {
            assert!(!names_one_of(other, &names), "{other}");
        }
    }

    #[test]
    fn a_view_has_a_name_and_the_query_of_an_address() {
        let view = |name: &str, query: &str| {
            let new = NewView { name: name.into(), query: query.into(), is_shared: false };
            decide(&new).map(|view| view.name)
        };
        assert_eq!(view(" Late in Sofia ", "view=late&q=%D0%B0").unwrap(), "Late in Sofia");
        assert!(matches!(view(" ", ""), Err(SaveViewError::Name)));
        assert!(matches!(view(&"x".repeat(61), ""), Err(SaveViewError::Name)));
        assert!(matches!(view("x", "a b"), Err(SaveViewError::Query)));
        assert!(matches!(view("x", &"a".repeat(1001)), Err(SaveViewError::Query)));
    }
}
