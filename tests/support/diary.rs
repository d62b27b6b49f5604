//! Dates in the diary, written as a room would write them.

use attestd::{
    kernel::{error::Result, id::TenantId},
    platform::{
        access::{Action, Caller, Credential, Ctx, Role, Services},
        db::{Doc, Statements},
        diary::{Dates, Due, RuleBasis, RuleInput, RuleRef},
        journal::{EventType, Recorded},
    },
};

use super::{TestApp, Value};

/// A resource with dates, as a room would write it.
#[derive(serde::Serialize)]
pub struct Thing(pub &'static str);

impl Recorded for Thing {
    const RESOURCE: &'static str = "certification";

    fn resource_id(&self) -> String {
        self.0.to_owned()
    }
    fn version(&self) -> Option<i32> {
        None
    }
}

pub const A: Thing = Thing("crt_0198b2a4c6d87e10a1b2c3d4e5f60718");
pub const B: Thing = Thing("crt_0198b2a4c6d87e10a1b2c3d4e5f60719");

/// What is due under this code: `opens..due`, done or not.
pub fn due(code: &str, opens: Option<&str>, due: &str, done_on: Option<&str>) -> Due {
    Due {
        code: code.to_owned(),
        cycle: 1,
        title: format!("The {code}"),
        window_opens: opens.map(|day| day.parse().unwrap()),
        due: due.parse().unwrap(),
        done_on: done_on.map(|day| day.parse().unwrap()),
        assumed: false,
        rule: Doc(RuleRef {
            id: "A-10".to_owned(),
            clause: "ISO/IEC 17021-1:2015 9.1.3.3".to_owned(),
            basis: RuleBasis::Normative,
            source_checked: false,
            rule_set: "2015/2024".to_owned(),
        }),
        inputs: Doc(vec![RuleInput { name: "decision_date".to_owned(), value: "2025-03-10".to_owned() }]),
    }
}

/// The context in which a tenant's owner calls a use case.
pub async fn context(app: &TestApp, key: &str) -> Ctx {
    counting(app, key, &Statements::default()).await
}

/// The owner's context, whose statements are counted.
pub async fn counting(app: &TestApp, key: &str, statements: &Statements) -> Ctx {
    context_of(app, app.services.clone(), key, statements).await
}

/// The owner's context in a service that is set up otherwise.
pub async fn context_of(app: &TestApp, services: Services, key: &str, statements: &Statements) -> Ctx {
    let tenant = app.read(key, "/v1/tenant").await;
    let held = app.read(key, "/v1/api-keys").await["data"][0].clone();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let caller = Caller {
        tenant: id(&tenant["id"]).parse::<TenantId>().unwrap(),
        time_zone: chrono_tz::UTC,
        member: id(&held["member_id"]).parse().unwrap(),
        role: Role::Owner,
        credential: Credential::ApiKey(id(&held["id"]).parse().unwrap()),
        scopes: Vec::new(),
        engaged: None,
    };
    Ctx::new(services, caller, "test".to_owned(), None, statements.clone())
}

/// Writes a thing's dates, as its room would with its facts.
pub async fn expect(ctx: &Ctx, thing: &Thing, dues: &[Due]) -> Result<()> {
    remind(ctx, thing, dues, &[]).await
}

/// Writes a thing's dates, to be reminded of so many days before.
pub async fn remind(ctx: &Ctx, thing: &Thing, dues: &[Due], days: &[i32]) -> Result<()> {
    let mut tx = ctx.may(Action::MilestoneUpdate)?.write().await?;
    tx.expect_all(&[Dates::of(thing, dues.to_vec()).reminded(days, ctx.today())]).await?;
    tx.record(EventType::CertificationUpdated, thing)?;
    tx.commit(()).await
}
