//! The pages of an institution, and the files around them.

use crate::assets::{Asset, publish};
use crate::locale::Locale;
use crate::texts::Texts;
use crate::view::{Form, Published, View};
use crate::{Arguments, Result, markup, read, write};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use recupmail_config::Institution;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// Template names; a page's path stands in the locale file.
const PAGES: [&str; 10] =
    ["home", "identify", "method", "code", "password", "done", "terms", "benefits", "help", "missing"];

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
    title: String,
    csp: Value,
    assets: &'a Assets,
    alternates: Vec<Alternate>,
    institution: &'a View,
    scheme: &'a Form,
    texts: &'a Texts,
}

/// The files that every page names.
#[derive(Serialize)]
struct Assets {
    style: Asset,
    script: Asset,
    logo: Asset,
}

/// A page in another language.
#[derive(Serialize)]
struct Alternate {
    lang: String,
    href: String,
}

/// Builds everything into the folder that the arguments name.
pub(crate) fn build(arguments: &Arguments) -> Result<()> {
    let institution = Institution::load(&arguments.institution)?;
    let published = Published::load(&arguments.institution)?;
    let assets = assets(arguments, &institution)?;
    write(&arguments.out.join("institution.json"), &published.json().to_string())?;
    let locales = institution.locales.iter().map(|name| {
        let path = arguments.source.join(format!("locales/{name}.toml"));
        Ok((name.as_str(), Arc::new(Locale::load(&path)?)))
    });
    let locales = locales.collect::<Result<Vec<_>>>()?;
    for (lang, locale) in &locales {
        let view = View::new(&institution, lang)?;
        let scheme = published.form(lang)?;
        let texts = texts(&arguments.institution, lang)?;
        let mut environment = environment(&arguments.source)?;
        locale.teach(&mut environment);
        for page in PAGES {
            let context = Context {
                page,
                lang,
                title: title(page, &texts, locale)?,
                csp: Value::from_safe_string(CONTENT_SECURITY_POLICY.to_owned()),
                assets: &assets,
                alternates: alternates(&arguments.origin, page, &locales)?,
                institution: &view,
                scheme: &scheme,
                texts: &texts,
            };
            let template = environment.get_template(&format!("{page}.html"))?;
            let html = template.render(Serde(&context))?;
            write(&place(&arguments.out, locale.get(&format!("path.{page}"))?), &html)?;
        }
        let unused = locale.unused();
        if !unused.is_empty() {
            return Err(format!("locale \"{lang}\": nothing shows {}", unused.join(", ")).into());
        }
    }
    Ok(())
}

fn assets(arguments: &Arguments, institution: &Institution) -> Result<Assets> {
    let (source, out) = (&arguments.source, &arguments.out);
    let old = out.join("assets");
    if old.is_dir() {
        std::fs::remove_dir_all(&old)?;
    }
    let branding = &institution.branding;
    let colours = format!(":root{{--primary:{};--accent:{}}}\n", branding.primary, branding.accent);
    let style = colours + &read(&source.join("style.css"))?;
    let parts = SCRIPT.iter().map(|name| read(&source.join(format!("script/{name}.js"))));
    let script = without_comments(&parts.collect::<Result<Vec<_>>>()?.join("\n"));
    let logo = read(&arguments.institution.join(&branding.logo))?;
    Ok(Assets {
        style: publish(out, "style", "css", &style)?,
        script: publish(out, "script", "js", &script)?,
        logo: publish(out, "logo", "svg", &logo)?,
    })
}

/// Phones need not download what is written for us. In the script's files a comment has its lines to itself.
fn without_comments(script: &str) -> String {
    let code = script.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("//") && !line.starts_with("/**")
    });
    code.flat_map(|line| [line, "\n"]).collect()
}

fn texts(institution: &Path, locale: &str) -> Result<Texts> {
    let path = institution.join(format!("texts/{locale}.toml"));
    toml::from_str(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()).into())
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

/// What the page's heading and the browser's title say.
fn title(page: &str, texts: &Texts, locale: &Locale) -> Result<String> {
    Ok(match page {
        "home" => texts.home.title.clone(),
        "identify" => texts.identify.title.clone(),
        "benefits" => texts.benefits.title.clone(),
        _ => locale.get(&format!("{page}.title"))?.to_owned(),
    })
}

fn alternates(origin: &str, page: &str, locales: &[(&str, Arc<Locale>)]) -> Result<Vec<Alternate>> {
    let alternate = |(name, locale): &(&str, Arc<Locale>)| {
        let path = locale.get(&format!("path.{page}"))?;
        Ok(Alternate { lang: (*name).to_owned(), href: format!("{}{path}", origin.trim_end_matches('/')) })
    };
    locales.iter().map(alternate).collect()
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
