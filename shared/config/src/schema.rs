//! The JSON Schema of the institution's file, which editors complete and check it by.

use crate::institution::Institution;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;

/// The schema as text, as it is committed beside the institutions (`institution.schema.json`).
pub fn institution_schema() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null_default));
    let schema = settings.into_generator().into_root_schema_for::<Institution>();
    format!("{:#}\n", schema.as_value())
}

/// TOML has no null: what may be left out has no default that could be written.
fn without_null_default(schema: &mut Schema) {
    if let Some(default) = schema.get("default")
        && default.is_null()
    {
        schema.remove("default");
    }
}
