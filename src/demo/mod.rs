//! The demo: two believable organisations, entered through the same use cases that the API calls. Dates are counted
//! from the day it is made, so that one is always in the middle of its three years.

mod applicability;
mod attestations;
mod audits;
mod evidence;
mod frameworks;
mod isms;
mod organization;
mod programme;
mod risks;

use std::collections::HashMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    assurance::certifications::{self, bodies::CertificationBody},
    kernel::{
        error::{Error, Result},
        id::{ApplicabilityVersionId, CertificationBodyId, CertificationId, ControlId, MemberId},
        patch::Expected,
        time::Date,
    },
    platform::{
        access::{Caller, Credential, Ctx, OperatorCtx, Services},
        db::Statements,
        diary::AtMoment,
        identity::{
            clients, invitations,
            members::Member,
            providers::IdentityProvider,
            tenants::{self, Founded},
        },
        room,
    },
};
use frameworks::enter_schedule;
use programme::{People, enter_controls, enter_tests};
use risks::{enter_risks, explain_matrix, shrink_matrix};

/// What a person needs to look around.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// An owner's API key of the cloud company, which is certified and in the middle of its three years.
    pub cloud_key: String,
    /// The cloud company's certificate.
    pub certificate: CertificationId,
    /// An OAuth client of the cloud company's ticket bot, as `id:secret`.
    pub cloud_client: String,
    /// An owner's API key of the health company, which works towards its first certification.
    pub health_key: String,
    /// An OAuth client of the health company's reminder bot, as `id:secret`.
    pub health_client: String,
}

/// The months since the cloud company's certification decision: its second surveillance audit is close.
const MONTHS_IN: u32 = 22;

/// Makes both organisations in an empty database.
///
/// # Errors
/// When the database fails, or has one of them already.
pub async fn make(services: &Services) -> Result<Demo> {
    let (cloud, cloud_key) = found(services, "example-cloud", "Example Cloud GmbH", "Europe/Berlin").await?;
    let (health, health_key) =
        found(services, "example-health", "Example Health GmbH", "Europe/Vienna").await?;
    let certificate = cloud_company(services, &cloud).await?;
    health_company(&health).await?;
    let cloud_client = bot(&cloud, "Ticket bot", "integration", &[]).await?;
    let health_client = bot(&health, "Reminder bot", "viewer", &["milestones:read"]).await?;
    Ok(Demo { cloud_key, certificate, cloud_client, health_key, health_client })
}

async fn cloud_company(services: &Services, ctx: &Ctx) -> Result<CertificationId> {
    let people = People {
        lead: person(ctx, "Compliance lead", "compliance", "manager", None).await?,
        engineering: person(ctx, "Head of engineering", "engineering", "contributor", None).await?,
        people: person(ctx, "Head of people", "people", "contributor", None).await?,
    };
    let leaves = ctx.today().plus_months(6);
    person(ctx, "External auditor", "auditor", "auditor", Some(leaves)).await?;
    enter_schedule(ctx).await?;
    let systems = organization::enter_cloud(ctx, &people).await?;
    sign_in(ctx).await?;
    let controls = enter_controls(ctx, &people, include_str!("cloud-controls.csv")).await?;
    enter_tests(ctx, &people, &controls, include_str!("cloud-tests.csv")).await?;
    explain_matrix(ctx).await?;
    let risks = enter_risks(ctx, &people, &systems, &controls, include_str!("cloud-risks.csv")).await?;
    let statement = applicability::enter(ctx, people.lead, &controls, &risks).await?;
    let named = isms::Named { people: &people, risks: &risks };
    let programme = isms::enter(ctx, &named).await?;
    let engineer = as_contributor(services, ctx, people.engineering);
    evidence::enter(ctx, &engineer, &controls).await?;
    remind_early(ctx).await?;
    let body = certification_body(ctx).await?;
    let certificate = certificate(ctx, body, statement).await?;
    let sample = audits::Sample {
        certificate,
        programme,
        decision: ctx.today().minus_months(MONTHS_IN),
        leavers: coded(&controls, "AC-03")?,
        backups: coded(&controls, "BC-01")?,
    };
    audits::enter(ctx, &people, &sample).await?;
    plan_surveillance(ctx, certificate, people.lead).await?;
    attestations::enter(ctx, &systems, &controls).await?;
    Ok(certificate)
}

