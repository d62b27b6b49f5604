//! Nothing of another tenant can be read, referred to or changed: every operation of the OpenAPI document and every
//! field of the GraphQL schema that takes an id is called with the ids of another tenant. And an auditor who is bound to
//! an audit reads nothing that does not belong to it.

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};

use crate::support::{
    operations::{Fixture, Operation, fixture},
    *,
};

on_both!(
    no_operation_takes_a_foreign_id,
    no_field_takes_a_foreign_id,
    no_operation_shows_what_is_beside_an_engagement,
);

/// Another tenant's id of the same kind.
fn foreign(own: &str, theirs: &World) -> Value {
    json!(theirs.id(own.split('_').next().unwrap()))
}

/// The value at a pointer of a fixture, which must be there to be replaced.
fn given<'a>(value: &'a mut Value, at: &str, what: &str) -> &'a mut Value {
    let shown = value.to_string();
    value.pointer_mut(at).unwrap_or_else(|| panic!("the fixture of {what} has nothing at {at}: {shown}"))
}

/// Query parameters that take an id or a reference as plain text.
fn as_text(name: &str, theirs: &World) -> Option<String> {
    match name {
        "resource" => Some(theirs.id("ctl").to_owned()),
        "actor" => Some(theirs.id("mem").to_owned()),
        "external_ref" => Some(format!("jira:{}", theirs.made["ten"]["slug"].as_str().unwrap())),
        _ => None,
    }
}

struct Two {
    mine: World,
    theirs: World,
    before: Vec<String>,
}

impl Two {
    async fn of(app: &TestApp) -> Self {
        let (theirs, mine) = (World::of(app, "theirs").await, World::of(app, "mine").await);
        let before = Sql::unbound(&app.database).await.everything().await;
        Self { mine, theirs, before }
    }

    async fn nothing_changed(&self, app: &TestApp) {
        assert_eq!(Sql::unbound(&app.database).await.everything().await, self.before);
    }
}

mod scenario {
    use super::*;

    pub async fn no_operation_takes_a_foreign_id(app: &TestApp) {
        let two = Two::of(app).await;
        let mut tried = 0;
        for one in Operation::of_tenants() {
            tried += foreign_paths(app, &two, &one).await;
            tried += foreign_bodies(app, &two, &one).await;
            tried += foreign_filters(app, &two, &one).await;
        }
        assert!(tried >= 25, "{tried}");
        two.nothing_changed(app).await;
    }

    pub async fn no_operation_shows_what_is_beside_an_engagement(app: &TestApp) {
        let world = World::of(app, "mine").await;
        let auditor = app.key_as(&world.key, "auditor").await;
        let members = app.read(&world.key, "/v1/members?role=auditor&limit=200").await;
        let member = members["data"].as_array().unwrap().iter().find(|one| one["name"] == "A auditor");
        let bound = json!([{ "member": member.unwrap()["id"], "until": "2026-12-20" }]);
        let bare =
            json!({ "kind": "internal", "title": "Bare", "planned_start": "2026-12-14", "auditors": bound });
        app.created(&world.key, "/v1/audits", bare).await;
        for one in Operation::of_tenants().filter(|one| one.method == Method::GET) {
            let answer = one.call(app, &auditor, &one.url(&world), None).await;
            let (status, told) = (answer.status().as_u16(), answer.text().await.unwrap());
            if status != 200 {
                assert!(status == 403 || status == 404, "{} answers {status}: {told}", one.id);
                continue;
            }
            let page: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{}: {told}", one.id));
            match one.id.as_str() {
                "list_audits" => assert_eq!(texts(&page["data"], "title"), ["Bare"]),
                _ => assert_eq!(page["data"], json!([]), "{}: {told}", one.id),
            }
        }
    }

    pub async fn no_field_takes_a_foreign_id(app: &TestApp) {
        let two = Two::of(app).await;
        let schema = Graph::read();
        let mut tried = 0;
        for (root, field) in schema.fields() {
            for place in schema.ids(&field) {
                foreign_argument(app, &two, root, &field, &place).await;
                tried += 1;
            }
        }
        assert!(tried >= 25, "{tried}");
        two.nothing_changed(app).await;
    }
}

/// Each id of the path in turn is another tenant's, and then all of them.
async fn foreign_paths(app: &TestApp, two: &Two, one: &Operation) -> usize {
    let places = one.path_ids.iter().enumerate().filter(|(_, (_, prefix))| prefix.is_some());
    let places: Vec<_> = places.map(|(n, _)| n).collect();
    let all = (places.len() > 1).then_some(None);
    for wrong in places.iter().map(|n| Some(*n)).chain(all) {
        let url = one.path_with(|n, prefix| match prefix {
            Some(prefix) if wrong.is_none_or(|wrong| n == wrong) => two.theirs.id(prefix).to_owned(),
            Some(prefix) => two.mine.id(prefix).to_owned(),
            None => one.word(n),
        });
        let Fixture { body, query, .. } = fixture(&one.id, &two.mine);
        let url = if query.is_empty() { url } else { format!("{url}?{query}") };
        let answer = one.call(app, &two.mine.key, &url, body).await;
        let (status, told) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 404, "{} {url}: {told}", one.id);
        assert!(!told.contains("theirs"), "{told}");
    }
    places.len()
}

