//! OAuth clients: their life, and what the token endpoint gives and refuses.

use crate::support::*;

on_both!(
    a_client_gets_tokens_that_work,
    a_client_tells_itself_by_basic_or_in_the_form,
    refusals_are_told_as_oauth_tells_them,
    a_token_is_narrowed_by_scope,
    a_client_has_many_live_tokens,
    two_secrets_live_while_they_overlap,
    a_client_belongs_to_a_machine,
    a_narrowed_credential_makes_no_wider_client,
    clients_are_journalled_without_their_secrets,
    a_last_use_is_noted,
);

/// A client of a new machine account with this role, and its secret.
pub async fn client(app: &TestApp, owner: &str, role: &str, more: Value) -> Value {
    let machine = json!({ "kind": "machine", "name": "Portal", "role": role });
    let member = app.created(owner, "/v1/members", machine).await;
    let mut body = json!({ "member_id": member["id"], "name": "Portal" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.created(owner, "/v1/oauth-clients", body).await
}

/// The form that asks for a token.
pub fn form(client: &Value) -> Value {
    json!({ "grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"] })
}

/// What the token endpoint answers with 200.
pub async fn granted(app: &TestApp, form: &Value) -> Value {
    let answer = app.posted("/v1/oauth/token", form, None).await;
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// An access token of this client.
pub async fn token(app: &TestApp, client: &Value) -> String {
    granted(app, &form(client)).await["access_token"].as_str().unwrap().to_owned()
}

/// The token endpoint's refusal.
pub async fn refusal(app: &TestApp, form: &Value, status: u16) -> String {
    let answer = app.posted("/v1/oauth/token", form, None).await;
    let seen = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(seen, status, "{body}");
    body["error"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

fn with(mut form: Value, name: &str, value: &str) -> Value {
    form[name] = json!(value);
    form
}

mod scenario {
    use super::*;

    pub async fn a_client_gets_tokens_that_work(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "manager", json!({})).await;
        let answer = app.posted("/v1/oauth/token", &form(&client), None).await;
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["pragma"], "no-cache");
        let told: Value = answer.json().await.unwrap();
        assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("Bearer"), &json!(900)));
        let scopes: Vec<_> = told["scope"].as_str().unwrap().split(' ').collect();
        assert!(
            scopes.contains(&"members:write") && !scopes.contains(&"tenant:write"),
            "a manager's: {scopes:?}"
        );
        let token = told["access_token"].as_str().unwrap();
        assert_eq!(app.read(token, "/v1/tenant").await["slug"], "acme");
        assert_eq!(app.ask(token, "{ tenant { slug } }").await["data"]["tenant"]["slug"], "acme");
        let made = app.created(token, "/v1/controls", json!({ "code": "A", "title": "A" })).await;
        let event = app.events(&owner, made["id"].as_str().unwrap()).await.remove(0);
        assert_eq!((&event["credential"], &event["actor"]), (&client["id"], &client["member_id"]));
        app.clock.forward(900 + 29);
        app.read(token, "/v1/tenant").await;
        app.clock.forward(1);
        app.refused(Method::GET, "/v1/tenant", token, None, 401).await;
    }

    pub async fn a_client_tells_itself_by_basic_or_in_the_form(app: &TestApp) {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let (id, secret) = (client["id"].as_str().unwrap(), client["secret"].as_str().unwrap());
        let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let grant = json!({ "grant_type": "client_credentials" });
        // Each byte may be percent-encoded before.
        for id in [id.to_owned(), id.replace('_', "%5F")] {
            let answer = app.posted("/v1/oauth/token", &grant, Some(&basic(&id, secret))).await;
            assert_eq!(answer.status(), 200, "{id}");
        }
        let wrong = app.posted("/v1/oauth/token", &grant, Some(&basic(id, "wrong"))).await;
        assert_eq!(wrong.status(), 401);
        assert_eq!(wrong.headers()["www-authenticate"], "Basic realm=\"attestd\"");
        let wrong: Value = wrong.json().await.unwrap();
        assert_eq!(wrong["error"], "invalid_client");
        let unknown = app.posted("/v1/oauth/token", &grant, Some(&basic("ocl_unknown", secret))).await;
        assert_eq!(unknown.json::<Value>().await.unwrap(), wrong, "one answer for all that does not work");
        let twice = app.posted("/v1/oauth/token", &form(&client), Some(&basic(id, secret))).await;
        assert_eq!(twice.json::<Value>().await.unwrap()["error"], "invalid_request");
    }

    pub async fn refusals_are_told_as_oauth_tells_them(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({ "scopes": ["controls:read"] })).await;
        let good = form(&client);
        assert_eq!(refusal(app, &with(good.clone(), "client_secret", "x"), 401).await, "invalid_client");
        assert_eq!(refusal(app, &with(good.clone(), "client_id", "x"), 401).await, "invalid_client");
        let password = with(good.clone(), "grant_type", "password");
        assert_eq!(refusal(app, &password, 400).await, "unsupported_grant_type");
        assert_eq!(refusal(app, &with(good.clone(), "grant_type", ""), 400).await, "invalid_request");
        let many = "controls:read ".repeat(50_000);
        for scope in ["members:read", "controls:read controls:read", "controls:read  ", "all", &many] {
            let asked = with(good.clone(), "scope", scope);
            assert_eq!(refusal(app, &asked, 400).await, "invalid_scope", "{:.60}", scope);
        }
        let mut twice = good.clone();
        twice["scope"] = json!(["controls:read", "controls:read"]);
        assert_eq!(refusal(app, &twice, 400).await, "invalid_request");
        let json = app.call(Method::POST, "/v1/oauth/token", "", Some(good.clone())).await;
        assert_eq!(json.status(), 415);
        let key = [("idempotency-key", "é")];
        let sent = app.call_with(Method::POST, "/v1/oauth/token", "", None, &key).await;
        assert_eq!(sent.status(), 415, "the key is ignored");
        granted(app, &with(good, "colour", "red")).await;
    }

    pub async fn a_token_is_narrowed_by_scope(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let scopes = json!({ "scopes": ["controls:read", "controls:write", "oauth-clients:write"] });
        let client = client(app, &owner, "manager", scopes).await;
        let told = granted(app, &with(form(&client), "scope", "controls:read")).await;
        assert_eq!(told["scope"], "controls:read");
        let narrow = told["access_token"].as_str().unwrap();
        app.read(narrow, "/v1/controls").await;
        let new = json!({ "code": "A", "title": "A" });
        app.refused(Method::POST, "/v1/controls", narrow, Some(new.clone()), 403).await;
        let told = granted(app, &form(&client)).await;
        assert_eq!(told["scope"], "controls:read controls:write oauth-clients:write", "all of its own");
        let whole = told["access_token"].as_str().unwrap();
        app.created(whole, "/v1/controls", new).await;
        app.refused(Method::GET, "/v1/members", whole, None, 403).await;
        let unscoped = json!({ "member_id": client["member_id"], "name": "Wider" });
        app.refused(Method::POST, "/v1/oauth-clients", whole, Some(unscoped), 403).await;
    }

    pub async fn a_client_has_many_live_tokens(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let mut tokens = std::collections::BTreeSet::new();
        for _ in 0..10 {
            tokens.insert(token(app, &client).await);
        }
        assert_eq!(tokens.len(), 10, "each is another");
        for token in &tokens {
            app.read(token, "/v1/tenant").await;
        }
    }

    pub async fn two_secrets_live_while_they_overlap(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let first = client(app, &owner, "viewer", json!({})).await;
        let rotate = format!("/v1/oauth-clients/{}/rotate", first["id"].as_str().unwrap());
        let long = json!({ "overlap_seconds": 2_592_001 });
        assert_eq!(
            pointer(&app.refused(Method::POST, &rotate, &owner, Some(long), 422).await),
            "/overlap_seconds"
        );
        let held = token(app, &first).await;
        let second = app.created(&owner, &rotate, json!({ "overlap_seconds": 60 })).await;
        assert_eq!(
            (&second["id"], &second["previous_secret_ends_at"]),
            (&first["id"], &json!("2026-11-24T09:01:00Z"))
        );
        for one in [&first, &second] {
            token(app, one).await;
        }
        let third = app.created(&owner, &rotate, json!({ "overlap_seconds": 60 })).await;
        assert_eq!(refusal(app, &form(&first), 401).await, "invalid_client", "two live at the most");
        token(app, &second).await;
        app.clock.forward(60);
        assert_eq!(refusal(app, &form(&second), 401).await, "invalid_client");
        token(app, &third).await;
        app.read(&held, "/v1/tenant").await;
    }

    pub async fn a_client_belongs_to_a_machine(app: &TestApp) {
        let world = World::of(app, "acme").await;
        let new = |member: &str| json!({ "member_id": member, "name": "Portal" });
        let person =
            app.refused(Method::POST, "/v1/oauth-clients", &world.key, Some(new(world.id("mem"))), 422);
        assert_eq!(pointer(&person.await), "/member_id");
        let machine = format!("/v1/members/{}", world.id("machine"));
        let used = app.refused(Method::DELETE, &machine, &world.key, None, 409).await;
        assert_eq!(used["code"], "in_use");
        let page = app.read(&world.key, &format!("/v1/oauth-clients?member={}", world.id("machine"))).await;
        assert_eq!(texts(&page["data"], "id"), [world.id("ocl")]);
        assert!(page["data"][0].get("secret").is_none());
        let asked = "{ oauthClients { nodes { id member { name } } } }";
        let told = app.ask(&world.key, asked).await;
        assert_eq!(told["data"]["oauthClients"]["nodes"][0]["member"]["name"], "Portal");
    }

    pub async fn a_narrowed_credential_makes_no_wider_client(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let wide = client(app, &owner, "viewer", json!({})).await;
        let new = json!({ "scopes": ["oauth-clients:write"] });
        let narrow = token(app, &client(app, &owner, "owner", new).await).await;
        let rotate = format!("/v1/oauth-clients/{}/rotate", wide["id"].as_str().unwrap());
        let told = app.refused(Method::POST, &rotate, &narrow, Some(json!({})), 403).await;
        assert!(told["detail"].as_str().unwrap().contains("within them"), "{told}");
        let over_graphql = format!("mutation {{ rotateOauthClient(id: {}) {{ secret }} }}", wide["id"]);
        let told = app.ask(&narrow, &over_graphql).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "forbidden", "{told}");
        let manager = app.key_as(&owner, "manager").await;
        let above = client(app, &owner, "owner", json!({})).await;
        let at = format!("/v1/oauth-clients/{}", above["id"].as_str().unwrap());
        app.refused(Method::POST, &format!("{at}/rotate"), &manager, Some(json!({})), 403).await;
        app.refused(Method::DELETE, &at, &manager, None, 403).await;
    }

    pub async fn clients_are_journalled_without_their_secrets(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let id = client["id"].as_str().unwrap();
        let at = format!("/v1/oauth-clients/{id}");
        let next = app.created(&owner, &format!("{at}/rotate"), json!({})).await;
        app.deleted(&owner, &at).await;
        app.refused(Method::GET, &at, &owner, None, 404).await;
        let trail = json!(app.events(&owner, id).await);
        assert_eq!(
            texts(&trail, "type"),
            ["oauth_client.created", "oauth_client.rotated", "oauth_client.revoked"]
        );
        let everything = Sql::unbound(&app.database).await.everything().await.join("\n");
        for secret in [&client["secret"], &next["secret"]] {
            assert!(!everything.contains(secret.as_str().unwrap()), "stored nowhere");
        }
        assert!(!trail.to_string().contains("hash"), "{trail}");
    }

    pub async fn a_last_use_is_noted(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let client = client(app, &owner, "viewer", json!({})).await;
        let noted = async || {
            app.read(&owner, "/v1/oauth-clients").await["data"][0]["last_used_at"].as_str().map(str::to_owned)
        };
        assert_eq!(noted().await, None);
        let token = token(app, &client).await;
        assert_eq!(eventually(&noted).await, NOW);
        app.clock.forward(60);
        app.read(&token, "/v1/tenant").await;
        let later = async || noted().await.filter(|at| at != NOW);
        assert_eq!(eventually(later).await, "2026-11-24T09:01:00Z");
    }
}
