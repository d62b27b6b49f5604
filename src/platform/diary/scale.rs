//! The days of a picture, from left to right: where each stands, and the needle on the day asked about.

use crate::{
    kernel::time::Date,
    platform::http::picture::{Drawing, Font, Frame},
};

/// The width of a picture with days, in pixels.
pub const WIDTH: i32 = 1120;
/// Where its first day stands.
pub const LEFT: i32 = 90;
/// From there to its last day.
pub const LENGTH: i32 = 940;
/// How its words stand.
pub const INK: Font = Font { size: 13, anchor: "middle", bold: false, ink: "#000000", edged: true };
const NEEDLE: &str = "#b3261e";

/// The days that are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    first: Date,
    days: i64,
}

impl Scale {
    /// From one day to another.
    pub fn new(first: Date, last: Date) -> Self {
        Self { first, days: last.days_since(first).max(1) }
    }

    /// Where a day stands; at an end of the line for what lies beyond it.
    pub fn x(&self, day: Date) -> i32 {
        let days = day.days_since(self.first).clamp(0, self.days);
        LEFT + i32::try_from(days * i64::from(LENGTH) / self.days).unwrap_or(0)
    }

    /// Whether a day is drawn.
    pub fn holds(&self, day: Date) -> bool {
        (0..=self.days).contains(&day.days_since(self.first))
    }

    /// Draws the day asked about, where it is drawn: a needle from the top, and what the day is below it, if at all.
    pub fn needle<N: svg::Node>(
        &self,
        picture: Drawing<N>,
        day: Date,
        (top, height): (i32, i32),
        below: Option<i32>,
    ) -> Drawing<N> {
        if !self.holds(day) {
            return picture;
        }
        let x = self.x(day);
        picture.part(&format!("The day asked about: {day}"), |part| {
            let part = part.rectangle(Frame { x: x - 1, y: top, width: 3, height }, NEEDLE, None);
            let font = Font { bold: true, ink: NEEDLE, ..INK };
            match below {
                Some(y) => part.words((x, y), font, 30, &day.to_string()),
                None => part,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stand_from_end_to_end() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let scale = Scale::new(day("2027-01-01"), day("2027-12-31"));
        let at = ["2026-05-01", "2027-01-01", "2027-07-02", "2027-12-31", "2031-01-01"]
            .map(|one| scale.x(day(one)));
        assert_eq!(at, [LEFT, LEFT, LEFT + LENGTH / 2, LEFT + LENGTH, LEFT + LENGTH]);
        let drawn = ["2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"].map(|one| scale.holds(day(one)));
        assert_eq!(drawn, [false, true, true, false]);
        let one_day = Scale::new(day("2027-01-01"), day("2027-01-01"));
        assert_eq!(one_day.x(day("2027-01-01")), LEFT);
    }
}
