//! Amounts that stand inside a row's texts: 已下拨…资金70万元.

use std::collections::BTreeMap;

use crate::model::amount::scale_decimal;
use crate::model::{Amount, ColumnId, Entry, IdSlice, IdVec, MoneyUnit, fold};
use crate::pipeline::{Derived, Pipeline};

/// First and last byte of figures in a folded text.
type Spans = Vec<(usize, usize)>;

/// Returns each declared derived amount of a row. Each figure of a text is taken once, by the
/// first phrase that fits it, and once more by a part of that amount; a source without a figure takes the declared column's amount.
pub fn amounts(entries: &IdSlice<ColumnId, Option<Entry>>, pipeline: &Pipeline) -> Vec<Amount> {
    let folded: IdVec<ColumnId, Option<String>> = pipeline
        .columns
        .keys()
        .map(|column| {
            let used = pipeline.derived.iter().any(|derived| {
                derived.from == Some(column) || derived.when.iter().any(|(when, _)| *when == column)
            });
            used.then(|| {
                entries[column]
                    .as_ref()
                    .map_or_else(String::new, |entry| fold::sentence(&entry.typed))
            })
        })
        .collect();
    // Figures taken, by the whole that the derived amounts are parts of and by column.
    let mut taken: BTreeMap<(Option<usize>, ColumnId), Spans> = BTreeMap::new();
    pipeline
        .derived
        .iter()
        .map(|derived| {
            let mut sum: Option<Amount> = None;
            if let Some(from) = derived.from
                && let Some(text) = &folded[from]
            {
                let taken = taken.entry((derived.part_of, from)).or_default();
                for phrase in &derived.phrases {
                    for found in phrase.search.captures_iter(text) {
                        let Some(figure) = found.name("amount") else { continue };
                        let span = (figure.start(), figure.end());
                        if taken.contains(&span) {
                            continue;
                        }
                        let unit = found.name("amount__unit").map_or("", |unit| unit.as_str());
                        let Some(amount) = amount(figure.as_str(), unit) else { continue };
                        taken.push(span);
                        sum = sum.unwrap_or_default().checked_add(amount);
                    }
                }
            }
            let words_hold = words_hold(derived, |column| folded[column].clone());
            let whole = derived
                .value
                .filter(|_| words_hold)
                .and_then(|column| entries[column].as_ref()?.value.amount());
            sum.or(whole).unwrap_or_default()
        })
        .collect()
}

/// Returns whether the words stand in a row on which a derived amount takes another column's.
pub fn applies(derived: &Derived, entries: &IdSlice<ColumnId, Option<Entry>>) -> bool {
    words_hold(derived, |column| entries[column].as_ref().map(|entry| fold::sentence(&entry.typed)))
}

fn words_hold(derived: &Derived, text: impl Fn(ColumnId) -> Option<String>) -> bool {
    !derived.when.is_empty()
        && derived.when.iter().all(|(column, words)| {
            text(*column).is_some_and(|text| text.replace('。', "").contains(words))
        })
}

/// Returns a captured figure as an amount.
pub fn amount(figure: &str, unit: &str) -> Option<Amount> {
    let unit = MoneyUnit::ALL.into_iter().find(|known| known.name() == unit)?;
    scale_decimal(figure, unit.exponent()).ok().map(Amount)
}
