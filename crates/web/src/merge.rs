//! JSON merge patches (RFC 7396): what is absent stays, what is null is taken away.

use serde::{Deserialize, Deserializer};

/// For a field of a patch, with `#[serde(default, deserialize_with = "web::given")]`: none where the patch does not have
/// it. As `Option<T>` it cannot be null, for there is no such thing without it; as `Option<Option<T>>` it can.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Patch {
        #[serde(default, deserialize_with = "given")]
        title: Option<String>,
        #[serde(default, deserialize_with = "given")]
        grams: Option<Option<i64>>,
    }

    fn read(text: &str) -> Result<Patch, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn absent_null_and_given_are_three_things() {
        assert_eq!(read("{}"), Ok(Patch { title: None, grams: None }));
        assert_eq!(read(r#"{"grams":null}"#), Ok(Patch { title: None, grams: Some(None) }));
        assert_eq!(
            read(r#"{"title":"Tea","grams":5}"#),
            Ok(Patch { title: Some("Tea".into()), grams: Some(Some(5)) })
        );
        assert!(read(r#"{"title":null}"#).unwrap_err().contains("null, expected a string"));
        assert!(read(r#"{"colour":null}"#).unwrap_err().contains("unknown field"));
    }
}
