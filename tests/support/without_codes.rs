//! Université Sultan Moulay Slimane as it would be if its file asked for no code.

use crate::stack::top;

/// The folder of such an institution.
pub fn usms_without_codes() -> String {
    let (from, to) = (top().join("infra/institutions/usms"), top().join("target/tmp/usms-without-codes"));
    std::fs::create_dir_all(to.join("texts")).unwrap();
    for file in ["logo.svg", "registry.csv", "texts/fr.toml"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let text = std::fs::read_to_string(from.join("institution.toml")).unwrap();
    let opted = text.replace("methods_required = 1", "methods_required = 0");
    assert_ne!(text, opted);
    std::fs::write(to.join("institution.toml"), opted).unwrap();
    to.display().to_string()
}
