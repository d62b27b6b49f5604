//! Certification bodies: their rules.

use serde_json::{Value, json};

use super::model::{
    BodySort, BodyView, CertificationBody, CertificationBodyFilter, CertificationBodyPatch,
    NewCertificationBody,
};
use crate::{
    assurance::certifications::store::{self, Which},
    kernel::{
        error::{Code, Error, Result},
        id::{CertificationBodyId, CertificationBodyKind},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::{EventType, Ripple, Write},
        room::{Actions, Head, Room, Told},
    },
};

/// A certificate's history tells with which bodies it was, and which accreditation they had then.
async fn is_in_no_past(tx: &mut TenantTx, body: CertificationBodyId) -> Result<()> {
    let was = store::all(tx, Which::Every).await?.iter().any(|one| one.bodies().contains(&body));
    let detail = "certificates are or were with this body, and their events name it";
    if was { Err(Error::new(Code::InUse, detail)) } else { Ok(()) }
}

impl Room for CertificationBody {
    type New = NewCertificationBody;
    type Patch = CertificationBodyPatch;
    type View = BodyView;
    const ACTIONS: Actions = Actions {
        read: Action::CertificationBodyRead,
        create: Action::CertificationBodyCreate,
        update: Action::CertificationBodyUpdate,
        delete: Action::CertificationBodyDelete,
    };
    const TOLD: Told = Told {
        created: EventType::CertificationBodyCreated,
        updated: EventType::CertificationBodyUpdated,
        deleted: EventType::CertificationBodyDeleted,
    };

    fn head(&mut self) -> Head<'_, CertificationBodyKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewCertificationBody, ctx: &Ctx) -> Self {
        input.into_body(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: CertificationBodyPatch) {
        patch.apply(self);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }
    async fn guard(tx: &mut Write, ctx: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        match (before, after) {
            (Some(before), Some(after)) if before.accreditations != after.accreditations => {
                tx.stir(Ripple::Accreditation(after.id, ctx.today()));
                Ok(())
            }
            (Some(before), None) => is_in_no_past(tx, before.id).await,
            _ => Ok(()),
        }
    }
    fn day(filter: &CertificationBodyFilter) -> Option<Date> {
        filter.as_of
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, day: Date) -> Result<Vec<BodyView>> {
        Ok(rows.into_iter().map(|body| body.on(day)).collect())
    }
    fn place(sort: BodySort) -> impl Fn(&BodyView) -> (Value, String) {
        move |body| {
            let key = match sort {
                BodySort::Name | BodySort::NameDescending => json!(body.facts.name),
                BodySort::Oldest | BodySort::Newest => json!(body.facts.created_at),
            };
            (key, body.facts.id.to_string())
        }
    }
}
