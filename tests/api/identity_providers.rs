//! A tenant's own OpenID providers: who comes in by their tokens, as what, and what is refused.

use attestd::platform::outbound;
use jsonwebtoken::{Algorithm, Header};

use crate::support::*;

on_both!(
    a_token_makes_a_member_once,
    claims_decide_at_each_token,
    claims_neither_make_nor_unmake_an_owner,
    scopes_cap_a_token,
    only_the_invited_come_in,
    what_is_switched_off_lets_nobody_in,
    access_that_has_ended_stays_ended,
    an_address_that_is_taken_is_not_given_away,
    two_first_requests_make_one_member,
    an_address_that_nobody_vouches_for_is_not_kept,
    one_organisation_has_a_bounded_number,
    a_change_makes_every_process_ask_again,
    what_is_not_proved_lets_nobody_in,
    issuer_and_audience_belong_to_whoever_proves_them,
    a_token_for_two_tenants_is_for_none,
    rotated_keys_are_picked_up_and_retired_ones_refused,
    a_provider_that_is_down_stops_nobody_else,
    hostile_tokens_are_refused,
    a_check_tells_what_is_found,
    who_may_register_and_what,
    a_key_with_scopes_lets_nobody_do_more,
);

fn directory(app: &TestApp, name: &str) -> Value {
    json!({
        "name": "Directory", "issuer": app.provider().issuer(name), "audience": AUDIENCE, "algorithms": ["EdDSA"],
        "provisioning": "just_in_time", "role_claim": "groups",
        "role_rules": [{ "value": "leads", "role": "manager" }, { "value": "readers", "role": "viewer" }],
    })
}

/// A tenant's owner key, and where its provider is, which it has proved to be its own.
async fn registered(app: &TestApp, slug: &str) -> (String, String) {
    let key = app.tenant(slug).await;
    let token = app.provider().token(slug, json!({ "sub": "owner" }));
    let at = app.proved(&key, directory(app, slug), &token).await;
    (key, at)
}

fn lead(app: &TestApp, slug: &str) -> String {
    app.provider().token(
        slug,
        json!({
            "sub": "7", "groups": ["leads"], "email": "lead@acme.example", "email_verified": true,
            "name": "Compliance lead",
        }),
    )
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.call(Method::GET, "/v1/tenant", token, None).await.status().as_u16()
}

