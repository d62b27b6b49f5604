//! What enters a certificate, and what changes of it beside its dates.

use async_graphql::{InputObject, MaybeUndefined};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    input::{self, NewCertificationEvent},
    log::{CertificationEventType, EventReason, PrintedDates},
    model::{CertificateNumber, CertificateScope, DocumentDigest, Facts, Site, example},
    settings::CycleSettings,
};
use crate::{
    batch,
    kernel::{
        error::{Code, Error, Fault, Faults, Result},
        id::{ApplicabilityVersionId, CertificationBodyId, CertificationId, TenantId},
        patch,
        text::{Prose, ShortCode, Title, Url},
        time::{Date, Instant},
    },
    platform::{
        access::Ctx,
        db::{Doc, refs::ExternalRef},
    },
};

/// Events entered together with a certificate at the most.
pub const MAX_EVENTS: usize = 100;

/// A certificate to enter: one that is already held, in one call with what happened to it so far, or an application.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewCertification {
    /// Who issued it.
    pub certification_body: CertificationBodyId,
    /// The number that the certification body gave it; not for an application.
    #[serde(default)]
    pub number: Option<CertificateNumber>,
    /// Which revision of the document this is.
    #[serde(default)]
    pub revision: Option<ShortCode>,
    /// The management system standard, by its number.
    pub standard: Title,
    /// The standard's edition.
    pub edition: ShortCode,
    /// The legal entity that holds it.
    pub legal_entity: Title,
    /// The legal entity's address.
    #[serde(default)]
    #[graphql(default)]
    pub address: Prose,
    /// What it covers.
    pub scope: CertificateScope,
    /// The sites that it covers.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 500)]
    pub sites: Vec<Site>,
    /// The version of the Statement of Applicability that it names.
    #[serde(default)]
    pub soa_version: Option<ShortCode>,
    /// The same by its id, where it is an approved version here; its label is then cited.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub soa_version_id: Option<ApplicabilityVersionId>,
    /// The SHA-256 of the document.
    #[serde(default)]
    pub document_digest: Option<DocumentDigest>,
    /// Where the certification body's public register shows it.
    #[serde(default)]
    pub register_url: Option<Url>,
    /// How its dates are counted; null for the tenant's default.
    #[serde(default)]
    #[schema(nullable = true, example = json!(null))]
    pub settings: Option<CycleSettings>,
    /// The dates that it prints, where it is already held.
    #[serde(default)]
    pub printed: Option<PrintedDates>,
    /// The day of the application, where it is not.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub applied_on: Option<Date>,
    /// What happened to it so far, in any order.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub events: Vec<NewCertificationEvent>,
    /// The rules that what it prints contradicts, by their ids: it is stored all the same, and flagged.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub acknowledge: Vec<ShortCode>,
    /// Why those rules did not hold.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub reason: Option<EventReason>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewCertification {
    /// Checks that it is either held or applied for.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let both = self.printed.is_some() && self.applied_on.is_some();
        faults.when(both, "/applied_on", "goes with an application, which prints nothing");
        let neither = self.printed.is_none() && self.applied_on.is_none();
        faults.when(neither, "/printed", "must say what the certificate prints, or else applied_on");
        let unnumbered = self.printed.is_some() && self.number.is_none();
        faults.when(unnumbered, "/number", "must be the number that the certificate prints");
        let early = self.applied_on.is_some() && self.number.is_some();
        faults.when(early, "/number", "is given with the grant");
        faults.into_result()
    }

    /// The facts to store, and the events that begin the log: the registration or the application, then the rest.
    pub fn into_facts(
        self,
        tenant_id: TenantId,
        id: CertificationId,
        now: Instant,
    ) -> (Facts, Vec<NewCertificationEvent>) {
        let root = match self.printed {
            Some(printed) => NewCertificationEvent::registration(printed),
            None => NewCertificationEvent {
                effective_on: self.applied_on,
                ..NewCertificationEvent::of(CertificationEventType::Applied)
            },
        };
        let root = NewCertificationEvent { acknowledge: self.acknowledge, reason: self.reason, ..root };
        let facts = Facts {
            id,
            tenant_id,
            certification_body: self.certification_body,
            number: self.number,
            revision: self.revision,
            standard: self.standard,
            edition: self.edition,
            legal_entity: self.legal_entity,
            address: self.address,
            scope: self.scope,
            sites: Doc(self.sites),
            settings: self.settings.map(Doc),
            soa_version: self.soa_version,
            soa_version_id: self.soa_version_id,
            document_digest: self.document_digest,
            register_url: self.register_url,
            external_refs: Doc(self.external_refs),
            said: Doc(Vec::new()),
            expires_on: Date::MAX,
            version: 1,
            created_at: now,
        };
        (facts, std::iter::once(root).chain(self.events).collect())
    }
}

/// A certificate as an input describes it, which is right by itself.
pub struct Described {
    /// What it says beside its dates.
    pub facts: Facts,
    /// The label of the version that it names, as it was written.
    pub said: Option<ShortCode>,
    /// The registration or the application, then what came after.
    pub events: Vec<NewCertificationEvent>,
}

impl Described {
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// [`Code::Unprocessable`] with every fault.
    pub fn of(ctx: &Ctx, input: NewCertification) -> Result<Self> {
        input.validate()?;
        let said = input.soa_version.clone();
        let (facts, events) = input.into_facts(ctx.caller().tenant, ctx.id(), ctx.now());
        facts.validate()?;
        validate_first(&events, ctx.today())?;
        Ok(Self { facts, said, events })
    }
}

