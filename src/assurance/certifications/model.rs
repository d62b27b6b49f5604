//! A certificate: what it says, and how it stands on a day.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    engine::{CertificationStatus, Life, PublicStatus, Validity},
    log::{CertificationEvent, NewCertificationEvent, PrintedDates},
    store::certifications,
};
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{CertificationBodyId, CertificationId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, ShortCode, Title, Url},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        diary::AsOf,
        journal::Recorded,
    },
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
/// Events entered together with a certificate at the most.
pub const MAX_EVENTS: usize = 100;

/// A site that a certificate covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "SiteInput")]
#[schema(example = json!({ "name": "Head office", "address": "1 Example Street, 10115 Berlin" }))]
pub struct Site {
    /// Its name.
    pub name: Title,
    /// Where it is.
    #[serde(default)]
    #[graphql(default)]
    pub address: Prose,
}

/// What a certificate may say, for the API's description.
fn example() -> Value {
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
    /// The number that the certification body gave it; unique at that body.
    pub number: CertificateNumber,
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
    /// The sites that it covers.
    #[schema(value_type = Vec<Site>, max_items = 500)]
    pub sites: Doc<Vec<Site>>,
    /// The version of the Statement of Applicability that it names.
    pub soa_version: Option<ShortCode>,
    /// The SHA-256 of the document.
    pub document_digest: Option<DocumentDigest>,
    /// Where the certification body's public register shows it.
    pub register_url: Option<Url>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Kept for lists: the expiry that the events tell.
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
    /// What happened to it, in the order recorded.
    #[schema(max_items = 200)]
    pub events: Vec<CertificationEvent>,
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
    /// The certificate on a day.
    pub fn on(self, as_of: AsOf) -> Certification {
        let life = Life::of(&self.events, as_of);
        let status = life.status(as_of.day);
        let expiry = life.validity().map(|validity| validity.expires_on);
        Certification {
            as_of: as_of.day,
            status,
            public_status: status.public(),
            marks_may_be_used: status == CertificationStatus::Active,
            days_to_expiry: expiry.map(|last| last.days_since(as_of.day)),
            validity: life.validity().cloned(),
            facts: self.facts,
            events: self.events,
        }
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
        faults.when(self.sites.len() > MAX_SITES, "/sites", format!("must have at most {MAX_SITES} items"));
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
    /// The day for which everything below is told.
    pub as_of: Date,
    /// How it stands.
    pub status: CertificationStatus,
    /// How public registers put that.
    pub public_status: PublicStatus,
    /// Whether the certification may be promoted and its marks used.
    pub marks_may_be_used: bool,
    /// Days from that day to the last valid one; negative after it.
    #[schema(minimum = -3_652_058, maximum = 3_652_058)]
    pub days_to_expiry: Option<i64>,
    /// The three-year cycle; null before it begins and of a voided registration.
    pub validity: Option<Validity>,
    /// What happened to it, in the order recorded; voided events too.
    #[serde(skip)]
    #[graphql(complexity = "10 * child_complexity")]
    pub(super) events: Vec<CertificationEvent>,
}

impl Certification {
    /// Where a certificate stands in a list of this order: its sort key and id.
    pub(super) fn place(sort: CertificationSort) -> impl Fn(&Self) -> (Value, String) {
        use CertificationSort::{ExpiresFirst, ExpiresLast, Newest, Number, Oldest};
        move |one| {
            let key = match sort {
                ExpiresFirst | ExpiresLast => json!(one.facts.expires_on),
                Number => json!(one.facts.number),
                Oldest | Newest => json!(one.facts.created_at),
            };
            (key, one.facts.id.to_string())
        }
    }
}

/// A certificate that is already held, to enter in one call with the audits held so far.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewCertification {
    /// Who issued it.
    pub certification_body: CertificationBodyId,
    /// The number that the certification body gave it.
    pub number: CertificateNumber,
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
    /// The SHA-256 of the document.
    #[serde(default)]
    pub document_digest: Option<DocumentDigest>,
    /// Where the certification body's public register shows it.
    #[serde(default)]
    pub register_url: Option<Url>,
    /// The dates that it prints.
    pub printed: PrintedDates,
    /// The audits held so far, in any order.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub events: Vec<NewCertificationEvent>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewCertification {
    /// The facts to store, and the events that begin the log: the registration, then the audits.
    pub fn into_facts(
        self,
        tenant_id: TenantId,
        id: CertificationId,
        now: Instant,
    ) -> (Facts, Vec<NewCertificationEvent>) {
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
            soa_version: self.soa_version,
            document_digest: self.document_digest,
            register_url: self.register_url,
            external_refs: Doc(self.external_refs),
            expires_on: self.printed.expires_on,
            version: 1,
            created_at: now,
        };
        let registration = NewCertificationEvent::registration(self.printed);
        (facts, std::iter::once(registration).chain(self.events).collect())
    }
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
    /// The number that the certification body gave it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub number: Option<CertificateNumber>,
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
    /// The version of the Statement of Applicability that it names; null where it names none.
    #[schema(value_type = Option<ShortCode>)]
    pub soa_version: MaybeUndefined<ShortCode>,
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
        patch::set(&mut facts.number, self.number);
        patch::set_or_clear(&mut facts.revision, self.revision);
        patch::set(&mut facts.legal_entity, self.legal_entity);
        patch::set(&mut facts.address, self.address);
        patch::set(&mut facts.scope, self.scope);
        patch::set(&mut facts.sites, self.sites.map(Doc));
        patch::set_or_clear(&mut facts.soa_version, self.soa_version);
        patch::set_or_clear(&mut facts.document_digest, self.document_digest);
        patch::set_or_clear(&mut facts.register_url, self.register_url);
        patch::set(&mut facts.external_refs, self.external_refs.map(Doc));
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
    /// By number.
    #[serde(rename = "number")]
    Number,
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
