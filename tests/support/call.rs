//! Calling the service over REST and GraphQL.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{OPERATOR, TestApp};

impl TestApp {
    /// One request, with a body where there is one.
    pub async fn call(&self, method: Method, path: &str, key: &str, body: Option<Value>) -> Response {
        self.call_with(method, path, key, body, &[]).await
    }

    /// One request with headers of its own.
    pub async fn call_with(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if !key.is_empty() {
            request = request.bearer_auth(key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// A form, with an `Authorization` header where there is one.
    pub async fn posted(&self, path: &str, form: &Value, authorization: Option<&str>) -> Response {
        let body = serde_html_form::to_string(form).unwrap();
        let mut request = self.client.post(format!("{}{path}", self.base)).body(body);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        request.send().await.unwrap()
    }

    /// What GET answers with 200.
    pub async fn read(&self, key: &str, path: &str) -> Value {
        self.told(Method::GET, path, key, None, 200).await
    }

    /// What POST answers with 201.
    pub async fn created(&self, key: &str, path: &str, body: Value) -> Value {
        self.told(Method::POST, path, key, Some(body), 201).await
    }

    /// What PATCH with `If-Match: *` answers with 200.
    pub async fn changed(&self, key: &str, path: &str, patch: Value) -> Value {
        self.told(Method::PATCH, path, key, Some(patch), 200).await
    }

    /// The problem that the request is refused with.
    pub async fn refused(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<Value>,
        status: u16,
    ) -> Value {
        self.told(method, path, key, body, status).await
    }

    async fn told(&self, method: Method, path: &str, key: &str, body: Option<Value>, status: u16) -> Value {
        let about = format!("{method} {path}");
        let answer = self.call_with(method, path, key, body, &[("if-match", "*")]).await;
        let (seen, body) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(seen, status, "{about}: {body}");
        serde_json::from_str(&body).unwrap_or(Value::Null)
    }

    /// DELETE with `If-Match: *`, answered with 204.
    pub async fn deleted(&self, key: &str, path: &str) {
        self.told(Method::DELETE, path, key, None, 204).await;
    }

    /// DELETE with `If-Match: *`, answered with this status.
    pub async fn deleted_with(&self, key: &str, path: &str, status: u16) -> Value {
        self.told(Method::DELETE, path, key, None, status).await
    }

    /// What POST with `If-Match: *` answers with 200: a step of a resource's life.
    pub async fn stepped(&self, key: &str, path: &str) -> Value {
        self.told(Method::POST, path, key, None, 200).await
    }

    /// What POST of this with `If-Match: *` answers with 200.
    pub async fn stepped_with(&self, key: &str, path: &str, body: Value) -> Value {
        self.told(Method::POST, path, key, Some(body), 200).await
    }

    /// PUT of a file, with headers of its own.
    pub async fn upload(&self, key: &str, path: &str, file: &[u8], headers: &[(&str, &str)]) -> Response {
        let request = self.client.put(format!("{}{path}", self.base)).bearer_auth(key).body(file.to_vec());
        let request = request.header("if-match", "*");
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
            .send()
            .await
            .unwrap()
    }

    /// The answer to a GraphQL document.
    pub async fn ask(&self, key: &str, query: &str) -> Value {
        self.ask_with(key, query, json!({})).await
    }

    /// The answer to a GraphQL document with variables.
    pub async fn ask_with(&self, key: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let answer = self.call(Method::POST, "/graphql", key, Some(body)).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// A new tenant's owner key.
    pub async fn tenant(&self, slug: &str) -> String {
        let founded = self.created(OPERATOR, "/v1/tenants", json!({ "slug": slug, "name": slug })).await;
        founded["owner_key"]["key"].as_str().unwrap().to_owned()
    }

    /// The key of a new machine account with this role.
    pub async fn key_as(&self, owner: &str, role: &str) -> String {
        let mut body = json!({ "kind": "machine", "name": format!("A {role}"), "role": role });
        if role == "auditor" {
            body["access_ends_on"] = json!("2027-12-31");
        }
        let member = self.created(owner, "/v1/members", body).await;
        let body = json!({ "member_id": member["id"], "name": format!("Key of a {role}") });
        self.created(owner, "/v1/api-keys", body).await["key"].as_str().unwrap().to_owned()
    }

    /// Registers an identity provider, and proves with a token of it that it is the tenant's; where it is.
    pub async fn proved(&self, key: &str, provider: Value, token: &str) -> String {
        let made = self.created(key, "/v1/identity-providers", provider).await;
        let at = format!("/v1/identity-providers/{}", made["id"].as_str().unwrap());
        let told = self.stepped_with(key, &format!("{at}/check"), json!({ "token": token })).await;
        assert_eq!((&told["proven"], &told["token"]["accepted"]), (&json!(true), &json!(true)), "{told}");
        at
    }

    /// The id of the tenant's first member, its first owner.
    pub async fn first_member(&self, key: &str) -> String {
        self.read(key, "/v1/members").await["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The journal's events of one resource or kind of resource, oldest first.
    pub async fn events(&self, key: &str, resource: &str) -> Vec<Value> {
        let trail = self.read(key, &format!("/v1/journal?sort=seq&limit=200&resource={resource}")).await;
        trail["data"].as_array().unwrap().clone()
    }
}

/// SQL statements that an answer took.
pub fn statements(answer: &Response) -> u32 {
    let told = answer.headers()["server-timing"].to_str().unwrap();
    told.strip_prefix("sql;desc=").unwrap().trim_matches('"').parse().unwrap()
}

/// One field of each row of a list's `data`, a connection's nodes or the events of a trail.
pub fn texts<'a>(rows: &'a Value, field: &str) -> Vec<&'a str> {
    rows.as_array()
        .unwrap_or_else(|| panic!("{rows}"))
        .iter()
        .map(|row| row[field].as_str().unwrap())
        .collect()
}

/// Where a problem's first fault is.
pub fn pointer(problem: &Value) -> &str {
    problem["errors"][0]["pointer"].as_str().unwrap_or_else(|| panic!("{problem}"))
}