/// Keeps the one item of a batch that the pointer leads into, and answers where it leads then.
fn alone(body: &mut Value, at: &str) -> String {
    let within = at.strip_prefix("/items/").and_then(|rest| rest.split_once('/'));
    match (within, body.get_mut("items")) {
        (Some((n, rest)), Some(items)) => {
            *items = json!([items[n.parse::<usize>().unwrap()]]);
            format!("/items/0/{rest}")
        }
        _ => at.to_owned(),
    }
}

/// What an audit serves, one of another kind does not: a body that names nothing at this place is one of that kind.
fn serving(body: &mut Value, at: &str, own: &World) {
    let graph = at.starts_with("/input");
    let Some((within, name)) = at.rsplit_once('/') else { return };
    let (kind, id, number) = match name {
        "attestation" if graph => ("SOC_2_FIELDWORK", own.id("att"), Value::Null),
        "attestation" => ("soc2_fieldwork", own.id("att"), Value::Null),
        "programme" if graph => ("INTERNAL", own.id("apr"), json!(1)),
        "programme" => ("internal", own.id("apr"), json!(1)),
        _ => return,
    };
    let Some(audit) = body.pointer_mut(within).filter(|audit| audit.get(name).is_none()) else { return };
    audit["kind"] = json!(kind);
    audit["certification"] = Value::Null;
    audit[name] = json!(id);
    audit[if graph { "programmeAudit" } else { "programme_audit" }] = number;
}

/// An event took effect before another: one that names none at this place names one of the tenant's own.
fn placed(body: &mut Value, at: &str, own: &World) {
    let Some(event) = at.strip_suffix("/before").and_then(|within| body.pointer_mut(within)) else { return };
    event["before"] = json!(own.id("cev"));
}

async fn foreign_bodies(app: &TestApp, two: &Two, one: &Operation) -> usize {
    for at in &one.body_ids {
        let mut body = fixture(&one.id, &two.mine).body.unwrap();
        let many = body.get("items").is_some();
        if many {
            body["atomic"] = json!(true);
        }
        let at = &alone(&mut body, at);
        serving(&mut body, at, &two.mine);
        placed(&mut body, at, &two.mine);
        let place = given(&mut body, at, &one.id);
        *place = foreign(place.as_str().unwrap(), &two.theirs);
        let answer = one.call(app, &two.mine.key, &one.url(&two.mine), Some(body)).await;
        assert_eq!(answer.status(), 422, "{} {at}", one.id);
        let told: Value = answer.json().await.unwrap();
        let code = if many { "batch_refused" } else { "unprocessable" };
        assert_eq!(told["code"], code, "{}", one.id);
        assert!(texts(&told["errors"], "pointer").contains(&at.as_str()), "{} {at}: {told}", one.id);
    }
    one.body_ids.len()
}

async fn foreign_filters(app: &TestApp, two: &Two, one: &Operation) -> usize {
    let mut tried = 0;
    for (name, prefix) in &one.query {
        let asked = match prefix {
            Some(prefix) => Some(two.theirs.id(prefix).to_owned()),
            None => as_text(name, &two.theirs),
        };
        let Some(asked) = asked else { continue };
        tried += 1;
        if one.id == "get_readiness" {
            // It asks about one engagement, and is no list.
            let url = format!("/v1/readiness?for=soc2_type2&{name}={asked}");
            app.refused(Method::GET, &url, &two.mine.key, None, 422).await;
            continue;
        }
        let url = format!("{}?count=true&{name}={asked}", one.url(&two.mine));
        let page = app.read(&two.mine.key, &url).await;
        assert_eq!((&page["data"], &page["total"]), (&json!([]), &json!(0)), "{url}");
    }
    tried
}

