//! How the site is served.

use crate::source::{properties, read};
use serde_json::{Value, json};
use std::process::Command;

#[test]
fn pages_carry_the_policy_that_the_local_stack_sends() {
    let security = &properties("ResponseHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
    let front = read("infra/local/src/front.rs");
    let policy = front.split("CONTENT_SECURITY_POLICY: &str = \"").nth(1).unwrap().split('"').next().unwrap();
    let policy = policy.split('\\').map(str::trim).collect::<Vec<_>>().join(" ");
    assert_eq!(
        security["ContentSecurityPolicy"],
        json!({ "Override": true, "ContentSecurityPolicy": policy })
    );
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(security["ReferrerPolicy"]["ReferrerPolicy"], "no-referrer");
    assert_eq!(security["ContentTypeOptions"]["Override"], true);
    assert!(security["StrictTransportSecurity"]["AccessControlMaxAgeSec"].as_u64().unwrap() >= 31_536_000);
    let config = &properties("Distribution")["DistributionConfig"];
    for behaviour in
        crate::source::listed(&config["CacheBehaviors"]).into_iter().chain([&config["DefaultCacheBehavior"]])
    {
        assert_eq!(behaviour["ResponseHeadersPolicyId"]["Ref"], "ResponseHeaders");
    }
}

/// CloudFront answers so for the whole distribution: an answer of the API that it took for a page would be lost.
#[test]
fn only_what_is_missing_has_a_page() {
    let config = &properties("Distribution")["DistributionConfig"];
    let errors = crate::source::listed(&config["CustomErrorResponses"]);
    let codes: Vec<_> = errors.iter().map(|error| (&error["ErrorCode"], &error["ResponseCode"])).collect();
    assert_eq!(codes, [(&json!(404), &json!(404))]);
    let contract: Value = serde_json::from_str(&read("functions/openapi.json")).unwrap();
    for (path, operations) in contract["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            assert!(operation.pointer("/responses/404").is_none(), "{path} answers 404");
        }
    }
    let statements = crate::source::listed(&properties("SiteBucketPolicy")["PolicyDocument"]["Statement"]);
    assert!(
        statements.iter().any(|statement| statement["Action"] == "s3:ListBucket"),
        "or S3 says 403 of it"
    );
}

#[test]
fn a_folder_is_its_index_and_the_well_known_place_leads_on() {
    let code = properties("PageFunction")["FunctionCode"]["Fn::Sub"].as_str().unwrap();
    let code = code.replace("${ChangePasswordPath}", "/identifier/");
    assert!(!code.contains("${"), "{code}");
    let ask = |uri: &str| -> Value {
        let event = json!({ "request": { "method": "GET", "uri": uri, "querystring": {}, "headers": {} } });
        let program = format!("{code}\nconsole.log(JSON.stringify(handler({event})));");
        let answer = Command::new("node").args(["-e", &program]).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        serde_json::from_slice(&answer.stdout).unwrap()
    };
    for (uri, served) in [
        ("/", "/index.html"),
        ("/ar/code/", "/ar/code/index.html"),
        ("/404.html", "/404.html"),
        ("/institution.json", "/institution.json"),
        ("/assets/script.QeI6CDJm0J_X.js", "/assets/script.QeI6CDJm0J_X.js"),
        ("/.well-known/security.txt", "/.well-known/security.txt"),
        ("//example.org", "//example.org"),
    ] {
        assert_eq!(ask(uri)["uri"], served, "{uri}");
    }
    for (uri, status, place) in [
        ("/.well-known/change-password", 303, "/identifier/"),
        ("/aide", 308, "/aide/"),
        ("/ar/code", 308, "/ar/code/"),
    ] {
        let answer = ask(uri);
        assert_eq!(answer["statusCode"], status, "{uri}");
        assert_eq!(answer["headers"]["location"]["value"], place, "{uri}");
    }
}
