//! Says once what many files have in common: a heading that nobody declared is one finding, however
//! many sheets bear it, and so are figures in the totals of one column where nothing is added up, and the words and
//! comments of a form that everybody was given.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fact::{Elsewhere, Unread};
use crate::model::{CellAt, CellRange, Fact, Finding, Kind, fold};
use crate::pipeline::heading;

/// How many of the files are named.
const MOST_NAMED: usize = 3;

/// Joins the findings about one heading into the first of them.
pub fn said_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut alike: BTreeMap<(Kind, String), Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        if let Some(heading) = heading(finding) {
            alike.entry(heading).or_default().push(place);
        }
    }
    alike.retain(|_, places| {
        let least = match &findings[places[0]].fact {
            Fact::SheetUnused(_) => 3,
            _ => 2,
        };
        places.len() >= least
    });
    if alike.is_empty() {
        return findings;
    }
    let joined: BTreeMap<usize, (Elsewhere, bool)> = alike
        .values()
        .map(|places| {
            let own: Vec<&Finding> = places.iter().map(|place| &findings[*place]).collect();
            (places[0], (elsewhere(&own), own.iter().all(|other| other.unit == own[0].unit)))
        })
        .collect();
    let further: BTreeSet<usize> =
        alike.into_values().flat_map(|places| places.into_iter().skip(1)).collect();
    let kept = findings.into_iter().enumerate().filter(|(place, _)| !further.contains(place));
    let kept = kept.map(|(place, mut finding)| {
        if let (
            Some((found, is_one_unit)),
            Fact::ColumnUnknown { elsewhere, .. } | Fact::SheetUnused(Unread { elsewhere, .. }),
        ) = (joined.get(&place), &mut finding.fact)
        {
            elsewhere.clone_from(found);
            if !is_one_unit {
                finding.unit = None;
            }
        }
        finding
    });
    families_once(kept.collect())
}

/// Joins the findings about headings that only their upper levels tell apart, as the months do above 人数: where
/// several stand on the same sheets and nobody read them. What each of them was taken for is told of each.
fn families_once(findings: Vec<Finding>) -> Vec<Finding> {
    const LEAST: usize = 3;
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        families.entry(family(finding).unwrap_or_default()).or_default().push(place);
    }
    families.retain(|key, places| !key.is_empty() && places.len() >= LEAST);
    let further: BTreeSet<usize> =
        families.values().flat_map(|places| places[1..].iter().copied()).collect();
    let cells: BTreeMap<usize, (Vec<CellRange>, usize)> = families
        .into_values()
        .map(|places| {
            let own = places.iter().filter_map(|place| findings[*place].cell);
            (places[0], (own.map(|at| CellRange::new(at, at)).collect(), places.len()))
        })
        .collect();
    let kept = findings.into_iter().enumerate().filter(|(place, _)| !further.contains(place));
    kept.map(|(place, mut finding)| {
        if let (Some((cells, count)), Fact::ColumnUnknown { elsewhere, nearest, .. }) =
            (cells.get(&place), &mut finding.fact)
        {
            elsewhere.headings = *count;
            *nearest = None;
            finding.cells.clone_from(cells);
        }
        finding
    })
    .collect()
}

/// What the headings of a family have in common: the lowest level, the sheets, and what became of them.
fn family(finding: &Finding) -> Option<String> {
    let Fact::ColumnUnknown { heading, taken_for, elsewhere, .. } = &finding.fact else {
        return None;
    };
    if taken_for.is_some() {
        return None;
    }
    let levels: Vec<&str> = heading::levels(heading).collect();
    let (lowest, above) = levels.split_last()?;
    let Elsewhere { files, sheets, .. } = elsewhere;
    let (file, sheet, unit) = (&finding.file, &finding.sheet, &finding.unit);
    let own = format!("{file:?} {sheet:?} {unit:?} {files} {sheets} {}", fold::key(lowest));
    (!above.is_empty()).then_some(own)
}

/// Returns where findings stand: in how many files, on how many sheets.
pub fn elsewhere(own: &[&Finding]) -> Elsewhere {
    let files: BTreeSet<&str> = own.iter().filter_map(|own| own.file.as_deref()).collect();
    let sheets: BTreeSet<_> = own.iter().map(|own| (&own.file, &own.sheet)).collect();
    Elsewhere {
        files: files.len(),
        sheets: sheets.len(),
        named: files.iter().take(MOST_NAMED).map(|file| (*file).to_owned()).collect(),
        headings: 0,
    }
}

/// What findings about the same heading have in common: their kind and its key.
fn heading(finding: &Finding) -> Option<(Kind, String)> {
    let heading = match &finding.fact {
        Fact::ColumnUnknown { heading, taken_for: Some(name), .. } => {
            return Some((finding.kind(), format!("{} {name}", fold::key(heading))));
        }
        Fact::ColumnUnknown { heading, .. } => heading,
        Fact::SheetUnused(Unread { heading: Some(heading), .. }) => heading,
        Fact::SheetUnused(unread) => {
            let words = heading_of(unread).unwrap_or_else(|| words_of(unread));
            return Some((finding.kind(), words));
        }
        _ => return None,
    };
    let is_form = matches!(finding.fact, Fact::SheetUnused(_));
    Some((finding.kind(), fold::key(heading))).filter(|(_, key)| is_form || !key.is_empty())
}

/// The first row of a sheet without tasks that may be a heading, so that lists of one form say the same: nothing but
/// words, and several.
fn heading_of(unread: &Unread) -> Option<String> {
    const LEAST: usize = 3;
    let is_word = |text: &String| !text.chars().any(char::is_numeric);
    let mut rows: BTreeMap<u32, Vec<&(CellAt, String)>> = BTreeMap::new();
    for cell in unread.cells.iter().filter(|_| unread.idle) {
        rows.entry(cell.0.row).or_default().push(cell);
    }
    let mut rows = rows.into_values();
    let row = rows.find(|row| row.len() >= LEAST && row.iter().all(|(_, text)| is_word(text)))?;
    let words: Vec<String> = row.iter().map(|(at, text)| format!("{} {text}", at.column)).collect();
    Some(format!("\u{1e}{}", words.join("\u{1f}")))
}

/// All that nobody read of a sheet, so that sheets of one form say the same.
fn words_of(unread: &Unread) -> String {
    const BETWEEN: char = '\u{1f}';
    let Unread { idle, cells, names, comments, .. } = unread;
    let mut words = format!("{BETWEEN}{idle}");
    for list in [cells, names, comments] {
        words.push(BETWEEN);
        for (_, text) in list {
            words.push(BETWEEN);
            words.push_str(text);
        }
    }
    words
}