/// The arguments of each field that takes an id, all ids the tenant's own. A new field adds its line here.
fn arguments(field: &str, w: &World) -> Value {
    let id = |prefix: &str| json!(w.id(prefix));
    let changes =
        |prefix: &str, input: Value| json!({ "id": id(prefix), "expectedVersion": 1, "input": input });
    let removes = |prefix: &str| json!({ "id": id(prefix), "expectedVersion": 1 });
    let of_control = |mut more: Value| {
        more["controlId"] = id("ctl");
        more
    };
    // It has an event more than its creation.
    let changed_once =
        |prefix: &str, input: Value| json!({ "id": id(prefix), "expectedVersion": 2, "input": input });
    let transfer = || {
        json!({ "type": "TRANSFERRED_IN", "effectiveOn": "2026-11-02", "acknowledge": ["A-40"],
            "reason": "The old body left the market", "details": { "certificationBody": id("cbo"), "soaVersionId": id("sov") } })
    };
    let of_certificate = |mut more: Value| {
        more["certificationId"] = id("crt");
        more
    };
    let of_attestation = |mut more: Value| {
        more["attestationId"] = id("att");
        more
    };
    let changes_many = |singular: &str, prefix: &str| {
        let input = |word: &str| arguments(&format!("{word}{singular}"), w)["input"].clone();
        json!({ "input": { "atomic": true, "items": [
            { "create": input("create") },
            { "update": { "id": id(prefix), "version": w.made[prefix]["version"], "patch": input("update") } },
            { "put": { "externalRef": { "system": "new", "id": "1" }, "resource": input("create") } },
            { "delete": { "id": id(prefix), "version": 99 } },
        ] } })
    };
    // What has a log is never removed.
    let changes_logged = |create: &str, update: &str, prefix: &str| {
        let input = |field: &str| arguments(field, w)["input"].clone();
        json!({ "input": { "atomic": true, "items": [
            { "create": input(create) },
            { "update": { "id": id(prefix), "version": 2, "patch": input(update) } },
            { "put": { "externalRef": { "system": "new", "id": "1" }, "resource": input(create) } },
        ] } })
    };
    match field {
        "batchMembers" => changes_many("Member", "mem"),
        "createMember" => json!({ "input": { "kind": "PERSON", "name": "New", "role": "VIEWER" } }),
        "batchRisks" => changes_many("Risk", "rsk"),
        "batchSystems" => changes_many("System", "sys"),
        "batchLocations" => changes_many("Location", "loc"),
        "createLocation" => json!({ "input": { "name": "New", "kind": "OFFICE" } }),
        "batchCustomerRequirements" => changes_many("CustomerRequirement", "crq"),
        "batchEvidence" => changes_many("Evidence", "evd"),
        "batchControls" => changes_many("Control", "ctl"),
        "batchCertificationBodies" => changes_many("CertificationBody", "cbo"),
        "batchCertifications" => changes_logged("registerCertification", "updateCertification", "crt"),
        "batchAttestations" => changes_logged("createAttestation", "updateAttestation", "att"),
        "batchAudits" => changes_many("Audit", "aud"),
        "batchEvidenceRequests" => changes_many("EvidenceRequest", "erq"),
        "batchFindings" => changes_many("Finding", "fnd"),
        "batchCorrectiveActions" => changes_many("CorrectiveAction", "car"),
        "createCertificationBody" => json!({ "input": { "name": "New" } }),
        "member" => json!({ "id": id("mem") }),
        "updateMember" => changes("mem", json!({ "name": "Renamed" })),
        "deleteMember" => removes("mem"),
        "apiKeys" => json!({ "filter": { "member": id("mem") } }),
        "apiKey" | "revokeApiKey" => json!({ "id": id("key") }),
        "rotateApiKey" => json!({ "id": id("key"), "input": {} }),
        "createApiKey" => json!({ "input": { "memberId": id("mem"), "name": "Bot" } }),
        "oauthClients" => json!({ "filter": { "member": id("machine") } }),
        "oauthClient" | "revokeOauthClient" => json!({ "id": id("ocl") }),
        "rotateOauthClient" => json!({ "id": id("ocl"), "input": {} }),
        "createOauthClient" => json!({ "input": { "memberId": id("machine"), "name": "Bot" } }),
        "identityProvider" => json!({ "id": id("idp") }),
        "updateIdentityProvider" => changes("idp", json!({ "name": "Renamed" })),
        "deleteIdentityProvider" => removes("idp"),
        "checkIdentityProvider" => json!({ "id": id("idp"), "input": {} }),
        "invitation" | "revokeInvitation" => json!({ "id": id("inv") }),
        "milestones" => json!({ "filter": { "owner": id("mem") } }),
        "milestone" => json!({ "id": id("mls") }),
        "updateMilestone" => {
            json!({ "id": id("mls"), "expectedVersion": 2, "input": { "owner": id("mem") } })
        }
        "frameworkMapping" => json!({ "framework": "x-own", "id": id("map") }),
        "updateFrameworkMapping" => json!({
            "framework": "x-own", "id": id("map"), "expectedVersion": 1, "input": { "rationale": "Both speak of incidents" },
        }),
        "batchFrameworkMappings" => {
            let new = json!({
                "requirement": "1.2", "counterpart": { "framework": "soc2-2017", "id": "CC7.3" },
                "relationship": "SUBSET", "rationale": "Both ask for incidents to be told",
            });
            json!({ "framework": "x-own", "input": { "atomic": true, "items": [
                { "create": new },
                { "update": { "id": id("map"), "version": 1, "patch": { "rationale": "Both speak of incidents" } } },
                { "put": { "externalRef": { "system": "new", "id": "1" }, "resource": new } },
                { "delete": { "id": id("map"), "version": 99 } },
            ] } })
        }
        "deleteFrameworkMapping" => {
            json!({ "framework": "x-own", "id": id("map"), "expectedVersion": 1 })
        }
        "controls" => json!({ "filter": { "owner": id("mem") } }),
        "control" => json!({ "id": id("ctl") }),
        "createControl" => json!({ "input": { "code": "NEW", "title": "New", "owner": id("mem") } }),
        "updateControl" => changes("ctl", json!({ "owner": id("mem") })),
        "deleteControl" => removes("ctl"),
        "controlTests" => of_control(json!({})),
        "controlTest" => of_control(json!({ "id": id("tst") })),
        "recordControlTest" => of_control(json!({ "input": {
            "kind": "DESIGN", "procedure": "Read it", "result": "PASSED", "performedOn": "2026-11-01", "tester": id("mem"),
        } })),
        "batchControlTests" => {
            let input = |field: &str| arguments(field, w)["input"].clone();
            of_control(json!({ "input": { "atomic": true, "items": [
                { "create": input("recordControlTest") },
                { "update": { "id": id("tst"), "version": 1, "patch": input("updateControlTest") } },
                { "put": { "externalRef": { "system": "new", "id": "1" }, "resource": input("recordControlTest") } },
                { "delete": { "id": id("tst"), "version": 99 } },
            ] } }))
        }
        "updateControlTest" => of_control(changes("tst", json!({ "tester": id("mem") }))),
        "deleteControlTest" => of_control(removes("tst")),
        "risks" => json!({ "filter": { "owner": id("mem"), "control": id("ctl"), "system": id("sys") } }),
        "risk" => json!({ "id": id("rsk") }),
        "createRisk" => {
            json!({ "input": { "code": "NEW", "title": "New", "owner": id("mem"), "controls": [id("ctl")],
                               "system": id("sys") } })
        }
        "updateRisk" => json!({
            "id": id("rsk"), "expectedVersion": 2,
            "input": { "owner": id("mem"), "controls": [id("ctl")], "system": id("sys") },
        }),
        "deleteRisk" | "withdrawRiskAcceptance" => json!({ "id": id("rsk"), "expectedVersion": 2 }),
        "acceptRisk" => {
            json!({ "id": id("rsk"), "input": { "until": "2027-03-31", "reason": "It is rare" } })
        }
        "batchStatementsOfApplicability" => changes_many("StatementOfApplicability", "soa"),
        "statementsOfApplicability" => json!({ "filter": { "owner": id("mem") } }),
        "statementOfApplicability" => json!({ "id": id("soa") }),
        "createStatementOfApplicability" => {
            json!({ "input": { "name": "New", "scope": "Everything", "owner": id("mem") } })
        }
        "updateStatementOfApplicability" => json!({
            "id": id("soa"), "expectedVersion": 2, "input": { "owner": id("mem") },
        }),
        "deleteStatementOfApplicability" => json!({ "id": id("soa"), "expectedVersion": 2 }),
        "applicabilityCheck" | "applicabilityVersions" => json!({ "statementId": id("soa") }),
        "applicabilityEntries" => json!({ "statementId": id("soa"), "filter": { "control": id("ctl") } }),
        "applicabilityEntry" => json!({ "statementId": id("soa"), "entry": "A.5.1" }),
        "addApplicabilityEntry" => json!({ "statementId": id("soa"), "input": {
            "control": id("ctl"), "reasons": [{ "kind": "RISK", "risks": [id("rsk")] }],
        } }),
        "updateApplicabilityEntry" => json!({
            "statementId": id("soa"), "entry": "A.5.1", "expectedVersion": 1, "input": said(w),
        }),
        "deleteApplicabilityEntry" => {
            json!({ "statementId": id("soa"), "entry": "A.5.1", "expectedVersion": 1 })
        }
        "batchApplicabilityEntries" => json!({ "statementId": id("soa"), "input": {
            "atomic": true, "items": [{ "entry": "A.5.1", "patch": said(w) }],
        } }),
        "applicabilityVersion" => json!({ "statementId": id("soa"), "number": 1 }),
        "applicabilityDiff" => json!({ "statementId": id("soa"), "from": 1, "to": 2 }),
        "approveStatementOfApplicability" => json!({ "statementId": id("soa"), "input": {
            "label": "2.0", "approver": id("mem"),
        } }),
        "evidence" => json!({ "filter": { "control": id("ctl"), "risk": id("rsk"), "owner": id("mem") } }),
        "evidencePiece" | "verifyEvidence" => json!({ "id": id("evd") }),
        "evidenceVersions" => json!({ "evidenceId": id("evd") }),
        "evidenceCoverage" => of_control(json!({ "from": "2026-01-01", "to": "2026-06-30" })),
        "createEvidence" => json!({ "input": {
            "kind": "FILE", "title": "New", "owner": id("mem"), "controls": [id("ctl")], "risks": [id("rsk")],
        } }),
        "updateEvidence" => json!({
            "id": id("evd"), "expectedVersion": 2,
            "input": { "owner": id("mem"), "controls": [id("ctl")], "risks": [id("rsk")] },
        }),
        "addEvidenceVersion" => changes("evd", json!({ "statement": "Again" })),
        "rejectEvidence" => changes("evd", json!({ "reason": "It shows June only." })),
        "deleteEvidence" | "submitEvidence" | "withdrawEvidence" | "acceptEvidence" => removes("evd"),
        "location" => json!({ "id": id("loc") }),
        "updateLocation" => changes("loc", json!({ "name": "Renamed" })),
        "deleteLocation" => removes("loc"),
        "systems" => json!({ "filter": { "owner": id("mem"), "location": id("loc") } }),
        "system" => json!({ "id": id("sys") }),
        "createSystem" => json!({ "input": {
            "name": "New", "kind": "SERVICE", "owner": id("mem"), "location": id("loc"),
        } }),
        "updateSystem" => changes("sys", json!({ "owner": id("mem"), "location": id("loc") })),
        "deleteSystem" => removes("sys"),
        "customerRequirements" => json!({ "filter": { "owner": id("mem") } }),
        "customerRequirement" => json!({ "id": id("crq") }),
        "createCustomerRequirement" => json!({ "input": {
            "customer": "New", "asks": [{ "framework": "soc2-2017" }], "owner": id("mem"),
        } }),
        "updateCustomerRequirement" => changes("crq", json!({ "owner": id("mem") })),
        "deleteCustomerRequirement" => removes("crq"),
        "certificationBody" => json!({ "id": id("cbo") }),
        "updateCertificationBody" => changes("cbo", json!({ "name": "Renamed" })),
        "deleteCertificationBody" => removes("cbo"),
        "certifications" => json!({ "filter": { "certificationBody": id("cbo") } }),
        "certification" | "certificationStory" | "certificationTimeline" => json!({ "id": id("crt") }),
        "certificationEvent" => of_certificate(json!({ "id": id("cev") })),
        "registerCertification" => json!({ "input": {
            "certificationBody": id("cbo"), "number": "NEW", "standard": "ISO/IEC 27001", "edition": "2022",
            "legalEntity": "New", "scope": "Everything", "soaVersionId": id("sov"),
            "printed": { "decisionOn": "2025-03-10", "expiresOn": "2028-03-10" },
            "events": [transfer()],
        } }),
        "simulatePlan" => json!({ "input": {
            "certifications": [{ "certification": id("crt"), "events": [transfer()] }],
            "attestations": [{ "attestation": id("att") }],
        } }),
        "updateCertification" => json!({
            "id": id("crt"), "expectedVersion": 2, "input": { "certificationBody": id("cbo"), "soaVersionId": id("sov") },
        }),
        "recordCertificationEvent" => of_certificate(json!({ "input": transfer() })),
        "voidCertificationEvent" => of_certificate(changes("cev", json!({ "voidReason": "Entered twice" }))),
        "attestations" => json!({ "filter": { "system": id("sys") } }),
        "attestation" | "attestationMilestones" | "attestationTimeline" | "attestationCoverage" => {
            json!({ "id": id("att") })
        }
        "createAttestation" => json!({ "input": {
            "name": "New", "report": "TYPE_1", "scope": "Cloud platform", "systems": [id("sys")],
            "reportEvidence": id("evd"),
        } }),
        "updateAttestation" => {
            changed_once("att", json!({ "systems": [id("sys")], "reportEvidence": id("evd") }))
        }
        "attestationEvents" => of_attestation(json!({})),
        "attestationEvent" => of_attestation(json!({ "id": id("aev") })),
        "recordAttestationEvent" => of_attestation(json!({ "input": {
            "type": "BRIDGE_ISSUED",
            "bridge": { "coversThrough": "2026-11-22", "signedOn": "2026-11-22", "signedBy": "Chief executive" },
        } })),
        "voidAttestationEvent" => of_attestation(changes("aev", json!({ "voidReason": "Entered twice" }))),
        "attestationTests" => of_attestation(json!({ "filter": { "control": id("ctl") } })),
        "attestationTest" => of_attestation(json!({ "id": id("ats") })),
        "recordAttestationTest" => of_attestation(json!({ "input": {
            "control": id("ctl"), "criterion": "CC6.1", "procedure": "Inspected it", "result": "NO_EXCEPTIONS",
        } })),
        "updateAttestationTest" => {
            of_attestation(changes("ats", json!({ "managementResponse": "Reviews are planned now" })))
        }
        "deleteAttestationTest" => of_attestation(removes("ats")),
        "attestationReleases" => of_attestation(json!({})),
        "attestationRelease" => of_attestation(json!({ "id": id("rel") })),
        "recordAttestationRelease" => of_attestation(json!({ "input": {
            "recipient": "New customer", "agreement": "NDA of 2026",
        } })),
        "voidAttestationRelease" => of_attestation(changes("rel", json!({ "voidReason": "Entered twice" }))),
        _ => arguments_of_isms(field, w),
    }
}

