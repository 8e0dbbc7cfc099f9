//! What comes out of a statement.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use rusqlite::types::Value as Cell;
use serde_json::Value as Json;
use tokio_postgres::types::{FromSql, Type};

use crate::Fault;

/// One row of an answer.
pub struct Row(Inner);

enum Inner {
    Sqlite { names: Arc<Vec<String>>, cells: Vec<Cell> },
    Postgres(tokio_postgres::Row),
}

/// A type a column can be read as.
pub trait FromColumn: Sized {
    /// Reads the cell of a row; the error says what was found instead.
    fn from_column(row: &Row, index: usize) -> Result<Self, String>;
}

/// A type a whole row can be read as. Written by [`row!`](crate::row!); tuples read columns in order.
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: &Row) -> Result<Self, Fault>;
}

/// Declares a struct and how it is read from a row: each field from the column of its name.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $ty),* }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row) -> Result<Self, $crate::Fault> {
                Ok($name { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}

impl Row {
    pub(crate) fn sqlite(names: Arc<Vec<String>>, cells: Vec<Cell>) -> Row {
        Row(Inner::Sqlite { names, cells })
    }

    pub(crate) fn postgres(row: tokio_postgres::Row) -> Row {
        Row(Inner::Postgres(row))
    }

    /// The column of this name.
    pub fn get<T: FromColumn>(&self, name: &str) -> Result<T, Fault> {
        let index = match &self.0 {
            Inner::Sqlite { names, .. } => names.iter().position(|column| column == name),
            Inner::Postgres(row) => row.columns().iter().position(|column| column.name() == name),
        };
        let index =
            index.ok_or_else(|| Fault::Shape { column: name.into(), problem: "is not in the row".into() })?;
        T::from_column(self, index).map_err(|problem| Fault::Shape { column: name.into(), problem })
    }

    /// The column at this place, from 0.
    pub fn at<T: FromColumn>(&self, index: usize) -> Result<T, Fault> {
        T::from_column(self, index).map_err(|problem| Fault::Shape { column: index.to_string(), problem })
    }

    fn is_null(&self, index: usize) -> bool {
        match &self.0 {
            Inner::Sqlite { cells, .. } => cells[index] == Cell::Null,
            Inner::Postgres(row) => {
                row.try_get::<_, Option<Anything>>(index).is_ok_and(|cell| cell.is_none())
            }
        }
    }

    fn postgres_cell<'r, T: FromSql<'r>>(row: &'r tokio_postgres::Row, index: usize) -> Result<T, String> {
        row.try_get(index).map_err(|error| error.to_string())
    }
}

/// A row as SQLite keeps it, on either engine: whole numbers, also for yes and no, and texts.
pub(crate) struct Cells(pub Vec<Json>);

impl FromRow for Cells {
    fn from_row(row: &Row) -> Result<Cells, Fault> {
        let cell = |index: usize| match &row.0 {
            Inner::Sqlite { cells, .. } => Ok(match &cells[index] {
                Cell::Null => Json::Null,
                Cell::Integer(number) => (*number).into(),
                Cell::Text(text) => text.as_str().into(),
                other => return Err(format!("cannot be kept as text: {:?}", other.data_type())),
            }),
            Inner::Postgres(_) if row.is_null(index) => Ok(Json::Null),
            Inner::Postgres(inner) => Ok(match inner.columns()[index].type_() {
                &Type::INT8 | &Type::INT4 => i64::from_column(row, index)?.into(),
                &Type::BOOL => i64::from(bool::from_column(row, index)?).into(),
                &Type::TEXT => String::from_column(row, index)?.into(),
                &Type::TIMESTAMPTZ => kernel::time::to_text(Timestamp::from_column(row, index)?).into(),
                &Type::DATE => Date::from_column(row, index)?.to_string().into(),
                &Type::JSONB => Json::from_column(row, index)?.to_string().into(),
                other => return Err(format!("cannot be kept as text: {other}")),
            }),
        };
        let width = match &row.0 {
            Inner::Sqlite { cells, .. } => cells.len(),
            Inner::Postgres(inner) => inner.len(),
        };
        let problem = |index: usize| move |problem| Fault::Shape { column: index.to_string(), problem };
        (0..width).map(|index| cell(index).map_err(problem(index))).collect::<Result<_, _>>().map(Cells)
    }
}

/// Reads any cell as "there is something", to tell nulls.
struct Anything;

impl<'a> FromSql<'a> for Anything {
    fn from_sql(_: &Type, _: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Anything)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        if row.is_null(index) { Ok(None) } else { T::from_column(row, index).map(Some) }
    }
}

