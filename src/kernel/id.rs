//! Typed identifiers: UUIDs shown with a prefix that says what they point at.

use std::{fmt, marker::PhantomData, str::FromStr};

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, Queryable},
    expression::AsExpression,
    internal::derives::as_expression::Bound,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Binary, Nullable},
    sqlite::Sqlite,
};
use uuid::Uuid;

use crate::platform::db::sql::Uid;

/// What an [`Id`] points at. The prefix is part of the public contract.
pub trait Kind: Send + Sync + 'static {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $alias:ident = $prefix:literal;)+) => {$(
        #[doc = concat!("Marker of ids that start with `", $prefix, "_`.")]
        pub struct $kind;
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )+};
}

kinds! {
    /// A tenant: one organisation and everything it owns.
    TenantKind, TenantId = "ten";
    /// A member of a tenant: a person or a machine account.
    MemberKind, MemberId = "mem";
    /// An API key.
    ApiKeyKind, ApiKeyId = "key";
    /// An OAuth client.
    OauthClientKind, OauthClientId = "ocl";
    /// An identity provider: a tenant's own OpenID provider.
    IdentityProviderKind, IdentityProviderId = "idp";
    /// An invitation to become a member.
    InvitationKind, InvitationId = "inv";
    /// A milestone in the diary.
    MilestoneKind, MilestoneId = "mls";
    /// A control.
    ControlKind, ControlId = "ctl";
    /// A test of a control.
    ControlTestKind, ControlTestId = "tst";
    /// The row of a framework of a tenant's own, which is known by its key.
    CustomFrameworkKind, CustomFrameworkId = "frw";
    /// The row of a requirement of a tenant's own, which is known by its framework and id.
    CustomRequirementKind, CustomRequirementId = "req";
    /// A mapping of a tenant's own between two requirements.
    RequirementMappingKind, RequirementMappingId = "map";
    /// A risk.
    RiskKind, RiskId = "rsk";
    /// A statement of applicability.
    StatementOfApplicabilityKind, StatementOfApplicabilityId = "soa";
    /// An approved version of a statement of applicability.
    ApplicabilityVersionKind, ApplicabilityVersionId = "sov";
    /// The row of a record of the management system, which is known by its own kind's id.
    IsmsRecordKind, IsmsRecordId = "ism";
    /// A policy.
    PolicyKind, PolicyId = "pol";
    /// A controlled document.
    DocumentKind, DocumentId = "doc";
    /// An information security objective.
    ObjectiveKind, ObjectiveId = "obj";
    /// A measurement of an objective.
    ObjectiveMeasurementKind, ObjectiveMeasurementId = "mea";
    /// A management review.
    ManagementReviewKind, ManagementReviewId = "mrv";
    /// An external or internal issue of the organisation.
    ContextIssueKind, ContextIssueId = "iss";
    /// A decision whether climate change is a relevant issue.
    ClimateDecisionKind, ClimateDecisionId = "cli";
    /// An interested party.
    InterestedPartyKind, InterestedPartyId = "pty";
    /// A scope of the management system.
    ScopeStatementKind, ScopeStatementId = "scp";
    /// A risk assessment.
    RiskAssessmentKind, RiskAssessmentId = "ras";
    /// A risk treatment plan.
    TreatmentPlanKind, TreatmentPlanId = "rtp";
    /// A record of somebody's competence.
    CompetenceRecordKind, CompetenceRecordId = "cmp";
    /// A programme of internal audits.
    AuditProgrammeKind, AuditProgrammeId = "apr";
    /// An improvement.
    ImprovementKind, ImprovementId = "imp";
    /// A piece of evidence.
    EvidenceKind, EvidenceId = "evd";
    /// A system or service.
    SystemKind, SystemId = "sys";
    /// A place from which an organisation works.
    LocationKind, LocationId = "loc";
    /// What a customer asks for.
    CustomerRequirementKind, CustomerRequirementId = "crq";
    /// A certification body.
    CertificationBodyKind, CertificationBodyId = "cbo";
    /// A certificate of a management system.
    CertificationKind, CertificationId = "crt";
    /// A dated event in the life of a certificate.
    CertificationEventKind, CertificationEventId = "cev";
    /// An audit.
    AuditKind, AuditId = "aud";
    /// An item of an auditor's list of what is to be shown.
    EvidenceRequestKind, EvidenceRequestId = "erq";
    /// A finding.
    FindingKind, FindingId = "fnd";
    /// A corrective action.
    CorrectiveActionKind, CorrectiveActionId = "car";
    /// A SOC 2 engagement.
    AttestationKind, AttestationId = "att";
    /// A dated event in the life of a SOC 2 engagement.
    AttestationEventKind, AttestationEventId = "aev";
    /// A practitioner's test of a control.
    AttestationTestKind, AttestationTestId = "ats";
    /// A line of a report's release log.
    AttestationReleaseKind, AttestationReleaseId = "rel";
}

/// An identifier that cannot be mistaken for another kind's.
pub struct Id<K: Kind>(Uuid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// Wraps a UUID that is known to be of this kind.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID, as stored.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0.simple())
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an id of the expected kind.
#[derive(Debug)]
pub struct BadId {
    expected: &'static str,
}
impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id like `{}_` followed by 32 lower-case hexadecimal digits", self.expected)
    }
}
impl std::error::Error for BadId {}

impl<K: Kind> FromStr for Id<K> {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        text.strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|hex| hex.len() == 32 && !hex.bytes().any(|b| b.is_ascii_uppercase()))
            .and_then(|hex| Uuid::try_parse(hex).ok())
            .map(Self::from_uuid)
            .ok_or(BadId { expected: K::PREFIX })
    }
}

impl<K: Kind> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(K::PREFIX.len() + 33))
            .max_length(Some(K::PREFIX.len() + 33))
            .pattern(Some(format!("^{}_[0-9a-f]{{32}}$", K::PREFIX)))
            .examples([format!("{}_0198b2a4c6d87e10a1b2c3d4e5f60718", K::PREFIX)])
            .into()
    }
}
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Id_{}", K::PREFIX).into()
    }
}

#[async_graphql::Scalar(name = "ID", specified_by_url = "")]
impl<K: Kind> async_graphql::ScalarType for Id<K> {
    fn parse(value: async_graphql::Value) -> async_graphql::InputValueResult<Self> {
        match value {
            async_graphql::Value::String(text) => Ok(text.parse()?),
            other => Err(async_graphql::InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> async_graphql::Value {
        async_graphql::Value::String(self.to_string())
    }
}

macro_rules! bound {
    ($($sql:ty),+) => {$(
        impl<K: Kind> AsExpression<$sql> for Id<K> {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a, K: Kind> AsExpression<$sql> for &'a Id<K> {
            type Expression = Bound<$sql, &'a Id<K>>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    )+};
}
bound!(Uid, Nullable<Uid>);

impl<K: Kind, DB: Backend> Queryable<Uid, DB> for Id<K>
where
    Self: FromSql<Uid, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

impl<K: Kind, DB: Backend> ToSql<Nullable<Uid>, DB> for Id<K>
where
    Self: ToSql<Uid, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Uid, DB>::to_sql(self, out)
    }
}
impl<K: Kind> ToSql<Uid, Pg> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<K: Kind> FromSql<Uid, Pg> for Id<K> {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.as_bytes())?))
    }
}
impl<K: Kind> ToSql<Uid, Sqlite> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}
impl<K: Kind> FromSql<Uid, Sqlite> for Id<K> {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self::from_uuid(Uuid::from_slice(&bytes)?))
    }
}
