//! What reaches the functions, and by which way alone.

use crate::source::{STEPS, listed, properties, read, top};
use regex_lite::Regex;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// CloudFront's managed cache policy CachingDisabled.
const UNCACHED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

fn forwarded() -> BTreeSet<String> {
    let policy = &properties("ApiRequestPolicy")["OriginRequestPolicyConfig"];
    assert_eq!(policy["HeadersConfig"]["HeaderBehavior"], "whitelist");
    assert_eq!(
        policy["CookiesConfig"],
        json!({ "CookieBehavior": "whitelist", "Cookies": ["__Host-recup"] })
    );
    assert_eq!(policy["QueryStringsConfig"]["QueryStringBehavior"], "none");
    let headers = listed(&policy["HeadersConfig"]["Headers"]);
    headers
        .into_iter()
        .map(|name| name.as_str().unwrap().to_ascii_lowercase())
        .chain(["cookie".to_owned()])
        .collect()
}

#[test]
fn every_header_that_the_api_reads_is_passed_on() {
    let read = read_by_the_api();
    let expected = ["cloudfront-viewer-address", "content-type", "cookie", "origin", "sec-fetch-site"];
    assert_eq!(read, expected.map(str::to_owned).into(), "as this test finds them in shared/http");
    assert!(read.is_subset(&forwarded()), "{:?}", forwarded());
}

/// The headers of requests that `shared/http` names: as texts, or as constants of the `http` crate.
fn read_by_the_api() -> BTreeSet<String> {
    let lookup =
        Regex::new(r#"(?:\.get|\.get_all|\btext)\((?:"([a-z-]+)"|([A-Z_]+)(?:\.as_str\(\))?)\)"#).unwrap();
    let folder = std::fs::read_dir(top().join("shared/http/src")).unwrap();
    let mut names = BTreeSet::new();
    for file in folder.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for found in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| lookup.captures_iter(line))
        {
            let name = found.get(1).or_else(|| found.get(2)).unwrap().as_str();
            names.insert(name.to_ascii_lowercase().replace('_', "-"));
        }
    }
    names
}

#[test]
fn the_local_stack_passes_on_what_the_deployment_passes_on() {
    let front = read("infra/local/src/front.rs");
    let list = front.split("const FORWARDED: [&str; 6] =").nth(1).unwrap().split(';').next().unwrap();
    let local: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    // The local stack's functions are told the address by the platform.
    let deployed: BTreeSet<String> =
        forwarded().into_iter().filter(|name| name != "cloudfront-viewer-address").collect();
    assert_eq!(local, deployed);
}

#[test]
fn each_step_has_a_way_of_its_own_that_is_never_cached() {
    let config = &properties("Distribution")["DistributionConfig"];
    let behaviours = listed(&config["CacheBehaviors"]);
    assert_eq!(behaviours.len(), STEPS.len());
    for ((name, step), behaviour) in STEPS.into_iter().zip(behaviours) {
        assert_eq!(behaviour["PathPattern"], format!("/api/{step}"));
        assert_eq!(behaviour["TargetOriginId"], step);
        assert_eq!(behaviour["ViewerProtocolPolicy"], "https-only");
        assert_eq!(behaviour["CachePolicyId"], UNCACHED);
        assert_eq!(behaviour["OriginRequestPolicyId"]["Ref"], "ApiRequestPolicy");
        let origin = listed(&config["Origins"]).into_iter().find(|origin| origin["Id"] == step).unwrap();
        assert_eq!(origin["OriginAccessControlId"]["Fn::GetAtt"][0], "FunctionAccess");
        assert!(origin["DomainName"].to_string().contains(&format!("\"{name}Url\"")), "{origin}");
        assert_eq!(properties(name)["FunctionUrlConfig"], json!({ "AuthType": "AWS_IAM" }));
    }
}

#[test]
fn cloudfront_signs_what_it_asks_of_functions_and_bucket() {
    for (access, kind) in [("SiteAccess", "s3"), ("FunctionAccess", "lambda")] {
        let config = &properties(access)["OriginAccessControlConfig"];
        assert_eq!(config["OriginAccessControlOriginType"], kind);
        assert_eq!(
            (&config["SigningBehavior"], &config["SigningProtocol"]),
            (&json!("always"), &json!("sigv4"))
        );
    }
    let origins = listed(&properties("Distribution")["DistributionConfig"]["Origins"]);
    assert_eq!(origins.len(), STEPS.len() + 1);
    for origin in origins {
        let access = if origin["Id"] == "site" { "SiteAccess" } else { "FunctionAccess" };
        assert_eq!(origin["OriginAccessControlId"]["Fn::GetAtt"], json!([access, "Id"]), "{}", origin["Id"]);
    }
}

#[test]
fn cloudfront_alone_may_call_a_function_and_needs_both_permissions() {
    let arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}";
    for (name, step) in STEPS {
        let shared = json!({
            "FunctionName": { "Fn::GetAtt": [name, "Arn"] },
            "Principal": "cloudfront.amazonaws.com",
            "SourceArn": { "Fn::Sub": arn },
        });
        let with = |more: Value| {
            let mut all = shared.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let url = with(json!({ "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "AWS_IAM" }));
        let function = with(json!({ "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": true }));
        assert_eq!(*properties(&format!("{name}UrlPermission")), url, "{step}");
        assert_eq!(*properties(&format!("{name}InvokePermission")), function, "{step}");
    }
    let permissions = crate::source::of_type("AWS::Lambda::Permission").len();
    assert_eq!(permissions, 2 * STEPS.len() + 1, "and Secrets Manager's, to call the rotation");
}