fn coded(controls: &HashMap<String, ControlId>, code: &str) -> Result<ControlId> {
    controls.get(code).copied().ok_or_else(|| Error::internal(format!("no control {code}")))
}

/// What a member enters by themselves.
fn as_contributor(services: &Services, ctx: &Ctx, member: MemberId) -> Ctx {
    let caller = Caller { member, role: crate::platform::access::Role::Contributor, ..ctx.caller().clone() };
    Ctx::new(services.clone(), caller, "demo".to_owned(), None, Statements::default())
}

/// Where the people of the cloud company sign in, and one who has not yet.
async fn sign_in(ctx: &Ctx) -> Result<()> {
    let directory = json!({
        "name": "Company directory", "issuer": "https://login.example.com/example-cloud",
        "audience": "https://attestd.example.com/example-cloud", "algorithms": ["RS256", "ES256"],
        "provisioning": "just_in_time", "role_claim": "groups", "default_role": "viewer",
        "role_rules": [{ "value": "compliance-leads", "role": "manager" }, { "value": "engineering", "role": "contributor" }],
    });
    room::create::<IdentityProvider>(ctx, input(directory)?).await?;
    let invitation =
        json!({ "email": "security@example-cloud.example", "name": "Security lead", "role": "manager" });
    invitations::service::create(ctx, input(invitation)?).await.map(drop)
}

async fn health_company(ctx: &Ctx) -> Result<()> {
    let lead = person(ctx, "Security officer", "security", "manager", None).await?;
    let engineering = person(ctx, "Head of engineering", "engineering", "contributor", None).await?;
    let people = People { lead, engineering, people: lead };
    let systems = organization::enter_health(ctx, lead).await?;
    let controls = enter_controls(ctx, &people, include_str!("health-controls.csv")).await?;
    shrink_matrix(ctx).await?;
    enter_risks(ctx, &people, &systems, &controls, include_str!("health-risks.csv")).await?;
    let body = certification_body(ctx).await?;
    application(ctx, body).await?;
    Ok(())
}

/// A new tenant, entered by its first owner.
async fn found(services: &Services, slug: &str, name: &str, time_zone: &str) -> Result<(Ctx, String)> {
    let operator =
        OperatorCtx { services: services.clone(), request_id: "demo".to_owned(), idempotency: None };
    let new = input(json!({ "slug": slug, "name": name, "time_zone": time_zone }))?;
    let Founded { tenant, owner_key } = tenants::service::create(&operator, new).await?;
    let caller = Caller {
        tenant: tenant.id,
        time_zone: tenant.zone(),
        member: owner_key.facts.member_id,
        role: crate::platform::access::Role::Owner,
        credential: Credential::ApiKey(owner_key.facts.id),
        scopes: Vec::new(),
        engaged: None,
    };
    let key = owner_key.key.ok_or_else(|| Error::internal("a new key is shown once"))?;
    Ok((Ctx::new(services.clone(), caller, "demo".to_owned(), None, Statements::default()), key))
}

async fn person(ctx: &Ctx, name: &str, mailbox: &str, role: &str, until: Option<Date>) -> Result<MemberId> {
    let email = format!("{mailbox}@example.com");
    let new =
        json!({ "kind": "person", "name": name, "email": email, "role": role, "access_ends_on": until });
    Ok(room::create::<Member>(ctx, input(new)?).await?.id)
}

/// A machine account with an OAuth client, as `id:secret`.
async fn bot(ctx: &Ctx, name: &str, role: &str, scopes: &[&str]) -> Result<String> {
    let refs = json!([{ "system": "tracker", "id": name.to_lowercase().replace(' ', "-") }]);
    let new = json!({ "kind": "machine", "name": name, "role": role, "external_refs": refs });
    let member = room::create::<Member>(ctx, input(new)?).await?;
    let new = json!({ "member_id": member.id, "name": name, "scopes": scopes, "external_refs": refs });
    let client = clients::service::create(ctx, input(new)?).await?;
    let secret = client.secret.ok_or_else(|| Error::internal("a new secret is shown once"))?;
    Ok(format!("{}:{secret}", client.facts.id))
}

