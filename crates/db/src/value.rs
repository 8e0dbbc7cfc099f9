//! What goes into a statement: single arguments and sets of rows.

use bytes::BytesMut;
use jiff::{Timestamp, civil::Date};
use rusqlite::types::{ToSqlOutput, Value as SqliteCell, ValueRef};
use serde_json::Value as Json;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// One argument. Its kind is known even when it is null, because PostgreSQL wants to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(Option<i64>),
    /// A float: measures only, never money or stock.
    Real(Option<f64>),
    /// Yes or no.
    Bool(Option<bool>),
    /// Text, ids among it.
    Text(Option<String>),
    /// An instant.
    Time(Option<Timestamp>),
    /// A civil date.
    Date(Option<Date>),
    /// A JSON document.
    Json(Option<Json>),
    /// Raw bytes.
    Bytes(Option<Vec<u8>>),
    /// A list for `{in $n}`.
    List(Column),
}

/// A column of a set.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Whole numbers.
    Ints(Vec<Option<i64>>),
    /// Yes or no.
    Bools(Vec<Option<bool>>),
    /// Texts.
    Texts(Vec<Option<String>>),
    /// Instants.
    Times(Vec<Option<Timestamp>>),
    /// Dates.
    Dates(Vec<Option<Date>>),
    /// JSON documents.
    Jsons(Vec<Option<Json>>),
}

/// Rows to be written by one call, column by column; all columns have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Set {
    pub(crate) columns: Vec<Column>,
}

impl Set {
    /// A set of these columns, in the order of the `{set d(…)}` mark.
    pub fn of(columns: Vec<Column>) -> Set {
        let set = Set { columns };
        assert!(
            set.columns.iter().all(|column| column.len() == set.len()),
            "the columns of a set have the same length"
        );
        set
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// True for no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The arguments of a statement, in the order of `$1`, `$2`, …
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*][..] };
}

/// A [`Set`] of these columns, in the order of the `{set d(…)}` mark.
#[macro_export]
macro_rules! set {
    ($($column:expr),* $(,)?) => { $crate::Set::of(vec![$($crate::Column::from_iter($column)),*]) };
}

impl Column {
    /// How many cells.
    pub fn len(&self) -> usize {
        match self {
            Column::Ints(cells) => cells.len(),
            Column::Bools(cells) => cells.len(),
            Column::Texts(cells) => cells.len(),
            Column::Times(cells) => cells.len(),
            Column::Dates(cells) => cells.len(),
            Column::Jsons(cells) => cells.len(),
        }
    }

    /// True for no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell as SQLite takes it, without a copy where it is text.
    pub(crate) fn sqlite_cell(&self, row: usize) -> ToSqlOutput<'_> {
        match self {
            Column::Ints(cells) => whole(cells[row]),
            Column::Bools(cells) => whole(cells[row].map(i64::from)),
            Column::Texts(cells) => borrowed(cells[row].as_deref()),
            Column::Times(cells) => written(cells[row].map(kernel::time::to_text)),
            Column::Dates(cells) => written(cells[row].map(|date| date.to_string())),
            Column::Jsons(cells) => written(cells[row].as_ref().map(Json::to_string)),
        }
    }

    pub(crate) fn postgres_type(&self) -> Type {
        match self {
            Column::Ints(_) => Type::INT8_ARRAY,
            Column::Bools(_) => Type::BOOL_ARRAY,
            Column::Texts(_) => Type::TEXT_ARRAY,
            Column::Times(_) => Type::TIMESTAMPTZ_ARRAY,
            Column::Dates(_) => Type::DATE_ARRAY,
            Column::Jsons(_) => Type::JSONB_ARRAY,
        }
    }

    /// The list as JSON text, for SQLite's `json_each`.
    pub(crate) fn to_json(&self) -> String {
        let cells: Vec<Json> = match self {
            Column::Ints(cells) => cells.iter().map(|cell| (*cell).into()).collect(),
            Column::Bools(cells) => cells.iter().map(|cell| cell.map(i64::from).into()).collect(),
            Column::Texts(cells) => cells.iter().map(|cell| cell.clone().into()).collect(),
            Column::Times(cells) => cells.iter().map(|cell| cell.map(kernel::time::to_text).into()).collect(),
            Column::Dates(cells) => {
                cells.iter().map(|cell| cell.map(|date| date.to_string()).into()).collect()
            }
            Column::Jsons(cells) => cells.iter().map(|cell| cell.clone().unwrap_or(Json::Null)).collect(),
        };
        Json::Array(cells).to_string()
    }
}

impl Value {
    pub(crate) fn postgres_type(&self) -> Type {
        match self {
            Value::Int(_) => Type::INT8,
            Value::Real(_) => Type::FLOAT8,
            Value::Bool(_) => Type::BOOL,
            Value::Text(_) => Type::TEXT,
            Value::Time(_) => Type::TIMESTAMPTZ,
            Value::Date(_) => Type::DATE,
            Value::Json(_) => Type::JSONB,
            Value::Bytes(_) => Type::BYTEA,
            Value::List(column) => column.postgres_type(),
        }
    }
}

