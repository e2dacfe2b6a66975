//! Says once what many files have in common: a heading that nobody declared is one finding, however
//! many sheets bear it, and so are figures in the totals of one column where nothing is added up, and the words and
//! comments of a form that everybody was given.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fact::{Elsewhere, Unread};
use crate::model::{Fact, Finding, Kind, fold};

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
    kept.map(|(place, mut finding)| {
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
    })
    .collect()
}

/// Returns where findings stand: in how many files, on how many sheets.
pub fn elsewhere(own: &[&Finding]) -> Elsewhere {
    let files: BTreeSet<&str> = own.iter().filter_map(|own| own.file.as_deref()).collect();
    let sheets: BTreeSet<_> = own.iter().map(|own| (&own.file, &own.sheet)).collect();
    Elsewhere {
        files: files.len(),
        sheets: sheets.len(),
        named: files.iter().take(MOST_NAMED).map(|file| (*file).to_owned()).collect(),
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
        Fact::SheetUnused(unread) => return Some((finding.kind(), words_of(unread))),
        _ => return None,
    };
    let is_form = matches!(finding.fact, Fact::SheetUnused(_));
    Some((finding.kind(), fold::key(heading))).filter(|(_, key)| is_form || !key.is_empty())
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
