//! Columns that a sheet calls otherwise than they are declared, and that mean the same.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Ambiguity, SheetColumn};
use crate::model::ColumnId;
use crate::pipeline::{Pipeline, heading};

/// By which headings the columns of a table are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// As they are declared.
    Declared,
    /// What a table that was found so calls otherwise, too: a return may.
    BesideDeclared,
    /// Where none was found so: tables are looked for by what they call otherwise.
    Otherwise,
}

/// Names the columns that are called otherwise than declared and mean the same: where the sheet has none that is
/// called so, and no other that may be meant.
pub fn in_other_words(columns: &mut [SheetColumn], ambiguous: &[Ambiguity], pipeline: &Pipeline) {
    let claimed = ambiguous.iter().map(|ambiguity| ambiguity.field);
    let named: BTreeSet<ColumnId> =
        columns.iter().filter_map(|known| known.field).chain(claimed).collect();
    let mut meant: BTreeMap<ColumnId, Vec<usize>> = BTreeMap::new();
    let is_open = |known: &SheetColumn| {
        let mut claims = ambiguous.iter().flat_map(|ambiguity| &ambiguity.headings);
        known.field.is_none() && claims.all(|(cell, _)| *cell != known.cell)
    };
    for (place, known) in columns.iter().enumerate().filter(|(_, known)| is_open(known)) {
        let field = pipeline.reworded.column(&known.heading, &pipeline.words);
        if let Some(field) = field.filter(|field| !named.contains(field)) {
            meant.entry(field).or_default().push(place);
        }
    }
    for (field, places) in meant {
        if let [place] = places.as_slice() {
            let known = &mut columns[*place];
            // What its figures are counted in changes nothing of what a column is called.
            let bare = &pipeline.headings.read(&known.heading).bare;
            known.by_meaning = pipeline.headings.column(bare) != Some(field);
            known.field = Some(field);
        }
    }
    beside_their_kind(columns, named, pipeline);
}

/// Names the columns of a family whose upper heading only the first of them bears, as 2022年计划投资, 其中：中央,
/// 省级 do: those that follow it, one after another.
fn beside_their_kind(
    columns: &mut [SheetColumn],
    mut named: BTreeSet<ColumnId>,
    pipeline: &Pipeline,
) {
    named.extend(columns.iter().filter_map(|known| known.field));
    let mut above: Option<&str> = None;
    for known in columns {
        if let Some(field) = known.field {
            above = pipeline.reworded.above(field);
            continue;
        }
        let is_lone = heading::levels(&known.heading).nth(1).is_none();
        let field = above
            .filter(|_| is_lone)
            .and_then(|above| pipeline.reworded.below(above, &known.heading, &pipeline.words));
        known.field = field.filter(|field| named.insert(*field));
        known.by_meaning = known.field.is_some();
        if known.field.is_none() {
            above = None;
        }
    }
}
