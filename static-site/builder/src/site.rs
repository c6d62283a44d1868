//! The pages of an institution, and the files around them.

use crate::assets::{Asset, publish};
use crate::colours;
use crate::complete::{check_alike, check_locales};
use crate::forms::{Form, forms};
use crate::locale::{Locale, by_key};
use crate::texts::Texts;
use crate::view::{Published, View};
use crate::well_known::{redirects, security_txt};
use crate::{Arguments, Result, markup, read, write};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use recupmail_config::Institution;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Template names; a page's path stands in the locale file. Of `identify` there is one page for each form.
const PAGES: [&str; 11] = [
    "home", "identify", "method", "code", "password", "done", "terms", "privacy", "benefits", "help",
    "missing",
];

/// Templates that pages are made of.
const PARTS: [&str; 3] = ["base", "journey", "macros"];

/// The script's files, in the order in which they need each other.
const SCRIPT: [&str; 9] =
    ["texts", "states", "api", "route", "identify", "method", "code", "password", "main"];

/// As the server sends it, less `frame-ancestors`, which browsers refuse in a page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// What a template sees.
#[derive(Serialize)]
struct Context<'a> {
    page: &'a str,
    lang: &'a str,
    title: &'a str,
    csp: Value,
    assets: &'a Assets,
    alternates: Vec<Alternate<'a>>,
    institution: &'a View,
    /// The identification page that this is, or the first.
    form: &'a Form,
    forms: &'a [Form],
    texts: &'a Texts,
}

/// The files that every page names.
#[derive(Serialize)]
struct Assets {
    style: Asset,
    script: Asset,
    logo: Asset,
}

/// A page in one of the languages.
#[derive(Serialize)]
struct Alternate<'a> {
    lang: &'a str,
    /// What the language calls itself.
    name: &'a str,
    direction: &'a str,
    path: &'a str,
    href: String,
}

/// One language of the site.
struct Edition {
    lang: String,
    locale: Arc<Locale>,
    texts: Texts,
    /// The same by dotted key.
    own: BTreeMap<String, String>,
    view: View,
    forms: Vec<Form>,
}

impl Edition {
    fn load(
        lang: &str,
        arguments: &Arguments,
        institution: &Institution,
        published: &Published,
    ) -> Result<Self> {
        let locale = Locale::load(&arguments.source.join(format!("locales/{lang}.toml")))?;
        let (texts, own) = texts(&arguments.institution, lang)?;
        Ok(Self {
            lang: lang.to_owned(),
            view: View::new(institution, published, lang)?,
            forms: forms(published, &texts, lang, &locale)?,
            locale: Arc::new(locale),
            texts,
            own,
        })
    }

    /// Where a page lies in this language; `form` is the number of the identification page.
    fn path(&self, page: &str, form: usize) -> Result<&str> {
        Ok(if page == "identify" {
            &self.forms[form].path
        } else {
            self.locale.get(&format!("path.{page}"))?
        })
    }

    /// What the page's heading and the browser's title say.
    fn title(&self, page: &str, form: usize) -> Result<&str> {
        Ok(match page {
            "home" => &self.texts.home.title,
            "identify" => &self.forms[form].title,
            "done" => &self.texts.done.title,
            "benefits" => self.texts.benefits.as_ref().map_or("", |benefits| &benefits.title),
            _ => self.locale.get(&format!("{page}.title"))?,
        })
    }

    /// Every page with the number of its form.
    fn pages(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let skipped = |page: &str| page == "benefits" && self.texts.benefits.is_none();
        let pages = PAGES.into_iter().filter(move |page| !skipped(page));
        pages.flat_map(|page| {
            (0..if page == "identify" { self.forms.len() } else { 1 }).map(move |form| (page, form))
        })
    }
}

