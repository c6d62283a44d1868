//! Files with the hash of their content in their name: cached for ever, and checked by the browser.

use crate::{Result, write};
use base64::{Engine, engine::general_purpose};
use serde::Serialize;
use sha2::{Digest, Sha384};
use std::path::Path;

/// How a page names an asset.
#[derive(Serialize)]
pub(crate) struct Asset {
    href: String,
    integrity: String,
}

/// Writes `content` as `/assets/<stem>.<hash>.<extension>`.
pub(crate) fn publish(out: &Path, stem: &str, extension: &str, content: &str) -> Result<Asset> {
    let hash = Sha384::digest(content);
    let short = general_purpose::URL_SAFE_NO_PAD.encode(&hash[..9]);
    let name = format!("assets/{stem}.{short}.{extension}");
    write(&out.join(&name), content)?;
    Ok(Asset {
        href: format!("/{name}"),
        integrity: format!("sha384-{}", general_purpose::STANDARD.encode(hash)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_name() {
        let out = std::env::temp_dir().join(format!("site-builder-{}", std::process::id()));
        let one = publish(&out, "style", "css", "a{}").unwrap();
        let two = publish(&out, "style", "css", "b{}").unwrap();
        let again = publish(&out, "style", "css", "a{}").unwrap();
        std::fs::remove_dir_all(&out).unwrap();
        assert_ne!(one.href, two.href);
        assert_eq!(one.href, again.href);
        assert!(one.integrity.starts_with("sha384-"));
    }
}
