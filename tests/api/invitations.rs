//! Invitations: made by name and role, accepted once by whoever they are for.

use crate::support::*;

on_both!(
    an_invited_person_becomes_a_member,
    an_invitation_works_once,
    what_is_not_open_is_told,
    an_invitation_is_for_its_address,
    a_member_is_joined_to_its_address,
    nobody_invites_above_themselves,
    a_scoped_credential_lets_nobody_in_who_could_do_more,
    a_repeated_acceptance_is_answered_again,
    an_invitation_of_another_tenant_is_none,
    a_member_that_accepted_can_be_removed,
);

/// A tenant's owner key; its provider lets only the invited in.
async fn registered(app: &TestApp, slug: &str) -> String {
    let key = app.tenant(slug).await;
    let provider = json!({
        "name": "Directory", "issuer": app.provider().issuer(slug), "audience": AUDIENCE, "algorithms": ["EdDSA"],
    });
    app.proved(&key, provider, &app.provider().token(slug, json!({ "sub": "7" }))).await;
    key
}

fn lead() -> Value {
    json!({ "email": "Lead@acme.example", "name": "Compliance lead", "role": "manager" })
}

async fn invited(app: &TestApp, key: &str, invitation: Value) -> (String, Value) {
    let made = app.created(key, "/v1/invitations", invitation).await;
    (format!("/v1/invitations/{}", made["id"].as_str().unwrap()), json!({ "token": made["token"] }))
}

fn person(app: &TestApp, set: Value) -> String {
    let mut claims = json!({ "sub": "7" });
    claims.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
    app.provider().token("acme", claims)
}

const ACCEPT: &str = "/v1/invitations/accept";

mod scenario {
    use super::*;

    pub async fn an_invited_person_becomes_a_member(app: &TestApp) {
        let key = registered(app, "acme").await;
        let made = app.created(&key, "/v1/invitations", lead()).await;
        assert_eq!(
            (&made["state"], &made["expires_at"]),
            (&json!("pending"), &json!("2026-12-01T09:00:00Z"))
        );
        let token = person(app, json!({ "email": "lead@ACME.example", "email_verified": true }));
        app.refused(Method::GET, "/v1/tenant", &token, None, 403).await;
        let answer = app.call(Method::POST, ACCEPT, &token, Some(json!({ "token": made["token"] }))).await;
        assert_eq!(answer.status(), 201);
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let member: Value = answer.json().await.unwrap();
        assert_eq!(place, format!("/v1/members/{}", member["id"].as_str().unwrap()));
        assert_eq!(
            (&member["role"], &member["email"], &member["name"], &member["kind"]),
            (&json!("manager"), &json!("Lead@acme.example"), &json!("Compliance lead"), &json!("person"))
        );
        app.created(&token, "/v1/controls", json!({ "code": "AC-1", "title": "New" })).await;
        // The claims have no say: the member's own role counts.
        app.changed(&key, &place, json!({ "role": "viewer" })).await;
        app.refused(Method::POST, "/v1/controls", &token, Some(json!({ "code": "AC-2", "title": "X" })), 403)
            .await;
        let id = made["id"].as_str().unwrap();
        let trail = app.events(&key, id).await;
        assert_eq!(texts(&json!(trail), "type"), ["invitation.created", "invitation.accepted"]);
        assert_eq!((&trail[1]["actor"], &trail[1]["after"]["accepted_by"]), (&member["id"], &member["id"]));
        assert!(trail[1]["credential"].as_str().unwrap().starts_with("idp_"));
        let trail = app.events(&key, member["id"].as_str().unwrap()).await;
        assert_eq!(texts(&json!(trail), "type"), ["member.created", "member.updated"]);
        let shown = app.read(&key, &format!("/v1/invitations/{id}")).await;
        assert_eq!((&shown["state"], shown.get("token")), (&json!("accepted"), None));
        let listed = app.read(&key, "/v1/invitations?email=Lead@acme.example").await;
        assert_eq!(texts(&listed["data"], "id"), [id]);
        let everything = Sql::unbound(&app.database).await.everything().await;
        let secret = made["token"].as_str().unwrap().rsplit('_').next().unwrap();
        assert!(!format!("{everything:?}").contains(secret), "the token is stored nowhere");
    }