/// Builds everything into the folder that the arguments name.
pub(crate) fn build(arguments: &Arguments) -> Result<()> {
    let institution = Institution::load(&arguments.institution)?;
    let published = Published::load(&arguments.institution)?;
    let assets = assets(arguments, &institution)?;
    write(&arguments.out.join("institution.json"), &published.json().to_string())?;
    let editions = institution.locales.iter();
    let editions = editions.map(|lang| Edition::load(lang, arguments, &institution, &published));
    let editions = editions.collect::<Result<Vec<_>>>()?;
    let own: Vec<_> = editions.iter().map(|edition| (edition.lang.as_str(), &edition.own)).collect();
    check_alike("texts", &own)?;
    for edition in &editions {
        let mut environment = environment(&arguments.source)?;
        edition.locale.teach(&mut environment);
        for (page, form) in edition.pages() {
            let context = Context {
                page,
                lang: &edition.lang,
                title: edition.title(page, form)?,
                csp: Value::from_safe_string(CONTENT_SECURITY_POLICY.to_owned()),
                assets: &assets,
                alternates: alternates(&arguments.origin, page, form, &editions)?,
                institution: &edition.view,
                form: &edition.forms[form],
                forms: &edition.forms,
                texts: &edition.texts,
            };
            let template = environment.get_template(&format!("{page}.html"))?;
            let html = template.render(Serde(&context))?;
            write(&place(&arguments.out, edition.path(page, form)?), &html)?;
        }
    }
    let spoken: Vec<_> = editions.iter().map(|edition| (edition.lang.as_str(), &*edition.locale)).collect();
    check_locales(&spoken, &templates(&arguments.source)?)?;

    let well_known = arguments.out.join(".well-known");
    let origin = arguments.origin.trim_end_matches('/');
    let security = security_txt(&institution, origin, arguments.today)?;
    write(&well_known.join("security.txt"), &security)?;
    let start = editions.first().map(|edition| edition.path("identify", 0)).transpose()?;
    write(&arguments.out.join("redirects.json"), &redirects(start.unwrap_or("/")))
}

fn assets(arguments: &Arguments, institution: &Institution) -> Result<Assets> {
    let (source, out) = (&arguments.source, &arguments.out);
    let old = out.join("assets");
    if old.is_dir() {
        std::fs::remove_dir_all(&old)?;
    }
    let branding = &institution.branding;
    let look = format!("looks/{}.css", branding.look.name());
    let style =
        colours::properties(branding) + &read(&source.join("style.css"))? + &read(&source.join(look))?;
    let style = without_comments(&style);
    let parts = SCRIPT.iter().map(|name| read(&source.join(format!("script/{name}.js"))));
    let script = without_comments(&parts.collect::<Result<Vec<_>>>()?.join("\n"));
    let logo = read(&arguments.institution.join(&branding.logo))?;
    Ok(Assets {
        style: publish(out, "style", "css", &style)?,
        script: publish(out, "script", "js", &script)?,
        logo: publish(out, "logo", "svg", &logo)?,
    })
}

/// Phones need not download what is written for us. In these files a comment has its lines to itself.
fn without_comments(code: &str) -> String {
    let code = code.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("//") && !line.starts_with("/*")
    });
    code.flat_map(|line| [line, "\n"]).collect()
}

fn texts(institution: &Path, locale: &str) -> Result<(Texts, BTreeMap<String, String>)> {
    let path = institution.join(format!("texts/{locale}.toml"));
    let file = read(&path)?;
    let texts = toml::from_str(&file).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((texts, by_key(&file)?))
}

/// What all templates say.
fn templates(source: &Path) -> Result<Vec<String>> {
    PARTS.iter().chain(&PAGES).map(|name| read(&source.join(format!("templates/{name}.html")))).collect()
}

fn environment(source: &Path) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).build()?);
    environment.set_formatter(|out, _, value| {
        let text = value.to_string();
        out.write_str(&if value.is_safe() { text } else { markup::escape(&text) }).map_err(Into::into)
    });
    for name in PARTS.iter().chain(&PAGES) {
        let file = format!("{name}.html");
        let template = read(&source.join("templates").join(&file))?;
        environment.add_template_owned(file, template)?;
    }
    Ok(environment)
}

fn alternates<'a>(
    origin: &str,
    page: &str,
    form: usize,
    editions: &'a [Edition],
) -> Result<Vec<Alternate<'a>>> {
    let alternate = |edition: &'a Edition| {
        let path = edition.path(page, form)?;
        Ok(Alternate {
            lang: &edition.lang,
            name: edition.locale.get("page.language")?,
            direction: edition.locale.get("page.direction")?,
            path,
            href: format!("{}{path}", origin.trim_end_matches('/')),
        })
    };
    editions.iter().map(alternate).collect()
}

