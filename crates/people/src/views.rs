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
