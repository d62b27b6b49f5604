//! A certificate: what it says, and how it stands on a day.

use std::collections::HashMap;

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    bodies::Accreditation,
    engine::{
        CertificationFlag, CertificationStatus, Days, EvaluationDays, Evaluations, Life, PublicStatus, Terms,
        Validity,
    },
    log::CertificationEvent,
    said::Said,
    settings::CycleSettings,
    store::certifications,
};
use crate::{
    assurance::audits::{AuditFact, AuditKind},
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{ApplicabilityVersionId, CertificationBodyId, CertificationId, TenantId},
        page::SortOrder,
        text::{Prose, ShortCode, Title, Url},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        diary::{Due, Moment, Noted},
        journal::Recorded,
    },
    program::applicability::VersionView,
};

bounded_text! {
    /// The number that a certification body gave a certificate.
    CertificateNumber: 1..=100, like "ISMS-0001";
    /// What a certificate covers, in its own words.
    CertificateScope: 1..=8000, like "Development and operation of the cloud platform";
    /// The SHA-256 of a document, as 64 lower-case hexadecimal digits.
    DocumentDigest: 64..=64, like "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
}

/// Sites of one certificate at the most.
pub const MAX_SITES: usize = 500;

/// A site that a certificate covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "SiteInput")]
#[schema(example = json!({
    "name": "Head office", "address": "1 Example Street, 10115 Berlin", "covered_from": "2025-03-10", "covered_until": null,
}))]
pub struct Site {
    /// Its name.
    pub name: Title,
    /// Where it is.
    #[serde(default)]
    #[graphql(default)]
    pub address: Prose,
    /// The first day on which it is covered; null for as long as the certificate.
    #[serde(default)]
    pub covered_from: Option<Date>,
    /// The last day on which it is covered; null for as long as the certificate.
    #[serde(default)]
    pub covered_until: Option<Date>,
}

impl Site {
    /// Whether it is covered on a day, by its own dates.
    pub fn covers(&self, day: Date) -> bool {
        self.covered_from.is_none_or(|from| from <= day) && self.covered_until.is_none_or(|last| day <= last)
    }
}

/// What a certificate may say, for the API's description.
pub(super) fn example() -> Value {
    json!({
        "number": "ISMS-0001", "revision": "2", "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "address": "1 Example Street, 10115 Berlin", "soa_version": "3.1",
        "register_url": "https://cb.example.com/register/ISMS-0001",
    })
}

/// What a certificate says beside its dates, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = certifications, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = CertificationFacts, example = example)]
#[graphql(name = "CertificationFacts")]
pub struct Facts {
    /// Its id.
    pub id: CertificationId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Who issued it.
    #[diesel(column_name = body_id)]
    #[graphql(name = "certificationBodyId")]
    pub certification_body: CertificationBodyId,
    /// The number that the certification body gave it; unique at that body. Null until it is granted.
    pub number: Option<CertificateNumber>,
    /// Which revision of the document this is.
    pub revision: Option<ShortCode>,
    /// The management system standard.
    pub standard: Title,
    /// The standard's edition.
    pub edition: ShortCode,
    /// The legal entity that holds it.
    pub legal_entity: Title,
    /// The legal entity's address.
    pub address: Prose,
    /// What it covers.
    pub scope: CertificateScope,
    /// The sites that it covers or covered.
    #[schema(value_type = Vec<Site>, max_items = 500)]
    pub sites: Doc<Vec<Site>>,
    /// How its dates are counted; null for the tenant's default.
    #[schema(value_type = Option<CycleSettings>)]
    pub settings: Option<Doc<CycleSettings>>,
    /// The version of the Statement of Applicability that it names.
    pub soa_version: Option<ShortCode>,
    /// The same by its id, where it is an approved version here; null where it is named by text alone.
    pub soa_version_id: Option<ApplicabilityVersionId>,
    /// The SHA-256 of the document.
    pub document_digest: Option<DocumentDigest>,
    /// Where the certification body's public register shows it.
    pub register_url: Option<Url>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// What it said before its events, and how that was corrected since; empty where it was entered before this was kept.
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) said: Doc<Vec<Said>>,
    /// Kept for lists: the last valid day that the events tell; the end of the calendar before a grant.
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) expires_on: Date,
    /// Counts its changes and events.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
}

