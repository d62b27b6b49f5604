//! The records of the management system over GraphQL. The resolvers of a kind are the same as those of every other: a kind
//! says their names and their words.

mod audit_programme;
mod climate_decision;
mod competence_record;
mod context_issue;
mod documents;
mod improvement;
mod interested_party;
mod objectives;
mod policies;
mod reviews;
mod risk_assessment;
mod scope_statement;
mod treatment_plan;

use async_graphql::{ComplexObject, Context, MergedObject};

use super::{editions::EditionApproval, objectives::ObjectiveMeasurement, plans::RiskOwnerApproval};
use crate::platform::{
    graphql::{Result, related},
    identity::members::Member,
};

/// Queries of these rooms.
#[derive(MergedObject, Default)]
pub struct IsmsQuery(
    policies::PolicyQuery,
    policies::PolicyEditionQuery,
    documents::DocumentQuery,
    documents::DocumentEditionQuery,
    objectives::ObjectiveQuery,
    objectives::ObjectiveMeasurementQuery,
    reviews::ManagementReviewQuery,
    context_issue::ContextIssueQuery,
    climate_decision::ClimateDecisionQuery,
    interested_party::InterestedPartyQuery,
    scope_statement::ScopeStatementQuery,
    scope_statement::ScopeStatementEditionQuery,
    risk_assessment::RiskAssessmentQuery,
    treatment_plan::TreatmentPlanQuery,
    treatment_plan::TreatmentPlanEditionQuery,
    competence_record::CompetenceRecordQuery,
    audit_programme::AuditProgrammeQuery,
    improvement::ImprovementQuery,
);

/// Mutations of these rooms.
#[derive(MergedObject, Default)]
pub struct IsmsMutation(
    policies::PolicyMutation,
    policies::PolicyEditionMutation,
    documents::DocumentMutation,
    documents::DocumentEditionMutation,
    objectives::ObjectiveMutation,
    objectives::ObjectiveMeasurementMutation,
    reviews::ManagementReviewMutation,
    context_issue::ContextIssueMutation,
    climate_decision::ClimateDecisionMutation,
    interested_party::InterestedPartyMutation,
    scope_statement::ScopeStatementMutation,
    scope_statement::ScopeStatementEditionMutation,
    risk_assessment::RiskAssessmentMutation,
    risk_assessment::AssessmentCompletionMutation,
    treatment_plan::TreatmentPlanMutation,
    treatment_plan::TreatmentPlanEditionMutation,
    treatment_plan::RiskOwnerApprovalMutation,
    competence_record::CompetenceRecordMutation,
    audit_programme::AuditProgrammeMutation,
    improvement::ImprovementMutation,
);

#[ComplexObject]
impl EditionApproval {
    /// The member who approved it.
    #[graphql(name = "by")]
    async fn approved_by(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        related(ctx, self.by).await
    }
}

#[ComplexObject]
impl ObjectiveMeasurement {
    /// The member who measured.
    #[graphql(name = "by")]
    async fn measured_by(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        related(ctx, self.by).await
    }
}

#[ComplexObject]
impl RiskOwnerApproval {
    /// The owner that the risk had then.
    #[graphql(name = "by")]
    async fn approved_by(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        related(ctx, self.by).await
    }
}

