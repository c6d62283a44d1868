//! Institutions as they would be if a few lines of their file read otherwise.

use crate::stack::top;

/// A folder of this name that holds a shipped institution whose file was changed: for each pair, what stands
/// there once and what takes its place. A stack takes it as `INSTITUTION`.
pub fn variant(institution: &str, name: &str, changes: &[(&str, &str)]) -> String {
    let (from, to) =
        (top().join("infra/institutions").join(institution), top().join("target/tmp").join(name));
    std::fs::create_dir_all(to.join("texts")).unwrap();
    for file in ["logo.svg", "registry.csv", "texts/fr.toml", "texts/ar.toml", "texts/en.toml"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let mut text = std::fs::read_to_string(from.join("institution.toml")).unwrap();
    for (stands, becomes) in changes {
        assert_eq!(text.matches(stands).count(), 1, "{stands} stands once in the file of {institution}");
        text = text.replace(stands, becomes);
    }
    std::fs::write(to.join("institution.toml"), text).unwrap();
    to.display().to_string()
}

/// What the shipped files say of where passwords are written.
pub const EMBEDDED: &str =
    "[directories]\naccounts = \"embedded\"               # this deployment's own table";

/// Microsoft Entra ID in its place, as the local stack stands in for it.
pub const ENTRA: &str = "[directories.m365.entra]\ntenant = \"usms.example\"\n\
                         client = \"11111111-2222-3333-4444-555555555555\"\naccounts = \"academic-email\"";

/// The folder of Université Sultan Moulay Slimane as it would be if its file asked for no code.
pub fn usms_without_codes() -> String {
    variant("usms", "usms-without-codes", &[("methods_required = 1", "methods_required = 0")])
}
