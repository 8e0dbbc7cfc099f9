//! What `POST /v1/items` takes: an item by itself, or many.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer},
};

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema, schema::OneOfBuilder},
};

use super::items::NewItemJson;

/// An item by itself, or `{"items": […]}`.
#[derive(Debug, Clone)]
pub(super) enum ItemsJson {
    One(NewItemJson),
    Many(Vec<NewItemJson>),
}

/// The second shape.
#[derive(ToSchema)]
#[schema(as = ManyItems)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is wanted")]
struct ManyJson {
    #[schema(max_items = 10_000)]
    items: Vec<NewItemJson>,
}

impl PartialSchema for ItemsJson {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(Ref::from_schema_name(NewItemJson::name()))
            .item(Ref::from_schema_name(ManyJson::name()))
            .description(Some("An item by itself, or many."))
            .into()
    }
}

impl ToSchema for ItemsJson {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ManyJson::name().into_owned(), ManyJson::schema()));
        ManyJson::schemas(schemas);
    }
}

/// By hand, because serde's untagged enums say only that nothing matched: here the first name decides, and what is
/// wrong afterwards keeps its place.
impl<'de> Deserialize<'de> for ItemsJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ItemsJson, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = ItemsJson;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an item, or `items`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ItemsJson, A::Error> {
                let first: Option<String> = map.next_key()?;
                if first.as_deref() == Some("items") {
                    let items: Vec<NewItemJson> = map.next_value()?;
                    return match map.next_key::<String>()? {
                        None => Ok(ItemsJson::Many(items)),
                        Some(other) => Err(Error::custom(format!("unknown field `{other}` beside `items`"))),
                    };
                }
                let whole = MapAccessDeserializer::new(Resumed { first, rest: map });
                NewItemJson::deserialize(whole).map(ItemsJson::One)
            }
        }
        deserializer.deserialize_map(OneOrMany)
    }
}

/// A map whose first name has been read already.
struct Resumed<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Resumed<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(first) => seed.deserialize(first.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_item_and_many_are_told_apart_by_the_first_name() {
        let one = r#"{"sku":"TEA","merchant_id":"mer_1","title":"Tea"}"#;
        assert!(matches!(serde_json::from_str(one), Ok(ItemsJson::One(item)) if item.sku == "TEA"));
        let many = format!(r#"{{"items":[{one},{one}]}}"#);
        assert!(matches!(serde_json::from_str(&many), Ok(ItemsJson::Many(items)) if items.len() == 2));
        for (wrong, says) in [
            ("{}", "missing field `merchant_id`"),
            ("[]", "expected an item, or `items`"),
            (r#"{"items":[],"sku":"TEA"}"#, "unknown field `sku` beside `items`"),
            (r#"{"sku":"TEA","items":[]}"#, "unknown field `items`"),
            (r#"{"items":[{"sku":1}]}"#, "expected a string at line 1 column 18"),
        ] {
            let error = serde_json::from_str::<ItemsJson>(wrong).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