/// As [`arguments`], for the records of the management system.
fn arguments_of_isms(field: &str, w: &World) -> Value {
    let id = |prefix: &str| json!(w.id(prefix));
    let at = |prefix: &str| json!({ "id": id(prefix), "expectedVersion": w.made[prefix]["version"] });
    let changes = |prefix: &str, input: Value| {
        let mut arguments = at(prefix);
        arguments["input"] = input;
        arguments
    };
    let changes_many = |singular: &str, prefix: &str| {
        let input = |word: &str| arguments(&format!("{word}{singular}"), w)["input"].clone();
        json!({ "input": { "atomic": true, "items": [
            { "create": input("create") },
            { "update": { "id": id(prefix), "version": w.made[prefix]["version"], "patch": input("update") } },
            { "put": { "externalRef": { "system": "new", "id": "1" }, "resource": input("create") } },
            { "delete": { "id": id(prefix), "version": 99 } },
        ] } })
    };
    let review = || {
        json!({ "title": "New", "plannedOn": "2027-03-01", "owner": id("mem"), "attendees": [{ "member": id("mem") }],
                "decisions": [{ "text": "Train everybody", "responsible": id("mem") }] })
    };
    let scope = || {
        json!({ "title": "New", "boundaries": "Two offices.", "owner": id("mem"), "issues": [id("iss")],
                "parties": [id("pty")] })
    };
    let plan = || {
        json!({ "title": "New", "owner": id("mem"), "assessment": id("ras"), "actions": [{
            "risk": id("rsk"), "controls": [id("ctl")], "text": "Find a second supplier", "responsible": id("mem"),
        }] })
    };
    match field {
        "policies" | "documents" | "objectives" | "managementReviews" => {
            json!({ "filter": { "owner": id("mem") } })
        }
        "contextIssues" | "climateDecisions" | "interestedParties" | "scopeStatements"
        | "riskAssessments" | "treatmentPlans" | "competenceRecords" | "auditProgrammes" | "improvements" => {
            json!({ "filter": { "owner": id("mem") } })
        }
        "contextIssue" => json!({ "id": id("iss") }),
        "climateDecision" => json!({ "id": id("cli") }),
        "interestedParty" => json!({ "id": id("pty") }),
        "scopeStatement" | "scopeStatementEditions" => json!({ "id": id("scp") }),
        "scopeStatementEdition" => json!({ "id": id("scp"), "number": 1 }),
        "riskAssessment" => json!({ "id": id("ras") }),
        "treatmentPlan" | "treatmentPlanEditions" => json!({ "id": id("rtp") }),
        "treatmentPlanEdition" => json!({ "id": id("rtp"), "number": 1 }),
        "competenceRecord" => json!({ "id": id("cmp") }),
        "auditProgramme" => json!({ "id": id("apr") }),
        "improvement" => json!({ "id": id("imp") }),
        "createContextIssue" => json!({ "input": {
            "title": "New", "kind": "EXTERNAL", "text": "A law changes.", "owner": id("mem"),
        } }),
        "createClimateDecision" => json!({ "input": {
            "title": "New", "relevant": false, "reason": "We host nothing.", "decidedOn": "2026-11-20", "owner": id("mem"),
        } }),
        "createInterestedParty" => json!({ "input": { "name": "New", "owner": id("mem") } }),
        "createScopeStatement" => json!({ "input": scope() }),
        "createRiskAssessment" => json!({ "input": {
            "title": "New", "trigger": "CHANGE", "plannedOn": "2027-03-01", "owner": id("mem"), "risks": [id("rsk")],
        } }),
        "createTreatmentPlan" => json!({ "input": plan() }),
        "createCompetenceRecord" => json!({ "input": {
            "title": "New", "need": "Knows how to audit.", "person": id("mem"), "owner": id("mem"),
        } }),
        "createAuditProgramme" => json!({ "input": {
            "title": "New", "periodFrom": "2027-01-01", "periodTo": "2027-12-31", "owner": id("mem"),
        } }),
        "createImprovement" => json!({ "input": { "title": "New", "owner": id("mem") } }),
        "updateContextIssue" => changes("iss", json!({ "owner": id("mem") })),
        "updateClimateDecision" => changes("cli", json!({ "owner": id("mem") })),
        "updateInterestedParty" => changes("pty", json!({ "owner": id("mem") })),
        "updateScopeStatement" => changes("scp", scope()),
        "updateRiskAssessment" => changes("ras", json!({ "owner": id("mem"), "risks": [id("rsk")] })),
        "updateTreatmentPlan" => changes("rtp", plan()),
        "updateCompetenceRecord" => changes("cmp", json!({ "person": id("mem"), "owner": id("mem") })),
        "updateAuditProgramme" => changes("apr", json!({ "owner": id("mem") })),
        "updateImprovement" => changes("imp", json!({ "owner": id("mem") })),
        "deleteContextIssue" => at("iss"),
        "deleteClimateDecision" => at("cli"),
        "deleteInterestedParty" => at("pty"),
        "deleteScopeStatement" | "reviseScopeStatement" | "retireScopeStatement" => at("scp"),
        "discardScopeStatementDraft" => at("scp"),
        "deleteRiskAssessment" => at("ras"),
        "deleteTreatmentPlan" | "reviseTreatmentPlan" | "retireTreatmentPlan" => at("rtp"),
        "discardTreatmentPlanDraft" => at("rtp"),
        "deleteCompetenceRecord" => at("cmp"),
        "deleteAuditProgramme" => at("apr"),
        "deleteImprovement" => at("imp"),
        "approveScopeStatement" => changes("scp", json!({ "approver": id("mem") })),
        "approveTreatmentPlan" => changes("rtp", json!({ "approver": id("mem") })),
        "approveTreatmentPlanAsOwner" => changes("rtp", json!({ "riskOwner": id("mem") })),
        "completeRiskAssessment" => changes("ras", json!({ "summary": "All is within the appetite." })),
        "batchContextIssues" => changes_many("ContextIssue", "iss"),
        "batchClimateDecisions" => changes_many("ClimateDecision", "cli"),
        "batchInterestedParties" => changes_many("InterestedParty", "pty"),
        "batchScopeStatements" => changes_many("ScopeStatement", "scp"),
        "batchRiskAssessments" => changes_many("RiskAssessment", "ras"),
        "batchTreatmentPlans" => changes_many("TreatmentPlan", "rtp"),
        "batchCompetenceRecords" => changes_many("CompetenceRecord", "cmp"),
        "batchAuditProgrammes" => changes_many("AuditProgramme", "apr"),
        "batchImprovements" => changes_many("Improvement", "imp"),
        "policy" | "policyEditions" => json!({ "id": id("pol") }),
        "document" | "documentEditions" => json!({ "id": id("doc") }),
        "policyEdition" => json!({ "id": id("pol"), "number": 1 }),
        "documentEdition" => json!({ "id": id("doc"), "number": 1 }),
        "objective" => json!({ "id": id("obj") }),
        "managementReview" => json!({ "id": id("mrv") }),
        "createPolicy" => json!({ "input": { "title": "New", "text": "We care.", "owner": id("mem") } }),
        "createDocument" => json!({ "input": { "title": "New", "number": "D-NEW", "owner": id("mem") } }),
        "createObjective" => json!({ "input": {
            "title": "New", "notMeasurable": "It is met or not.", "owner": id("mem"), "policy": id("pol"),
            "measuredBy": id("mem"), "analysedBy": id("mem"),
        } }),
        "createManagementReview" => json!({ "input": review() }),
        "updatePolicy" => changes("pol", json!({ "owner": id("mem") })),
        "updateDocument" => changes("doc", json!({ "owner": id("mem") })),
        "updateObjective" => changes(
            "obj",
            json!({ "owner": id("mem"), "policy": id("pol"), "measuredBy": id("mem"), "analysedBy": id("mem") }),
        ),
        "updateManagementReview" => changes("mrv", review()),
        "deletePolicy" | "revisePolicy" | "discardPolicyDraft" | "retirePolicy" => at("pol"),
        "deleteDocument" | "reviseDocument" | "discardDocumentDraft" | "retireDocument" => at("doc"),
        "deleteObjective" => at("obj"),
        "deleteManagementReview" => at("mrv"),
        "approvePolicy" => changes("pol", json!({ "approver": id("mem"), "position": "Managing director" })),
        "approveDocument" => changes("doc", json!({ "approver": id("mem") })),
        "batchPolicies" => changes_many("Policy", "pol"),
        "batchDocuments" => changes_many("Document", "doc"),
        "batchObjectives" => changes_many("Objective", "obj"),
        "batchManagementReviews" => changes_many("ManagementReview", "mrv"),
        "objectiveMeasurements" => json!({ "objectiveId": id("obj") }),
        "objectiveMeasurement" => json!({ "objectiveId": id("obj"), "id": id("mea") }),
        "recordObjectiveMeasurement" => {
            json!({ "objectiveId": id("obj"), "input": { "value": 92.5, "by": id("mem") } })
        }
        "voidObjectiveMeasurement" => {
            let mut arguments = changes("mea", json!({ "voidReason": "Entered twice" }));
            arguments["objectiveId"] = id("obj");
            arguments
        }
        _ => arguments_of_audits(field, w),
    }
}

