//! Access tokens: what is refused, what ends them at once, and the keys that sign them.

use attestd::platform::identity::signing;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};

use super::oauth_clients::{client, form, refusal, token};
use crate::support::*;

on_both!(
    hostile_tokens_are_refused,
    a_token_ends_with_its_client,
    a_token_is_worth_what_its_member_is,
    the_published_keys_check_a_token,
    a_token_outlives_the_rotation_of_keys,
    known_keys_are_replaced_at_once,
    keys_rotate_with_age,
    processes_agree_on_the_keys,
    a_new_master_key_takes_over,
);

/// The service's own private key, past every wall: what only a token signed with it can try.
async fn stolen(app: &TestApp) -> (String, EncodingKey) {
    let mut sql = Sql::unbound(&app.database).await;
    let kid = sql.column("SELECT kid FROM signing_keys ORDER BY generation DESC").await[0].clone();
    let sealed = sql.column("SELECT sealed_key FROM signing_keys ORDER BY generation DESC").await[0].clone();
    let der = app.services.vault.open(&format!("signing_key:{kid}"), &sealed).unwrap();
    (kid, EncodingKey::from_ed_der(&der))
}

fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(kid.to_owned());
    header
}

fn part(token: &str, n: usize) -> Value {
    let part = token.split('.').nth(n).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A part as a token carries it.
fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn works(app: &TestApp, token: &str) -> bool {
    let answer = app.call(Method::GET, "/v1/tenant", token, None).await;
    assert!([200, 401].contains(&answer.status().as_u16()), "{}", answer.status());
    answer.status() == 200
}

async fn kids(app: &TestApp) -> Vec<String> {
    let jwks = app.read("", "/.well-known/jwks.json").await;
    texts(&jwks["keys"], "kid").into_iter().map(str::to_owned).collect()
}

mod scenario {
    use super::*;

    pub async fn hostile_tokens_are_refused(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let good = token(app, &client(app, &owner, "owner", json!({})).await).await;
        let other = app.tenant("other").await;
        let foreign = token(app, &client(app, &other, "owner", json!({})).await).await;
        let (kid, key) = stolen(app).await;
        let claims = part(&good, 1);
        let signed = |header: &Header, claims: &Value| jsonwebtoken::encode(header, claims, &key).unwrap();
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            signed(&header(&kid), &claims)
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            signed(&header(&kid), &claims)
        };
        assert!(works(app, &signed(&header(&kid), &claims)).await, "what this test signs is as good as ours");
        assert!(works(app, &with("nbf", claims["iat"].clone())).await);
        let iat = claims["iat"].as_i64().unwrap();
        assert!(
            works(app, &with("exp", json!(iat - 29))).await
                && works(app, &with("nbf", json!(iat + 30))).await
        );

        let mut hostile = vec![
            ("expired", with("exp", json!(iat - 30))),
            ("not yet valid", with("nbf", json!(iat + 31))),
            ("issued in the future", with("iat", json!(iat + 31))),
            ("for another audience", with("aud", json!("https://other.test"))),
            ("for several audiences", with("aud", json!([ISSUER, "https://other.test"]))),
            ("of another issuer", with("iss", json!("https://other.test"))),
            ("of another tenant's client", with("sub", part(&foreign, 1)["sub"].clone())),
            ("of another tenant's client in its own tenant", {
                let mut claims = claims.clone();
                claims["sub"] = part(&foreign, 1)["sub"].clone();
                claims["client_id"] = claims["sub"].clone();
                signed(&header(&kid), &claims)
            }),
            ("in another tenant", with("tenant", part(&foreign, 1)["tenant"].clone())),
            ("for no client", with("sub", json!("ocl_00000000000000000000000000000000"))),
            ("of a member", with("sub", json!("mem_00000000000000000000000000000000"))),
            ("narrowed to nothing", with("scope", json!(""))),
            ("narrowed to what nobody knows", with("scope", json!("all"))),
            ("with an end that is no number", with("exp", json!("never"))),
        ];
        for name in ["exp", "iat", "iss", "aud", "sub", "client_id", "tenant", "jti"] {
            hostile.push((name, without(name)));
        }
        for (what, kid, typ) in [
            ("of another type", kid.as_str(), Some("JWT")),
            ("an id token", &kid, Some("id_token+jwt")),
            ("without a type", &kid, None),
            ("signed by an unknown key", "unknown", Some("at+jwt")),
        ] {
            let mut header = header(kid);
            header.typ = typ.map(str::to_owned);
            hostile.push((what, signed(&header, &claims)));
        }
        let mut keyless = header(&kid);
        keyless.kid = None;
        hostile.push(("that names no key", signed(&keyless, &claims)));
        let mut critical = header(&kid);
        critical.crit = Some(vec!["b64".to_owned()]);
        hostile.push(("with an extension that has to be understood", signed(&critical, &claims)));

        let [head, body, signature] = <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
        let mut owner_of_other = claims.clone();
        owner_of_other["tenant"] = part(&foreign, 1)["tenant"].clone();
        hostile.push(("tampered with", format!("{head}.{}.{signature}", encoded(&owner_of_other))));
        hostile.push((
            "with another's signature",
            format!("{head}.{body}.{}", foreign.rsplit('.').next().unwrap()),
        ));
        hostile.push(("without a signature", format!("{head}.{body}.")));
        for alg in ["none", "None", "nOnE"] {
            let none = json!({ "alg": alg, "typ": "at+jwt", "kid": kid });
            hostile.push(("of no algorithm", format!("{}.{body}.", encoded(&none))));
            hostile.push(("of no algorithm", format!("{}.{body}.{signature}", encoded(&none))));
        }
        let jwks = app.read("", "/.well-known/jwks.json").await;
        let x = jwks["keys"][0]["x"].as_str().unwrap();
        let mut hmac = header(&kid);
        hmac.alg = Algorithm::HS256;
        for secret in [x.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(x).unwrap()] {
            let secret = EncodingKey::from_secret(&secret);
            hostile
                .push(("HMAC under the public key", jsonwebtoken::encode(&hmac, &claims, &secret).unwrap()));
        }
        for (what, token) in hostile {
            assert!(!works(app, &token).await, "{what}: {token}");
        }
        assert!(works(app, &good).await && works(app, &foreign).await);
    }

    pub async fn a_token_ends_with_its_client(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let revoked = client(app, &owner, "viewer", json!({})).await;
        let ending = client(app, &owner, "viewer", json!({ "expires_at": "2026-11-24T09:05:00Z" })).await;
        let (first, second) = (token(app, &revoked).await, token(app, &ending).await);
        assert!(works(app, &first).await && works(app, &second).await);
        app.deleted(&owner, &format!("/v1/oauth-clients/{}", revoked["id"].as_str().unwrap())).await;
        assert!(!works(app, &first).await, "at once");
        assert_eq!(refusal(app, &form(&revoked), 401).await, "invalid_client");
        app.clock.forward(300);
        assert!(!works(app, &second).await, "a token does not outlive its client");
        assert_eq!(refusal(app, &form(&ending), 401).await, "invalid_client");
    }

    pub async fn a_token_is_worth_what_its_member_is(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "manager", json!({})).await;
        let token = token(app, &client).await;
        app.read(&token, "/v1/journal").await;
        let member = format!("/v1/members/{}", client["member_id"].as_str().unwrap());
        app.changed(&owner, &member, json!({ "role": "viewer" })).await;
        app.refused(Method::GET, "/v1/journal", &token, None, 403).await;
        app.changed(&owner, &member, json!({ "access_ends_on": "2026-11-23" })).await;
        assert!(!works(app, &token).await, "its access has ended");
        assert_eq!(refusal(app, &form(&client), 401).await, "invalid_client");
    }

    pub async fn the_published_keys_check_a_token(app: &TestApp) {
        assert!(kids(app).await.is_empty(), "nothing has signed yet");
        let owner = app.tenant("acme").await;
        let token = token(app, &client(app, &owner, "viewer", json!({})).await).await;
        let answer = app.call(Method::GET, "/.well-known/jwks.json", "", None).await;
        assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
        let jwks: jsonwebtoken::jwk::JwkSet = answer.json().await.unwrap();
        let head = jsonwebtoken::decode_header(&token).unwrap();
        let jwk = jwks.find(head.kid.as_deref().unwrap()).unwrap();
        assert_eq!(jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(), head.kid.unwrap());
        let mut rules = jsonwebtoken::Validation::new(Algorithm::EdDSA);
        rules.validate_exp = false;
        rules.set_audience(&[ISSUER]);
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        let claims = jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap().claims;
        assert_eq!((&claims["iss"], &claims["client_id"]), (&json!(ISSUER), &claims["sub"]));
        let metadata = app.read("", "/.well-known/oauth-authorization-server").await;
        assert_eq!(metadata["issuer"], ISSUER);
        assert_eq!(metadata["token_endpoint"], format!("{ISSUER}/v1/oauth/token"));
        assert_eq!(metadata["jwks_uri"], format!("{ISSUER}/.well-known/jwks.json"));
    }

    pub async fn a_token_outlives_the_rotation_of_keys(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let kid = |token: &str| part(token, 0)["kid"].as_str().unwrap().to_owned();
        let first = kid(&token(app, &client).await);
        let next = signing::rotate(&app.services, false).await.unwrap().kid;
        app.clock.forward(60);
        assert_eq!(kids(app).await, [first.clone(), next.clone()], "published before it signs");
        app.clock.forward(539);
        let last = token(app, &client).await;
        assert_eq!(kid(&last), first, "ten minutes are not over");
        app.clock.forward(1);
        let newer = token(app, &client).await;
        assert_eq!(kid(&newer), next);
        assert!(works(app, &last).await && works(app, &newer).await);
        app.clock.forward(3600 + 29);
        assert_eq!(kids(app).await.len(), 2, "the last token that it signed may live so long");
        app.clock.forward(1);
        assert_eq!(kids(app).await, [next]);
    }

    pub async fn known_keys_are_replaced_at_once(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let stolen = token(app, &client).await;
        let next = signing::rotate(&app.services, true).await.unwrap().kid;
        app.clock.forward(60);
        assert!(!works(app, &stolen).await, "what a retired key signed is void");
        let fresh = token(app, &client).await;
        assert_eq!(part(&fresh, 0)["kid"], next);
        assert!(works(app, &fresh).await);
        let kept = Sql::unbound(&app.database).await.number("SELECT count(*) FROM signing_keys").await;
        assert_eq!(kept, 1, "the private half is forgotten");
    }

    pub async fn keys_rotate_with_age(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        token(app, &client).await;
        app.clock.forward(90 * 24 * 3600 - 1);
        token(app, &client).await;
        assert_eq!(kids(app).await.len(), 1);
        app.clock.forward(1);
        token(app, &client).await;
        assert_eq!(kids(app).await.len(), 2);
        token(app, &client).await;
        assert_eq!(kids(app).await.len(), 2, "once");
    }

    pub async fn processes_agree_on_the_keys(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let (base, other) = app.sibling();
        let http = reqwest::Client::new();
        let ask = async || {
            let sent = http.post(format!("{base}/v1/oauth/token")).form(&form(&client)).send().await.unwrap();
            let told: Value = sent.json().await.unwrap();
            told["access_token"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
        };
        let (here, there) = tokio::join!(token(app, &client), ask());
        assert_eq!(part(&here, 0)["kid"], part(&there, 0)["kid"], "both wanted to make the first");
        // A key that this process has not read yet is found when a token names it.
        signing::rotate(&other, true).await.unwrap();
        app.clock.forward(60);
        let newer = ask().await;
        assert_ne!(part(&newer, 0)["kid"], part(&here, 0)["kid"]);
        assert!(works(app, &newer).await);
    }

    pub async fn a_new_master_key_takes_over(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        token(app, &client).await;
        let newer = "1f".repeat(32);
        let both = format!("{newer},{MASTER_KEY}");
        let services =
            attestd::platform::access::Services { vault: both.parse().unwrap(), ..app.services.clone() };
        signing::rotate(&services, true).await.unwrap();
        app.clock.forward(60);
        // This process has the old key alone.
        let answer = app.posted("/v1/oauth/token", &form(&client), None).await;
        assert_eq!(answer.status(), 503);
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["code"], "not_configured");
        assert!(told["detail"].as_str().unwrap().contains("ATTESTD_MASTER_KEY"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_master_key_only_tokens_are_refused() {
    let setup = Setup { master_key: String::new(), ..Setup::default() };
    let app = TestApp::with(Engine::Sqlite, setup).await;
    let owner = app.tenant("acme").await;
    let client = client(&app, &owner, "viewer", json!({})).await;
    let answer = app.posted("/v1/oauth/token", &form(&client), None).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after")), (503, None));
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "not_configured");
    assert!(kids(&app).await.is_empty());
    app.read(&owner, "/v1/oauth-clients").await;
}
