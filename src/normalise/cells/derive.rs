//! Amounts that stand inside a row's texts: 已下拨…资金70万元.

use std::collections::BTreeMap;

use crate::model::amount::scale_decimal;
use crate::model::{Amount, Amounts, ColumnId, Entries, Entry, MoneyUnit, fold};
use crate::pipeline::{Derived, DerivedSaid, Pipeline};

/// First and last byte of figures in a folded text.
type Spans = Vec<(usize, usize)>;

/// Returns each declared derived amount of a row. Each figure of a text is taken once, by the
/// first phrase that fits it, and once more by a part of that amount; a source without a figure takes the declared column's amount.
pub fn amounts(entries: &Entries, pipeline: &Pipeline) -> Amounts {
    if pipeline.derived.is_empty() {
        return Amounts::default();
    }
    let typed = |column: ColumnId| {
        let entry: Option<&Entry> = entries[column].as_ref();
        entry.map_or("", |entry| entry.typed.as_str())
    };
    let said = match only_source(pipeline) {
        Some(column) => {
            let text = typed(column);
            pipeline.derived_said.of(text, || said(|_| fold::sentence(text), pipeline).into())
        }
        None => said(|column| fold::sentence(typed(column)), pipeline).into(),
    };
    let each = pipeline.derived.iter().zip(said.iter());
    let amounts = each.map(|(derived, said)| {
        let whole = derived
            .value
            .filter(|_| said.words_hold)
            .and_then(|column| entries[column].as_ref()?.value.amount());
        said.sum.or(whole).unwrap_or_default()
    });
    amounts.collect()
}

/// Returns the column in whose texts all derived amounts stand, if it is one.
fn only_source(pipeline: &Pipeline) -> Option<ColumnId> {
    let mut sources = pipeline.derived.iter().flat_map(|derived| {
        let when = derived.when.iter().map(|(column, _)| *column);
        derived.from.into_iter().chain(when)
    });
    let first = sources.next()?;
    sources.all(|other| other == first).then_some(first)
}

/// Returns what the folded texts of a row say of each derived amount.
fn said(folded: impl Fn(ColumnId) -> String, pipeline: &Pipeline) -> Vec<DerivedSaid> {
    // Figures taken, by the whole that the derived amounts are parts of and by column.
    let mut taken: BTreeMap<(Option<usize>, ColumnId), Spans> = BTreeMap::new();
    let mut texts: BTreeMap<ColumnId, String> = BTreeMap::new();
    let mut text_of =
        |column: ColumnId| texts.entry(column).or_insert_with(|| folded(column)).clone();
    let each = pipeline.derived.iter().map(|derived| {
        let mut sum: Option<Amount> = None;
        if let Some(from) = derived.from {
            let text = text_of(from);
            let taken = taken.entry((derived.part_of, from)).or_default();
            for phrase in &derived.phrases {
                for found in phrase.search.captures_iter(&text) {
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
        DerivedSaid { sum, words_hold: words_hold(derived, |column| Some(text_of(column))) }
    });
    each.collect()
}

/// Returns whether the words stand in a row on which a derived amount takes another column's.
pub fn applies(derived: &Derived, entries: &Entries) -> bool {
    words_hold(derived, |column| entries[column].as_ref().map(|entry| fold::sentence(&entry.typed)))
}

fn words_hold(derived: &Derived, mut text: impl FnMut(ColumnId) -> Option<String>) -> bool {
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