/// What every kind of record has.
macro_rules! resolvers {
    (
        $record:ident as $view:ident, $id:ident, $new:ident, $patch:ident, $filter:ident, $batch:ident;
        query $query:ident {
            $(#[$list_doc:meta])* $list:ident
            $(#[$get_doc:meta])* $get:ident
        }
        mutation $mutation:ident {
            $(#[$create_doc:meta])* $create:ident
            $(#[$update_doc:meta])* $update:ident
            $(#[$delete_doc:meta])* $delete:ident
            $(#[$batch_doc:meta])* $batched:ident
        }
    ) => {
        use async_graphql::{Context, Object, connection::Connection};

        use $crate::{
            platform::{
                batch::BatchResult,
                graphql::{Connected, Result, connection, request, writing},
                room,
            },
            program::isms::record::IsmsSort,
        };

        /// Queries of this kind.
        #[derive(Default)]
        pub struct $query;

        #[Object]
        impl $query {
            $(#[$list_doc])*
            async fn $list(
                &self,
                ctx: &Context<'_>,
                #[graphql(default)] filter: $filter,
                sort: Option<IsmsSort>,
                first: Option<u32>,
                after: Option<String>,
            ) -> Result<Connection<String, $view, Connected>> {
                connection::<$record>(ctx, &filter, sort, first, after).await
            }

            $(#[$get_doc])*
            async fn $get(&self, ctx: &Context<'_>, id: $id) -> Result<$view> {
                Ok(room::get::<$record>(request(ctx)?, id, None).await?)
            }
        }

        /// Mutations of this kind.
        #[derive(Default)]
        pub struct $mutation;

        #[Object]
        impl $mutation {
            $(#[$create_doc])*
            async fn $create(&self, ctx: &Context<'_>, input: $new) -> Result<$view> {
                Ok(room::create::<$record>(writing(ctx).await?, input).await?)
            }

            $(#[$update_doc])*
            async fn $update(
                &self,
                ctx: &Context<'_>,
                id: $id,
                expected_version: i32,
                input: $patch,
            ) -> Result<$view> {
                Ok(room::update::<$record>(writing(ctx).await?, id, expected_version.into(), input).await?)
            }

            $(#[$delete_doc])*
            async fn $delete(&self, ctx: &Context<'_>, id: $id, expected_version: i32) -> Result<$id> {
                room::delete::<$record>(writing(ctx).await?, id, expected_version.into()).await?;
                Ok(id)
            }

            $(#[$batch_doc])*
            async fn $batched(&self, ctx: &Context<'_>, input: $batch) -> Result<BatchResult> {
                Ok(input.run(writing(ctx).await?).await?)
            }
        }
    };
}
use resolvers;

/// The member who answers for a record.
macro_rules! owned {
    ($view:ty, |$one:ident| $owner:expr $(, { $($more:tt)* })?) => {
        #[async_graphql::ComplexObject]
        impl $view {
            /// The member who answers for it.
            #[graphql(name = "owner")]
            async fn responsible(
                &self,
                ctx: &Context<'_>,
            ) -> Result<Option<$crate::platform::identity::members::Member>> {
                let $one = self;
                match $owner {
                    Some(owner) => $crate::platform::graphql::related(ctx, owner).await,
                    None => Ok(None),
                }
            }
            $($($more)*)?
        }
    };
}
use owned;

/// What every kind of record has that is approved in editions.
macro_rules! editions {
    (
        $record:ident, $id:ident;
        query $query:ident {
            $(#[$list_doc:meta])* $list:ident
            $(#[$get_doc:meta])* $get:ident
        }
        mutation $mutation:ident {
            $(#[$approve_doc:meta])* $approve:ident
            $(#[$revise_doc:meta])* $revise:ident
            $(#[$discard_doc:meta])* $discard:ident
            $(#[$retire_doc:meta])* $retire:ident
        }
    ) => {
        use $crate::{
            platform::{graphql::PageArgs, http::NoFilter},
            program::isms::{
                editions::{self, ApprovedEdition, NewEditionApproval},
                parts::EditionSort,
            },
        };

        /// Queries of editions.
        #[derive(Default)]
        pub struct $query;

        #[Object]
        impl $query {
            $(#[$list_doc])*
            async fn $list(
                &self,
                ctx: &Context<'_>,
                id: $id,
                sort: Option<EditionSort>,
                first: Option<u32>,
                after: Option<String>,
            ) -> Result<Connection<String, ApprovedEdition, Connected>> {
                let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
                let page = args.request(sort, &NoFilter::default())?;
                let found = editions::list::<$record>(request(ctx)?, id, &page).await?;
                Ok(args.connect(&page, found, ApprovedEdition::place))
            }

            $(#[$get_doc])*
            async fn $get(&self, ctx: &Context<'_>, id: $id, number: i32) -> Result<$record> {
                Ok(editions::get::<$record>(request(ctx)?, id, number).await?)
            }
        }

        /// Mutations of editions.
        #[derive(Default)]
        pub struct $mutation;

        #[Object]
        impl $mutation {
            $(#[$approve_doc])*
            async fn $approve(
                &self,
                ctx: &Context<'_>,
                id: $id,
                expected_version: i32,
                #[graphql(default)] input: NewEditionApproval,
            ) -> Result<$record> {
                let expected = expected_version.into();
                Ok(editions::approve::<$record>(writing(ctx).await?, id, expected, input).await?)
            }

            $(#[$revise_doc])*
            async fn $revise(&self, ctx: &Context<'_>, id: $id, expected_version: i32) -> Result<$record> {
                Ok(editions::revise::<$record>(writing(ctx).await?, id, expected_version.into()).await?)
            }

            $(#[$discard_doc])*
            async fn $discard(&self, ctx: &Context<'_>, id: $id, expected_version: i32) -> Result<$record> {
                Ok(editions::discard::<$record>(writing(ctx).await?, id, expected_version.into()).await?)
            }

            $(#[$retire_doc])*
            async fn $retire(&self, ctx: &Context<'_>, id: $id, expected_version: i32) -> Result<$record> {
                Ok(editions::retire::<$record>(writing(ctx).await?, id, expected_version.into()).await?)
            }
        }
    };
}
use editions;
