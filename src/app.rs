//! Assembles the rooms into one REST and one GraphQL surface.

use std::sync::{Arc, LazyLock};

use actix_web::{
    App, HttpResponse,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    get, guard,
    middleware::{Compat, from_fn},
    web,
};
use async_graphql::{EmptySubscription, MergedObject, Schema};
use utoipa::OpenApi;
use utoipa_actix_web::{AppExt, scope::scope, service_config::ServiceConfig};

use crate::{
    assurance::{
        attestations::{self, releases},
        audits::{self, requests},
        certifications::{self, bodies},
        findings::{self, actions},
        readiness,
    },
    calendar::{milestones, plans, timelines},
    catalog,
    kernel::error::{Error, Result},
    platform::{
        access::Services,
        diary,
        graphql::{self, Introspection, Weights},
        http::{self, Diagnostics, Limits, Metrics, Operator, Problem, Quotas, Routes},
        identity::{clients, invitations, keys, members, oauth, providers, tenants},
        journal::{self, Facts, Follower},
    },
    program::{
        advice, applicability, controls, evidence, isms,
        organization::{customers, locations, profile, systems},
        risks,
    },
};

#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Base;

/// What a service's surface depends on.
#[derive(Clone, Debug)]
pub struct Options {
    /// The operator's secret; without one nobody manages tenants over HTTP.
    pub operator_key: Option<String>,
    /// Web origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Whether GraphQL answers questions about its schema.
    pub introspection: bool,
    /// How many requests a minute are answered.
    pub quotas: Quotas,
    /// Whether answers tell how many SQL statements they took.
    pub diagnostics: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            operator_key: None,
            cors_origins: Vec::new(),
            introspection: true,
            quotas: Quotas::default(),
            diagnostics: false,
        }
    }
}

/// Who brings up to date what is derived from other rooms' rows.
pub const FOLLOWERS: &[Follower] =
    &[evidence::follow, findings::follow, certifications::follow, attestations::follow];

/// What a running service is made of.
#[derive(Clone)]
pub struct Service {
    services: Services,
    options: Options,
    surface: Arc<Surface>,
    graph: Graph,
    metrics: Metrics,
    limits: Limits,
}

struct Surface {
    document: String,
    routes: Routes,
}

/// The queries of all rooms.
#[derive(MergedObject, Default)]
pub struct Query(
    tenants::graphql::TenantQuery,
    members::graphql::MemberQuery,
    invitations::graphql::InvitationQuery,
    keys::graphql::ApiKeyQuery,
    clients::graphql::OauthClientQuery,
    providers::graphql::IdentityProviderQuery,
    journal::graphql::JournalQuery,
    milestones::graphql::MilestoneQuery,
    timelines::graphql::TimelineQuery,
    plans::graphql::PlanQuery,
    catalog::graphql::CatalogQuery,
    catalog::custom::graphql::CustomFrameworkQuery,
    controls::graphql::ControlQuery,
    controls::testing::graphql::ControlTestQuery,
    risks::graphql::RiskQuery,
    risks::matrix::graphql::RiskMatrixQuery,
    applicability::graphql::ApplicabilityQuery,
    isms::graphql::IsmsQuery,
    evidence::graphql::EvidenceQuery,
    profile::graphql::OrganizationQuery,
    systems::graphql::SystemQuery,
    locations::graphql::LocationQuery,
    customers::graphql::CustomerRequirementQuery,
    advice::graphql::AdviceQuery,
    bodies::graphql::CertificationBodyQuery,
    certifications::graphql::CertificationQuery,
    certifications::defaults::graphql::CertificationSettingsQuery,
    audits::graphql::AuditQuery,
    requests::graphql::EvidenceRequestQuery,
    findings::graphql::FindingQuery,
    actions::graphql::CorrectiveActionQuery,
    attestations::graphql::AttestationQuery,
    attestations::testing::graphql::AttestationTestQuery,
    releases::graphql::AttestationReleaseQuery,
    readiness::graphql::ReadinessQuery,
);

