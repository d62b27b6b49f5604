//! Reading what reports and evidence cover.

use super::{
    continuity::{Reported, RunningWindow, continuity},
    criteria::{AttestationCoverage, Window, criteria},
};
use crate::{
    assurance::{
        attestations::{
            engine::Life,
            model::{Dossier, ScopeName},
            scope::{AttestationScope, SOC2},
            service::find,
            store, testing,
        },
        audits, findings,
    },
    kernel::{
        error::{Code, Error, Result},
        id::AttestationId,
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        diary::{AtMoment, Moment},
    },
    program::{
        controls,
        evidence::{self, Period},
    },
};

/// Days of a window at the most: ten years.
const MAX_WINDOW: i64 = 3660;

/// Which days of a window the organisation's reports cover.
///
/// # Errors
/// When the caller may not read attestations, or the window is turned round or too long.
pub async fn of_organization(
    ctx: &Ctx,
    (from, to): (Date, Date),
    scope: Option<ScopeName>,
    at: AtMoment,
) -> Result<super::ReportCoverage> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    let window = Period::new(from, to).filter(|window| window.days() <= MAX_WINDOW).ok_or_else(|| {
        let detail = format!("must not be before from, nor more than {MAX_WINDOW} days from it");
        Error::at(Code::Unprocessable, "to", detail)
    })?;
    let moment = at.moment(ctx.today());
    let asked = scope.as_ref().map(std::slice::from_ref);
    let dossiers = store::of_scopes(&mut *permit.read().await?, asked).await?;
    let reports: Vec<_> = dossiers.iter().filter_map(|one| reported(one, moment)).collect();
    let running = dossiers.iter().filter_map(|one| running(one, moment)).collect();
    Ok(continuity(window, scope, (moment.as_of.day, moment.known_at), &reports, running))
}

fn reported(dossier: &Dossier, moment: Moment) -> Option<Reported> {
    let (facts, life) = (&dossier.facts, dossier.life(moment));
    let report_date = life.standing()?.report_date;
    Some(Reported {
        attestation: facts.id,
        report: facts.report,
        scope: facts.scope.clone(),
        covers: life.covers()?,
        report_date,
        bridged: life.bridged(),
        systems: facts.systems.to_vec(),
        categories: life.scope.map(|scope| scope.categories).unwrap_or_default(),
        subservices: facts.subservices.to_vec(),
    })
}

fn running(dossier: &Dossier, moment: Moment) -> Option<RunningWindow> {
    let life = dossier.life(moment);
    let open = life.report.is_none() && life.cancelled_on.is_none();
    let Period { from, to } = life.window.filter(|_| open)?;
    Some(RunningWindow { attestation: dossier.facts.id, from, to })
}

/// Which controls answer each criterion of an engagement, which days of its window their evidence covers, and which
/// exceptions were noted: by the practitioner's tests, and in fieldwork that is held as an audit.
///
/// # Errors
/// When the caller may not read attestations or there is no such one.
pub async fn of_attestation(ctx: &Ctx, id: AttestationId, at: AtMoment) -> Result<AttestationCoverage> {
    let permit = ctx.may(Action::AttestationRead)?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let moment = at.moment(ctx.today());
    let life = dossier.life(moment);
    let window = window(&dossier, &life, moment.as_of.day);
    let soc2 = SOC2.parse().map_err(|fault: String| Error::internal(fault))?;
    let answers = controls::answering(&mut tx, &soc2).await?;
    let mut ids: Vec<_> = answers.iter().map(|one| one.control).collect();
    ids.sort_by_key(|id| id.uuid());
    ids.dedup();
    let pieces = match window.judged {
        Some(judged) => evidence::accepted(&mut tx, &ids, judged).await?,
        None => Vec::new(),
    };
    let tests = testing::of_attestation(&mut tx, id).await?;
    let fieldwork = audits::fieldwork_for(&mut tx, id, moment).await?;
    let found = findings::exceptions_of(&mut tx, &fieldwork, moment).await?;
    // Nothing is in scope before that is settled.
    let scope = life.scope.unwrap_or(AttestationScope { criteria: Some(Vec::new()), ..Default::default() });
    Ok(criteria(&dossier, &scope, window, moment.as_of.day, (answers, pieces), (tests, found)))
}

/// The days of an engagement. Those after the day are not judged: there is no evidence of them yet.
fn window(dossier: &Dossier, life: &Life, day: Date) -> Window {
    let (known, plan) = (life.covers(), dossier.facts.plan.days());
    let whole = known.or(plan);
    let judged = whole.and_then(|whole| Period::new(whole.from, whole.to.min(day)));
    Window { whole, judged, assumed: known.is_none() && plan.is_some() }
}
