//! What a person decided in a workbook, beside what the pipeline file says: headings that count,
//! pairs of row and task. It takes effect as if the file said it.

use super::{Pipeline, file, heading, reworded};
use crate::model::hash;

/// What a person decided.
#[derive(Clone, Debug, Default)]
pub struct DecidedInWorkbook {
    pub headings: Vec<AdoptedHeading>,
    pub pairings: Vec<file::Pairing>,
    pub apart: Vec<Apart>,
}

/// A heading that is that of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AdoptedHeading {
    /// The column's name.
    pub field: String,
    pub heading: String,
}

/// A row of a unit that is not a task, however alike they are; keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Apart {
    pub unit: String,
    pub submitted: String,
    pub task: String,
}

impl Pipeline {
    /// Returns the pipeline with what was decided. What it does to reading changes its hash, so that
    /// no extract counts that was made without it.
    #[must_use]
    pub fn with(&self, decided: DecidedInWorkbook) -> Self {
        let mut pipeline = self.clone();
        pipeline.matching.pairings.extend(decided.pairings);
        pipeline.matching.apart = decided.apart;
        for AdoptedHeading { field, heading: text } in &decided.headings {
            let Some(column) = pipeline.column_named(field) else { continue };
            let key = heading::read(text).key;
            // Of two columns with one heading the decided one has it.
            for other in &mut pipeline.columns {
                other.headings.retain(|own| *own != key);
            }
            let column = &mut pipeline.columns[column];
            column.headings.push(key);
            column.gists.push(reworded::gist(text, &pipeline.words));
            column.upper_headings.extend(heading::upper_levels(text));
            column.lowest_headings.extend(heading::lowest_level(text));
        }
        if !decided.headings.is_empty() {
            pipeline.headings = heading::Headings::of(&pipeline.columns);
            pipeline.reworded = reworded::Reworded::of(&pipeline.columns);
            let lines = decided.headings.iter().map(AdoptedHeading::text).collect::<Vec<_>>();
            let all = format!("{}\n{}", self.text, lines.join("\n"));
            pipeline.sha256 = hash::sha256(all.as_bytes());
            pipeline.adopted = decided.headings;
        }
        pipeline
    }
}

impl AdoptedHeading {
    /// Returns it as a worker is told: `funds=经费安排`.
    pub fn text(&self) -> String {
        format!("{}={}", self.field, self.heading)
    }

    /// Reads what a worker is told.
    pub fn read(text: &str) -> Option<Self> {
        let (field, heading) = text.split_once('=')?;
        Some(Self { field: field.to_owned(), heading: heading.to_owned() })
    }
}
