//! The pipeline as it is with what was decided in workbooks: headings when sheets are read, pairings when
//! rows and tasks are matched.

use super::record::{Paired, Standing};
use crate::model::fold;
use crate::pipeline::{AdoptedHeading, Apart, DecidedInWorkbook, Pipeline, file};

/// Returns the pipeline with the headings that were adopted.
pub fn for_reading(pipeline: &Pipeline, standing: &Standing) -> Pipeline {
    let headings = standing.headings.values().map(|heading| AdoptedHeading {
        field: heading.field.clone(),
        heading: heading.heading.clone(),
    });
    let headings = headings.collect();
    pipeline.with(DecidedInWorkbook { headings, ..DecidedInWorkbook::default() })
}

/// Returns a pipeline that is [`for_reading`] with what was decided of rows and tasks besides.
pub fn for_matching(pipeline: &Pipeline, standing: &Standing) -> Pipeline {
    let mut decided = DecidedInWorkbook::default();
    for pairing in standing.pairings.values() {
        // That a row is no task at all is a pairing with none.
        if pairing.choice == Paired::Same || pairing.task.is_empty() {
            decided.pairings.push(file::Pairing {
                unit: pairing.unit.clone(),
                submitted: pairing.submitted.clone(),
                task: pairing.task.clone(),
                decided_by: Some(pairing.by.clone()).filter(|by| !by.is_empty()),
                decided_in: Some(pairing.period),
            });
        } else {
            decided.apart.push(Apart {
                unit: pairing.unit.clone(),
                submitted: fold::key(&pairing.submitted),
                task: fold::key(&pairing.task),
            });
        }
    }
    pipeline.with(decided)
}
