//! The unit of money that a line beside a table names: 单位：万元.

use std::collections::BTreeSet;

use super::table::{Layout, SheetColumn};
use crate::model::fact::{InDoubt, Sentence};
use crate::model::{CellAt, Fact, Finding, MoneyUnit, Side, Value, fold};
use crate::pipeline::{Lexicon, Pipeline, heading};
use crate::read::{Cell, Content, Sheet};

/// Gives each table the line that holds for it: the nearest above its heading, else the first
/// below it, else the first of the sheet.
pub fn assign(sheet: &Sheet, tables: &mut [Layout], words: &Lexicon) {
    let lines = lines(sheet, tables, words);
    let titles = titles_of_others(sheet, tables, words);
    let starts: Vec<u32> = tables.iter().map(Layout::start).collect();
    let found = tables.iter().map(|table| {
        let start = table.start();
        let starts = || starts.iter().copied();
        let before = starts().filter(|other| *other < start).max();
        let after = starts().filter(|other| *other > start).min();
        let is_own = |at: CellAt| !is_of_another(at, table, tables);
        let above = lines
            .iter()
            .chain(&titles)
            .filter(|(at, _)| at.row < start && before.is_none_or(|before| at.row > before));
        let below = lines
            .iter()
            .filter(|(at, _)| at.row > start && after.is_none_or(|after| at.row < after))
            .filter(|(at, _)| is_own(*at));
        // Of several in one row, the one over the table's own columns.
        let nearest = above.max_by_key(|(at, _)| (at.row, table.holds(at.column)));
        let next = below.min_by_key(|(at, _)| (at.row, !table.holds(at.column)));
        let first = || lines.iter().find(|(at, _)| is_own(*at));
        nearest.or(next).or_else(first).copied()
    });
    let found: Vec<Option<(CellAt, MoneyUnit)>> = found.collect();
    for (table, line) in tables.iter_mut().zip(found) {
        table.money_line = line;
    }
}

/// Returns whether a line stands above the heading of a list that begins further below beside the rows of a table, in the
/// columns of that list.
fn is_of_another(line: CellAt, own: &Layout, tables: &[Layout]) -> bool {
    if own.within.is_none() || own.holds(line.column) || line.row < own.start() {
        return false;
    }
    let next = tables.iter().map(Layout::start).filter(|start| *start > line.row).min();
    let begun = || tables.iter().filter(|other| Some(other.start()) == next);
    begun().any(|other| other.holds(line.column)) && !begun().any(|other| other.overlaps(own))
}

/// Returns all lines outside headings that name a unit of money.
fn lines(sheet: &Sheet, tables: &[Layout], words: &Lexicon) -> Vec<(CellAt, MoneyUnit)> {
    let headings: BTreeSet<u32> =
        tables.iter().flat_map(|table| table.heading_rows.iter().copied()).collect();
    // It is asked of all words of a sheet; most hold no letter of another script.
    let names_money = |text: &str| {
        let mut words = words.money_lines.iter();
        let is_latin = text.bytes().any(|byte| byte.is_ascii_alphabetic());
        words.any(|word| (!word.is_ascii() || is_latin) && text.contains(word.as_str()))
    };
    let rows = sheet.rows.iter().filter(|row| !headings.contains(&row.index));
    let first = sheet.rows.iter().take(MOST_TITLES).map(|row| row.index);
    let first: Vec<u32> = first.take_while(|row| !headings.contains(row)).collect();
    let is_first = |row: u32| first.contains(&row);
    rows.flat_map(|row| {
        row.cells.iter().enumerate().filter_map(|(place, cell)| match &cell.content {
            Content::Text(text) if text.len() < 400 && names_money(text) => {
                let beside = || row.cells.get(place + 1).and_then(|next| named_beside(text, next));
                let own = unit_in_line(text, words).map(|unit| (unit, cell.column));
                own.or_else(beside).map(|(unit, column)| (CellAt::new(row.index, column), unit))
            }
            Content::Text(text) if row.cells.len() == 1 && is_first(row.index) => {
                unit_of_title(text, words).map(|unit| (CellAt::new(row.index, cell.column), unit))
            }
            _ => None,
        })
    })
    .collect()
}

/// Returns the titles of the second and further tables of a sheet that end in a unit of money. Each is that of the
/// table below it, and says nothing of the one above.
fn titles_of_others(sheet: &Sheet, tables: &[Layout], words: &Lexicon) -> Vec<(CellAt, MoneyUnit)> {
    let above = |table: &Layout| {
        let start = sheet.rows.partition_point(|row| row.index < table.start());
        sheet.rows[..start].iter().rev().take(MOST_TITLES).take_while(|row| row.cells.len() == 1)
    };
    let rows = tables.iter().skip(1).flat_map(above);
    rows.filter_map(|row| match &row.cells[0].content {
        Content::Text(text) => {
            Some((CellAt::new(row.index, row.cells[0].column), unit_of_title(text, words)?))
        }
        _ => None,
    })
    .collect()
}

/// Returns the unit of money that the title of a sheet ends in, in brackets or behind `in`: 项目安排表（万元）,
/// Grants (yuan), Grants, amounts in yuan.
fn unit_of_title(text: &str, words: &Lexicon) -> Option<MoneyUnit> {
    const LEAST: usize = 3;
    let text = text.trim();
    let (before, named) = match text.strip_suffix([')', '）']) {
        Some(inner) => inner.rsplit_once(['(', '（'])?,
        None => text.rsplit_once(" in ")?,
    };
    let key = heading::read(before).key;
    let is_title = key.chars().count() >= LEAST && !words.sounds_like_total(&key);
    MoneyUnit::named(&fold::plain(named)).filter(|_| is_title)
}