/// As [`arguments`], for audits and findings.
fn arguments_of_audits(field: &str, w: &World) -> Value {
    let id = |prefix: &str| json!(w.id(prefix));
    let changes =
        |prefix: &str, input: Value| json!({ "id": id(prefix), "expectedVersion": 1, "input": input });
    let removes = |prefix: &str| json!({ "id": id(prefix), "expectedVersion": 1 });
    let links = || json!({ "owner": id("mem"), "controls": [id("ctl")] });
    let with = |mut value: Value, more: Value| {
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        value
    };
    let audit = || {
        with(
            links(),
            json!({ "certification": id("crt"), "team": [{ "member": id("mem"), "role": "OBSERVER" }], "auditors": [{ "member": id("auditor"), "until": "2027-06-30" }] }),
        )
    };
    let finding = || with(links(), json!({ "audit": id("aud"), "evidence": [id("evd")] }));
    let action = || json!({ "owner": id("mem"), "approvedBy": id("mem"), "approvedOn": "2026-11-20", "evidence": [id("evd")] });
    match field {
        "audits" => json!({ "filter": {
            "certification": id("crt"), "attestation": id("att"), "programme": id("apr"), "owner": id("mem"),
            "member": id("mem"), "control": id("ctl"),
        } }),
        "audit" => json!({ "id": id("aud") }),
        "createAudit" => json!({ "input": with(
            audit(),
            json!({ "kind": "SURVEILLANCE", "title": "New", "plannedStart": "2026-12-14" }),
        ) }),
        "updateAudit" => changes("aud", audit()),
        "startAudit" => changes("start_audit", json!({ "startedOn": "2026-11-23" })),
        "completeAudit" => {
            changes("complete_audit", json!({ "endedOn": "2026-11-23", "conclusion": "POSITIVE" }))
        }
        "cancelAudit" | "voidAudit" => changes("cancel_audit", json!({ "reason": "Entered twice" })),
        "copyAudit" => json!({ "id": id("aud"), "input": { "plannedStart": "2027-12-13" } }),
        "deleteAudit" => removes("aud"),
        "evidenceRequests" => json!({ "filter": {
            "audit": id("aud"), "assignee": id("mem"), "control": id("ctl"),
        } }),
        "evidenceRequest" => json!({ "id": id("erq") }),
        "createEvidenceRequest" => json!({ "input": {
            "audit": id("aud"), "item": "New", "dueOn": "2026-12-07", "assignee": id("mem"), "controls": [id("ctl")],
        } }),
        "updateEvidenceRequest" => changes("erq", json!({ "assignee": id("mem"), "controls": [id("ctl")] })),
        "provideEvidenceRequest" => changes("erq", json!({ "evidence": [id("evd")] })),
        "returnEvidenceRequest" => changes("return_evidence_request", json!({ "reason": "Too short" })),
        "acceptEvidenceRequest" => removes("accept_evidence_request"),
        "deleteEvidenceRequest" => removes("erq"),
        "findings" => json!({ "filter": { "audit": id("aud"), "owner": id("mem"), "control": id("ctl") } }),
        "finding" => json!({ "id": id("fnd") }),
        "createFinding" => json!({ "input": with(
            finding(),
            json!({ "title": "New", "grade": "MINOR", "statement": "One of ten." }),
        ) }),
        "updateFinding" => changes("fnd", finding()),
        "verifyFinding" => changes("verify_finding", json!({ "by": "Lead auditor" })),
        "checkFinding" => changes("check_finding", json!({ "effective": true })),
        "reopenFinding" => changes("reopen_finding", json!({ "reason": "It came back" })),
        "deleteFinding" => removes("fnd"),
        "correctiveActions" => json!({ "filter": { "finding": id("fnd"), "owner": id("mem") } }),
        "correctiveAction" => json!({ "id": id("car") }),
        "createCorrectiveAction" => {
            json!({ "input": with(action(), json!({ "finding": id("fnd"), "title": "New" })) })
        }
        "updateCorrectiveAction" => changes("car", action()),
        "deleteCorrectiveAction" => removes("car"),
        "readiness" => json!({ "for": "SOC_2_TYPE_2", "attestation": id("att") }),
        _ => panic!("{field} has no line in tests/contract/walls.rs"),
    }
}

