//! Units that nothing names but the beginning of each task: 甲县村道硬化工程.

use std::collections::BTreeSet;

use super::super::shape::Shape;
use super::names::{is_place, text};
use super::{Found, plain};
use crate::pipeline::UnitStands;
use crate::read::Sheet;

/// Returns the units with whose names all tasks of a plan begin, where there are several and they have two tasks each,
/// taken together. A name that all tasks share says nothing.
pub fn in_tasks<'a>(tables: &[(&'a Sheet, &Shape)]) -> Option<Found<'a>> {
    const LEAST_TASKS: usize = 2;
    let rows: usize = tables.iter().map(|(_, shape)| shape.body.len()).sum();
    let places = tables.iter().map(|(_, shape)| shape.columns.len()).max()?;
    (0..places).find_map(|place| {
        let begun = tables.iter().flat_map(|(sheet, shape)| {
            let column = shape.columns.get(place).map(|column| column.column);
            shape.body.iter().map(move |row| begins(&text(sheet, *row, column?)?))
        });
        let owners = begun.collect::<Option<Vec<String>>>()?;
        let mut seen: BTreeSet<&String> = BTreeSet::new();
        let names = owners.iter().filter(|owner| seen.insert(owner)).cloned();
        let names: Vec<String> = names.collect();
        if names.len() < 2 || names.len() * LEAST_TASKS > rows {
            return None;
        }
        Some(Found {
            units: plain(UnitStands::Beginning, names),
            tables: tables.iter().map(|(sheet, shape)| (*sheet, (*shape).clone())).collect(),
            owners,
        })
    })
}

/// The name of a place with which a text begins and goes on.
fn begins(text: &str) -> Option<String> {
    const SHORTEST: usize = 2;
    const LONGEST: usize = 24;
    let text = text.trim();
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST);
    let name = ends.skip(SHORTEST - 1).find(|end| {
        let rest = &text[*end..];
        // A word goes on to its end.
        let is_whole = !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        is_whole && !rest.trim().is_empty() && is_place(text[..*end].trim())
    });
    name.map(|end| text[..end].trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_begins_with_the_name_of_a_place_and_goes_on() {
        assert_eq!(begins("松岭县村道硬化工程").as_deref(), Some("松岭县"));
        assert_eq!(begins("Hill County road").as_deref(), Some("Hill County"));
        for nobody in ["松岭县", "村道硬化工程", "全县村道", "Hill road", ""] {
            assert_eq!(begins(nobody), None, "{nobody}");
        }
    }
}
