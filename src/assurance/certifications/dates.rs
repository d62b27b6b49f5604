//! What certificates make due, told: milestones, timelines and stories, and what plans begin with.

use super::{
    engine::Evaluations,
    model::{Certification, Dossier},
    service::find,
    store::{self, Which},
    story::{self, CertificationStory},
    timeline,
};
use crate::{
    kernel::{error::Result, id::CertificationId, time::Date},
    platform::{
        access::{Action, Ctx},
        diary::{self, AtMoment, Milestone, Moment, Timeline},
        journal::Recorded,
    },
};

/// A certificate's whole story, in order, as asked.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn explain(ctx: &Ctx, id: CertificationId, at: AtMoment) -> Result<CertificationStory> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let evaluations = store::evaluations(&mut tx).await?;
    Ok(story::tell(&dossier, &evaluations, at.moment(ctx.today())))
}

/// Everything that a certificate makes due, as its events tell it for a day; today unless given.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn milestones(ctx: &Ctx, id: CertificationId, at: AtMoment) -> Result<Vec<Milestone>> {
    let permit = ctx.may(Action::CertificationRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let evaluations = store::evaluations(&mut tx).await?;
    let known = diary::of_resources(&mut tx, &[id.to_string()]).await?;
    Ok(pictured(ctx, &dossier, &evaluations, &known, at.moment(ctx.today())))
}

/// What the organisation did itself, of which the dates of all certificates follow.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn evaluations(ctx: &Ctx) -> Result<Evaluations> {
    let permit = ctx.may(Action::CertificationRead)?;
    ctx.unbound()?;
    store::evaluations(&mut *permit.read().await?).await
}

/// The milestones of a certificate that was read before, for a day; for its own day unless given.
pub fn milestones_of(
    ctx: &Ctx,
    certificate: &Certification,
    evaluations: &Evaluations,
    known: &[diary::Entry],
    as_of: Option<Date>,
) -> Vec<Milestone> {
    let at = AtMoment { as_of: Some(as_of.unwrap_or(certificate.as_of)), known_at: certificate.known_at };
    let dossier = Dossier {
        facts: certificate.facts.clone(),
        events: certificate.events.clone(),
        accreditations: certificate.accreditations.clone(),
        audits: certificate.audits.clone(),
        statement_versions: Vec::new(),
        default_settings: certificate.applied_settings.clone(),
    };
    pictured(ctx, &dossier, evaluations, known, at.moment(ctx.today()))
}

/// The milestones of a certificate at a moment, with what people said of them in the diary.
pub(super) fn pictured(
    ctx: &Ctx,
    dossier: &Dossier,
    evaluations: &Evaluations,
    known: &[diary::Entry],
    moment: Moment,
) -> Vec<Milestone> {
    let life = dossier.life(moment);
    timeline::milestones(ctx.caller().tenant, (dossier, &life), evaluations, known, moment)
}

/// A certificate's life on one line, as asked.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn timeline(ctx: &Ctx, id: CertificationId, at: AtMoment) -> Result<Timeline> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let evaluations = store::evaluations(&mut tx).await?;
    let known = diary::of_resources(&mut tx, &[id.to_string()]).await?;
    let moment = at.moment(ctx.today());
    Ok(timeline::timeline(ctx.caller().tenant, &dossier, &evaluations, &known, moment))
}

/// The lives of all certificates, each on its line.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn timelines(ctx: &Ctx, moment: Moment) -> Result<Vec<Timeline>> {
    let permit = ctx.may(Action::CertificationRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let dossiers = store::all(&mut tx, Which::Every).await?;
    let evaluations = store::evaluations(&mut tx).await?;
    let ids: Vec<_> = dossiers.iter().map(Recorded::resource_id).collect();
    let known = diary::of_resources(&mut tx, &ids).await?;
    let tenant = ctx.caller().tenant;
    let line = |one: &Dossier| timeline::timeline(tenant, one, &evaluations, &known, moment);
    Ok(dossiers.iter().map(line).collect())
}

/// Those of these certificates that there are, as they are stored, and what the organisation did itself, to plan for them.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn to_plan(ctx: &Ctx, ids: &[CertificationId]) -> Result<(Vec<Dossier>, Evaluations)> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut tx = permit.read().await?;
    Ok((store::all(&mut tx, Which::These(ids)).await?, store::evaluations(&mut tx).await?))
}

/// What is in the diary for these certificates.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn diary_of(ctx: &Ctx, ids: &[CertificationId]) -> Result<Vec<diary::Entry>> {
    let permit = ctx.may(Action::CertificationRead)?;
    ctx.unbound()?;
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    diary::of_resources(&mut *permit.read().await?, &ids).await
}
