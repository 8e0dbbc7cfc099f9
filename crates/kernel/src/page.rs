//! Cursor paging: by the key of the last row, never by offset.

use serde::Serialize;

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The key of the last row of the page before, or none for the first page.
    pub after: Option<String>,
    /// How many rows, from 1 to [`PageRequest::MAX`].
    pub limit: i64,
}

impl PageRequest {
    /// The longest page.
    pub const MAX: i64 = 250;

    /// A page, its limit brought into range.
    pub fn new(after: Option<String>, limit: Option<i64>) -> PageRequest {
        PageRequest { after, limit: limit.unwrap_or(50).clamp(1, PageRequest::MAX) }
    }
}

/// Rows of a page and where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The rows in order.
    pub rows: Vec<T>,
    /// Give this as `after` for the next page; none on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of up to `limit` rows out of up to `limit + 1` read: the one too many proves there is more.
    pub fn of(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(1);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = if has_more { rows.last().map(key) } else { None };
        Page { rows, next }
    }
}