/// Everything that is stored of a certificate: its facts and its event log.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CertificationDossier)]
pub struct Dossier {
    /// What it says beside its dates.
    #[serde(flatten)]
    pub facts: Facts,
    /// What happened to it, in the order of its sequence.
    #[schema(max_items = 200)]
    pub events: Vec<CertificationEvent>,
    /// The accreditations of every certification body that it was with.
    #[serde(skip)]
    pub accreditations: HashMap<CertificationBodyId, Vec<Accreditation>>,
    /// The completed audits that serve it.
    #[serde(skip)]
    pub audits: Vec<AuditFact>,
    /// The versions of Statements of Applicability that it named by their ids.
    #[serde(skip)]
    pub statement_versions: Vec<VersionView>,
    /// The tenant's default settings, which count where it has none of its own.
    #[serde(skip)]
    pub default_settings: CycleSettings,
}

impl Recorded for Dossier {
    const RESOURCE: &'static str = "certification";

    fn resource_id(&self) -> String {
        self.facts.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.facts.version)
    }
}

impl Dossier {
    /// How its dates are counted: its own way, or else the tenant's.
    pub fn settings(&self) -> &CycleSettings {
        self.facts.settings.as_deref().unwrap_or(&self.default_settings)
    }

    /// What the engine must know beside the events, as it stood on record at a moment; settings and accreditations are told
    /// as they are.
    pub fn terms(&self, moment: Moment) -> Terms {
        Terms {
            settings: self.settings().clone(),
            standard: self.facts.standard.to_string(),
            edition: self.first_edition().to_string(),
            accreditations: self.accreditations_at(moment),
            audits: self.audits.iter().filter_map(|audit| audit.known(moment)).collect(),
        }
    }

    /// When the organisation evaluated its system itself, as far as that stood on record at a moment: by what it did for no
    /// certificate in particular, and by internal audits that serve this one.
    pub fn evaluated(&self, evaluations: &Evaluations, moment: Moment) -> EvaluationDays {
        let own = self.audits.iter().filter(|audit| audit.kind == AuditKind::Internal);
        let own = own.map(|audit| Noted {
            on: audit.ended_on,
            recorded_at: audit.recorded_at,
            voided_at: audit.voided_at,
        });
        evaluations.known(own, moment)
    }

    /// Its events, and its completed audits as such: what the engine reads.
    pub fn log(&self) -> Vec<CertificationEvent> {
        let audits = self.audits.iter().filter_map(|audit| CertificationEvent::of_audit(audit, &self.facts));
        self.events.iter().map(|event| self.as_corrected(event)).chain(audits).collect()
    }

    /// The life that its events tell.
    pub fn life(&self, moment: impl Into<Moment>) -> Life {
        let moment = moment.into();
        Life::of(&self.log(), &self.terms(moment), moment)
    }

    /// Everything that its life makes due, as it stood at a moment.
    pub fn dues(&self, life: &Life, evaluations: &Evaluations, moment: Moment) -> Vec<Due> {
        life.dues(&self.terms(moment), &self.evaluated(evaluations, moment), moment.as_of.day)
    }

    /// The certificate as asked.
    pub fn on(mut self, moment: impl Into<Moment>) -> Certification {
        let moment = moment.into();
        let (terms, day) = (self.terms(moment), moment.as_of.day);
        let life = Life::of(&self.log(), &terms, moment);
        let status = life.status(day);
        let validity = life.validity();
        self.facts = self.facts_at(moment);
        let named = self.facts.soa_version_id;
        let is_named = |one: &VersionView| named.is_some() && one.id == named;
        Certification {
            statement_version: self.statement_versions.into_iter().find(is_named),
            as_of: day,
            known_at: moment.known_at,
            status,
            public_status: status.public(),
            marks_may_be_used: status.usable(),
            covered_sites: self.facts.covered_sites(day, status),
            days_to_expiry: validity.as_ref().map(|validity| validity.last_day().days_since(day)),
            validity,
            issue: life.issue(),
            flags: life.flags(&terms, moment.as_of),
            usable_periods: life.usable(),
            gaps: life.gaps(),
            applied_settings: terms.settings.clone(),
            facts: self.facts,
            events: self.events,
            accreditations: self.accreditations,
            audits: self.audits,
        }
    }
}

impl Facts {
    fn covered_sites(&self, day: Date, status: CertificationStatus) -> Vec<Title> {
        let covered = self.sites.iter().filter(|site| status.usable() && site.covers(day));
        covered.map(|site| site.name.clone()).collect()
    }
}

