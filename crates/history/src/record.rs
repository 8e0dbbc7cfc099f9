//! One CSV record as a value, so that every error knows its column.
//!
//! The `csv` crate can do this too, but forgets the column of an error that a type's own check makes.

use csv::StringRecord;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};

/// Reads a row whose cells have these names.
pub(crate) fn read<T: DeserializeOwned>(
    header: &StringRecord,
    record: &StringRecord,
) -> Result<T, CellError> {
    T::deserialize(Record { header, record, place: 0 })
}

/// What is wrong, and in which column if one is to blame.
#[derive(Debug)]
pub(crate) struct CellError {
    pub(crate) column: Option<String>,
    pub(crate) reason: String,
}

impl std::fmt::Display for CellError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for CellError {}

impl de::Error for CellError {
    fn custom<M: std::fmt::Display>(reason: M) -> CellError {
        CellError { column: None, reason: reason.to_string() }
    }

    fn missing_field(field: &'static str) -> CellError {
        CellError { column: Some(field.to_owned()), reason: "is missing".to_owned() }
    }

    fn duplicate_field(field: &'static str) -> CellError {
        CellError { column: Some(field.to_owned()), reason: "stands in the header twice".to_owned() }
    }
}

struct Record<'r> {
    header: &'r StringRecord,
    record: &'r StringRecord,
    place: usize,
}

impl<'r, 'de> de::Deserializer<'de> for Record<'r> {
    type Error = CellError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_map(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'r, 'de> MapAccess<'de> for Record<'r> {
    type Error = CellError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, CellError> {
        match self.header.get(self.place) {
            Some(name) => seed.deserialize(name.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, CellError> {
        let column = self.header.get(self.place);
        let text = self.record.get(self.place).unwrap_or("");
        self.place += 1;
        seed.deserialize(Cell { text }).map_err(|error| CellError {
            column: error.column.or_else(|| column.map(str::to_owned)),
            reason: error.reason,
        })
    }
}

struct Cell<'r> {
    text: &'r str,
}

impl Cell<'_> {
    fn whole<T: std::str::FromStr>(&self) -> Result<T, CellError> {
        self.text
            .parse()
            .map_err(|_| de::Error::custom(format!("`{}` is not a whole number that fits", self.text)))
    }
}

impl<'r, 'de> de::Deserializer<'de> for Cell<'r> {
    type Error = CellError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_str(self.text)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        match self.text {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(de::Error::custom(format!("`{other}` is not `true` or `false`"))),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_i64(self.whole()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        visitor.visit_u32(self.whole()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        if self.text.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CellError> {
        visitor.visit_enum(self.text.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