/// The mutations of all rooms.
#[derive(MergedObject, Default)]
pub struct Mutation(
    tenants::graphql::TenantMutation,
    members::graphql::MemberMutation,
    invitations::graphql::InvitationMutation,
    keys::graphql::ApiKeyMutation,
    clients::graphql::OauthClientMutation,
    providers::graphql::IdentityProviderMutation,
    milestones::graphql::MilestoneMutation,
    catalog::custom::graphql::CustomFrameworkMutation,
    controls::graphql::ControlMutation,
    controls::testing::graphql::ControlTestMutation,
    risks::graphql::RiskMutation,
    risks::matrix::graphql::RiskMatrixMutation,
    applicability::graphql::ApplicabilityMutation,
    isms::graphql::IsmsMutation,
    evidence::graphql::EvidenceMutation,
    profile::graphql::OrganizationMutation,
    systems::graphql::SystemMutation,
    locations::graphql::LocationMutation,
    customers::graphql::CustomerRequirementMutation,
    bodies::graphql::CertificationBodyMutation,
    certifications::graphql::CertificationMutation,
    certifications::defaults::graphql::CertificationSettingsMutation,
    audits::graphql::AuditMutation,
    requests::graphql::EvidenceRequestMutation,
    findings::graphql::FindingMutation,
    actions::graphql::CorrectiveActionMutation,
    attestations::graphql::AttestationMutation,
    attestations::testing::graphql::AttestationTestMutation,
    releases::graphql::AttestationReleaseMutation,
);

type Graph = Schema<Query, Mutation, EmptySubscription>;

/// Ids and bounded texts share the scalars `ID` and `String`.
fn graph() -> Graph {
    Schema::build_with_ignore_name_conflicts(
        Query::default(),
        Mutation::default(),
        EmptySubscription,
        ["ID", "String"],
    )
    .limit_depth(graphql::DEPTH)
    .finish()
}

/// The GraphQL schema, as committed in `schema/schema.graphql`.
pub fn graphql_schema() -> String {
    graph().sdl()
}

/// What the schema's fields weigh, read from it once.
fn weights() -> &'static Weights {
    static WEIGHTS: LazyLock<Weights> =
        LazyLock::new(|| Weights::of(&graphql_schema()).expect("a test reads the schema"));
    &WEIGHTS
}

impl Service {
    /// Puts a service together.
    ///
    /// # Errors
    /// When the OpenAPI document cannot be written.
    pub fn new(services: Services, options: Options) -> Result<Self> {
        let routes = Routes::of(&raw_openapi(), &http::PAGES)?;
        let surface = Surface { document: openapi().map_err(Error::internal)?, routes };
        let metrics = Metrics::new(services.db.engine())?;
        let limits = Limits::new(options.quotas, services.clock.clone());
        Ok(Self { services, options, surface: Arc::new(surface), graph: graph(), metrics, limits })
    }