impl Facts {
    /// Checks bounds and form.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let hex = |digest: &DocumentDigest| {
            digest.as_str().bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let digest = self.document_digest.as_ref().is_none_or(hex);
        faults.when(!digest, "/document_digest", "must be 64 lower-case hexadecimal digits");
        if let Some(settings) = self.settings.as_deref() {
            settings.check("/settings", &mut faults);
        }
        faults.when(self.sites.len() > MAX_SITES, "/sites", format!("must have at most {MAX_SITES} items"));
        for (n, site) in self.sites.iter().enumerate() {
            let back = matches!((site.covered_from, site.covered_until), (Some(from), Some(to)) if to < from);
            faults.when(back, format!("/sites/{n}/covered_until"), "must not be before covered_from");
        }
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }
}

/// A certificate and how it stands on a day.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "status": "active", "public_status": "Active", "marks_may_be_used": true, "days_to_expiry": 710 }))]
#[graphql(complex)]
pub struct Certification {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Facts,
    /// The version that it names by its id, and whether a later one was approved since; null where it names none so.
    pub statement_version: Option<VersionView>,
    /// The day for which everything below is told.
    pub as_of: Date,
    /// How it stands.
    pub status: CertificationStatus,
    /// How public registers put that.
    pub public_status: PublicStatus,
    /// Whether the certification may be promoted and its marks used.
    pub marks_may_be_used: bool,
    /// The names of the sites that it covers on that day, by their own dates; none while it cannot be used.
    #[schema(max_items = 500)]
    pub covered_sites: Vec<Title>,
    /// Days from that day to the last valid one; negative after it.
    #[schema(minimum = -3_652_058, maximum = 3_652_058)]
    pub days_to_expiry: Option<i64>,
    /// The moment by which everything below had been recorded; null for all that is recorded.
    pub known_at: Option<Instant>,
    /// The three-year cycle; null before it begins and of a voided registration.
    pub validity: Option<Validity>,
    /// Which issue of the document it is, from 1: renewals, changes of scope, transfers and transitions make a new one; 0
    /// before the first.
    #[schema(minimum = 0)]
    pub issue: i32,
    /// What to look at on that day.
    #[schema(max_items = 300)]
    pub flags: Vec<CertificationFlag>,
    /// The days on which all or a part of it could be used, in order.
    #[schema(max_items = 300)]
    pub usable_periods: Vec<Days>,
    /// The days between the end of one cycle and the start of the next.
    #[schema(max_items = 100)]
    pub gaps: Vec<Days>,
    /// How its dates are counted: by its own settings, or else by the tenant's default.
    pub applied_settings: CycleSettings,
    /// What happened to it, in the order of its sequence; voided events too.
    #[serde(skip)]
    pub(super) events: Vec<CertificationEvent>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) accreditations: HashMap<CertificationBodyId, Vec<Accreditation>>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) audits: Vec<AuditFact>,
}

impl Certification {
    /// Where a certificate stands in a list of this order: its sort key and id.
    pub(super) fn place(sort: CertificationSort) -> impl Fn(&Self) -> (Value, String) {
        use CertificationSort::{ExpiresFirst, ExpiresLast, Newest, Oldest};
        move |one| {
            let key = match sort {
                ExpiresFirst | ExpiresLast => json!(one.facts.expires_on),
                Oldest | Newest => json!(one.facts.created_at),
            };
            (key, one.facts.id.to_string())
        }
    }
}

/// Which certificates to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CertificationFilter {
    /// Certificates of this certification body.
    #[param(inline)]
    pub certification_body: Option<CertificationBodyId>,
    /// Certificates against this standard, such as `ISO/IEC 27001`.
    #[param(inline)]
    pub standard: Option<Title>,
    /// Certificates with this number.
    #[param(inline)]
    pub number: Option<CertificateNumber>,
    /// Certificates that expire on this day or before it.
    pub expires_before: Option<Date>,
    /// Certificates that expire on this day or after it.
    pub expires_after: Option<Date>,
    /// The certificate with this reference, written `system:id`.
    #[param(max_length = 320, pattern = "^[^:]+:.+$")]
    pub external_ref: Option<String>,
    /// The day for which status and dates are told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
    /// Tells them by what had been recorded by this moment.
    pub known_at: Option<Instant>,
}

/// The order of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum CertificationSort {
    /// Expiring soonest first.
    #[serde(rename = "expires_on")]
    ExpiresFirst,
    /// Expiring latest first.
    #[serde(rename = "-expires_on")]
    ExpiresLast,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for CertificationSort {
    const DEFAULT: Self = Self::ExpiresFirst;
}