/// The member whom the provider knows as this name.
async fn member(app: &TestApp, key: &str, name: &str) -> Value {
    let listed = app.read(key, "/v1/members").await;
    let found = listed["data"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    found.unwrap_or_else(|| panic!("{listed}"))
}

mod scenario {
    use super::*;

    pub async fn a_token_makes_a_member_once(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        let token = lead(app, "acme");
        assert_eq!(app.read(&token, "/v1/tenant").await["slug"], "acme");
        app.read(&token, "/v1/tenant").await;
        let made = member(app, &key, "Compliance lead").await;
        assert_eq!(
            (&made["kind"], &made["email"], &made["role"], &made["version"]),
            (&json!("person"), &json!("lead@acme.example"), &json!("manager"), &json!(1))
        );
        let trail = app.events(&key, made["id"].as_str().unwrap()).await;
        assert_eq!(texts(&json!(trail), "type"), ["member.created"]);
        let provider = at.rsplit('/').next().unwrap();
        assert_eq!((&trail[0]["actor"], &trail[0]["credential"]), (&made["id"], &json!(provider)));
        // What they do is told of them and of the provider.
        let control = app.created(&token, "/v1/controls", json!({ "code": "AC-1", "title": "New" })).await;
        let told = &app.events(&key, control["id"].as_str().unwrap()).await[0];
        assert_eq!((&told["actor"], &told["credential"]), (&made["id"], &json!(provider)));
        // A program has neither name nor address.
        let machine = app.provider().token("acme", json!({ "sub": "bot-7", "groups": "readers" }));
        assert_eq!(status(app, &machine).await, 200);
        assert_eq!(member(app, &key, "bot-7").await["kind"], "machine");
        // A member can be removed, and comes back as a new one while the claims say so.
        let gone = format!("/v1/members/{}", member(app, &key, "bot-7").await["id"].as_str().unwrap());
        app.deleted(&key, &gone).await;
        assert_eq!(status(app, &machine).await, 200);
        assert_ne!(member(app, &key, "bot-7").await["id"], gone.rsplit('/').next().unwrap());
    }

    pub async fn claims_decide_at_each_token(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        let as_one_of = |groups: Value| {
            app.provider().token("acme", json!({ "sub": "7", "name": "N", "groups": groups }))
        };
        let (reader, lead, nobody) =
            (as_one_of(json!(["readers"])), as_one_of(json!(["leads"])), as_one_of(json!([])));
        let control = || json!({ "code": "AC-1", "title": "New" });
        app.refused(Method::POST, "/v1/controls", &reader, Some(control()), 403).await;
        app.created(&lead, "/v1/controls", control()).await;
        let told = app.refused(Method::GET, "/v1/tenant", &nobody, None, 403).await;
        assert!(told["detail"].as_str().unwrap().contains("none of its claims gives you a role"), "{told}");
        app.refused(Method::POST, "/v1/controls", &reader, Some(control()), 403).await;
        let made = member(app, &key, "N").await;
        assert_eq!((&made["role"], &made["version"]), (&json!("viewer"), &json!(3)));
        let trail = app.events(&key, made["id"].as_str().unwrap()).await;
        assert_eq!(texts(&json!(trail), "type"), ["member.created", "member.updated", "member.updated"]);
        // A change of the rules holds from the next token on.
        app.changed(&key, &at, json!({ "default_role": "contributor" })).await;
        assert_eq!(status(app, &nobody).await, 200);
        assert_eq!(member(app, &key, "N").await["role"], "contributor");
    }

    pub async fn claims_neither_make_nor_unmake_an_owner(app: &TestApp) {
        let (key, _) = registered(app, "acme").await;
        let token = lead(app, "acme");
        assert_eq!(status(app, &token).await, 200);
        let made = member(app, &key, "Compliance lead").await;
        let at = format!("/v1/members/{}", made["id"].as_str().unwrap());
        app.changed(&key, &at, json!({ "role": "owner" })).await;
        app.changed(&token, "/v1/tenant", json!({ "name": "Renamed" })).await;
        assert_eq!(app.read(&key, &at).await["role"], "owner");
    }

    pub async fn scopes_cap_a_token(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        app.changed(&key, &at, json!({ "scopes": ["controls:read"] })).await;
        let token = lead(app, "acme");
        app.read(&token, "/v1/controls").await;
        let told = app.refused(Method::GET, "/v1/members", &token, None, 403).await;
        assert!(told["detail"].as_str().unwrap().contains("members:read"), "{told}");
    }

    pub async fn only_the_invited_come_in(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        app.changed(&key, &at, json!({ "provisioning": "invited_only" })).await;
        let told = app.refused(Method::GET, "/v1/tenant", &lead(app, "acme"), None, 403).await;
        assert!(told["detail"].as_str().unwrap().contains("invitation"), "{told}");
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 1);
    }

    pub async fn what_is_switched_off_lets_nobody_in(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        let token = lead(app, "acme");
        assert_eq!(status(app, &token).await, 200);
        app.changed(&key, &at, json!({ "enabled": false })).await;
        assert_eq!(status(app, &token).await, 401);
        app.changed(&key, &at, json!({ "enabled": true })).await;
        assert_eq!(status(app, &token).await, 200);
        app.deleted(&key, &at).await;
        assert_eq!(status(app, &token).await, 401);
        // The member stays, and comes back by the same provider registered anew only as somebody new.
        assert_eq!(member(app, &key, "Compliance lead").await["role"], "manager");
        app.proved(&key, directory(app, "acme"), &token).await;
        assert_eq!(status(app, &token).await, 403, "its address is the old member's");
    }

    pub async fn access_that_has_ended_stays_ended(app: &TestApp) {
        let (key, _) = registered(app, "acme").await;
        let token = lead(app, "acme");
        assert_eq!(status(app, &token).await, 200);
        let made = member(app, &key, "Compliance lead").await;
        let at = format!("/v1/members/{}", made["id"].as_str().unwrap());
        app.changed(&key, &at, json!({ "access_ends_on": "2026-11-23", "role": "viewer" })).await;
        let ended = app.refused(Method::GET, "/v1/tenant", &token, None, 401).await;
        let unknown = app.refused(Method::GET, "/v1/tenant", "a.b.c", None, 401).await;
        assert_eq!(ended, unknown, "one answer for all that does not work");
        assert_eq!(app.read(&key, &at).await["version"], 2, "nothing is written for it");
    }

    pub async fn an_address_that_is_taken_is_not_given_away(app: &TestApp) {
        let (key, _) = registered(app, "acme").await;
        let own = json!({ "kind": "person", "name": "Owner", "role": "owner", "email": "lead@acme.example" });
        app.created(&key, "/v1/members", own).await;
        let told = app.refused(Method::GET, "/v1/tenant", &lead(app, "acme"), None, 403).await;
        assert!(told["detail"].as_str().unwrap().contains("another member here has your address"), "{told}");
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 2);
    }

    pub async fn an_address_that_nobody_vouches_for_is_not_kept(app: &TestApp) {
        let (key, _) = registered(app, "acme").await;
        let own = json!({ "kind": "person", "name": "Owner", "role": "owner", "email": "lead@acme.example" });
        app.created(&key, "/v1/members", own).await;
        let claims =
            json!({ "sub": "8", "groups": ["leads"], "email": "lead@acme.example", "name": "Other" });
        assert_eq!(status(app, &app.provider().token("acme", claims)).await, 200);
        let made = member(app, &key, "Other").await;
        assert_eq!((&made["kind"], &made["email"]), (&json!("person"), &Value::Null));
    }

    pub async fn one_organisation_has_a_bounded_number(app: &TestApp) {
        let key = app.tenant("acme").await;
        let numbered = |n: usize| {
            json!({ "name": format!("P{n}"), "issuer": format!("https://{n}.example"), "audience": "a",
                    "algorithms": ["RS256"] })
        };
        for n in 0..20 {
            app.created(&key, "/v1/identity-providers", numbered(n)).await;
        }
        let told = app.refused(Method::POST, "/v1/identity-providers", &key, Some(numbered(20)), 409).await;
        assert!(told["detail"].as_str().unwrap().contains("20 identity providers at the most"), "{told}");
    }

    pub async fn a_change_makes_every_process_ask_again(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        let token = lead(app, "acme");
        assert_eq!((status(app, &token).await, status(app, &token).await), (200, 200));
        assert_eq!(app.provider().asked(), 1);
        app.changed(&key, &at, json!({ "name": "Renamed" })).await;
        assert_eq!((status(app, &token).await, app.provider().asked()), (200, 2));
    }

    pub async fn two_first_requests_make_one_member(app: &TestApp) {
        let (key, _) = registered(app, "acme").await;
        let token = app.provider().token("acme", json!({ "sub": "7", "groups": ["leads"], "name": "N" }));
        let crowd = (0..8).map(|_| status(app, &token));
        let answers = futures_util::future::join_all(crowd).await;
        assert_eq!(answers, [200; 8]);
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 2, "the first owner and N");
        assert_eq!(app.provider().asked(), 1, "and the provider was asked once");
    }

    pub async fn what_is_not_proved_lets_nobody_in(app: &TestApp) {
        let key = app.tenant("acme").await;
        let made = app.created(&key, "/v1/identity-providers", directory(app, "acme")).await;
        assert_eq!(made["proven_at"], Value::Null);
        let id = made["id"].as_str().unwrap();
        let at = format!("/v1/identity-providers/{id}");
        let token = lead(app, "acme");
        let mut forged = token.clone();
        forged.replace_range(forged.len() - 4.., "AAAA");
        let claims = |set: Value| app.provider().token("acme", set);
        for (why, tried) in [
            ("no token", json!({})),
            ("for others", json!({ "token": claims(json!({ "sub": "7", "aud": "other" })) })),
            ("past", json!({ "token": claims(json!({ "sub": "7", "exp": 1 })) })),
            ("of nobody", json!({ "token": claims(json!({ "sub": null })) })),
            ("forged", json!({ "token": forged })),
        ] {
            let told = app.stepped_with(&key, &format!("{at}/check"), tried).await;
            assert_eq!((&told["ok"], &told["proven"]), (&json!(true), &json!(false)), "{why}: {told}");
            assert_eq!(status(app, &token).await, 401, "{why}");
        }
        // Whoever comes in is another question than whose the provider is.
        let told = app
            .stepped_with(&key, &format!("{at}/check"), json!({ "token": claims(json!({ "sub": "8" })) }))
            .await;
        assert_eq!((&told["proven"], &told["token"]["role"]), (&json!(true), &Value::Null), "{told}");
        let shown = app.read(&key, &at).await;
        assert_eq!((&shown["proven_at"], &shown["version"]), (&json!("2026-11-24T09:00:00Z"), &json!(2)));
        assert_eq!(status(app, &token).await, 200);
        // Once is enough.
        app.clock.forward(60);
        let again = format!(
            "mutation {{ checkIdentityProvider(id: \"{id}\", input: {{ token: \"{token}\" }}) {{ proven }} }}"
        );
        let again = app.ask(&key, &again).await;
        assert_eq!(again["data"]["checkIdentityProvider"]["proven"], true, "{again}");
        assert_eq!(app.read(&key, &at).await, shown);
        app.changed(&key, &at, json!({ "name": "Renamed" })).await;
        assert_eq!(status(app, &token).await, 200);
        let trail = app.events(&key, id).await;
        assert_eq!(
            texts(&json!(trail), "type"),
            ["identity_provider.created", "identity_provider.proven", "identity_provider.updated"]
        );
    }

    pub async fn issuer_and_audience_belong_to_whoever_proves_them(app: &TestApp) {
        let other = app.tenant("other").await;
        // Whoever registers them first and has no token of theirs keeps nobody from them.
        let first = app.created(&other, "/v1/identity-providers", directory(app, "acme")).await;
        let first = format!("/v1/identity-providers/{}", first["id"].as_str().unwrap());
        let (key, at) = registered(app, "acme").await;
        let slug = async || app.read(&lead(app, "acme"), "/v1/tenant").await["slug"].clone();
        assert_eq!(slug().await, "acme");
        let body = json!({ "token": lead(app, "acme") });
        let told = app.stepped_with(&other, &format!("{first}/check"), body).await;
        assert_eq!((&told["token"]["accepted"], &told["proven"]), (&json!(true), &json!(false)), "{told}");
        assert!(told["problem"].as_str().unwrap().contains("another organisation"), "{told}");
        assert_eq!(app.read(&other, &first).await["proven_at"], Value::Null);
        assert_eq!(slug().await, "acme");
        let mut again = directory(app, "acme");
        again["name"] = json!("Again");
        let told = app.refused(Method::POST, "/v1/identity-providers", &key, Some(again.clone()), 409).await;
        assert_eq!(pointer(&told), "/audience", "one of its own is enough: {told}");
        let mut own = again.clone();
        (own["name"], own["audience"]) = (json!("Own"), json!("other"));
        let set =
            app.provider().token("acme", json!({ "sub": "7", "groups": "leads", "aud": ["x", "other"] }));
        app.proved(&other, own, &set).await;
        assert_eq!(app.read(&set, "/v1/tenant").await["slug"], "other");
        // Whoever gives them up leaves them to others, and only its own.
        app.deleted(&other, &first).await;
        assert_eq!(slug().await, "acme");
        app.refused(Method::DELETE, &at, &other, None, 404).await;
        app.deleted(&key, &at).await;
        assert_eq!(status(app, &lead(app, "acme")).await, 401);
        app.proved(&other, again, &lead(app, "acme")).await;
        assert_eq!(slug().await, "other");
    }

    pub async fn a_token_for_two_tenants_is_for_none(app: &TestApp) {
        let (key, _) = registered(app, "acme").await;
        let other = app.tenant("other").await;
        let mut own = directory(app, "acme");
        own["audience"] = json!("other");
        let both = json!({ "sub": "7", "groups": "leads", "aud": [AUDIENCE, "other"] });
        let both = app.provider().token("acme", both);
        app.created(&key, "/v1/identity-providers", {
            let mut unproved = own.clone();
            unproved["name"] = json!("Not proved");
            unproved
        })
        .await;
        assert_eq!(status(app, &both).await, 200, "what nobody has proved is none of two");
        let set = json!({ "sub": "7", "aud": "other" });
        app.proved(&other, own, &app.provider().token("acme", set)).await;
        assert_eq!(status(app, &both).await, 401);
    }

    pub async fn rotated_keys_are_picked_up_and_retired_ones_refused(app: &TestApp) {
        registered(app, "acme").await;
        let provider = app.provider();
        let first = lead(app, "acme");
        assert_eq!((status(app, &first).await, provider.asked()), (200, 1));
        provider.rotate(false);
        let second = lead(app, "acme");
        assert_eq!((status(app, &second).await, provider.asked()), (401, 1), "asked less than a minute ago");
        app.clock.forward(60);
        assert_eq!((status(app, &second).await, provider.asked()), (200, 2));
        assert_eq!((status(app, &first).await, provider.asked()), (200, 2), "both are published");
        provider.rotate(true);
        app.clock.forward(60);
        assert_eq!((status(app, &lead(app, "acme")).await, provider.asked()), (200, 3));
        assert_eq!((status(app, &first).await, status(app, &second).await), (401, 401));
        // What nobody asked for is found out when the keys are an hour old.
        let third = lead(app, "acme");
        provider.rotate(true);
        app.clock.forward(3599);
        assert_eq!((status(app, &third).await, provider.asked()), (200, 3));
        app.clock.forward(1);
        assert_eq!((status(app, &third).await, provider.asked()), (401, 4));
    }

    pub async fn a_provider_that_is_down_stops_nobody_else(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        // Its keys are forgotten by a change.
        app.changed(&key, &at, json!({ "name": "Renamed" })).await;
        let provider = app.provider();
        let known = lead(app, "acme");
        provider.down(true);
        assert_eq!(status(app, &known).await, 401, "its keys are not known");
        assert_eq!(status(app, &key).await, 200);
        provider.down(false);
        app.clock.forward(5);
        assert_eq!(status(app, &known).await, 200);
        provider.down(true);
        provider.rotate(false);
        app.clock.forward(3600);
        let unknown = lead(app, "acme");
        assert_eq!(
            (status(app, &known).await, status(app, &unknown).await),
            (200, 401),
            "the last keys are used on"
        );
        assert_eq!(status(app, &key).await, 200);
        app.clock.forward(24 * 3600);
        assert_eq!(status(app, &known).await, 401, "but not for ever");
        provider.down(false);
        app.clock.forward(300);
        assert_eq!((status(app, &known).await, status(app, &unknown).await), (200, 200));
    }

    pub async fn hostile_tokens_are_refused(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        let provider = app.provider();
        let header = |change: &dyn Fn(&mut Header)| {
            let mut header = Header::new(Algorithm::EdDSA);
            header.kid = Some("1".to_owned());
            change(&mut header);
            provider.sign(&header, &provider.claims("acme", json!({ "sub": "7", "groups": "leads" })))
        };
        let claims = |set: Value| {
            let mut all = json!({ "sub": "7", "groups": "leads" });
            all.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
            provider.token("acme", all)
        };
        let good = header(&|_| ());
        assert_eq!(status(app, &good).await, 200);
        let parts: Vec<_> = good.split('.').collect();
        let swapped = claims(json!({ "groups": "readers" }));
        let swapped = format!("{}.{}.{}", parts[0], swapped.split('.').nth(1).unwrap(), parts[2]);
        for (why, token) in [
            ("another kid", header(&|header| header.kid = Some("2".to_owned()))),
            ("logout+jwt", header(&|header| header.typ = Some("logout+jwt".to_owned()))),
            ("dpop+jwt", header(&|header| header.typ = Some("dpop+jwt".to_owned()))),
            ("bound", claims(json!({ "cnf": { "jkt": "x" } }))),
            ("an event", claims(json!({ "events": {} }))),
            ("no audience", claims(json!({ "aud": null }))),
            ("another audience", claims(json!({ "aud": "other" }))),
            ("another issuer", claims(json!({ "iss": provider.issuer("other") }))),
            ("no end", claims(json!({ "exp": null }))),
            ("past", claims(json!({ "exp": 1 }))),
            ("not yet", claims(json!({ "nbf": 4_000_000_000_i64 }))),
            ("from the future", claims(json!({ "iat": 4_000_000_000_i64 }))),
            ("no subject", claims(json!({ "sub": null }))),
            ("a number for a subject", claims(json!({ "sub": 7 }))),
            ("other claims under the signature", swapped.clone()),
            ("no signature", format!("{}.{}.", parts[0], parts[1])),
            ("two parts", format!("{}.{}", parts[0], parts[1])),
            ("four parts", format!("{good}.x")),
            ("a NUL in the audience", claims(json!({ "aud": [AUDIENCE, "a\0"], "iss": "a\0" }))),
            ("too long", claims(json!({ "long": "x".repeat(17_000) }))),
        ] {
            assert!([400, 401, 431].contains(&status(app, &token).await), "{why}");
        }
        // The same are told by name to the owner who tries them.
        let told =
            app.call(Method::POST, &format!("{at}/check"), &key, Some(json!({ "token": swapped }))).await;
        let told: Value = told.json().await.unwrap();
        assert!(told["token"]["problem"].as_str().unwrap().contains("signature"), "{told}");
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 2);
    }

    pub async fn a_check_tells_what_is_found(app: &TestApp) {
        let (key, at) = registered(app, "acme").await;
        let check = async |body: Value| -> Value {
            let answer = app.call(Method::POST, &format!("{at}/check"), &key, Some(body)).await;
            assert_eq!(answer.status(), 200);
            answer.json().await.unwrap()
        };
        let told = check(json!({ "token": lead(app, "acme") })).await;
        assert_eq!((&told["ok"], &told["problem"]), (&json!(true), &Value::Null), "{told}");
        assert_eq!(told["keys"], json!([{ "kid": "1", "kty": "OKP", "problem": null }]));
        assert!(told["jwks_uri"].as_str().unwrap().ends_with("/keys"));
        let token = json!({
            "accepted": true, "problem": null, "subject": "7", "email": "lead@acme.example", "role": "manager",
        });
        assert_eq!(told["token"], token);
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 1, "nobody came in by it");
        let nobody = check(json!({ "token": app.provider().token("acme", json!({ "sub": "8" })) })).await;
        assert_eq!((&nobody["token"]["accepted"], &nobody["token"]["role"]), (&json!(true), &Value::Null));
        assert!(nobody["token"]["problem"].as_str().unwrap().contains("no rule fits"), "{nobody}");
        let past =
            check(json!({ "token": app.provider().token("acme", json!({ "sub": "8", "exp": 1 })) })).await;
        assert_eq!(past["token"]["problem"], "exp is past");
        // What it finds is known from then on.
        app.provider().rotate(true);
        check(json!({})).await;
        let asked = app.provider().asked();
        assert_eq!((status(app, &lead(app, "acme")).await, app.provider().asked()), (200, asked));
        app.provider().down(true);
        let told = check(json!({})).await;
        assert_eq!(told["ok"], false);
        assert!(told["problem"].as_str().unwrap().contains("answers 500"), "{told}");
        let over_graphql = format!(
            "mutation {{ checkIdentityProvider(id: \"{}\") {{ ok problem keys {{ kid }} }} }}",
            at.rsplit('/').next().unwrap()
        );
        let answer = app.ask(&key, &over_graphql).await;
        assert_eq!(answer["data"]["checkIdentityProvider"]["problem"], told["problem"], "{answer}");
    }

    pub async fn who_may_register_and_what(app: &TestApp) {
        let key = app.tenant("acme").await;
        let with = |field: &str, value: Value| {
            let mut body = directory(app, "acme");
            body[field] = value;
            body
        };
        for (body, at) in [
            (with("issuer", json!("https://127.0.0.2/acme")), "/issuer"),
            (with("issuer", json!("https://169.254.169.254/")), "/issuer"),
            (with("issuer", json!("http://idp.example.com")), "/issuer"),
            (with("issuer", json!("https://idp.example.com/?x")), "/issuer"),
            (with("role_rules", json!([{ "value": "a", "role": "owner" }])), "/role_rules/0/role"),
            (with("role_rules", json!([])), "/provisioning"),
            (with("scopes", json!(["all"])), "/scopes/0"),
        ] {
            let told = app.refused(Method::POST, "/v1/identity-providers", &key, Some(body), 422).await;
            assert_eq!(pointer(&told), at, "{told}");
        }
        for none in [json!(["none"]), json!(["HS256"]), json!(["RS512"])] {
            let told = app
                .refused(Method::POST, "/v1/identity-providers", &key, Some(with("algorithms", none)), 400)
                .await;
            assert_eq!(pointer(&told), "/algorithms/0", "{told}");
        }
        let made = app.created(&key, "/v1/identity-providers", directory(app, "acme")).await;
        let at = format!("/v1/identity-providers/{}", made["id"].as_str().unwrap());
        for fixed in ["issuer", "audience", "subject_claim"] {
            let told = app.refused(Method::PATCH, &at, &key, Some(json!({ fixed: "sub" })), 400).await;
            assert!(told["detail"].as_str().unwrap().contains(fixed), "{told}");
        }
        let trail = app.events(&key, "identity_provider").await;
        assert_eq!(texts(&json!(trail), "type"), ["identity_provider.created"]);
    }

    pub async fn a_key_with_scopes_lets_nobody_do_more(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({
            "member_id": app.first_member(&key).await, "name": "Bot", "scopes": ["identity-providers:write", "controls:read"],
        });
        let narrow = app.created(&key, "/v1/api-keys", new).await["key"].as_str().unwrap().to_owned();
        let mut body = directory(app, "acme");
        app.refused(Method::POST, "/v1/identity-providers", &narrow, Some(body.clone()), 403).await;
        body["scopes"] = json!(["controls:read"]);
        app.created(&narrow, "/v1/identity-providers", body).await;
    }
}

