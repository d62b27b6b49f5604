//! oidc-provider, which others wrote, as a tenant's own OpenID provider: real tokens in four algorithms, rotated and
//! retired keys, hostile tokens signed with its real keys, and what happens while it is down.
//!
//! They need Node.js and its packages (`scripts/node-modules`), so a plain `cargo test` leaves them out and says so;
//! `scripts/test` runs them.

use crate::support::*;

macro_rules! with_node {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::support::{Engine, Oidc, TestApp};

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs the packages of scripts/node-modules; scripts/test runs it"]
            async fn sqlite() {
                super::scenario::$name(&TestApp::start(Engine::Sqlite).await, &mut Oidc::start().await).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs the packages of scripts/node-modules; scripts/test runs it"]
            async fn postgres() {
                super::scenario::$name(&TestApp::start(Engine::Postgres).await, &mut Oidc::start().await).await;
            }
        }
    )+};
}

with_node!(
    tokens_in_four_algorithms_are_taken,
    rotated_keys_are_picked_up_and_retired_ones_refused,
    hostile_tokens_are_refused,
    a_provider_that_is_down_stops_nobody_else,
);

const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

async fn registered(app: &TestApp, oidc: &mut Oidc) -> (String, String) {
    let key = app.tenant("acme").await;
    let provider = json!({
        "name": "Directory", "issuer": oidc.issuer, "audience": AUDIENCE, "algorithms": ALGORITHMS,
        "provisioning": "just_in_time", "role_claim": "groups",
        "role_rules": [{ "value": "leads", "role": "manager" }, { "value": "readers", "role": "viewer" }],
    });
    let token = oidc.token("lead", "ES256").await;
    set_clock(app, &token);
    let at = app.proved(&key, provider, &token).await;
    (key, at)
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.call(Method::GET, "/v1/tenant", token, None).await.status().as_u16()
}

/// The tests' clock stands still, the provider's does not: the one is set to the other.
fn set_clock(app: &TestApp, token: &str) {
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims;
    app.clock.set(claims["iat"].as_i64().unwrap());
}

mod scenario {
    use super::*;

