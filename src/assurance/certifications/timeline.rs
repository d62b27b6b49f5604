//! A certificate's cycle as a picture: three years on one line, what was done, what is due, and the day asked about.

use super::model::Certification;
use crate::{
    kernel::time::Date,
    platform::{
        diary::{Milestone, MilestoneState},
        http::picture::{Drawing, Font, Frame, Picture, drawing},
    },
};

const WIDTH: i32 = 1120;
const HEIGHT: i32 = 460;
/// The line, from its first to its last day.
const LINE: Frame = Frame { x: 90, y: 240, width: 940, height: 6 };
/// How far labels stand from the line, by turns above and below it, so that neighbours do not meet.
const LANES: [i32; 6] = [-50, 60, -100, 110, -150, 160];
const INK: Font = Font { size: 13, anchor: "middle", bold: false, ink: "#000000", edged: true };
const LINE_INK: &str = "#444444";

/// The span that is drawn: the cycle, and what lies around it.
struct Span {
    from: Date,
    days: i64,
}

impl Span {
    fn of(certificate: &Certification, milestones: &[Milestone]) -> Option<Self> {
        let validity = certificate.validity.as_ref()?;
        let days = || {
            milestones.iter().map(|one| one.entry.due.due).chain([validity.valid_from, validity.expires_on])
        };
        let (from, to) = (days().min()?, days().max()?);
        Some(Self { from, days: to.days_since(from).max(1) })
    }

    /// Where a day stands; at the end of the line for what lies beyond it.
    fn x(&self, day: Date) -> i32 {
        let days = day.days_since(self.from).clamp(0, self.days);
        LINE.x + i32::try_from(days * i64::from(LINE.width) / self.days).unwrap_or(0)
    }

    fn holds(&self, day: Date) -> bool {
        (0..=self.days).contains(&day.days_since(self.from))
    }
}

/// Draws the cycle. A filled mark is done, a framed one is to come, a wide frame is overdue; each says so in words too.
pub fn draw(certificate: &Certification, milestones: &[Milestone]) -> Picture {
    let facts = &certificate.facts;
    let number = facts
        .number
        .as_ref()
        .map_or_else(|| "not granted yet".to_owned(), |one| format!("certificate {one}"));
    let title = format!("{} {}, {number}", facts.standard, facts.edition);
    let picture = drawing(WIDTH, HEIGHT, &title, &description(certificate, milestones));
    let picture = picture.words((WIDTH / 2, 32), Font { size: 18, bold: true, ..INK }, 90, &title);
    let standing = format!("{} on {}", certificate.public_status, certificate.as_of);
    let picture = picture.words((WIDTH / 2, 56), INK, 120, &standing);
    match Span::of(certificate, milestones) {
        Some(span) => line(picture, &span, certificate, milestones).finish(),
        None => picture
            .words((WIDTH / 2, LINE.y), INK, 120, "No cycle: it was never granted, or was voided.")
            .finish(),
    }
}

fn line<N: svg::Node>(
    picture: Drawing<N>,
    span: &Span,
    certificate: &Certification,
    milestones: &[Milestone],
) -> Drawing<N> {
    let mut picture = picture.rectangle(LINE, LINE_INK, None);
    if let Some(validity) = &certificate.validity {
        let (from, to) = (span.x(validity.valid_from), span.x(validity.expires_on));
        let valid = Frame { x: from, y: LINE.y - 4, width: (to - from).max(1), height: LINE.height + 8 };
        let says = format!("Valid from {} to {}", validity.valid_from, validity.expires_on);
        picture = picture.part(&says, |part| part.rectangle(valid, "#1b7f4d", None));
    }
    if span.holds(certificate.as_of) {
        picture = today(picture, span, certificate.as_of);
    }
    let marks = || milestones.iter().zip(LANES.into_iter().cycle());
    // Every stem first, so that none crosses a label.
    for (milestone, lane) in marks() {
        let (top, bottom) = (LINE.y.min(LINE.y + lane), LINE.y.max(LINE.y + lane));
        let stem = Frame { x: span.x(milestone.entry.due.due), y: top, width: 1, height: bottom - top };
        picture = picture.rectangle(stem, LINE_INK, None);
    }
    for (milestone, lane) in marks() {
        picture = mark(picture, span.x(milestone.entry.due.due), lane, milestone);
    }
    picture
}

fn mark<N: svg::Node>(picture: Drawing<N>, x: i32, lane: i32, milestone: &Milestone) -> Drawing<N> {
    let due = &milestone.entry.due;
    let square = Frame { x: x - 8, y: LINE.y - 5, width: 16, height: 16 };
    let (fill, border) = match milestone.state {
        MilestoneState::Done => ("#000000", 1),
        MilestoneState::Overdue => ("#ffffff", 5),
        MilestoneState::Open | MilestoneState::Upcoming => ("#ffffff", 2),
    };
    let (first, second) = if lane < 0 { (-22, -6) } else { (16, 32) };
    picture.part(&told(milestone), |part| {
        part.rectangle(square, fill, Some(border))
            .words((x, LINE.y + lane + first), INK, 26, &due.title)
            .words((x, LINE.y + lane + second), INK, 26, &when(milestone))
    })
}

fn today<N: svg::Node>(picture: Drawing<N>, span: &Span, day: Date) -> Drawing<N> {
    let x = span.x(day);
    let needle = Frame { x: x - 1, y: 84, width: 3, height: HEIGHT - 124 };
    picture.part(&format!("The day asked about: {day}"), |part| {
        part.rectangle(needle, "#b3261e", None).words(
            (x, HEIGHT - 20),
            Font { bold: true, ink: "#b3261e", ..INK },
            30,
            &day.to_string(),
        )
    })
}

fn when(milestone: &Milestone) -> String {
    let due = &milestone.entry.due;
    match (milestone.state, due.done_on) {
        (MilestoneState::Done, Some(done)) => format!("done {done}"),
        (MilestoneState::Overdue, _) => format!("overdue, by {}", due.due),
        _ => format!("by {}", due.due),
    }
}

fn told(milestone: &Milestone) -> String {
    format!("{}: {}", milestone.entry.due.title, when(milestone))
}

/// All of it in words, for whoever cannot see it.
fn description(certificate: &Certification, milestones: &[Milestone]) -> String {
    let valid = certificate.validity.as_ref().map_or_else(String::new, |validity| {
        format!(" Valid from {} to {}.", validity.valid_from, validity.expires_on)
    });
    let each: Vec<_> = milestones.iter().map(told).collect();
    let each = if each.is_empty() { String::new() } else { format!(" {}.", each.join("; ")) };
    format!("{} on {}.{valid}{each}", certificate.public_status, certificate.as_of)
}
