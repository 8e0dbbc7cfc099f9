//! Tells whether two bodies say the same.

use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

/// A digest of what a JSON document says: the order of keys, white space, and how a number is spelled (`1.0` for `1`)
/// do not matter; the order of lists does, and `null` is not the same as nothing.
pub fn fingerprint(document: &Value) -> String {
    let mut canonical = String::new();
    write(document, &mut canonical);
    Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in members {
                write_text(name, out);
                out.push(':');
                write(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for value in values {
                write(value, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::String(text) => write_text(text, out),
        Value::Number(number) => write_number(number, out),
        Value::Bool(_) | Value::Null => out.push_str(&value.to_string()),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

/// A float that is a whole number is written as one, as far as floats can tell whole numbers apart.
fn write_number(number: &Number, out: &mut String) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float)
            if !number.is_i64() && !number.is_u64() && float.fract() == 0.0 && float.abs() <= EXACT =>
        {
            out.push_str(&(float as i64).to_string());
        }
        _ => out.push_str(&number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> String {
        fingerprint(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn spelling_does_not_matter_and_meaning_does() {
        assert_eq!(of(r#"{"a":1,"b":[2,"x"]}"#), of("{ \"b\" : [2.0, \"\\u0078\"],\n\"a\": 1e0 }"));
        assert_eq!(of("-0.0"), of("0"));
        for (one, other) in [
            ("[1,2]", "[2,1]"),
            (r#"{"a":null}"#, "{}"),
            ("1", "\"1\""),
            ("1.5", "1"),
            ("[[1],2]", "[[1,2]]"),
            (r#"["a","b"]"#, r#"["a\",\"b"]"#),
            ("9007199254740993", "9007199254740992"),
        ] {
            assert_ne!(of(one), of(other), "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn the_order_of_keys_does_not_matter(
            members in proptest::collection::btree_map("[a-z]{1,4}", any::<i32>(), 0..8),
        ) {
            let spell = |members: Vec<(&String, &i32)>| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{name:?}: {value}")).collect();
                format!("{{{}}}", members.join(","))
            };
            prop_assert_eq!(
                of(&spell(members.iter().collect())),
                of(&spell(members.iter().rev().collect()))
            );
        }
    }
}
