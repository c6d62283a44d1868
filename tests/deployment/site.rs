//! The published site: what lies in the bucket, and what visitors get.

use crate::deployed::{Deployed, command, deployed};
use crate::emulator::KEY;
use reqwest::Method;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, LOCATION};
use std::path::Path;

impl Deployed {
    /// A file's headers in the bucket.
    async fn head(&self, key: &str) -> Option<HeaderMap> {
        let path = format!("/{}/{key}", self.outputs["SiteBucket"]);
        let host = "s3.eu-west-3.amazonaws.com";
        let request = self.place.emulator.signed(KEY, ("s3", host), (&Method::HEAD, &path), &[], "");
        let answer = request.send().await.unwrap();
        answer.status().is_success().then(|| answer.headers().clone())
    }

    /// Publishes a folder, and says what was done.
    fn publish(&self, folder: &Path) -> String {
        let mut publish = command("publish.py");
        publish.env("AWS_ENDPOINT_URL", self.place.emulator.url("")).arg(folder);
        publish.args(["--region", "eu-west-3", "--bucket", &self.outputs["SiteBucket"]]);
        let ran = publish.args(["--distribution", &self.outputs["DistributionId"]]).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    }
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(name);
        }
    }
    found
}

#[tokio::test]
async fn every_file_has_its_content_type_and_is_kept_as_long_as_it_may_be() {
    let (deployed, _turn) = deployed().await;
    let mut read = 0;
    for file in files(&deployed.place.folder.join("target/site")) {
        let ending = file.rsplit('.').next().unwrap();
        if ["br", "gz"].contains(&ending) || file == "redirects.json" {
            assert_eq!(deployed.head(&file).await, None, "{file} has nothing to do in the bucket");
            continue;
        }
        let head = deployed.head(&file).await.unwrap_or_else(|| panic!("{file} was not published"));
        let content_type = match ending {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "json" => "application/json",
            "svg" => "image/svg+xml",
            "txt" => "text/plain; charset=utf-8",
            other => panic!("what is {other}?"),
        };
        let asset = file.starts_with("assets/");
        let kept = if asset { "public, max-age=31536000, immutable" } else { "no-cache" };
        assert_eq!(
            (&head[CONTENT_TYPE], &head[CACHE_CONTROL]),
            (&content_type.parse().unwrap(), &kept.parse().unwrap())
        );
        read += 1;
    }
    assert!(read > 30, "{read}");
}

#[tokio::test]
async fn visitors_get_pages_by_their_folders_with_the_security_headers() {
    let (deployed, _turn) = deployed().await;
    let (emulator, domain) = (&deployed.place.emulator, &deployed.outputs["DistributionDomain"]);
    for (path, words) in [("/", "USMS"), ("/aide/", "Aide"), ("/ar/help/", "lang=\"ar\"")] {
        let page = emulator.visit(domain, path).await;
        assert_eq!(page.status(), 200, "{path}");
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert_eq!(page.headers()["strict-transport-security"], "max-age=31536000");
        assert!(page.text().await.unwrap().contains(words), "{path}");
    }
    let onward = emulator.visit(domain, "/.well-known/change-password").await;
    assert_eq!(
        (onward.status().as_u16(), &onward.headers()[LOCATION]),
        (303, &"/identifier/".parse().unwrap())
    );
}

#[tokio::test]
async fn what_is_published_again_is_what_changed() {
    let (deployed, _turn) = deployed().await;
    let folder = deployed.place.folder.join("changed-site");
    for file in files(&deployed.place.folder.join("target/site")) {
        std::fs::create_dir_all(folder.join(&file).parent().unwrap()).unwrap();
        std::fs::copy(deployed.place.folder.join("target/site").join(&file), folder.join(&file)).unwrap();
    }
    let said = deployed.publish(&folder);
    assert!(said.starts_with("site: 0 uploaded") && said.contains(" 0 removed, 0 paths"), "{said}");

    let styles = files(&folder.join("assets"))
        .into_iter()
        .find(|file| file.split('.').next_back() == Some("css"))
        .unwrap();
    std::fs::rename(folder.join("assets").join(&styles), folder.join("assets/style.new.css")).unwrap();
    std::fs::write(folder.join("aide/index.html"), "<p>Autre aide").unwrap();
    std::fs::remove_file(folder.join("en/terms/index.html")).unwrap();
    let said = deployed.publish(&folder);
    let lines: Vec<&str> = said.lines().collect();
    let kept = format!("kept assets/{styles} for those who have an older page open");
    let expected = [
        "uploaded assets/style.new.css",
        "uploaded aide/index.html",
        "removed en/terms/index.html",
        &kept,
        "invalidated /aide/",
        "invalidated /aide/index.html",
        "invalidated /en/terms/",
        "invalidated /en/terms/index.html",
    ];
    assert_eq!(lines[..8], expected, "{said}");
    assert!(lines[8].starts_with("site: 2 uploaded, "), "{said}");
    assert_eq!(deployed.head("en/terms/index.html").await, None);

    // The same content with other headers is uploaded anew; the site as it was is put back.
    let path = format!("/{}/index.html", deployed.outputs["SiteBucket"]);
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    let host = "s3.eu-west-3.amazonaws.com";
    let odd = [("content-type", "text/plain")];
    let put = deployed.place.emulator.signed(KEY, ("s3", host), (&Method::PUT, &path), &odd, &page);
    assert!(put.send().await.unwrap().status().is_success());
    let said = deployed.publish(&deployed.place.folder.join("target/site"));
    assert!(said.contains("uploaded index.html\n") && said.contains("site: 3 uploaded"), "{said}");
    assert!(said.contains("kept assets/style.new.css"), "{said}");
}
