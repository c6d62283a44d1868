//! The pages on which people say who they are: one for each scheme of the institution, and one for each kind of
//! code that they may already hold, which opens its method alone; letters name it, so its address is short.

use crate::Result;
use crate::locale::Locale;
use crate::texts::Texts;
use crate::view::{Published, Scheme, said};
use serde::Serialize;

/// Methods whose codes were issued beforehand. Each is a `route` of verify-identity.
const ISSUED: [&str; 2] = ["letter", "desk"];

/// An identification page in one language.
#[derive(Serialize)]
pub(crate) struct Form {
    /// Its place in the list.
    number: usize,
    /// Where it lies.
    pub(crate) path: String,
    /// Its heading.
    pub(crate) title: String,
    lead: String,
    /// How other pages call it.
    link: String,
    /// The one method that it opens, if it is for those who hold a code.
    route: Option<&'static str>,
    methods_required: u8,
    scheme: Claim,
}

/// What is asked of the person.
#[derive(Serialize)]
struct Claim {
    id: String,
    /// The routes that can be asked for with these fields.
    routes: Vec<&'static str>,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    id: String,
    kind: String,
    /// Whether people sign in with it: the one field of an identifier scheme.
    signs_in: bool,
    label: String,
    hint: String,
}

/// All identification pages in one language; the page of the first scheme comes first.
pub(crate) fn forms(published: &Published, texts: &Texts, lang: &str, locale: &Locale) -> Result<Vec<Form>> {
    let first = locale.get("path.identify")?;
    let [proof, identifier] = [locale.get("identify.lead_proof")?, locale.get("identify.lead_identifier")?];
    let mut forms = Vec::new();
    for (index, (id, scheme)) in published.schemes.iter().enumerate() {
        let link = match published.schemes.len() {
            1 => String::new(),
            _ => said(&scheme.title, lang, &format!("schemes.{id}.title"))?,
        };
        let lead = match scheme.lead.get(lang) {
            Some(lead) => lead,
            None if scheme.kind == "proof" => proof,
            None => identifier,
        };
        forms.push(Form {
            number: index,
            path: if index == 0 { first.to_owned() } else { format!("{first}{id}/") },
            title: if index == 0 { texts.identify.title.clone() } else { link.clone() },
            lead: lead.to_owned(),
            link,
            route: None,
            methods_required: published.profiles.get(&scheme.profile).map_or(1, |it| it.methods_required),
            scheme: claim(id, scheme, published, lang)?,
        });
    }
    for route in ISSUED {
        let text = |key: String| locale.get(&key).map(str::to_owned);
        let path = text(format!("path.{route}"))?;
        let [title, lead, link] =
            [text(format!("{route}.title"))?, text(format!("{route}.lead"))?, text(format!("{route}.link"))?];
        let Some((id, scheme)) = scheme_for(route, published) else { continue };
        forms.push(Form {
            number: forms.len(),
            path,
            title,
            lead,
            link,
            route: Some(route),
            methods_required: 1,
            scheme: claim(id, scheme, published, lang)?,
        });
    }
    Ok(forms)
}

/// Who holds a code needs no other contact: a scheme that takes nothing but such codes goes before the others.
fn scheme_for<'a>(route: &str, published: &'a Published) -> Option<(&'a String, &'a Scheme)> {
    let open = || published.schemes.iter().filter(|(_, scheme)| offers(scheme, route, published));
    let only_issued = |methods: &Vec<String>| methods.iter().all(|it| ISSUED.contains(&it.as_str()));
    let own = open().find(|(_, scheme)| scheme.methods.as_ref().is_some_and(only_issued));
    own.or_else(|| open().next())
}

fn offers(scheme: &Scheme, method: &str, published: &Published) -> bool {
    let has = |methods: &Vec<String>| methods.iter().any(|it| it == method);
    has(&published.methods.offered) && scheme.methods.as_ref().is_none_or(has)
}

fn claim(id: &str, scheme: &Scheme, published: &Published, lang: &str) -> Result<Claim> {
    let fields = scheme.fields.iter().map(|field| {
        Ok(Field {
            id: field.id.clone(),
            kind: field.kind.clone(),
            signs_in: scheme.kind == "identifier",
            label: said(&field.label, lang, &format!("schemes.{id}.fields.{}.label", field.id))?,
            hint: field.hint.get(lang).cloned().unwrap_or_default(),
        })
    });
    Ok(Claim {
        id: id.to_owned(),
        routes: ISSUED.into_iter().filter(|route| offers(scheme, route, published)).collect(),
        fields: fields.collect::<Result<_>>()?,
    })
}
