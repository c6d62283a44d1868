//! What the tests do in the account besides: look at the stack, change roles, call functions by their names.

use crate::emulator::Emulator;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// The texts of an XML document's elements of this name.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    let starts = xml.split(&open).skip(1);
    starts.map(|rest| rest.split(&format!("</{name}>")).next().unwrap().to_owned()).collect()
}

fn form(pairs: &[(&str, &str)]) -> String {
    Url::parse_with_params("http://form/", pairs).unwrap().query().unwrap().to_owned()
}

impl Emulator {
    /// Asks a service that takes forms and answers in XML.
    async fn query(&self, service: &str, pairs: &[(&str, &str)]) -> String {
        self.ask(service, (Method::POST, "/"), &FORM, &form(pairs)).await
    }

    /// A stack's outputs.
    pub(crate) async fn outputs(&self, stack: &str) -> BTreeMap<String, String> {
        let pairs = [("Action", "DescribeStacks"), ("Version", "2010-05-15"), ("StackName", stack)];
        let answer = self.query("cloudformation", &pairs).await;
        let (keys, values) = (elements(&answer, "OutputKey"), elements(&answer, "OutputValue"));
        keys.into_iter().zip(values).collect()
    }

    /// The names of all stacks that were ever made.
    pub(crate) async fn stacks(&self) -> Vec<String> {
        let answer =
            self.query("cloudformation", &[("Action", "ListStacks"), ("Version", "2010-05-15")]).await;
        elements(&answer, "StackName")
    }

    /// What a resource of a stack is called.
    pub(crate) async fn physical(&self, stack: &str, logical: &str) -> String {
        let pairs = [
            ("Action", "DescribeStackResource"),
            ("Version", "2010-05-15"),
            ("StackName", stack),
            ("LogicalResourceId", logical),
        ];
        let answer = self.query("cloudformation", &pairs).await;
        elements(&answer, "PhysicalResourceId").remove(0)
    }

    /// A policy of a role.
    pub(crate) async fn policy(&self, role: &str, policy: &str) -> Value {
        let pairs = [
            ("Action", "GetRolePolicy"),
            ("Version", "2010-05-08"),
            ("RoleName", role),
            ("PolicyName", policy),
        ];
        let answer = self.query("iam", &pairs).await;
        let encoded = elements(&answer, "PolicyDocument").remove(0);
        let decoded = Url::parse(&format!("http://policy/?it={encoded}")).unwrap();
        serde_json::from_str(&decoded.query_pairs().next().unwrap().1).unwrap()
    }

    /// Puts another policy in its place.
    pub(crate) async fn put_policy(&self, role: &str, policy: &str, document: &Value) {
        let document = document.to_string();
        let pairs = [
            ("Action", "PutRolePolicy"),
            ("Version", "2010-05-08"),
            ("RoleName", role),
            ("PolicyName", policy),
            ("PolicyDocument", &document),
        ];
        self.query("iam", &pairs).await;
    }

    /// Makes a user, who may do nothing yet; their key.
    pub(crate) async fn user(&self, name: &str) -> (String, String) {
        for action in ["CreateUser", "CreateAccessKey"] {
            let pairs = [("Action", action), ("Version", "2010-05-08"), ("UserName", name)];
            let answer = self.query("iam", &pairs).await;
            if let (Some(id), Some(secret)) =
                (elements(&answer, "AccessKeyId").pop(), elements(&answer, "SecretAccessKey").pop())
            {
                return (id, secret);
            }
        }
        panic!("{name} got no key")
    }

    /// Lets a user call a function by its URL.
    pub(crate) async fn let_call(&self, user: &str, function: &str) {
        let arn = format!("arn:aws:lambda:eu-west-3:000000000000:function:{function}");
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
                "Resource": arn,
            }],
        });
        let document = document.to_string();
        let pairs = [
            ("Action", "PutUserPolicy"),
            ("Version", "2010-05-08"),
            ("UserName", user),
            ("PolicyName", "calls"),
            ("PolicyDocument", &document),
        ];
        self.query("iam", &pairs).await;
    }

    /// Ends a function's instances: the next call starts one.
    pub(crate) async fn restart(&self, function: &str) {
        let path = format!("/2015-03-31/functions/{function}/configuration");
        let unchanged = json!({"Handler": "bootstrap"}).to_string();
        self.ask("lambda", (Method::PUT, &path), &[("content-type", "application/json")], &unchanged).await;
    }

    /// Calls a function by its name, as another service would; what it says if it fails.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Result<String, String> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let headers = [("content-type", "application/json")];
        let host = "lambda.eu-west-3.amazonaws.com";
        let request = self.signed(
            crate::emulator::KEY,
            ("lambda", host),
            (&Method::POST, &path),
            &headers,
            &event.to_string(),
        );
        let answer = request.send().await.unwrap();
        let failed = answer.headers().contains_key("x-amz-function-error") || !answer.status().is_success();
        let text = answer.text().await.unwrap();
        if failed { Err(text) } else { Ok(text) }
    }

    /// A secret's value.
    pub(crate) async fn secret(&self, id: &str) -> String {
        let body = json!({"SecretId": id}).to_string();
        let headers = [
            ("x-amz-target", "secretsmanager.GetSecretValue"),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        let answer = self.ask("secretsmanager", (Method::POST, "/"), &headers, &body).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["SecretString"].as_str().unwrap().to_owned()
    }
}