    pub async fn an_invitation_works_once(app: &TestApp) {
        let key = registered(app, "acme").await;
        let (_, body) = invited(app, &key, lead()).await;
        let crowd = (0..6).map(|n| {
            let (token, body) = (person(app, json!({ "sub": format!("p{n}") })), body.clone());
            async move { app.call(Method::POST, ACCEPT, &token, Some(body)).await.status().as_u16() }
        });
        let mut answers = futures_util::future::join_all(crowd).await;
        answers.sort_unstable();
        assert_eq!(answers, [201, 409, 409, 409, 409, 409]);
        assert_eq!(app.read(&key, "/v1/members?count=true").await["total"], 2);
    }

    pub async fn what_is_not_open_is_told(app: &TestApp) {
        let key = registered(app, "acme").await;
        let token = person(app, json!({}));
        let (at, revoked) = invited(app, &key, lead()).await;
        app.deleted(&key, &at).await;
        assert_eq!(app.read(&key, &at).await["state"], "revoked");
        app.refused(Method::DELETE, &at, &key, None, 409).await;
        let short =
            json!({ "email": "a@b.c", "name": "N", "role": "viewer", "expires_at": "2026-11-24T09:00:10Z" });
        let (at, expired) = invited(app, &key, short).await;
        app.clock.forward(10);
        assert_eq!(app.read(&key, &at).await["state"], "expired");
        for (body, state) in [(revoked, "revoked"), (expired.clone(), "expired")] {
            let told = app.refused(Method::POST, ACCEPT, &token, Some(body), 409).await;
            assert!(told["detail"].as_str().unwrap().contains(state), "{told}");
        }
        let mut forged = expired["token"].as_str().unwrap().to_owned();
        forged.replace_range(forged.len() - 1.., "x");
        for unknown in ["x", &forged, "ati_00000000000000000000000000000000_x"] {
            let told =
                app.refused(Method::POST, ACCEPT, &token, Some(json!({ "token": unknown })), 422).await;
            assert_eq!(pointer(&told), "/token", "{told}");
        }
        // A member's key is no token of a provider.
        app.refused(Method::POST, ACCEPT, &key, Some(json!({ "token": "x" })), 401).await;
        for (field, value) in [("expires_at", json!("2026-12-25T09:00:00Z")), ("role", json!("auditor"))] {
            let mut body = lead();
            body[field] = value;
            app.refused(Method::POST, "/v1/invitations", &key, Some(body), 422).await;
        }
    }

    pub async fn an_invitation_is_for_its_address(app: &TestApp) {
        let key = registered(app, "acme").await;
        let (_, body) = invited(app, &key, lead()).await;
        let other = person(app, json!({ "email": "other@acme.example", "email_verified": true }));
        let told = app.refused(Method::POST, ACCEPT, &other, Some(body.clone()), 403).await;
        assert!(told["detail"].as_str().unwrap().contains("another address"), "{told}");
        // An address that nobody vouches for says nothing; the token has to do.
        let unproved = person(app, json!({ "email": "other@acme.example" }));
        let member = app.created(&unproved, ACCEPT, body).await;
        assert_eq!(member["email"], "Lead@acme.example");
        let (_, body) =
            invited(app, &key, json!({ "email": "x@acme.example", "name": "X", "role": "viewer" })).await;
        let told = app.refused(Method::POST, ACCEPT, &unproved, Some(body), 409).await;
        assert!(told["detail"].as_str().unwrap().contains("a member here already"), "{told}");
    }

    pub async fn a_member_is_joined_to_its_address(app: &TestApp) {
        let key = registered(app, "acme").await;
        let own =
            json!({ "kind": "person", "name": "Lead", "role": "manager", "email": "Lead@acme.example" });
        let own = app.created(&key, "/v1/members", own).await;
        let mut less = lead();
        less["role"] = json!("viewer");
        let (_, less) = invited(app, &key, less).await;
        let (_, body) = invited(app, &key, lead()).await;
        let proved = person(app, json!({ "email": "lead@acme.example", "email_verified": true }));
        let unproved = person(app, json!({ "email": "lead@acme.example" }));
        let told = app.refused(Method::POST, ACCEPT, &unproved, Some(body.clone()), 403).await;
        assert!(told["detail"].as_str().unwrap().contains("email_verified"), "{told}");
        let told = app.refused(Method::POST, ACCEPT, &proved, Some(less), 409).await;
        assert!(told["detail"].as_str().unwrap().contains("more than the invitation gives"), "{told}");
        assert_eq!(app.created(&proved, ACCEPT, body).await["id"], own["id"]);
        app.created(&proved, "/v1/controls", json!({ "code": "AC-1", "title": "New" })).await;
        assert_eq!(app.events(&key, "control").await[0]["actor"], own["id"]);
    }

