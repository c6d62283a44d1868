//! The template as a value: CloudFormation's tags as the functions they stand for (`!Ref a` is `{"Ref": "a"}`).

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The functions that requests arrive at.
pub(crate) const STEPS: [(&str, &str); 5] = [
    ("VerifyIdentity", "verify-identity"),
    ("SendCode", "send-code"),
    ("ConfirmCode", "confirm-code"),
    ("SetPassword", "set-password"),
    ("Logout", "logout"),
];

/// The repository's top folder.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap()
}

/// The template.
pub(crate) fn template() -> &'static Value {
    static TEMPLATE: OnceLock<Value> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let text = read("infra/template.yaml");
        value(&Yaml::load_from_str(&text).unwrap()[0])
    })
}

/// A section's entries.
pub(crate) fn section(name: &str) -> &'static Map<String, Value> {
    template()[name].as_object().unwrap()
}

/// A resource's properties.
pub(crate) fn properties(resource: &str) -> &'static Value {
    &section("Resources").get(resource).unwrap_or_else(|| panic!("there is no {resource}"))["Properties"]
}

/// The resources of a type, by name.
pub(crate) fn of_type(kind: &str) -> BTreeMap<&'static str, &'static Value> {
    let resources = section("Resources").iter().filter(|(_, resource)| resource["Type"] == kind);
    resources.map(|(name, resource)| (name.as_str(), resource)).collect()
}

/// A list, or the one that stands for it.
pub(crate) fn listed(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(values) => values.iter().map(value).collect(),
        Yaml::Mapping(members) => {
            members.iter().map(|(name, member)| (name.as_str().unwrap().to_owned(), value(member))).collect()
        }
        Yaml::Tagged(tag, tagged) => match (tag.suffix.as_str(), value(tagged)) {
            ("Ref", name) => json!({ "Ref": name }),
            ("GetAtt", Value::String(path)) => {
                let (resource, attribute) = path.split_once('.').unwrap();
                json!({ "Fn::GetAtt": [resource, attribute] })
            }
            (function, argument) => {
                let name = format!("Fn::{function}");
                Map::from_iter([(name, argument)]).into()
            }
        },
        other => panic!("the template has what this does not read: {other:?}"),
    }
}