impl ToSql for Column {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Column::Ints(cells) => cells.to_sql(ty, out),
            Column::Bools(cells) => cells.to_sql(ty, out),
            Column::Texts(cells) => cells.to_sql(ty, out),
            Column::Times(cells) => cells.to_sql(ty, out),
            Column::Dates(cells) => cells.to_sql(ty, out),
            Column::Jsons(cells) => cells.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Int(value) => value.to_sql(ty, out),
            Value::Real(value) => value.to_sql(ty, out),
            Value::Bool(value) => value.to_sql(ty, out),
            Value::Text(value) => value.to_sql(ty, out),
            Value::Time(value) => value.to_sql(ty, out),
            Value::Date(value) => value.to_sql(ty, out),
            Value::Json(value) => value.to_sql(ty, out),
            Value::Bytes(value) => value.to_sql(ty, out),
            Value::List(column) => column.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Int(value) => whole(*value),
            Value::Real(value) => value.map_or(NULL, |value| ToSqlOutput::Owned(SqliteCell::Real(value))),
            Value::Bool(value) => whole(value.map(i64::from)),
            Value::Text(value) => borrowed(value.as_deref()),
            Value::Time(value) => written(value.map(kernel::time::to_text)),
            Value::Date(value) => written(value.map(|date| date.to_string())),
            Value::Json(value) => written(value.as_ref().map(Json::to_string)),
            Value::Bytes(value) => {
                value.as_ref().map_or(NULL, |value| ToSqlOutput::Borrowed(ValueRef::Blob(value)))
            }
            Value::List(column) => written(Some(column.to_json())),
        })
    }
}

const NULL: ToSqlOutput<'_> = ToSqlOutput::Owned(SqliteCell::Null);

fn whole(value: Option<i64>) -> ToSqlOutput<'static> {
    value.map_or(NULL, |value| ToSqlOutput::Owned(SqliteCell::Integer(value)))
}

fn borrowed(value: Option<&str>) -> ToSqlOutput<'_> {
    value.map_or(NULL, |value| ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())))
}

fn written(value: Option<String>) -> ToSqlOutput<'static> {
    value.map_or(NULL, |value| ToSqlOutput::Owned(SqliteCell::Text(value)))
}

macro_rules! single {
    ($($from:ty => $kind:ident, $value:ident => $into:expr;)*) => { $(
        impl From<$from> for Value {
            fn from($value: $from) -> Value { Value::$kind(Some($into)) }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Value { Value::$kind(value.map(|$value| $into)) }
        }
    )* };
}

single! {
    i64 => Int, value => value;
    i32 => Int, value => i64::from(value);
    u32 => Int, value => i64::from(value);
    f64 => Real, value => value;
    bool => Bool, value => value;
    &str => Text, value => value.to_owned();
    String => Text, value => value;
    &String => Text, value => value.clone();
    Timestamp => Time, value => kernel::time::to_micros(value);
    Date => Date, value => value;
    Json => Json, value => value;
    &Json => Json, value => value.clone();
    Vec<u8> => Bytes, value => value;
    kernel::Quantity => Int, value => value.units();
    kernel::Currency => Text, value => value.as_str().to_owned();
}

impl From<Column> for Value {
    fn from(column: Column) -> Value {
        Value::List(column)
    }
}

/// A value that can be a cell of a column: `Column::from_iter` gathers an iterator of them.
pub trait Cell {
    /// The column of these cells.
    fn gather(cells: impl Iterator<Item = Self>) -> Column;
}

impl<T: Cell> FromIterator<T> for Column {
    fn from_iter<I: IntoIterator<Item = T>>(cells: I) -> Column {
        T::gather(cells.into_iter())
    }
}

macro_rules! cells {
    ($($from:ty => $kind:ident, $value:ident => $into:expr;)*) => { $(
        impl Cell for $from {
            fn gather(cells: impl Iterator<Item = Self>) -> Column {
                Column::$kind(cells.map(|$value| Some($into)).collect())
            }
        }
        impl Cell for Option<$from> {
            fn gather(cells: impl Iterator<Item = Self>) -> Column {
                Column::$kind(cells.map(|cell| cell.map(|$value| $into)).collect())
            }
        }
    )* };
}

cells! {
    i64 => Ints, value => value;
    bool => Bools, value => value;
    &str => Texts, value => value.to_owned();
    String => Texts, value => value;
    &String => Texts, value => value.clone();
    Timestamp => Times, value => kernel::time::to_micros(value);
    Date => Dates, value => value;
    Json => Jsons, value => value;
    kernel::Quantity => Ints, value => value.units();
    kernel::Currency => Texts, value => value.as_str().to_owned();
}

macro_rules! id_value {
    ($id:ty) => {
        impl From<&$id> for Value {
            fn from(id: &$id) -> Value {
                Value::Text(Some(id.as_str().to_owned()))
            }
        }
        impl From<Option<&$id>> for Value {
            fn from(id: Option<&$id>) -> Value {
                Value::Text(id.map(|id| id.as_str().to_owned()))
            }
        }
        impl Cell for &$id {
            fn gather(cells: impl Iterator<Item = Self>) -> Column {
                Column::Texts(cells.map(|id| Some(id.as_str().to_owned())).collect())
            }
        }
        impl Cell for Option<&$id> {
            fn gather(cells: impl Iterator<Item = Self>) -> Column {
                Column::Texts(cells.map(|id| id.map(|id| id.as_str().to_owned())).collect())
            }
        }
    };
}
kernel::for_each_id!(id_value);
