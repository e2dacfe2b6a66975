//! A list of findings on a sheet of ours that came back, row by row.

use serde::{Deserialize, Serialize};

use super::headings::{self, Heading, text};
use crate::model::{CellAt, stamp};
use crate::pipeline::Pipeline;
use crate::read::{Row, Sheet};

/// What a person wrote about a finding, and the figures it was written for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The finding's identity, as it stands there.
    pub id: String,
    pub text: String,
    /// Whether the explanation still bears the mark that its figures have changed: nobody has
    /// written it anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_outdated: bool,
    /// As the list showed them; empty where it showed none.
    pub expected: String,
    pub found: String,
    /// What was decided, in the words of the list, with why and by whom; empty where nothing was.
    #[serde(default)]
    pub decision: String,
    #[serde(default)]
    pub opinion: String,
    #[serde(default)]
    pub by: String,
    /// The task, or the row, that is held for the same.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub counterpart: String,
    /// What the row is about beside its identity.
    #[serde(default)]
    pub about: About,
    pub sheet: String,
    /// Where the explanation stands.
    pub cell: CellAt,
    /// Where the decision stands, in a list that has room for one.
    #[serde(default)]
    pub decision_cell: Option<CellAt>,
}

/// What a row of a list is about, as it stands there; empty where the list has no such column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub unit: String,
    pub number: String,
    pub task: String,
    pub field: String,
    pub kind: String,
}

impl About {
    /// Whether it says which finding of a unit the row is about.
    pub fn says_which(&self) -> bool {
        !self.kind.is_empty()
    }
}

/// A list of findings on a sheet.
pub(super) struct List {
    pub written: Vec<Written>,
    /// Whether it bears all that our lists do, but for the column of identities.
    pub is_whole: bool,
    /// Whether it has that column; without it rows are known by the others.
    pub has_identities: bool,
    /// Whether it has room for decisions.
    pub decides: bool,
}

/// Returns what stands in a sheet that has a list of findings.
pub(super) fn of_sheet(sheet: &Sheet, pipeline: &Pipeline) -> Option<List> {
    let explanation_key = Heading::of(stamp::EXPLANATION_HEADING);
    let others = [stamp::KIND_HEADING, stamp::EXPECTED_HEADING, stamp::FOUND_HEADING];
    let heading = sheet.rows.iter().enumerate().find_map(|(at, row)| {
        let explanation = explanation_key.column(row)?;
        let id = Heading::of(stamp::ID_HEADING).column(row);
        let is_ours = || others.iter().all(|name| Heading::of(name).column(row).is_some());
        (id.is_some() || is_ours()).then_some((at, row, id, explanation))
    });
    let (at, row, id, explanation) = heading?;
    let column = |name: &str| Heading::of(name).column(row);
    let (expected, found) = (column(stamp::EXPECTED_HEADING), column(stamp::FOUND_HEADING));
    let decision = column(stamp::DECISION_HEADING);
    let opinion = column(stamp::OPINION_HEADING);
    let by = column(stamp::DECIDED_BY_HEADING);
    let counterpart = column(stamp::COUNTERPART_HEADING);
    let unit = column(stamp::UNIT_HEADING);
    let number = pipeline.number_title().and_then(|title| column(&title));
    let task = column(&pipeline.task_title());
    let (field, kind) = (column(stamp::FIELD_HEADING), column(stamp::KIND_HEADING));
    let mut form = stamp::FORM.iter().filter(|name| **name != stamp::ID_HEADING);
    let is_whole = form.all(|name| column(name).is_some());
    let read = |row: &Row| {
        let words = text(row, Some(explanation));
        let is_outdated = words.starts_with(stamp::OUTDATED);
        Written {
            id: text(row, id),
            text: if is_outdated { String::new() } else { words },
            is_outdated,
            expected: text(row, expected),
            found: text(row, found),
            decision: text(row, decision),
            opinion: text(row, opinion),
            by: text(row, by),
            counterpart: text(row, counterpart),
            about: About {
                unit: text(row, unit),
                number: text(row, number),
                task: text(row, task),
                field: text(row, field),
                kind: text(row, kind),
            },
            sheet: headings::name_of(sheet),
            cell: CellAt::new(row.index, explanation),
            decision_cell: decision.map(|column| CellAt::new(row.index, column)),
        }
    };
    let counts = |(row, written): &(&Row, Written)| {
        let says = !written.text.is_empty() || !written.decision.is_empty();
        // A row whose identity is gone still says what it is about, or stands alone with its words;
        // what else has none is a line of words below the list.
        let is_lost = says && (written.about.says_which() || row.cells.len() == 1);
        !written.id.is_empty() || is_lost
    };
    let rows = sheet.rows[at + 1..].iter().map(|row| (row, read(row)));
    let written = rows.filter(counts).map(|(_, written)| written).collect();
    Some(List { written, is_whole, has_identities: id.is_some(), decides: decision.is_some() })
}