/// In the order in which they took effect, so that each meets the certificate as it then was; as written on one day.
pub(super) fn in_order(events: Vec<NewCertificationEvent>) -> Vec<(usize, NewCertificationEvent)> {
    let mut placed: Vec<_> = events.into_iter().enumerate().collect();
    placed.sort_by_key(|(_, event)| event.effective_on());
    placed
}

/// Where the caller wrote an event: the first is `printed` or `applied_on`, the others are `events`.
pub(super) fn place(n: usize) -> String {
    if n == 0 { String::new() } else { format!("/events/{}", n - 1) }
}

/// The error, with its faults told below this place.
pub(super) fn below(error: Error, at: &str) -> Error {
    let moved = |fault: &Fault| Fault { pointer: format!("{at}{}", fault.pointer), ..fault.clone() };
    let faults = error.faults().iter().map(moved).collect();
    error.with_faults(faults)
}

/// Faults are told where the caller wrote them: the registration is `printed`, the audits are `events`.
fn validate_first(events: &[NewCertificationEvent], today: Date) -> Result<()> {
    let audits = events.get(1..).unwrap_or_default();
    if audits.len() > MAX_EVENTS {
        return Err(Error::at(
            Code::Unprocessable,
            "/events",
            format!("must have at most {MAX_EVENTS} items"),
        ));
    }
    if let Some(n) = audits.iter().position(|one| {
        matches!(one.event, CertificationEventType::RegisteredExisting | CertificationEventType::Applied)
    }) {
        let detail = "must be what came after: `printed` and `applied_on` stand beside `events`";
        return Err(Error::at(Code::Unprocessable, format!("/events/{n}/type"), detail));
    }
    let placed: Vec<_> = events.iter().enumerate().map(|(n, event)| (place(n), event)).collect();
    let mut faults = Faults::default();
    placed.iter().for_each(|(at, event)| event.unplaced(at, &mut faults));
    faults.also(input::validate(&placed, today));
    faults.into_result()
}

/// A change of what a certificate says beside its dates; those are corrected by an event.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct CertificationPatch {
    /// Who issued it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub certification_body: Option<CertificationBodyId>,
    /// The management system standard.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub standard: Option<Title>,
    /// The standard's edition.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub edition: Option<ShortCode>,
    /// The number that the certification body gave it; null where it gave none.
    #[schema(value_type = Option<CertificateNumber>)]
    pub number: MaybeUndefined<CertificateNumber>,
    /// Which revision of the document this is; null where it says none.
    #[schema(value_type = Option<ShortCode>)]
    pub revision: MaybeUndefined<ShortCode>,
    /// The legal entity that holds it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub legal_entity: Option<Title>,
    /// The legal entity's address.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub address: Option<Prose>,
    /// What it covers.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub scope: Option<CertificateScope>,
    /// The sites that it covers, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 500)]
    pub sites: Option<Vec<Site>>,
    /// How its dates are counted; null for the tenant's default.
    #[schema(value_type = Option<CycleSettings>)]
    pub settings: MaybeUndefined<CycleSettings>,
    /// The version of the Statement of Applicability that it names; null where it names none.
    #[schema(value_type = Option<ShortCode>)]
    pub soa_version: MaybeUndefined<ShortCode>,
    /// The same by its id, where it is an approved version here; null to name it by its text alone.
    #[schema(value_type = Option<ApplicabilityVersionId>)]
    pub soa_version_id: MaybeUndefined<ApplicabilityVersionId>,
    /// The SHA-256 of the document; null where it is not known.
    #[schema(value_type = Option<DocumentDigest>)]
    pub document_digest: MaybeUndefined<DocumentDigest>,
    /// Where the certification body's public register shows it; null for nowhere.
    #[schema(value_type = Option<Url>)]
    pub register_url: MaybeUndefined<Url>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl CertificationPatch {
    /// Applies the patch.
    pub fn apply(self, facts: &mut Facts) {
        patch::set(&mut facts.certification_body, self.certification_body);
        patch::set(&mut facts.standard, self.standard);
        patch::set(&mut facts.edition, self.edition);
        patch::set_or_clear(&mut facts.number, self.number);
        patch::set_or_clear(&mut facts.revision, self.revision);
        patch::set(&mut facts.legal_entity, self.legal_entity);
        patch::set(&mut facts.address, self.address);
        patch::set(&mut facts.scope, self.scope);
        patch::set(&mut facts.sites, self.sites.map(Doc));
        patch::set_or_clear(&mut facts.settings, self.settings.map_value(Doc));
        // Another text is of another version, unless that is named as well.
        if !self.soa_version.is_undefined() {
            facts.soa_version_id = None;
        }
        patch::set_or_clear(&mut facts.soa_version, self.soa_version);
        patch::set_or_clear(&mut facts.soa_version_id, self.soa_version_id);
        patch::set_or_clear(&mut facts.document_digest, self.document_digest);
        patch::set_or_clear(&mut facts.register_url, self.register_url);
        patch::set(&mut facts.external_refs, self.external_refs.map(Doc));
    }
}

batch! {
    CertificationBatch, CertificationOperation { NewCertification, CertificationChange(CertificationId, CertificationPatch), put CertificationPut }
}
