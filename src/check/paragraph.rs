//! What the plan says in words: the figures of its declared sentences.
//!
//! It only reads; whether the figures are right is for `statement`. What no declared sentence
//! covers is listed, so that nobody takes it for checked.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::{CellAt, SheetId, StatementId, UnitId, fold};
use crate::normalise::cells::derive;
use crate::normalise::{RowClass, SheetText};
use crate::pipeline::{CaptureKind, Dimension, Phrase, Pipeline, Statement};
use crate::roster::Plan;

/// A figure that a sentence of the plan gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub name: String,
    /// What it claims to be, in words.
    pub title: String,
    /// For sentences about one unit.
    pub unit: Option<UnitId>,
    /// In the smallest unit of its dimension.
    pub number: i64,
    pub dimension: Dimension,
    /// The sentence as written.
    pub sentence: String,
    pub sheet: SheetId,
    pub cell: CellAt,
}

/// Name, unit, sheet, cell, sentence and number of a figure.
pub type KnownBy<'a> = (&'a str, Option<UnitId>, SheetId, CellAt, &'a str, i64);

impl Figure {
    /// What two figures share that are one: a sentence that stands twice is counted once.
    pub fn known_by(&self) -> KnownBy<'_> {
        (&self.name, self.unit, self.sheet, self.cell, &self.sentence, self.number)
    }
}

/// What the plan says in words.
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    pub figures: Vec<Figure>,
    /// Figures that no declared sentence covers, with a little of the text around each.
    pub unchecked: Vec<(CellAt, String)>,
    /// Places of declared sentences that the plan does not hold.
    pub unmatched: Vec<StatementId>,
}

impl Paragraph {
    /// Returns a figure of the whole plan, or of a unit.
    pub fn figure(&self, name: &str, unit: Option<UnitId>) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|figure| figure.name == name && (figure.unit.is_none() || figure.unit == unit))
    }

    /// Returns the sum over all units of a figure that each unit has.
    pub fn sum(&self, name: &str) -> Option<i64> {
        let mut own = self.figures.iter().filter(|figure| figure.name == name).peekable();
        own.peek()?;
        own.try_fold(0_i64, |sum, figure| sum.checked_add(figure.number))
    }
}

/// Reads the declared sentences out of the plan's texts.
pub fn paragraph(plan: &Plan<'_>, pipeline: &Pipeline) -> Paragraph {
    static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[0-9]+(?:\\.[0-9]+)?(?:百万元|亿元|万元|千元|百元|元|个|项|%)")
            .expect("the pattern is sound")
    });
    let mut found = Paragraph::default();
    let mut matched: BTreeSet<StatementId> = BTreeSet::new();
    for (sheet, rows) in plan.sheets.iter_enumerated() {
        for text in &rows.texts {
            let (folded, places) = fold::sentence_with_places(&text.text);
            let mut taken: Vec<(usize, usize)> = Vec::new();
            let mut any = false;
            for (index, statement) in pipeline.check.statements.iter_enumerated() {
                for phrase in &statement.phrases {
                    for captures in phrase.search.captures_iter(&folded) {
                        let reading =
                            Reading { text, folded_places: &places, sheet, statement, phrase };
                        let Some(figures) = reading.figures(&captures, plan, &mut taken) else {
                            continue;
                        };
                        matched.insert(index);
                        any = true;
                        found.figures.extend(figures);
                    }
                }
            }
            if any || text.class == RowClass::Note {
                for figure in FIGURES.find_iter(&folded) {
                    let covered = taken
                        .iter()
                        .any(|(start, _)| (figure.start()..figure.end()).contains(start));
                    if !covered {
                        let around = snippet(
                            &text.text,
                            &places,
                            figure.start().saturating_sub(24),
                            figure.end(),
                        );
                        found.unchecked.push((text.at, around));
                    }
                }
            }
        }
    }
    found.unmatched =
        pipeline.check.statements.keys().filter(|index| !matched.contains(index)).collect();
    found
}

/// One sentence being read.
struct Reading<'a> {
    text: &'a SheetText,
    folded_places: &'a [usize],
    sheet: SheetId,
    statement: &'a Statement,
    phrase: &'a Phrase,
}

impl Reading<'_> {
    /// Returns the figures of a match; none when one of them was taken already, or when what
    /// stands in the place of a unit is none.
    fn figures(
        &self,
        captures: &regex::Captures<'_>,
        plan: &Plan<'_>,
        taken: &mut Vec<(usize, usize)>,
    ) -> Option<Vec<Figure>> {
        let unit = match captures.name("unit") {
            Some(words) => Some(plan.names.at_end(words.as_str())?),
            None => None,
        };
        let places =
            || self.phrase.captures.iter().filter(|capture| capture.kind != CaptureKind::Unit);
        let spans: Vec<(usize, usize)> = places()
            .filter_map(|capture| captures.name(&capture.name))
            .map(|found| (found.start(), found.end()))
            .collect();
        // Each figure is taken once, by the first sentence that fits it.
        if spans.iter().any(|span| taken.contains(span)) {
            return None;
        }
        taken.extend(spans);
        let whole = captures.get(0).expect("a match has its whole");
        let start = captures
            .name("unit")
            .map_or(whole.start(), |words| unit_start(words.as_str(), words.start(), unit, plan));
        let sentence = snippet(&self.text.text, self.folded_places, start, whole.end());
        let figures = places().filter_map(|capture| {
            let words = captures.name(&capture.name)?.as_str();
            let (number, dimension) = number_of(captures, &capture.name, capture.kind, words)?;
            let title = self.statement.titles.get(&capture.name);
            Some(Figure {
                name: capture.name.clone(),
                title: title.unwrap_or(&capture.name).clone(),
                unit,
                number,
                dimension,
                sentence: sentence.clone(),
                sheet: self.sheet,
                cell: self.text.at,
            })
        });
        Some(figures.collect())
    }
}

fn number_of(
    captures: &regex::Captures<'_>,
    name: &str,
    kind: CaptureKind,
    words: &str,
) -> Option<(i64, Dimension)> {
    match kind {
        CaptureKind::Amount => {
            let unit = captures.name(&format!("{name}__unit"))?;
            Some((derive::amount(words, unit.as_str())?.0, Dimension::Amount))
        }
        CaptureKind::Count => Some((words.parse().ok()?, Dimension::Count)),
        CaptureKind::Unit => None,
    }
}

/// The words before a unit's name are not the sentence's.
fn unit_start(words: &str, start: usize, unit: Option<UnitId>, plan: &Plan<'_>) -> usize {
    let name = unit.map(|unit| fold::key(plan.names.name(unit))).unwrap_or_default();
    if name.is_empty() { start } else { words.rfind(&name).map_or(start, |at| start + at) }
}

/// Returns the part of the original text between two places of the folded one.
fn snippet(text: &str, places: &[usize], start: usize, end: usize) -> String {
    let mut start = start.min(places.len());
    // Not into the middle of a character of the folded text.
    while start > 0 && start < places.len() && places[start] == places[start - 1] {
        start -= 1;
    }
    let from = places.get(start).copied().unwrap_or(text.len());
    let to = places.get(end).copied().unwrap_or(text.len());
    let cut = text.get(from..to).unwrap_or_default();
    cut.trim_matches(|c: char| c.is_whitespace() || "，。；、（,;(".contains(c)).to_owned()
}
