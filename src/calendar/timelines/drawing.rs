//! A year as a picture: a row for each timeline, month by month.

use super::model::{YearView, days};
use crate::{
    kernel::time::Date,
    platform::{
        diary::{
            Timeline, TimelineEntry,
            scale::{INK, LEFT, LENGTH, Scale, WIDTH},
        },
        http::picture::{Drawing, Font, Frame, Picture, drawing},
    },
};

const HEAD: i32 = 80;
/// One timeline: its name, its line and its marks.
const ROW: i32 = 64;
const GRID: &str = "#767676";

impl YearView {
    /// Draws the year. A mark is an event or something due; a filled one has happened or is done. Each is said in words.
    pub fn draw(&self) -> Picture {
        let rows = i32::try_from(self.timelines.len()).unwrap_or(i32::MAX / ROW - 10);
        let height = HEAD + ROW * rows.max(1) + 20;
        let title = format!("Certificates and attestations in {}", self.year);
        let picture = drawing(WIDTH, height, &title, &self.description());
        let picture = picture.words((WIDTH / 2, 28), Font { size: 18, bold: true, ..INK }, 90, &title);
        // A year that is out of bounds is never shown.
        let (first, last) = days(self.year).unwrap_or((self.as_of, self.as_of));
        let scale = Scale::new(first, last);
        let mut picture = self.months(picture, scale, height);
        for (n, line) in (0..).zip(&self.timelines) {
            picture = row(picture, scale, HEAD + n * ROW, line);
        }
        if self.timelines.is_empty() {
            picture = picture.words((WIDTH / 2, HEAD + ROW / 2), INK, 90, "Nothing lies in this year.");
        }
        scale.needle(picture, self.as_of, (HEAD - 14, height - HEAD), None).finish()
    }

    fn months<N: svg::Node>(&self, mut picture: Drawing<N>, scale: Scale, height: i32) -> Drawing<N> {
        for month in 1..=12 {
            let Some(first) = Date::from_ymd(self.year, month, 1) else { continue };
            let x = scale.x(first);
            picture = picture
                .rectangle(Frame { x, y: HEAD - 14, width: 1, height: height - HEAD }, GRID, None)
                .words((x + LENGTH / 24, HEAD - 20), INK, 12, &format!("{}-{month:02}", self.year));
        }
        picture
    }

    /// All of it in words, for whoever cannot see it.
    fn description(&self) -> String {
        let each: Vec<_> = self.timelines.iter().map(said).collect();
        format!("As of {}. {}", self.as_of, each.join(" "))
    }
}

fn row<N: svg::Node>(picture: Drawing<N>, scale: Scale, top: i32, line: &Timeline) -> Drawing<N> {
    picture.part(&said(line), |mut part| {
        let name = format!("{} ({})", line.title, line.standing);
        part = part.words((LEFT, top + 12), Font { anchor: "start", ..INK }, 120, &name);
        for span in &line.spans {
            let Some(colour) = span.kind.colour() else { continue };
            let (from, to) = (scale.x(span.from), scale.x(span.to));
            let bar = Frame { x: from, y: top + 28, width: (to - from).max(1), height: 12 };
            part = part.rectangle(bar, colour, None);
        }
        for entry in &line.entries {
            let (x, done) = (scale.x(entry.on), entry.is_past());
            let mark = Frame { x: x - 5, y: top + 29, width: 10, height: 10 };
            let fill = if done { "#000000" } else { "#ffffff" };
            part = part.part(&told(entry), |mark_part| mark_part.rectangle(mark, fill, Some(2)));
        }
        part
    })
}

fn said(line: &Timeline) -> String {
    let each: Vec<_> = line.entries.iter().map(told).collect();
    let spans = line.spans.iter().filter(|span| span.kind.colour().is_some());
    let spans: Vec<_> = spans.map(|span| span.says()).collect();
    let all = spans.into_iter().chain(each).collect::<Vec<_>>().join("; ");
    format!("{}: {} on {}. {all}.", line.title, line.standing, line.as_of)
}

fn told(entry: &TimelineEntry) -> String {
    match entry.is_past() {
        true => format!("{} {}", entry.title, entry.done_on.unwrap_or(entry.on)),
        false => format!("{} by {}", entry.title, entry.on),
    }
}