/// `/code/` is served from `code/index.html`.
fn place(out: &Path, path: &str) -> std::path::PathBuf {
    let relative = path.trim_start_matches('/');
    if relative.is_empty() || relative.ends_with('/') {
        out.join(relative).join("index.html")
    } else {
        out.join(relative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn top() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn temporary(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("site-{name}-{}", std::process::id()))
    }

    /// Builds a shipped institution, from this source, into a folder of this name.
    fn built(institution: &str, source: &Path, name: &str) -> Result<PathBuf> {
        let out = temporary(name);
        let arguments = Arguments {
            institution: top().join("infra/institutions").join(institution),
            origin: "https://example.org".to_owned(),
            today: jiff::civil::date(2026, 11, 22),
            out: out.clone(),
            source: source.to_owned(),
        };
        build(&arguments).map(|()| out)
    }

    fn shipped() -> Vec<String> {
        let folders =
            std::fs::read_dir(top().join("infra/institutions")).unwrap().map(|entry| entry.unwrap());
        let folders = folders.filter(|entry| entry.path().join("institution.toml").is_file());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    fn pages(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] })
            .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
            .collect()
    }

    #[test]
    fn every_link_leads_to_a_page_and_every_page_is_there_in_every_language() {
        for institution in shipped() {
            let out = built(&institution, &top().join("static-site"), &institution).unwrap();
            let pages = pages(&out);
            for page in &pages {
                let html = std::fs::read_to_string(page).unwrap();
                for link in html.split(" href=\"/").skip(1) {
                    let path = link.split(['"', '#']).next().unwrap();
                    let file = place(&out, path);
                    assert!(file.is_file(), "{institution}: {} links to /{path}", page.display());
                }
            }
            let in_language =
                |lang: &str| pages.iter().filter(|page| page.starts_with(out.join(lang))).count();
            assert_eq!([in_language("ar"), in_language("en")], [pages.len() / 3; 2], "{institution}");
            std::fs::remove_dir_all(&out).unwrap();
        }
    }

    #[test]
    fn the_stylesheet_asks_for_nothing_that_a_phone_of_five_years_does_not_know() {
        for institution in shipped() {
            let out =
                built(&institution, &top().join("static-site"), &format!("style-{institution}")).unwrap();
            let mut assets =
                std::fs::read_dir(out.join("assets")).unwrap().map(|entry| entry.unwrap().path());
            let style = assets.find(|path| path.extension().is_some_and(|end| end == "css")).unwrap();
            let style = std::fs::read_to_string(style).unwrap();
            for young in
                ["color-mix(", "light-dark(", "oklch(", "@layer", "@container", "rotate:", "scale:", " & "]
            {
                assert!(!style.contains(young), "{institution}: {young}");
            }
            // Alternative texts of generated content are young too: each stands behind one without.
            for line in style.lines().filter(|line| line.contains("/ \"\"")) {
                assert_eq!(line.matches("content: \"").count(), 2, "{line}");
            }
            std::fs::remove_dir_all(&out).unwrap();
        }
    }

    /// Why the site cannot be built with a locale file in which `from` reads `to`.
    fn refused(lang: &str, from: &str, to: &str) -> String {
        let source = temporary("source");
        for folder in ["templates", "locales", "script", "looks"] {
            std::fs::create_dir_all(source.join(folder)).unwrap();
            for entry in std::fs::read_dir(top().join("static-site").join(folder)).unwrap() {
                let entry = entry.unwrap();
                std::fs::copy(entry.path(), source.join(folder).join(entry.file_name())).unwrap();
            }
        }
        std::fs::copy(top().join("static-site/style.css"), source.join("style.css")).unwrap();
        let file = source.join(format!("locales/{lang}.toml"));
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let error = built("usms", &source, "refused").unwrap_err().to_string();
        std::fs::remove_dir_all(&source).unwrap();
        std::fs::remove_dir_all(temporary("refused")).unwrap();
        error
    }

    #[test]
    fn a_text_that_is_missing_or_shown_by_no_page_ends_the_build() {
        let refusals = [
            ("fr", "[home]\n", "[home]\nstray = \"x\"\n", "locales/fr.toml: home.stray is shown by no page"),
            // This institution shows no such text, but another may.
            ("en", "imap = ", "pop = ", "locales/en.toml: help.imap is missing"),
            // What the script shows is in no template.
            (
                "ar",
                "too_short = ",
                "short = ",
                "locales/ar.toml: script.password.too_short is missing, fr has it",
            ),
        ];
        for (lang, from, to, reason) in refusals {
            let error = refused(lang, from, to);
            assert!(error.contains(reason), "{error}");
        }
    }
}
