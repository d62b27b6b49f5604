//! The heat map as a picture.

use super::heatmap::{Heatmap, HeatmapCell};
use crate::platform::http::picture::{Drawing, Font, Frame, Picture, drawing, ink_on};

const LEFT: i32 = 170;
const TOP: i32 = 60;
const CELL: (i32, i32) = (130, 74);
/// From one line of the legend to the next.
const LINE: i32 = 22;
/// Codes that a cell has room for.
const CODES: usize = 2;
const INK: Font = Font { size: 13, anchor: "start", bold: false, ink: "#000000", edged: false };

/// Draws the heat map: likelihood upwards, impact to the right, in each cell its level, how many risks lie there and the
/// first of them. A bold border marks what is above the appetite.
pub fn draw(map: &Heatmap) -> Picture {
    let (rows, columns) = (map.likelihood.len() as i32, map.impact.len() as i32);
    let below = TOP + rows * CELL.1 + 50;
    let (width, height) = (LEFT + columns * CELL.0 + 20, below + (map.levels.len() as i32 + 1) * LINE + 10);
    let title = format!("Heat map of {} risk", map.basis);
    let mut picture = drawing(width, height, &title, &description(map));
    picture = picture.words((LEFT, 30), Font { size: 18, bold: true, ..INK }, 80, &title);
    for (n, step) in map.likelihood.iter().enumerate() {
        let y = TOP + (rows - 1 - n as i32) * CELL.1 + CELL.1 / 2 + 5;
        let label = format!("{} · {}", step.label, n + 1);
        picture = picture.words((LEFT - 12, y), Font { anchor: "end", ..INK }, 22, &label);
    }
    for (n, step) in map.impact.iter().enumerate() {
        let x = LEFT + n as i32 * CELL.0 + CELL.0 / 2;
        let label = format!("{} · {}", step.label, n + 1);
        picture = picture.words((x, TOP + rows * CELL.1 + 20), Font { anchor: "middle", ..INK }, 17, &label);
    }
    for cell in &map.cells {
        let frame = Frame {
            x: LEFT + (cell.impact - 1) * CELL.0,
            y: TOP + (rows - cell.likelihood) * CELL.1,
            width: CELL.0 - 4,
            height: CELL.1 - 4,
        };
        picture = picture.part(&says(map, cell), |part| draw_cell(part, map, cell, frame));
    }
    legend(picture, map, below).finish()
}

fn draw_cell<N: svg::Node>(part: Drawing<N>, map: &Heatmap, cell: &HeatmapCell, at: Frame) -> Drawing<N> {
    let fill = cell.color.as_str();
    let border = if cell.above_appetite { 3 } else { 1 };
    let middle = at.x + at.width / 2;
    let font = Font { size: 12, anchor: "middle", bold: false, ink: ink_on(fill), edged: false };
    let level = format!("{} · {}", label(map, cell), cell.score);
    part.rectangle(at, fill, Some(border))
        .words((middle, at.y + 19), font, 19, &level)
        .words((middle, at.y + 39), Font { size: 15, bold: true, ..font }, 16, &counted(cell.count))
        .words((middle, at.y + 59), font, 19, &codes(cell, CODES))
}

fn legend<N: svg::Node>(mut picture: Drawing<N>, map: &Heatmap, y: i32) -> Drawing<N> {
    let note = format!(
        "Bold border: above the appetite of {}. Upwards: likelihood. To the right: impact.",
        map.appetite
    );
    picture = picture.words((24, y), INK, 120, &note);
    for (n, level) in map.levels.iter().enumerate() {
        let y = y + (n as i32 + 1) * LINE;
        let swatch = Frame { x: 24, y: y - 11, width: 14, height: 14 };
        let words = format!("{} from {}", level.label, level.from_score);
        picture = picture.rectangle(swatch, level.color.as_str(), Some(1)).words((44, y), INK, 70, &words);
    }
    picture
}

fn label<'a>(map: &'a Heatmap, cell: &'a HeatmapCell) -> &'a str {
    let level = map.levels.iter().find(|level| level.key == cell.level);
    level.map_or(cell.level.as_str(), |level| level.label.as_str())
}

fn counted(count: i64) -> String {
    match count {
        0 => "no risk".to_owned(),
        1 => "1 risk".to_owned(),
        _ => format!("{count} risks"),
    }
}

/// The first codes of a cell, and how many more there are.
fn codes(cell: &HeatmapCell, most: usize) -> String {
    let named: Vec<_> = cell.risks.iter().take(most).map(|risk| risk.code.as_str()).collect();
    match usize::try_from(cell.count).unwrap_or_default().saturating_sub(named.len()) {
        0 => named.join(", "),
        more => format!("{} +{more}", named.join(", ")),
    }
}

fn says(map: &Heatmap, cell: &HeatmapCell) -> String {
    let step = |steps: &[super::matrix::Step], n: i32| {
        let at = usize::try_from(n - 1).unwrap_or_default();
        steps.get(at).map(|step| step.label.to_string()).unwrap_or_default()
    };
    let named = codes(cell, cell.risks.len());
    let colon = if named.is_empty() { "" } else { ": " };
    format!(
        "Likelihood {}, impact {}: {} (score {}), {}{}{colon}{named}",
        step(&map.likelihood, cell.likelihood),
        step(&map.impact, cell.impact),
        label(map, cell),
        cell.score,
        if cell.above_appetite { "above the appetite, " } else { "" },
        counted(cell.count),
    )
}

fn description(map: &Heatmap) -> String {
    let above: i64 = map.cells.iter().filter(|cell| cell.above_appetite).map(|cell| cell.count).sum();
    format!(
        "{} open risks are estimated, {above} of them above the appetite of {}; {} are not estimated.",
        map.assessed, map.appetite, map.not_assessed
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::id::{RiskId, TenantId},
        program::risks::{Basis, Rating, heatmap::Placed, matrix::RiskMatrix},
    };

    #[test]
    fn the_picture_says_what_it_shows_and_is_always_the_same() {
        let matrix = || RiskMatrix::first(TenantId::from_uuid(uuid::Uuid::nil()));
        let placed = |n: u128, likelihood| Placed {
            id: RiskId::from_uuid(uuid::Uuid::from_u128(n)),
            code: format!("R-<{n}>").parse().unwrap(),
            rating: Some(Rating { likelihood, impact: 5 }),
        };
        let map = || {
            Heatmap::of(
                matrix(),
                Basis::Residual,
                vec![placed(1, 4), placed(2, 4), placed(3, 4), placed(4, 1)],
            )
        };
        let drawn = draw(&map());
        let text = drawn.as_str();
        assert_eq!(text, draw(&map()).as_str());
        for wanted in [
            "role=\"img\"",
            "4 open risks are estimated, 3 of them above the appetite of 9; 0 are not estimated.",
            "Likelihood Likely, impact Severe: Critical (score 20), above the appetite, 3 risks: R-&lt;1&gt;, R-&lt;2&gt;, R-&lt;3&gt;",
            "R-&lt;1&gt;, R-&lt;2&gt; +1",
            "Medium · 5",
        ] {
            assert!(text.contains(wanted), "{wanted} in {text}");
        }
        assert!(!text.contains("<script") && !text.contains("R-<"), "{text}");
    }
}
