//! What is served about the service itself: descriptions, documentation, measures; and every path that is nothing.

use crate::support::*;

on_both!(
    swagger_ui_needs_no_other_site,
    measures_name_routes_and_no_tenant,
    every_page_answers_head_and_refuses_the_rest,
    what_is_nowhere_is_told_as_a_problem,
    a_percent_encoded_path_is_the_same_path,
);

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

mod scenario {
    use super::*;

    async fn get(app: &TestApp, path: &str) -> (String, String) {
        let answer = app.call(Method::GET, path, "", None).await;
        assert_eq!(answer.status(), 200, "{path}");
        (header(&answer, "content-type").to_owned(), answer.text().await.unwrap())
    }

    pub async fn swagger_ui_needs_no_other_site(app: &TestApp) {
        let (kind, page) = get(app, "/docs").await;
        assert_eq!(kind, "text/html; charset=utf-8");
        let linked = page.split(['"']).filter(|text| text.starts_with("docs/")).collect::<Vec<_>>();
        assert_eq!(linked.len(), 6);
        for part in linked {
            let (kind, _) = get(app, &format!("/{part}")).await;
            let expected = match part.rsplit('.').next().unwrap() {
                "js" => "text/javascript",
                "css" => "text/css",
                _ => "image/png",
            };
            assert_eq!(kind, expected, "{part}");
        }
        let (_, setup) = get(app, "/docs/swagger-initializer.js").await;
        assert!(setup.contains(r#""url": "openapi.json""#), "{setup}");
        assert!(setup.contains(r#""validatorUrl": "none""#) && !setup.contains("://"), "{setup}");
        let policy = app.call(Method::GET, "/docs", "", None).await;
        let policy = header(&policy, "content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("script-src"), "{policy}");
        assert!(get(app, "/docs/errors/not_found").await.1.starts_with("not_found (404)"));
    }

    pub async fn measures_name_routes_and_no_tenant(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.first_member(&key).await;
        app.read(&key, &format!("/v1/members/{member}")).await;
        app.refused(Method::GET, "/v1/members/mem_x", &key, None, 404).await;
        app.refused(Method::GET, "/v1/nowhere", &key, None, 404).await;
        let (kind, text) = get(app, "/metrics").await;
        assert_eq!(kind, "text/plain; version=0.0.4");
        let requests = "attestd_http_requests_total{method=\"GET\",operation=\"";
        for line in [
            format!("{requests}/v1/members/{{id}}\",status=\"200\"}} 1"),
            format!("{requests}/v1/members/{{id}}\",status=\"404\"}} 1"),
            format!("{requests}unmatched\",status=\"404\"}} 1"),
            "attestd_http_requests_in_flight 1".to_owned(),
            format!(
                "attestd_build_info{{engine=\"{}\",version=\"{}\"}} 1",
                app.engine().name(),
                env!("CARGO_PKG_VERSION")
            ),
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }
        let counted =
            "attestd_http_request_duration_seconds_count{method=\"GET\",operation=\"/v1/members/{id}\"} 2";
        assert!(text.contains(counted), "{text}");
        let pool = if app.engine() == Engine::Sqlite { "readers" } else { "postgres" };
        assert!(text.contains(&format!("attestd_database_connections_max{{pool=\"{pool}\"}} 4")), "{text}");
        for told in ["acme", &member, &key] {
            assert!(!text.contains(told), "{told} in {text}");
        }
    }

    pub async fn every_page_answers_head_and_refuses_the_rest(app: &TestApp) {
        for path in
            ["/docs", "/docs/index.css", "/docs/errors/not_found", "/healthz", "/metrics", "/openapi.json"]
        {
            let got = app.call(Method::GET, path, "", None).await;
            let head = app.call(Method::HEAD, path, "", None).await;
            assert_eq!((got.status().as_u16(), head.status().as_u16()), (200, 200), "{path}");
            assert_eq!(header(&head, "content-type"), header(&got, "content-type"), "{path}");
            assert_eq!(head.text().await.unwrap(), "");
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
                let refused = app.call(method, path, "", None).await;
                assert_eq!(
                    (refused.status().as_u16(), header(&refused, "allow")),
                    (405, "GET, HEAD"),
                    "{path}"
                );
                assert_eq!(header(&refused, "content-type"), "application/problem+json");
            }
        }
        let refused = app.call(Method::PUT, "/graphql", "", None).await;
        assert_eq!((refused.status().as_u16(), header(&refused, "allow")), (405, "GET, POST, HEAD"));
        let key = app.tenant("acme").await;
        let head = app.call(Method::HEAD, "/graphql?query=%7B__typename%7D", &key, None).await;
        assert_eq!(head.status(), 200);
    }

    pub async fn what_is_nowhere_is_told_as_a_problem(app: &TestApp) {
        let key = app.tenant("acme").await;
        let paths =
            ["/", "/v1", "/v1/controls/", "/v1//controls", "/docs/", "/docs/x", "/docs/errors/x", "/openapi"];
        for path in paths {
            let answer = app.call(Method::GET, path, &key, None).await;
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(header(&answer, "content-type"), "application/problem+json", "{path}");
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
            assert_ne!(header(&answer, "x-request-id"), "", "{path}");
        }
    }

    pub async fn a_percent_encoded_path_is_the_same_path(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.first_member(&key).await.replace('_', "%5F");
        app.read(&key, &format!("/v1/members/{member}")).await;
        let unknown = app.refused(Method::GET, "/v1/%63ontrols?x=1", &key, None, 400).await;
        assert_eq!(unknown["code"], "unknown_parameter");
        let put = app.call(Method::PUT, "/v1/%63ontrols", &key, None).await;
        assert_eq!((put.status().as_u16(), header(&put, "allow")), (405, "GET, POST, HEAD"));
        let body = json!({ "code": "AC-01", "title": "Access is reviewed" });
        let created = app.call(Method::POST, "/v1/%63ontrols", &key, Some(body)).await;
        assert!(header(&created, "location").starts_with("/v1/controls/ctl_"));
        for path in ["/v1/members/mem%2Fx", "/v1/members/%FF", "/v1/members/%00", "/v1/members/%"] {
            let answer = app.call(Method::GET, path, &key, None).await;
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(header(&answer, "content-type"), "application/problem+json", "{path}");
        }
    }
}