    pub async fn nobody_invites_above_themselves(app: &TestApp) {
        let key = registered(app, "acme").await;
        let manager = app.key_as(&key, "manager").await;
        let mut owner = lead();
        owner["role"] = json!("owner");
        app.refused(Method::POST, "/v1/invitations", &manager, Some(owner.clone()), 403).await;
        let (at, _) = invited(app, &key, owner).await;
        app.refused(Method::DELETE, &at, &manager, None, 403).await;
        invited(app, &manager, lead()).await;
    }

    pub async fn a_scoped_credential_lets_nobody_in_who_could_do_more(app: &TestApp) {
        let key = registered(app, "acme").await;
        let owner = app.first_member(&key).await;
        let narrow = json!({ "member_id": owner, "name": "Narrow", "scopes": ["members:write"] });
        let narrow = app.created(&key, "/v1/api-keys", narrow).await["key"].as_str().unwrap().to_owned();
        let told = app.refused(Method::POST, "/v1/invitations", &narrow, Some(lead()), 403).await;
        assert!(told["detail"].as_str().unwrap().contains("scopes"), "{told}");
        let viewer = json!({ "kind": "person", "name": "Viewer", "role": "viewer" });
        let made = app.created(&narrow, "/v1/members", viewer).await;
        let at = format!("/v1/members/{}", made["id"].as_str().unwrap());
        let more = Some(json!({ "role": "manager" }));
        let sent = [("if-match", "*")];
        let promoted = app.call_with(Method::PATCH, &at, &narrow, more, &sent).await;
        assert_eq!(promoted.status(), 403);
    }

    pub async fn a_repeated_acceptance_is_answered_again(app: &TestApp) {
        let key = registered(app, "acme").await;
        let (_, body) = invited(app, &key, lead()).await;
        let token = person(app, json!({}));
        let sent = [("idempotency-key", "once")];
        let first = app.call_with(Method::POST, ACCEPT, &token, Some(body.clone()), &sent).await;
        let first: Value = first.json().await.unwrap();
        let again = app.call_with(Method::POST, ACCEPT, &token, Some(body.clone()), &sent).await;
        assert_eq!(
            (again.status().as_u16(), &again.headers()["idempotency-replayed"]),
            (201, &"true".parse().unwrap())
        );
        assert_eq!(again.json::<Value>().await.unwrap()["id"], first["id"]);
        // Somebody else's key is somebody else's, though the provider is the same.
        let other = person(app, json!({ "sub": "8" }));
        let told = app.call_with(Method::POST, ACCEPT, &other, Some(body), &sent).await;
        assert_eq!(told.status(), 409);
        let made = app
            .created(&key, "/v1/invitations", json!({ "email": "x@b.c", "name": "X", "role": "manager" }))
            .await;
        app.created(&other, ACCEPT, json!({ "token": made["token"] })).await;
        let control = |code: &str| json!({ "code": code, "title": "New" });
        let one = app.call_with(Method::POST, "/v1/controls", &token, Some(control("A")), &sent).await;
        let two = app.call_with(Method::POST, "/v1/controls", &other, Some(control("B")), &sent).await;
        assert_eq!(
            (one.status().as_u16(), two.status().as_u16()),
            (201, 201),
            "the same key of two people is two keys"
        );
    }

    pub async fn an_invitation_of_another_tenant_is_none(app: &TestApp) {
        registered(app, "acme").await;
        let other = registered(app, "other").await;
        let (_, body) = invited(app, &other, lead()).await;
        let told = app.refused(Method::POST, ACCEPT, &person(app, json!({})), Some(body), 422).await;
        assert_eq!(pointer(&told), "/token");
    }

    pub async fn a_member_that_accepted_can_be_removed(app: &TestApp) {
        let key = registered(app, "acme").await;
        let (at, body) = invited(app, &key, lead()).await;
        let token = person(app, json!({}));
        let member = app.created(&token, ACCEPT, body).await;
        app.deleted(&key, &format!("/v1/members/{}", member["id"].as_str().unwrap())).await;
        app.refused(Method::GET, "/v1/tenant", &token, None, 403).await;
        let shown = app.read(&key, &at).await;
        assert_eq!((&shown["state"], &shown["accepted_by"]), (&json!("accepted"), &Value::Null));
    }
}
