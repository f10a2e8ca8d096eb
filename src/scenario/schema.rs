//! The JSON Schema of a scenario, for completion and help in editors; made from the key table.

use serde_json::{Map, Value, json};

use super::key::{Default, KeyRow, Kind, children};
use super::shape;
use super::unit::DAYS;

/// The schema, draft 2020-12. The reader is stricter: it also knows references and contradictions.
pub fn schema() -> Value {
    let mut schema = section("");
    let top = schema.as_object_mut().expect("a section is an object");
    top.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    top.insert("title".into(), json!("ordermill scenario"));
    top.insert("$defs".into(), json!({ "law": law(), "place": place() }));
    top.insert("patternProperties".into(), json!({ "^(x-|\\$schema$)": {} }));
    // With `extends`, what must be there may stand in the base.
    let required = top.remove("required").unwrap_or(json!([]));
    // A generated network places its nodes.
    let mut placed = required.as_array().cloned().unwrap_or_default();
    placed.retain(|name| name != "nodes");
    placed.push(json!("network"));
    top.insert(
        "anyOf".into(),
        json!([{ "required": ["extends"] }, { "required": required }, { "required": placed }]),
    );
    schema
}

fn section(path: &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for row in children(path) {
        properties.insert(row.name().into(), key(row));
        if row.default == Default::Must {
            required.push(json!(row.name()));
        }
    }
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

fn key(row: &KeyRow) -> Value {
    let mut schema = body(row);
    let object = schema.as_object_mut().expect("a key's schema is an object");
    object.insert("description".into(), json!(format!("{} ({})", row.help, row.kind.unit())));
    if let Default::Is(default) = row.default {
        object.insert("default".into(), json!(default));
    }
    object.insert("examples".into(), json!([row.example]));
    schema
}

fn body(row: &KeyRow) -> Value {
    let number = json!({ "type": "number", "minimum": row.min, "maximum": row.max });
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let weights = json!({ "type": "array", "items": { "type": ["number", "string"] }, "minItems": 1 });
    let below = || section(row.path);
    match row.kind {
        Kind::Section if !row.instead.is_empty() => {
            json!({ "anyOf": [{ "const": row.instead }, nullable(below())] })
        }
        Kind::Section => nullable(below()),
        Kind::OneOf => {
            let mut schema = below();
            schema["minProperties"] = json!(1);
            schema["maxProperties"] = json!(1);
            nullable(schema)
        }
        Kind::Sections => {
            let list = json!({ "type": "array", "items": section(&format!("{}[]", row.path)) });
            match children(row.path).next() {
                Some(_) => json!({ "anyOf": [list, below()] }),
                None => list,
            }
        }
        Kind::Named => {
            let list = json!({ "type": "array", "items": section(&format!("{}.*[]", row.path)) });
            json!({ "type": "object", "properties": { "file": { "type": "string" } }, "additionalProperties": list })
        }
        Kind::Place => json!({ "$ref": "#/$defs/place" }),
        Kind::Law => json!({ "$ref": "#/$defs/law" }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer", "minimum": row.min, "maximum": row.max }),
        Kind::Number => number,
        Kind::Share | Kind::Weight => {
            json!({ "anyOf": [number, { "type": "string", "pattern": "^[0-9.]+ ?%$" }] })
        }
        Kind::Money => json!({ "type": "number", "minimum": row.min / 100.0, "maximum": row.max / 100.0 }),
        Kind::Names(_) | Kind::Texts | Kind::Formulas => json!({ "anyOf": [texts, text] }),
        Kind::Weights => weights,
        Kind::Shape => json!({ "anyOf": [{ "enum": shape::NAMES }, weights] }),
        Kind::LaneEnds => {
            json!({ "anyOf": [{ "enum": ["fulfillment-centers", "hubs", "nearest-hub"] }, texts] })
        }
        Kind::Timetable => json!({ "anyOf": [texts, below()] }),
        Kind::Bound => json!({ "type": ["string", "number"] }),
        Kind::Span => json!({ "type": ["string", "number"], "pattern": "^ *[0-9]" }),
        Kind::Days => json!({ "type": "string", "examples": ["all", "mon-fri", DAYS.join(",")] }),
        Kind::Text => json!({ "type": ["string", "number"] }),
        Kind::File
        | Kind::Name(_)
        | Kind::Rate
        | Kind::Mass
        | Kind::Volume
        | Kind::Distance
        | Kind::Speed
        | Kind::TimeOfDay
        | Kind::LocalTime => text,
    }
}

/// A section may be written and left empty; null takes it back to its defaults.
fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!(["object", "null"]);
    schema
}

fn law() -> Value {
    let mut map = section("<law>");
    map["minProperties"] = json!(1);
    map["maxProperties"] = json!(1);
    json!({ "anyOf": [{ "type": ["string", "number"] }, map] })
}

fn place() -> Value {
    json!({ "anyOf": [{ "type": "string" }, section("<place>")] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use crate::scenario::desk::Desk;
    use crate::scenario::load;
    use crate::scenario::tree::{self, Node};

    fn json_of(node: &Node) -> Value {
        match &node.value {
            tree::Value::Null => Value::Null,
            tree::Value::Text(text) => serde_json::from_str(text)
                .ok()
                .filter(|value: &Value| value.is_number() || value.is_boolean())
                .unwrap_or_else(|| json!(text)),
            tree::Value::List(items) => items.iter().map(|item| json_of(item)).collect(),
            tree::Value::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), json_of(&entry.node)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    fn errors(file: &str) -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
        let tree = load::file(&Desk::default(), &path).expect("a tree");
        let validator = jsonschema::validator_for(&schema()).expect("a legal schema");
        validator
            .iter_errors(&json_of(&tree))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    #[test]
    fn shipped_scenarios_hold_to_the_schema_and_broken_ones_do_not() {
        for file in
            ["quickstart", "average-day", "singles-day-peak", "flash-sale", "cdnow-replay", "twin", "smoke"]
        {
            assert_eq!(errors(&format!("{file}.yaml")), Vec::<String>::new(), "{file}");
        }
        for file in ["e0201-unknown-key", "e0204-unknown-word", "e0203-wrong-type", "e0202-missing-key"] {
            assert!(!errors(&format!("broken/{file}.yaml")).is_empty(), "{file}");
        }
    }

    #[test]
    fn the_committed_schema_is_this_one() {
        let text = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
        expect_test::expect_file!["../../scenarios/scenario.schema.json"].assert_eq(&text);
    }
}