/// What may be said of a control in a statement.
fn said(w: &World) -> Value {
    json!({ "controls": [w.id("ctl")], "reasons": [{ "kind": "RISK", "risks": [w.id("rsk")] }] })
}

async fn foreign_argument(app: &TestApp, two: &Two, root: &str, field: &Field, at: &str) {
    let mut arguments = arguments(&field.name, &two.mine);
    let at = &match at.strip_prefix("/input") {
        Some(within) => format!("/input{}", alone(&mut arguments["input"], within)),
        None => at.to_owned(),
    };
    serving(&mut arguments, at, &two.mine);
    placed(&mut arguments, at, &two.mine);
    let place = given(&mut arguments, at, &field.name);
    *place = foreign(place.as_str().unwrap(), &two.theirs);
    let answer = app.ask_with(&two.mine.key, &field.document(root, &arguments), arguments.clone()).await;
    let what = format!("{} {at}: {answer}", field.name);
    if at.starts_with("/filter/") {
        assert_eq!(answer["data"][&field.name]["totalCount"], 0, "{what}");
        return;
    }
    let wanted = match at {
        _ if at.starts_with("/input/items/") => "batch_refused",
        _ if at.starts_with("/input/") || field.name == "readiness" => "unprocessable",
        _ => "not_found",
    };
    assert_eq!(answer["errors"][0]["extensions"]["code"], wanted, "{what}");
    assert!(answer["data"].is_null() && !answer.to_string().contains("theirs"), "{what}");
}

