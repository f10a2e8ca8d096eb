//! `result.json` as bytes: canonical, hashed, and described by a JSON Schema.

use std::hash::Hasher;

use serde::Serialize;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::document::Document;

/// The document as `result.json` has it: two spaces of indent, keys in the order of the types, floats in the
/// shortest form that reads back equal, one newline at the end. Equal documents give equal bytes.
pub fn result_json(document: &Document) -> Vec<u8> {
    pretty(document)
}

/// 128 bits in hexadecimal: SipHash-1-3 with the zero key. It tells runs apart; it does not resist forgery.
pub fn digest(bytes: &[u8]) -> String {
    let mut hasher = SipHasher13::new();
    hasher.write(bytes);
    format!("{:032x}", hasher.finish128().as_u128())
}

/// JSON Schema of `result.json`, with the doc comments of the types as descriptions.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("title".into(), "ordermill result".into());
    schema.to_value()
}

pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("plain structs of text and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample, sample_more};
    use expect_test::expect;
    use serde_json::Value;

    /// The keywords that our own schema uses; an unknown one is an error, so that nothing passes unseen.
    fn check(root: &Value, schema: &Value, value: &Value, path: &str) {
        let Some(rules) = schema.as_object() else { return assert_eq!(schema, &Value::Bool(true), "{path}") };
        for (keyword, rule) in rules {
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "format" | "default" => {}
                "$ref" => {
                    let pointer = rule.as_str().and_then(|rule| rule.strip_prefix('#')).expect(path);
                    check(root, root.pointer(pointer).expect(path), value, path);
                }
                "type" => {
                    let is = |kind: &Value| match kind.as_str().expect(path) {
                        "null" => value.is_null(),
                        "number" => value.is_number(),
                        "integer" => value.is_i64() || value.is_u64(),
                        "string" => value.is_string(),
                        "array" => value.is_array(),
                        "object" => value.is_object(),
                        other => panic!("{path}: type {other}"),
                    };
                    assert!(
                        rule.as_array().map_or_else(|| is(rule), |any| any.iter().any(is)),
                        "{path}: {value}"
                    );
                }
                "enum" => assert!(rule.as_array().expect(path).contains(value), "{path}: {value}"),
                "const" => assert_eq!(rule, value, "{path}"),
                "minimum" => assert!(rule.as_f64() <= value.as_f64(), "{path}: {value}"),
                "maximum" => assert!(value.as_f64() <= rule.as_f64(), "{path}: {value}"),
                "required" => {
                    for key in rule.as_array().expect(path) {
                        assert!(value.get(key.as_str().expect(path)).is_some(), "{path}: no {key}");
                    }
                }
                "properties" => {
                    let rules = rule.as_object().expect(path);
                    for (key, value) in value.as_object().expect(path) {
                        let rule = rules.get(key).unwrap_or_else(|| panic!("{path}: {key} is not described"));
                        check(root, rule, value, &format!("{path}/{key}"));
                    }
                }
                "items" => {
                    for (index, value) in value.as_array().expect(path).iter().enumerate() {
                        check(root, rule, value, &format!("{path}/{index}"));
                    }
                }
                "prefixItems" => {
                    for (rule, value) in
                        rule.as_array().expect(path).iter().zip(value.as_array().expect(path))
                    {
                        check(root, rule, value, path);
                    }
                }
                "minItems" => {
                    assert!(rule.as_u64() <= value.as_array().map(|list| list.len() as u64), "{path}")
                }
                "maxItems" => {
                    assert!(value.as_array().map(|list| list.len() as u64) <= rule.as_u64(), "{path}")
                }
                "oneOf" | "anyOf" => {
                    let fits = |rule: &Value| {
                        rule.get("type") == Some(&"null".into()) && value.is_null()
                            || rule.get("const") == Some(value)
                            || rule
                                .get("enum")
                                .and_then(Value::as_array)
                                .is_some_and(|list| list.contains(value))
                            || rule.get("$ref").is_some() && value.is_object()
                    };
                    let rules = rule.as_array().expect(path);
                    let rule =
                        rules.iter().find(|rule| fits(rule)).unwrap_or_else(|| panic!("{path}: {value}"));
                    check(root, rule, value, path);
                }
                other => panic!("{path}: this test does not know the keyword {other}"),
            }
        }
    }

    #[test]
    fn the_sample_is_as_the_schema_says() {
        let schema = schema();
        for document in [sample::document(), sample_more::with_faults(), sample_more::with_advice()] {
            let value: Value = serde_json::from_slice(&result_json(&document)).expect("JSON");
            check(&schema, &schema, &value, "");
        }
    }

    #[test]
    fn bytes_are_canonical_and_read_back_equal() {
        let document = sample::document();
        let bytes = result_json(&document);
        let again: Document = serde_json::from_slice(&bytes).expect("what was written can be read");
        assert!(result_json(&again) == bytes, "a float lost its last bit on the way");
        assert!(bytes.ends_with(b"}\n"));
        expect!["3e9a45d22ea4b921046d94533fcc1833"].assert_eq(&digest(b"ordermill"));
        assert_ne!(digest(&bytes), digest(&bytes[1..]));
    }
}
