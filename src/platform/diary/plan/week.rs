//! A week of the calendar, by ISO 8601.

use chrono::{NaiveDate, Weekday};

use crate::{bounded_text, kernel::time::Date};

bounded_text! {
    /// A week by ISO 8601: its year, and its number from 1 to 52 or 53.
    Week: 8..=8, like "2027-W20";
}

impl Week {
    /// Its Monday and its Sunday; none where it is no week, or its year has none of this number.
    pub fn days(&self) -> Option<(Date, Date)> {
        let (year, week) = self.as_str().split_once("-W")?;
        let digits = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
        if !digits(year) || !digits(week) {
            return None;
        }
        let day = |weekday| {
            let day = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, weekday)?;
            day.to_string().parse().ok()
        };
        Some((day(Weekday::Mon)?, day(Weekday::Sun)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<(String, String)> {
        let (from, to) = text.parse::<Week>().ok()?.days()?;
        Some((from.to_string(), to.to_string()))
    }

    #[test]
    fn a_week_is_monday_to_sunday() {
        assert_eq!(days("2027-W20"), Some(("2027-05-17".to_owned(), "2027-05-23".to_owned())));
        // 2026 has 53 weeks, the last of which ends in 2027; 2027 has 52.
        assert_eq!(days("2026-W53"), Some(("2026-12-28".to_owned(), "2027-01-03".to_owned())));
    }

    #[test]
    fn what_is_no_week_has_no_days() {
        for text in ["2027-W53", "2027-W00", "2027-20W", "+027-W20", "2027-W+5", "20270W20"] {
            assert_eq!(days(text), None, "{text}");
        }
    }
}