/// A field of the schema's roots.
struct Field {
    name: String,
    arguments: Vec<(String, Type)>,
    /// Empty for a scalar.
    answer: &'static str,
}

impl Field {
    fn document(&self, root: &str, given: &Value) -> String {
        let given = given.as_object().unwrap();
        let taken: Vec<_> = self.arguments.iter().filter(|(name, _)| given.contains_key(name)).collect();
        let declared: String = taken.iter().map(|(name, kind)| format!("${name}: {kind} ")).collect();
        let passed: String = taken.iter().map(|(name, _)| format!("{name}: ${name} ")).collect();
        format!("{root}({declared}) {{ {}({passed}) {} }}", self.name, self.answer)
    }
}

/// The committed schema, as far as ids are concerned.
struct Graph(Vec<TypeDefinition>);

impl Graph {
    fn read() -> Self {
        let document = parse_schema(attestd::app::graphql_schema()).unwrap();
        let types = document.definitions.into_iter().filter_map(|one| match one {
            TypeSystemDefinition::Type(found) => Some(found.node),
            _ => None,
        });
        Self(types.collect())
    }

    fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.0.iter().find(|one| one.name.node == name).map(|one| &one.kind)
    }

    fn is_one_of(&self, name: &str) -> bool {
        let found = self.0.iter().find(|one| one.name.node == name);
        found.is_some_and(|one| one.directives.iter().any(|mark| mark.node.name.node == "oneOf"))
    }

    /// Every field of both roots, with the word that starts its document.
    fn fields(&self) -> Vec<(&'static str, Field)> {
        let mut all = Vec::new();
        for (word, root) in [("query", "Query"), ("mutation", "Mutation")] {
            let Some(TypeKind::Object(object)) = self.kind(root) else { panic!("no {root}") };
            for field in &object.fields {
                let answer = base(&field.node.ty.node);
                let answer = match self.kind(answer) {
                    Some(TypeKind::Object(_)) if answer.ends_with("Connection") => "{ totalCount }",
                    Some(TypeKind::Object(_)) => "{ __typename }",
                    _ => "",
                };
                let argument = |one: &InputValueDefinition| (one.name.node.to_string(), one.ty.node.clone());
                let arguments = field.node.arguments.iter().map(|one| argument(&one.node)).collect();
                all.push((word, Field { name: field.node.name.node.to_string(), arguments, answer }));
            }
        }
        all
    }

    /// Pointers to every id among a field's arguments, however deep.
    fn ids(&self, field: &Field) -> Vec<String> {
        let mut found = Vec::new();
        for (name, kind) in &field.arguments {
            self.ids_in(kind, format!("/{name}"), &mut found);
        }
        found
    }

    fn ids_in(&self, kind: &Type, at: String, found: &mut Vec<String>) {
        let at = if matches!(kind.base, BaseType::List(_)) { at + "/0" } else { at };
        match (base(kind), self.kind(base(kind))) {
            ("ID", _) => found.push(at),
            (_, Some(TypeKind::InputObject(object))) => {
                for (n, field) in object.fields.iter().enumerate() {
                    // Where an item is one of several things, the arguments have one of each.
                    let at = match at.strip_suffix("/0") {
                        Some(list) if self.is_one_of(base(kind)) => format!("{list}/{n}"),
                        _ => at.clone(),
                    };
                    self.ids_in(&field.node.ty.node, format!("{at}/{}", field.node.name.node), found);
                }
            }
            _ => {}
        }
    }
}

fn base(kind: &Type) -> &str {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}
