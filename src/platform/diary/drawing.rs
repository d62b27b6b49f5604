//! A timeline as a picture: one line, with what holds on it, what was done, what is due, and the day asked about.

use super::{
    MilestoneState, Timeline, TimelineEntry, TimelineEntryKind, TimelineSpan, TimelineSpanKind,
    scale::{INK, LEFT, LENGTH, Scale, WIDTH},
};
use crate::{
    kernel::time::Date,
    platform::http::picture::{Drawing, Font, Frame, Picture, drawing},
};

const HEIGHT: i32 = 460;
/// The line, from its first to its last day.
const LINE: Frame = Frame { x: LEFT, y: 240, width: LENGTH, height: 6 };
/// How far labels stand from the line, by turns above and below it, so that neighbours do not meet.
const LANES: [i32; 6] = [-50, 60, -100, 110, -150, 160];
const LINE_INK: &str = "#444444";

impl Timeline {
    /// Draws the line. A filled mark is done, a framed one is to come, a wide frame is overdue; each says so in words too.
    pub fn draw(&self) -> Picture {
        let picture = drawing(WIDTH, HEIGHT, &self.title, &self.description());
        let picture = picture.words((WIDTH / 2, 32), Font { size: 18, bold: true, ..INK }, 90, &self.title);
        let picture = picture.words((WIDTH / 2, 56), INK, 120, &self.stands());
        match self.scale() {
            Some(scale) => self.line(picture, &scale).finish(),
            None => picture
                .words((WIDTH / 2, LINE.y), INK, 120, "Nothing has begun yet, or all of it was voided.")
                .finish(),
        }
    }

    fn line<N: svg::Node>(&self, picture: Drawing<N>, scale: &Scale) -> Drawing<N> {
        let mut picture = picture.rectangle(LINE, LINE_INK, None);
        let drawn = |span: &&TimelineSpan| {
            span.kind.colour().is_some() && (scale.holds(span.from) || scale.holds(span.to))
        };
        for span in self.spans.iter().filter(drawn) {
            picture = bar(picture, scale, span);
        }
        picture = scale.needle(picture, self.as_of, (84, HEIGHT - 124), Some(HEIGHT - 20));
        let marks = || self.milestones().zip(LANES.into_iter().cycle());
        // Every stem first, so that none crosses a label.
        for (milestone, lane) in marks() {
            let (top, bottom) = (LINE.y.min(LINE.y + lane), LINE.y.max(LINE.y + lane));
            let stem = Frame { x: scale.x(stands(milestone)), y: top, width: 1, height: bottom - top };
            picture = picture.rectangle(stem, LINE_INK, None);
        }
        for (milestone, lane) in marks() {
            picture = mark(picture, scale.x(stands(milestone)), lane, milestone);
        }
        picture
    }

    /// The days that are drawn: what holds last, and what is due around it.
    fn scale(&self) -> Option<Scale> {
        let held = self.held()?;
        let days = || self.milestones().map(stands).chain([held.from, held.to]);
        Some(Scale::new(days().min()?, days().max()?))
    }

    fn milestones(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.entries.iter().filter(|one| one.kind == TimelineEntryKind::Milestone)
    }

    /// What holds last.
    fn held(&self) -> Option<&TimelineSpan> {
        let held =
            |span: &&TimelineSpan| matches!(span.kind, TimelineSpanKind::Valid | TimelineSpanKind::Reported);
        self.spans.iter().rfind(held)
    }

    fn stands(&self) -> String {
        format!("{} on {}", self.standing, self.as_of)
    }

    /// All of it in words, for whoever cannot see it.
    fn description(&self) -> String {
        let held = self.held().map_or_else(String::new, |span| format!(" {}.", span.says()));
        let each: Vec<_> = self.milestones().map(told).collect();
        let each = if each.is_empty() { String::new() } else { format!(" {}.", each.join("; ")) };
        format!("{}.{held}{each}", self.stands())
    }
}

impl TimelineSpan {
    /// The span in words.
    pub fn says(&self) -> String {
        let Self { kind, from, to } = self;
        let word = match kind {
            TimelineSpanKind::Valid => "Valid",
            TimelineSpanKind::Usable => "Usable",
            TimelineSpanKind::Reported => "Reported",
            TimelineSpanKind::Bridged => "Bridged",
            TimelineSpanKind::Gap => "Nothing",
        };
        format!("{word} from {from} to {to}")
    }
}

impl TimelineSpanKind {
    /// The colour in which it is drawn; none where it is not.
    pub fn colour(self) -> Option<&'static str> {
        match self {
            Self::Valid | Self::Reported => Some("#1b7f4d"),
            Self::Bridged => Some("#8a5a00"),
            Self::Usable | Self::Gap => None,
        }
    }
}

fn bar<N: svg::Node>(picture: Drawing<N>, scale: &Scale, span: &TimelineSpan) -> Drawing<N> {
    let Some(colour) = span.kind.colour() else { return picture };
    let (from, to) = (scale.x(span.from), scale.x(span.to));
    let frame = Frame { x: from, y: LINE.y - 4, width: (to - from).max(1), height: LINE.height + 8 };
    picture.part(&span.says(), |part| part.rectangle(frame, colour, None))
}

fn mark<N: svg::Node>(picture: Drawing<N>, x: i32, lane: i32, milestone: &TimelineEntry) -> Drawing<N> {
    let square = Frame { x: x - 8, y: LINE.y - 5, width: 16, height: 16 };
    let (fill, border) = match milestone.state {
        Some(MilestoneState::Done) => ("#000000", 1),
        Some(MilestoneState::Overdue) => ("#ffffff", 5),
        _ => ("#ffffff", 2),
    };
    let (first, second) = if lane < 0 { (-22, -6) } else { (16, 32) };
    picture.part(&told(milestone), |part| {
        part.rectangle(square, fill, Some(border))
            .words((x, LINE.y + lane + first), INK, 26, &milestone.title)
            .words((x, LINE.y + lane + second), INK, 26, &when(milestone))
    })
}

/// The day on which it was done, or else is due.
fn stands(milestone: &TimelineEntry) -> Date {
    milestone.done_on.unwrap_or(milestone.on)
}

fn when(milestone: &TimelineEntry) -> String {
    match (milestone.state, milestone.done_on) {
        (Some(MilestoneState::Done), Some(done)) => format!("done {done}"),
        (Some(MilestoneState::Overdue), _) => format!("overdue, by {}", milestone.on),
        _ => format!("by {}", milestone.on),
    }
}

fn told(milestone: &TimelineEntry) -> String {
    format!("{}: {}", milestone.title, when(milestone))
}