impl FromColumn for i64 {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        match &row.0 {
            Inner::Sqlite { cells, .. } => match &cells[index] {
                Cell::Integer(value) => Ok(*value),
                other => Err(format!("is no whole number but {:?}", other.data_type())),
            },
            Inner::Postgres(row) if *row.columns()[index].type_() == Type::INT4 => {
                Row::postgres_cell::<i32>(row, index).map(i64::from)
            }
            Inner::Postgres(row) => Row::postgres_cell(row, index),
        }
    }
}

impl FromColumn for f64 {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        match &row.0 {
            Inner::Sqlite { cells, .. } => match &cells[index] {
                Cell::Real(value) => Ok(*value),
                Cell::Integer(value) => Ok(*value as f64),
                other => Err(format!("is no number but {:?}", other.data_type())),
            },
            Inner::Postgres(row) => Row::postgres_cell(row, index),
        }
    }
}

impl FromColumn for bool {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        match &row.0 {
            Inner::Sqlite { .. } => i64::from_column(row, index).map(|value| value != 0),
            Inner::Postgres(row) => Row::postgres_cell(row, index),
        }
    }
}

impl FromColumn for String {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        match &row.0 {
            Inner::Sqlite { cells, .. } => match &cells[index] {
                Cell::Text(text) => Ok(text.clone()),
                other => Err(format!("is no text but {:?}", other.data_type())),
            },
            Inner::Postgres(row) => Row::postgres_cell(row, index),
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        match &row.0 {
            Inner::Sqlite { cells, .. } => match &cells[index] {
                Cell::Blob(bytes) => Ok(bytes.clone()),
                other => Err(format!("is no bytes but {:?}", other.data_type())),
            },
            Inner::Postgres(row) => Row::postgres_cell(row, index),
        }
    }
}

/// A column kept as text on SQLite and natively on PostgreSQL.
macro_rules! text_or_native {
    ($($ty:ty => $parse:expr;)*) => { $(
        impl FromColumn for $ty {
            fn from_column(row: &Row, index: usize) -> Result<Self, String> {
                match &row.0 {
                    Inner::Sqlite { .. } => {
                        let text = String::from_column(row, index)?;
                        let parse: fn(&str) -> Result<$ty, String> = $parse;
                        parse(&text)
                    }
                    Inner::Postgres(row) => Row::postgres_cell(row, index),
                }
            }
        }
    )* };
}

text_or_native! {
    Timestamp => |text| text.parse().map_err(|error: jiff::Error| error.to_string());
    Date => |text| text.parse().map_err(|error: jiff::Error| error.to_string());
    Json => |text| serde_json::from_str(text).map_err(|error| error.to_string());
}

impl FromColumn for kernel::Quantity {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        kernel::Quantity::new(i64::from_column(row, index)?).map_err(|error| error.to_string())
    }
}

impl FromColumn for kernel::Currency {
    fn from_column(row: &Row, index: usize) -> Result<Self, String> {
        kernel::Currency::parse(&String::from_column(row, index)?).map_err(|error| error.to_string())
    }
}

macro_rules! id_column {
    ($id:ty) => {
        impl FromColumn for $id {
            fn from_column(row: &Row, index: usize) -> Result<Self, String> {
                <$id>::parse(&String::from_column(row, index)?).map_err(|error| error.to_string())
            }
        }
    };
}
kernel::for_each_id!(id_column);

macro_rules! tuples {
    ($(($($name:ident $index:tt),+);)*) => { $(
        impl<$($name: FromColumn),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row) -> Result<Self, Fault> {
                Ok(($(row.at::<$name>($index)?,)+))
            }
        }
    )* };
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
}