/// Certificates of the cloud company are reminded of in good time.
async fn remind_early(ctx: &Ctx) -> Result<()> {
    let patch = input(json!({ "reminder_days": [120, 60, 14] }))?;
    certifications::defaults::service::update(ctx, Expected::Any, patch).await.map(drop)
}

async fn certification_body(ctx: &Ctx) -> Result<CertificationBodyId> {
    let granted = ctx.today().minus_months(70);
    let new = json!({
        "name": "Example Certification Body", "website": "https://cb.example.com",
        "register_url": "https://cb.example.com/register",
        "accreditations": [{
            "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
            "number": "EAS-ZM-0001", "recognition": "IAF MLA",
            "granted_on": granted, "valid_until": granted.plus_months(120),
        }],
    });
    Ok(room::create::<CertificationBody>(ctx, input(new)?).await?.facts.id)
}

async fn certificate(
    ctx: &Ctx,
    body: CertificationBodyId,
    statement: ApplicabilityVersionId,
) -> Result<CertificationId> {
    let decision = ctx.today().minus_months(MONTHS_IN);
    // The audits since stage 1 are entered as audits.
    let new = json!({
        "certification_body": body, "number": "ISMS-2041", "revision": "1",
        "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "address": "1 Example Street, 10115 Berlin",
        "scope": "Development, operation and support of the Example Cloud platform",
        "sites": [
            { "name": "Head office", "address": "1 Example Street, 10115 Berlin" },
            { "name": "Engineering", "address": "2 Example Road, Dublin 2", "covered_from": decision.plus_months(7) },
        ],
        "soa_version_id": statement, "register_url": "https://cb.example.com/register/ISMS-2041",
        "printed": {
            "original_certification_on": decision, "decision_on": decision,
            "valid_from": decision.plus_days(2), "expires_on": decision.plus_months(36),
        },
        "events": [
            audit("stage_1_completed", decision.minus_months(3), 1),
            { "type": "suspended", "effective_on": decision.plus_months(13),
              "reason": "The plan for a major nonconformity came too late" },
            { "type": "suspension_lifted", "effective_on": decision.plus_months(15) },
        ],
        "external_refs": [{ "system": "tracker", "id": "COMP-17", "url": "https://tracker.example.com/COMP-17" }],
    });
    Ok(certifications::service::register(ctx, input(new)?).await?.facts.id)
}

fn audit(event: &str, started_on: Date, days: u64) -> Value {
    json!({ "type": event, "started_on": started_on, "ended_on": started_on.plus_days(days - 1) })
}

/// An application on its way: stage 1 is done.
async fn application(ctx: &Ctx, body: CertificationBodyId) -> Result<()> {
    let applied = ctx.today().minus_months(4);
    let new = json!({
        "certification_body": body, "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Health GmbH", "scope": "Operation of the Example Health portal",
        "applied_on": applied, "events": [audit("stage_1_completed", applied.plus_months(3), 1)],
    });
    certifications::service::register(ctx, input(new)?).await.map(drop)
}

/// Somebody sees to the next audit.
async fn plan_surveillance(ctx: &Ctx, certificate: CertificationId, owner: MemberId) -> Result<()> {
    let due = certifications::dates::milestones(ctx, certificate, AtMoment::default()).await?;
    let next = due.into_iter().find(|one| one.entry.due.code == "surveillance_2");
    let Some(next) = next else { return Ok(()) };
    let planned = ctx.today().plus_days(21).min(next.entry.due.due);
    let patch = input(json!({ "owner": owner, "planned_on": planned }))?;
    crate::calendar::milestones::service::update(ctx, next.entry.id, Expected::Any, patch).await?;
    Ok(())
}

fn input<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(Error::internal)
}
