//! How plain values look in the API's document.

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

/// An id: its prefix, then what [`parse`](crate::OrderId::parse) takes.
pub(crate) fn id(prefix: &str, says: &str) -> RefOr<Schema> {
    let pattern = format!("^{prefix}_[a-z0-9_-]{{1,64}}$");
    text(says).pattern(Some(pattern)).examples([format!("{prefix}_01jd3kq8m2e5f7z9x4v6w0t1rc")]).into()
}

pub(crate) fn text(says: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(says))
}

/// A name out of a list that may grow: whoever reads it takes one they do not know as *something else*.
pub fn open_names(says: &str, names: impl IntoIterator<Item = &'static str>) -> ObjectBuilder {
    text(&format!("{says} More may come: take a name you do not know as *something else*.")).examples(names)
}
