//! Reading the year view.

use super::model::{FIRST_YEAR, LAST_YEAR, OfYear, YearView, days, within};
use crate::{
    assurance::{attestations, certifications},
    kernel::error::{Code, Error, Result},
    platform::{access::Ctx, diary::Timeline},
};

/// The timelines of all certificates and attestations, for the days of one year.
///
/// # Errors
/// When the caller may not read certificates and attestations, or the year is out of bounds.
pub async fn year(ctx: &Ctx, asked: OfYear) -> Result<YearView> {
    let moment = asked.at().moment(ctx.today());
    let year = asked.year.unwrap_or_else(|| moment.as_of.day.year());
    let days = days(year).filter(|_| (FIRST_YEAR..=LAST_YEAR).contains(&year));
    let wrong = || {
        let detail = format!("must be from {FIRST_YEAR} to {LAST_YEAR}");
        Error::at(Code::InvalidParameter, "year", detail)
    };
    let (from, to) = days.ok_or_else(wrong)?;
    let of_year = |lines: Vec<Timeline>| {
        let mut lines: Vec<_> = lines.into_iter().filter_map(|line| within(line, from, to)).collect();
        lines.sort_by(|one, other| (&one.title, &one.resource.id).cmp(&(&other.title, &other.resource.id)));
        lines
    };
    let mut timelines = of_year(certifications::dates::timelines(ctx, moment).await?);
    timelines.extend(of_year(attestations::service::timelines(ctx, moment).await?));
    Ok(YearView { year, as_of: moment.as_of.day, known_at: moment.known_at, timelines })
}
