//! Advice: who may ask, and what is filled in.

use crate::{
    catalog::advice::{self, Advice, AdviceSource, Ask, CustomerAsk, Facts, FrameworkQuestion, Known, Want},
    kernel::error::Result,
    platform::{
        access::{Action, Ctx},
        sole,
    },
    program::organization::{
        customers::{self, CustomerRequirement},
        profile::Organization,
    },
};

/// The ways to go, best first. What the question leaves out comes from the profile and the open customer requirements.
///
/// # Errors
/// When the caller may not ask, or the question does not fit the catalog.
pub async fn advise(ctx: &Ctx, question: FrameworkQuestion) -> Result<Advice> {
    let permit = ctx.may(Action::FrameworkAdvise)?;
    question.validate()?;
    let mut tx = permit.read().await?;
    let organization = sole::known::<Organization>(&mut tx).await?;
    let requirements = match question.asks {
        None => customers::service::open(&mut tx, advice::MAX_ASKS).await?,
        Some(_) => Vec::new(),
    };
    drop(tx);
    Ok(advice::advise(&facts(question, organization, &requirements), ctx.today()))
}

/// What the question says, or else what is stored.
fn facts(question: FrameworkQuestion, known: Organization, requirements: &[CustomerRequirement]) -> Facts {
    let (asks, unweighed) = match question.asks {
        Some(asked) => asked_for(&asked),
        None => required(requirements),
    };
    Facts {
        asks,
        unweighed,
        industry: value(question.industry, known.industry),
        regions: list(question.regions, known.regions.0),
        data_handled: list(question.data_handled, known.data_handled.0),
        needs_public_certificate: value(question.needs_public_certificate, known.needs_public_certificate),
        size: value(question.size, known.size),
        deadline: value(question.deadline, None),
        held: list(question.held, Vec::new()),
    }
}

fn value<T>(asked: Option<T>, known: Option<T>) -> Known<Option<T>> {
    match (asked, known) {
        (Some(asked), _) => Known::new(Some(asked), AdviceSource::Request),
        (None, Some(known)) => Known::new(Some(known), AdviceSource::Profile),
        (None, None) => Known::default(),
    }
}

fn list<T>(asked: Option<Vec<T>>, known: Vec<T>) -> Known<Vec<T>> {
    match asked {
        Some(asked) => Known::new(asked, AdviceSource::Request),
        None if known.is_empty() => Known::default(),
        None => Known::new(known, AdviceSource::Profile),
    }
}

/// The asks of the question, and how many of them are not weighed.
fn asked_for(asked: &[CustomerAsk]) -> (Known<Vec<Ask>>, usize) {
    let asks: Vec<_> = asked
        .iter()
        .filter_map(|one| Some(Ask { customer: one.customer.clone(), want: one.want()?, due: one.due }))
        .collect();
    let unweighed = asked.len() - asks.len();
    (Known::new(asks, AdviceSource::Request), unweighed)
}

/// The asks of the open requirements, and how many of them are not weighed.
fn required(requirements: &[CustomerRequirement]) -> (Known<Vec<Ask>>, usize) {
    let all = || requirements.iter().flat_map(|one| one.asks.iter().map(move |ask| (one, ask)));
    let asks: Vec<_> = all()
        .filter_map(|(one, ask)| {
            let want = Want::of(ask.framework.as_ref()?, ask.report)?;
            Some(Ask { customer: Some(one.customer.clone()), want, due: one.due })
        })
        .collect();
    let unweighed = all().count() - asks.len();
    match requirements {
        [] => (Known::default(), 0),
        _ => (Known::new(asks, AdviceSource::CustomerRequirements), unweighed),
    }
}
