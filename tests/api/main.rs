//! The public API, room by room as its URLs go, on both engines, through a real server.

#[path = "../support/mod.rs"]
mod support;

mod access_tokens;
mod advice;
mod api_keys;
mod applicability;
mod attestations;
mod audits;
mod batch;
mod certification_evaluations;
mod certification_lives;
mod certifications;
mod controls;
mod conventions;
mod custom_frameworks;
mod customer_requirements;
mod edge;
mod engagements;
mod evidence;
mod evidence_files;
mod evidence_requests;
mod evidence_s3;
mod findings;
mod frameworks;
mod graphql;
mod idempotency;
mod identity_providers;
mod invitations;
mod isms;
mod isms_planning;
mod journal;
mod limits;
mod members;
mod midnight;
mod milestones;
mod oauth_clients;
mod oidc_provider;
mod organization;
mod pages;
mod plans;
mod readiness;
mod risks;
mod settings;
mod tenants;
mod timelines;
