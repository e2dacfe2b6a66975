//! Struck-out content: it stands on the sheet and does not count. What is struck is taken out of
//! the rows and kept beside them, so that it can be said.

use super::sheet::{Content, Row, Seen};
use crate::model::{CellAt, fold};

/// A cell that is struck out, wholly or in part.
#[derive(Clone, Debug, PartialEq)]
pub struct Struck {
    pub at: CellAt,
    /// What is struck out.
    pub content: Content,
    /// Whether the rest of the cell stays, and was read.
    pub partly: bool,
}

/// A piece of a text with a look of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    pub text: String,
    /// None where the piece looks as its cell does.
    pub struck: Option<bool>,
    /// Whether it is written small and high, as marks of footnotes are.
    pub raised: bool,
}

/// What a line goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stroke {
    Whole,
    Part {
        struck: String,
        left: String,
    },
    /// Nothing is struck out, but a piece is raised; the text with that piece in raised characters.
    Raised(String),
}

/// What a font does to its letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    pub struck: bool,
    pub raised: bool,
    /// Of the colour of the paper.
    pub white: bool,
}

/// Returns the pieces of a text whose fonts change at places of it (UTF-16 units); in front of the
/// first, the cell's own font holds.
pub fn pieces(units: &[u16], fonts: impl IntoIterator<Item = (u16, Letters)>) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut start, mut look) = (0, None::<Letters>);
    let mut take = |from: usize, to: usize, look: Option<Letters>| {
        let text = String::from_utf16_lossy(units.get(from..to).unwrap_or_default());
        if !text.is_empty() {
            let raised = look.is_some_and(|look| look.raised);
            runs.push(Run { text, struck: look.map(|look| look.struck), raised });
        }
    };
    for (place, font) in fonts {
        let place = usize::from(place).clamp(start, units.len());
        take(start, place, look);
        (start, look) = (place, Some(font));
    }
    take(start, units.len(), look);
    runs
}

/// Returns what of a cell is struck out; `runs` are the pieces of its text, where it has any.
pub fn stroke(cell_is_struck: bool, runs: &[Run]) -> Option<Stroke> {
    if runs.is_empty() {
        return cell_is_struck.then_some(Stroke::Whole);
    }
    let (mut struck, mut left) = (String::new(), String::new());
    for run in runs {
        let into = if run.struck.unwrap_or(cell_is_struck) { &mut struck } else { &mut left };
        if run.raised {
            into.extend(run.text.chars().map(raised));
        } else {
            into.push_str(&run.text);
        }
    }
    let has_mark = runs.iter().any(|run| run.raised && run.text.contains(|c| raised(c) != c));
    if fold::is_blank(&struck) {
        has_mark.then_some(Stroke::Raised(left))
    } else if fold::is_blank(&left) {
        Some(Stroke::Whole)
    } else {
        Some(Stroke::Part { struck, left })
    }
}

/// Returns the character that shows a digit small and high: the 1 of 3¹ is no part of a figure.
fn raised(c: char) -> char {
    match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32(0x2070 + u32::from(c) - u32::from('0')).unwrap_or(c),
        other => other,
    }
}

/// Takes what is struck out from the rows and returns it, in the order of the sheet.
pub fn take_out(rows: &mut Vec<Row>, mut strokes: Vec<(CellAt, Stroke)>) -> Vec<Struck> {
    strokes.sort_by_key(|(at, _)| *at);
    // Of several contents for one cell the last one counts.
    strokes.reverse();
    strokes.dedup_by_key(|(at, _)| *at);
    strokes.reverse();
    let mut taken = Vec::new();
    for (at, stroke) in strokes {
        let Ok(row) = rows.binary_search_by_key(&at.row, |row| row.index) else { continue };
        let cells = &mut rows[row].cells;
        let Ok(place) = cells.binary_search_by_key(&at.column, |cell| cell.column) else {
            continue;
        };
        taken.push(match stroke {
            Stroke::Raised(text) => {
                cells[place].content = Content::Text(text.into());
                continue;
            }
            Stroke::Whole => Struck { at, content: cells.remove(place).content, partly: false },
            Stroke::Part { struck, left } => {
                cells[place].content = Content::Text(left.into());
                cells[place].seen = Seen::AsTyped;
                Struck { at, content: Content::Text(struck.into()), partly: true }
            }
        });
    }
    if !taken.is_empty() {
        rows.retain(|row| !row.cells.is_empty());
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, struck: Option<bool>) -> Run {
        Run { text: text.to_owned(), struck, raised: false }
    }

    #[test]
    fn what_is_struck_follows_the_piece_before_the_cell() {
        assert_eq!(stroke(true, &[]), Some(Stroke::Whole));
        assert_eq!(stroke(false, &[]), None);
        assert_eq!(stroke(true, &[run("20", Some(false))]), None);
        assert_eq!(stroke(true, &[run("20", None)]), Some(Stroke::Whole));
        let part = Stroke::Part { struck: "20".to_owned(), left: "25".to_owned() };
        assert_eq!(stroke(false, &[run("20", Some(true)), run("25", None)]), Some(part));
        assert_eq!(stroke(false, &[run("20", Some(true)), run(" ", None)]), Some(Stroke::Whole));
        let mark = Run { raised: true, ..run("1", None) };
        assert_eq!(stroke(false, &[run("3", None), mark]), Some(Stroke::Raised("3¹".to_owned())));
    }
}