    /// The application of one worker.
    pub fn app(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<BoxBody>,
            Error = actix_web::Error,
            InitError = (),
        > + use<>,
    > {
        App::new()
            .app_data(web::Data::new(self.services.clone()))
            .app_data(web::Data::new(Operator(self.options.operator_key.clone())))
            .app_data(web::Data::new(Diagnostics(self.options.diagnostics)))
            .app_data(web::Data::new(Introspection(self.options.introspection)))
            .app_data(web::Data::new(self.surface.routes.clone()))
            .app_data(web::Data::from(self.surface.clone()))
            .app_data(web::Data::new(self.graph.clone()))
            .app_data(web::Data::new(weights()))
            .app_data(web::Data::new(self.metrics.clone()))
            .app_data(web::Data::new(self.limits.clone()))
            .into_utoipa_app()
            .configure(rooms)
            .into_app()
            .service(serve_openapi)
            .route("/graphql", web::get().to(graphql::get::<Graph>))
            .route("/graphql", web::post().to(graphql::post::<Graph>))
            .configure(http::pages)
            .default_service(web::to(http::fallback))
            .wrap(from_fn(http::idempotency))
            .wrap(from_fn(http::limit))
            .wrap(http::cors(&self.options.cors_origins))
            .wrap(from_fn(http::refuse_origin))
            .wrap(Compat::new(from_fn(http::frame)))
            .wrap(Compat::new(from_fn(http::measure)))
    }
}

/// The rooms by what their paths begin with: the router looks at the operations below that alone, and not at each there is.
fn rooms(config: &mut ServiceConfig<'_>) {
    below(config, &["tenant", "tenants"], tenants::rest::configure);
    below(config, &["members"], members::rest::configure);
    below(config, &["invitations"], invitations::rest::configure);
    below(config, &["api-keys"], keys::rest::configure);
    below(config, &["oauth-clients"], clients::rest::configure);
    below(config, &["oauth", ".well-known"], oauth::rest::configure);
    below(config, &["identity-providers"], providers::rest::configure);
    below(config, &["journal"], journal::rest::configure);
    below(config, &["milestones"], milestones::rest::configure);
    below(config, &["timelines", "timelines.svg"], timelines::rest::configure);
    below(config, &["plans"], plans::rest::configure);
    // What controls answer and what shows them is asked at the frameworks and at the controls.
    below(config, &["controls", "evidence", "frameworks"], |config| {
        controls::rest::configure(config);
        controls::testing::rest::configure(config);
        evidence::rest::configure(config);
        catalog::rest::configure(config);
        catalog::custom::rest::configure(config);
        advice::rest::configure(config);
    });
    below(config, &["risks"], risks::rest::configure);
    below(config, &["risk-matrix"], risks::matrix::rest::configure);
    below(config, &["statements-of-applicability"], applicability::rest::configure);
    below(config, &["isms"], isms::rest::configure);
    below(config, &["organization"], profile::rest::configure);
    below(config, &["systems"], systems::rest::configure);
    below(config, &["locations"], locations::rest::configure);
    below(config, &["customer-requirements"], customers::rest::configure);
    below(config, &["certification-bodies"], bodies::rest::configure);
    below(config, &["certifications"], certifications::rest::configure);
    below(config, &["certification-settings"], certifications::defaults::rest::configure);
    below(config, &["audits"], audits::rest::configure);
    below(config, &["evidence-requests"], requests::rest::configure);
    below(config, &["findings"], findings::rest::configure);
    below(config, &["corrective-actions"], actions::rest::configure);
    below(config, &["attestations"], |config| {
        attestations::rest::configure(config);
        attestations::testing::rest::configure(config);
        releases::rest::configure(config);
    });
    below(config, &["readiness"], readiness::rest::configure);
    config.service(http::healthz).service(http::readyz);
}

fn below(config: &mut ServiceConfig<'_>, names: &'static [&'static str], rooms: fn(&mut ServiceConfig<'_>)) {
    let asked = guard::fn_guard(move |asked| http::begins(asked.head().uri.path(), names));
    config.service(scope(web::scope("")).guard(asked).configure(rooms));
}

fn raw_openapi() -> utoipa::openapi::OpenApi {
    App::new().into_utoipa_app().openapi(Base::openapi()).configure(rooms).split_for_parts().1
}

/// The journal's events with the schemas of their data, as committed in `schema/events.json`.
///
/// # Errors
/// When an event tells of a resource that is not listed here.
pub fn events() -> Result<String> {
    journal::describe(&[
        Facts::of::<tenants::Tenant>(),
        Facts::of::<members::Member>(),
        Facts::of::<invitations::Invitation>(),
        Facts::of::<keys::ApiKey>(),
        Facts::of::<clients::OauthClient>(),
        Facts::of::<providers::IdentityProvider>(),
        Facts::of::<diary::Entry>(),
        Facts::of::<catalog::custom::OwnFramework>(),
        Facts::of::<catalog::custom::OwnRequirement>(),
        Facts::of::<catalog::custom::OwnMapping>(),
        Facts::of::<controls::Control>(),
        Facts::of::<controls::testing::ControlTest>(),
        Facts::of::<risks::Risk>(),
        Facts::of::<risks::matrix::RiskMatrix>(),
        Facts::of::<applicability::StatementOfApplicability>(),
        Facts::of::<applicability::Entry>(),
        Facts::of::<isms::Policy>(),
        Facts::of::<isms::Document>(),
        Facts::of::<isms::Objective>(),
        Facts::of::<isms::ObjectiveMeasurement>(),
        Facts::of::<isms::ManagementReview>(),
        Facts::of::<isms::ContextIssue>(),
        Facts::of::<isms::ClimateDecision>(),
        Facts::of::<isms::InterestedParty>(),
        Facts::of::<isms::ScopeStatement>(),
        Facts::of::<isms::RiskAssessment>(),
        Facts::of::<isms::TreatmentPlan>(),
        Facts::of::<isms::CompetenceRecord>(),
        Facts::of::<isms::AuditProgramme>(),
        Facts::of::<isms::Improvement>(),
        Facts::of::<evidence::Evidence>(),
        Facts::of::<profile::Organization>(),
        Facts::of::<systems::System>(),
        Facts::of::<locations::Location>(),
        Facts::of::<customers::CustomerRequirement>(),
        Facts::of::<bodies::CertificationBody>(),
        Facts::of::<certifications::Dossier>(),
        Facts::of::<certifications::defaults::CertificationSettings>(),
        Facts::of::<audits::Audit>(),
        Facts::of::<requests::EvidenceRequest>(),
        Facts::of::<findings::Finding>(),
        Facts::of::<actions::CorrectiveAction>(),
        Facts::of::<attestations::Dossier>(),
        Facts::of::<attestations::testing::AttestationTest>(),
        Facts::of::<releases::AttestationRelease>(),
    ])
}

/// The OpenAPI document, as committed in `openapi/openapi.json` and served.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi() -> serde_json::Result<String> {
    http::openapi::finish(&raw_openapi())
}

#[get("/openapi.json")]
async fn serve_openapi(surface: web::Data<Surface>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(surface.document.clone())
}