/// So many rows at the top of a sheet may be titles.
const MOST_TITLES: usize = 4;

/// Returns the unit of money that the cell beside a label names, as a form has it: 金额单位 | 元.
fn named_beside(label: &str, next: &Cell) -> Option<(MoneyUnit, u32)> {
    const LONGEST: usize = 8;
    let Content::Text(text) = &next.content else { return None };
    let is_label = fold::key(label).chars().count() <= LONGEST;
    MoneyUnit::named(&fold::plain(text)).filter(|_| is_label).map(|unit| (unit, next.column))
}

/// Returns the unit of money that any line of a sheet names.
pub fn named(sheet: &Sheet, words: &Lexicon) -> Option<MoneyUnit> {
    lines(sheet, &[], words).first().map(|(_, unit)| *unit)
}

/// Reads 单位：万元 out of a line; 填报单位：… is not about money.
pub fn unit_in_line(text: &str, words: &Lexicon) -> Option<MoneyUnit> {
    units_in_line(text, words).first().copied()
}

/// Reads all units of money that a line names: one of 单位：个、元, two of 单位：万元/元.
fn units_in_line(text: &str, words: &Lexicon) -> Vec<MoneyUnit> {
    let plain = fold::plain(text);
    let begins = |word| plain.match_indices(word);
    let places = words.money_lines.iter().map(String::as_str).flat_map(begins);
    let named = places.map(|(at, word)| {
        let tail = plain[at + word.len()..].trim_start_matches([':', '为', '是']);
        let tail = tail.split([')', ']', '】', ';', '。']).next().unwrap_or_default();
        // 10,000 yuan is one.
        if let Some(unit) = MoneyUnit::named(tail) {
            return vec![unit];
        }
        let mut units: Vec<MoneyUnit> = Vec::new();
        for part in tail.split(['、', '/', ',', '|', '(', '或', '和', '及']) {
            let part = part.trim_start_matches("人民币");
            let unit = MoneyUnit::ALL.into_iter().find(|unit| part.starts_with(unit.name()));
            let unit = unit.filter(|unit| {
                // 单位：元旦… is no unit of money.
                let after = part[unit.name().len()..].chars().next();
                after.is_none_or(|c| !c.is_alphanumeric() || "人民币".contains(c))
            });
            units.extend(unit.filter(|unit| !units.contains(unit)));
        }
        units
    });
    named.into_iter().find(|units| !units.is_empty()).unwrap_or_default()
}

/// Says when the line beside a table names several units of money, and a column of the table none
/// of its own.
pub fn several(sheet: &Sheet, table: &Layout, pipeline: &Pipeline) -> Option<Finding> {
    let (at, taken) = table.money_line?;
    let Some(Content::Text(line)) = sheet.content(at) else { return None };
    if units_in_line(line, &pipeline.words).len() < 2 {
        return None;
    }
    let is_open = |column: &&SheetColumn| {
        column.unit.is_none()
            && column.field.is_some_and(|field| pipeline.columns[field].kind.is_money())
    };
    let field = table.columns.iter().find(is_open)?.field?;
    let in_doubt = InDoubt::Line { line: line.trim().to_owned(), taken };
    let mut finding = Finding::new(Fact::ColumnDoubtful(in_doubt), Side::Submission).at(at);
    finding.field = Some(pipeline.columns[field].name.clone());
    finding.typed = Some(line.to_string());
    Some(finding)
}

/// Says when a column that is no amount, since its figures are finer than money, is in another unit of money than its
/// declared title names: nothing turns the one into the other.
pub fn other_units(table: &Layout, pipeline: &Pipeline) -> Vec<Finding> {
    let line = table.money_line.map(|(_, unit)| unit);
    let of = |column: &SheetColumn| {
        let declared = &pipeline.columns[column.field?];
        let named = heading::read(&declared.title).unit?;
        let found = column.unit.or(line).filter(|found| *found != named)?;
        if declared.kind.is_money() || !declared.kind.is_figure() {
            return None;
        }
        let in_doubt = InDoubt::OtherUnit { found, declared: named };
        let fact = Fact::ColumnDoubtful(in_doubt);
        let mut finding = Finding::new(fact, Side::Submission).at(column.cell);
        finding.field = Some(declared.name.clone());
        finding.typed = Some(column.heading.clone());
        Some(finding)
    };
    table.columns.iter().filter_map(of).collect()
}

/// Says when headings name another unit of money than the line beside their table. The heading
/// holds.
pub fn contradictions(sheet: &Sheet, table: &Layout, pipeline: &Pipeline) -> Option<Finding> {
    let (at, line) = table.money_line?;
    let others: Vec<_> = table
        .columns
        .iter()
        .filter(|column| {
            let is_amount =
                column.field.is_some_and(|field| pipeline.columns[field].kind.is_money());
            is_amount && column.unit.is_some_and(|unit| unit != line)
        })
        .collect();
    let first = others.first()?;
    let name = |unit: MoneyUnit| Value::Text(unit.name().into());
    let Some(Content::Text(sentence)) = sheet.content(at) else { return None };
    let told = Sentence {
        name: "money-unit".to_owned(),
        sentence: sentence.to_string(),
        claim: "金额单位".to_owned(),
        rule: String::new(),
        terms: others
            .iter()
            .map(|column| crate::model::finding::Term {
                title: format!("{}“{}”", column.cell, column.heading),
                value: name(column.unit.unwrap_or(line)),
            })
            .collect(),
    };
    let mut finding = Finding::new(Fact::StatementDiffers(told), Side::Submission).at(at);
    finding.field = first.field.map(|field| pipeline.columns[field].name.clone());
    finding.typed = Some(sentence.to_string());
    finding.found = Some(name(line));
    finding.expected = first.unit.map(name);
    Some(finding)
}
