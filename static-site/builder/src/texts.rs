//! What one institution says in its own words. Nothing may be missing, nothing superfluous.

use serde::{Deserialize, Serialize};

/// `texts/<locale>.toml` of an institution.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    /// What the account is called.
    account: String,
    footer: String,
    pub(crate) home: Home,
    pub(crate) identify: Identify,
    privacy: Privacy,
    password: Password,
    pub(crate) done: Done,
    sign_in: SignIn,
    pub(crate) benefits: Option<Benefits>,
    terms: Vec<Section>,
    /// Answers that only this institution can give.
    help: Vec<Section>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Home {
    pub(crate) title: String,
    lead: String,
    /// Where people choose on the first page by what they receive a code.
    routes: Option<Routes>,
}

/// The ways into a recovery. Each one that is said must be offered.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Routes {
    title: String,
    /// A code is sent to a contact.
    sent: Section,
    letter: Option<Section>,
    desk: Option<Section>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identify {
    pub(crate) title: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Privacy {
    /// What the identification page says.
    notice: String,
    /// Who uses the data, why, and by which right.
    controller: String,
    /// What the law gives a person, and to whom they may complain.
    rights: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Password {
    submit: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Done {
    pub(crate) title: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    title: String,
    lead: String,
    steps: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Benefits {
    pub(crate) title: String,
    lead: String,
    items: Vec<Benefit>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Benefit {
    name: String,
    text: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Section {
    title: String,
    text: String,
}