    pub async fn tokens_in_four_algorithms_are_taken(app: &TestApp, oidc: &mut Oidc) {
        let (key, at) = registered(app, oidc).await;
        for (n, algorithm) in ALGORITHMS.into_iter().enumerate() {
            let token = oidc.token("lead", algorithm).await;
            if n == 0 {
                set_clock(app, &token);
            }
            assert_eq!(status(app, &token).await, 200, "{algorithm}");
        }
        let listed = app.read(&key, "/v1/members").await;
        let member = &listed["data"][1];
        assert_eq!(
            (&member["name"], &member["email"], &member["role"], &listed["data"].as_array().unwrap().len()),
            (&json!("Compliance lead"), &json!("Lead@acme.example"), &json!("manager"), &2)
        );
        let reader = oidc.token("reader", "ES256").await;
        app.refused(Method::POST, "/v1/controls", &reader, Some(json!({ "code": "A", "title": "A" })), 403)
            .await;
        assert_eq!(status(app, &oidc.token("stranger", "ES256").await).await, 403);
        let told: Value = {
            let body = json!({ "token": reader });
            app.call(Method::POST, &format!("{at}/check"), &key, Some(body)).await.json().await.unwrap()
        };
        assert_eq!((&told["ok"], &told["token"]["role"]), (&json!(true), &json!("viewer")), "{told}");
        let kinds: Vec<_> =
            told["keys"].as_array().unwrap().iter().map(|one| one["kty"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["RSA", "EC", "OKP"]);
        // Another group from the next token on.
        oidc.ask(json!({ "claims": { "client": "reader", "groups": ["leads"] } })).await;
        let promoted = oidc.token("reader", "ES256").await;
        app.created(&promoted, "/v1/controls", json!({ "code": "A", "title": "A" })).await;
        // Of its algorithms, only those that the tenant allows.
        app.changed(&key, &at, json!({ "algorithms": ["ES256"] })).await;
        for (algorithm, expected) in [("RS256", 401), ("PS256", 401), ("ES256", 200), ("EdDSA", 401)] {
            assert_eq!(status(app, &oidc.token("lead", algorithm).await).await, expected, "{algorithm}");
        }
    }

    pub async fn rotated_keys_are_picked_up_and_retired_ones_refused(app: &TestApp, oidc: &mut Oidc) {
        registered(app, oidc).await;
        let first = oidc.token("lead", "ES256").await;
        set_clock(app, &first);
        assert_eq!(status(app, &first).await, 200);
        oidc.ask(json!({ "rotate": { "retire": false } })).await;
        app.clock.forward(60);
        for algorithm in ALGORITHMS {
            assert_eq!(status(app, &oidc.token("lead", algorithm).await).await, 200, "{algorithm}");
        }
        assert_eq!(status(app, &first).await, 200, "the old key is still published");
        oidc.ask(json!({ "rotate": { "retire": true } })).await;
        app.clock.forward(60);
        assert_eq!(status(app, &oidc.token("lead", "ES256").await).await, 200);
        assert_eq!(status(app, &first).await, 401, "its key is retired");
    }

    pub async fn hostile_tokens_are_refused(app: &TestApp, oidc: &mut Oidc) {
        let (key, _) = registered(app, oidc).await;
        let real = oidc.token("lead", "RS256").await;
        set_clock(app, &real);
        let genuine = jsonwebtoken::dangerous::insecure_decode::<Value>(&real).unwrap().claims;
        let good = |header: Value, set: Value| {
            let mut claims = genuine.clone();
            claims.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
            claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            json!({ "sign": { "header": header, "claims": claims } })
        };
        let by = |mut command: Value, by: &str| {
            command["sign"]["with"] = json!(by);
            command
        };
        let rs = || json!({ "alg": "RS256", "typ": "at+jwt" });
        let with = |field: &str, value: Value| {
            let mut header = rs();
            header[field] = value;
            header
        };
        // What is signed here is taken when nothing is wrong with it.
        for header in [
            rs(),
            with("typ", json!("JWT")),
            with("typ", Value::Null),
            with("jku", json!("https://evil.example.com")),
        ] {
            let token = oidc.signed(good(header.clone(), json!({}))).await;
            assert_eq!(status(app, &token).await, 200, "{header}");
        }
        let past = genuine["iat"].as_i64().unwrap() - 61;
        let future = genuine["iat"].as_i64().unwrap() + 61;
        for (why, command) in [
            ("alg none", by(good(json!({ "alg": "none" }), json!({})), "none")),
            ("alg None", by(good(json!({ "alg": "None" }), json!({})), "none")),
            ("the public key as an HMAC secret", by(good(json!({ "alg": "HS256" }), json!({})), "HS256")),
            ("HMAC under an RSA name", by(good(rs(), json!({})), "HS256")),
            ("PKCS #1 under PSS's name", by(good(json!({ "alg": "PS256" }), json!({})), "RS256")),
            ("an algorithm that is not its key's", by(good(json!({ "alg": "ES256" }), json!({})), "RS256")),
            ("an unknown algorithm", by(good(json!({ "alg": "RS512" }), json!({})), "RS256")),
            ("no kid where several keys are", good(with("kid", json!("nowhere")), json!({}))),
            ("a kid that is no text", good(with("kid", json!(1)), json!({}))),
            ("a logout token", good(with("typ", json!("logout+jwt")), json!({}))),
            ("a DPoP proof", good(with("typ", json!("dpop+jwt")), json!({}))),
            ("a security event", good(with("typ", json!("secevent+jwt")), json!({}))),
            ("an unknown crit", good(with("crit", json!(["exp"])), json!({}))),
            ("bound to a key", good(rs(), json!({ "cnf": { "jkt": "x" } }))),
            ("another issuer", good(rs(), json!({ "iss": "https://idp.example.com" }))),
            ("no issuer", good(rs(), json!({ "iss": null }))),
            ("another audience", good(rs(), json!({ "aud": "other" }))),
            ("no audience", good(rs(), json!({ "aud": null }))),
            ("other audiences", good(rs(), json!({ "aud": ["a", "b"] }))),
            ("no end", good(rs(), json!({ "exp": null }))),
            ("past", good(rs(), json!({ "exp": past }))),
            ("not yet", good(rs(), json!({ "nbf": future }))),
            ("from the future", good(rs(), json!({ "iat": future }))),
            ("no subject", good(rs(), json!({ "sub": null }))),
        ] {
            let token = oidc.signed(command).await;
            assert_eq!(status(app, &token).await, 401, "{why}");
        }
        let parts: Vec<_> = real.split('.').collect();
        let reader = oidc.token("reader", "RS256").await;
        let other = reader.split('.').collect::<Vec<_>>();
        for (why, token) in [
            ("no signature", format!("{}.{}.", parts[0], parts[1])),
            ("another's claims", format!("{}.{}.{}", parts[0], other[1], parts[2])),
            ("another's signature", format!("{}.{}.{}", parts[0], parts[1], other[2])),
        ] {
            assert_eq!(status(app, &token).await, 401, "{why}");
        }
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 2);
    }

    pub async fn a_provider_that_is_down_stops_nobody_else(app: &TestApp, oidc: &mut Oidc) {
        let (key, _) = registered(app, oidc).await;
        let known = oidc.token("lead", "EdDSA").await;
        set_clock(app, &known);
        assert_eq!(status(app, &known).await, 200);
        oidc.ask(json!({ "rotate": { "retire": true } })).await;
        let unknown = oidc.token("lead", "EdDSA").await;
        oidc.ask(json!({ "down": {} })).await;
        app.clock.forward(60);
        assert_eq!((status(app, &known).await, status(app, &unknown).await), (200, 401));
        assert_eq!(status(app, &key).await, 200);
        oidc.ask(json!({ "up": {} })).await;
        app.clock.forward(60);
        assert_eq!((status(app, &unknown).await, status(app, &known).await), (200, 401));
    }
}