/// The operator's list decides, and a tenant cannot reach into the operator's network.
async fn a_provider_inside_is_not_called(engine: Engine) {
    let app =
        TestApp::with(engine, Setup { outbound: outbound::Options::default(), ..Setup::default() }).await;
    let key = app.tenant("acme").await;
    let told =
        app.refused(Method::POST, "/v1/identity-providers", &key, Some(directory(&app, "acme")), 422).await;
    assert!(
        pointer(&told) == "/issuer" && told["detail"].as_str().unwrap().contains("ATTESTD_OUTBOUND_ALLOW"),
        "{told}"
    );
    // Registered while it was listed: its tokens are refused, and the check tells why.
    let listed = format!(
        "UPDATE identity_providers SET issuer = '{}' WHERE audience = '{AUDIENCE}'",
        app.provider().issuer("acme")
    );
    let mut outside = directory(&app, "acme");
    outside["issuer"] = json!("https://idp.example.com");
    let made = app.created(&key, "/v1/identity-providers", outside).await;
    Sql::unbound(&app.database).await.run(&listed).await.unwrap();
    let check = format!("/v1/identity-providers/{}/check", made["id"].as_str().unwrap());
    let told: Value = app.call(Method::POST, &check, &key, Some(json!({}))).await.json().await.unwrap();
    assert!(told["problem"].as_str().unwrap().contains("http is not https"), "{told}");
    assert_eq!(app.provider().asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_inside_is_not_called_by_sqlite() {
    a_provider_inside_is_not_called(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_inside_is_not_called_by_postgres() {
    a_provider_inside_is_not_called(Engine::Postgres).await;
}
