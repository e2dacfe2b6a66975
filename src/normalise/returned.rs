//! Explanations in workbooks of ours that come back: the list of findings, row by row.

use serde::{Deserialize, Serialize};

use super::typed::typed_text;
use crate::model::stamp::Stamped;
use crate::model::{CellAt, fold, stamp};
use crate::read::{Book, Content, Row, Sheet};

/// What a person wrote about a finding, and the figures it was written for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The finding's identity.
    pub id: String,
    pub text: String,
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
    pub sheet: String,
    /// Where the explanation stands.
    pub cell: CellAt,
    /// Where the decision stands, in a list that has room for one.
    #[serde(default)]
    pub decision_cell: Option<CellAt>,
}

/// A workbook of ours that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    pub kind: Stamped,
    pub written: Vec<Written>,
    #[serde(default, skip_serializing_if = "Form::is_whole")]
    pub form: Form,
}

/// Whether a workbook is as it went out, but for what people were asked to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    #[default]
    Whole,
    /// The stamp is gone, or was never there.
    Unstamped,
    /// Columns of the list are gone, or have been added where the clerk decides.
    Altered,
}

impl Form {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    fn is_whole(&self) -> bool {
        *self == Form::Whole
    }
}

/// Returns what came back in a workbook, and the workbook without the pages that are ours.
///
/// A workbook of ours is known by its stamp and its form. A submission that bears headings of ours
/// is a submission; where the form was copied into one, it is both. An explanation that still bears
/// the mark that its figures have changed has not been written anew and does not count.
pub fn apart(mut book: Book) -> (Option<Returned>, Book) {
    let stamped = stamp::stamped(&book.properties);
    if stamped == Some(Stamped::Template) {
        return (None, book);
    }
    let lists: Vec<Option<List>> = book.sheets.iter().map(of_sheet).collect();
    let has_form = lists.iter().flatten().any(|list| list.is_whole);
    let decides = lists.iter().flatten().any(|list| list.decides && list.is_whole);
    let kind = match stamped {
        Some(kind) => kind,
        None if decides => Stamped::Consolidated,
        None => Stamped::Slip,
    };
    let is_ours = stamped.is_some() || has_form;
    let is_altered = lists.iter().flatten().any(|list| !list.is_whole)
        || (kind == Stamped::Slip && lists.iter().flatten().any(|list| list.decides));
    let form = match stamped {
        None => Form::Unstamped,
        Some(_) if is_altered => Form::Altered,
        Some(_) => Form::Whole,
    };
    let mut written = Vec::new();
    let mut others = Vec::new();
    for (sheet, list) in book.sheets.into_iter().zip(lists) {
        let is_own =
            is_ours && (kind == Stamped::Consolidated || list.is_some() || shows_own_rows(&sheet));
        // Numbers of somebody's own under a heading of ours are none of ours.
        let own = list.into_iter().flat_map(|list| list.written);
        written.extend(own.filter(|own| is_ours || is_identity(&own.id)));
        if !is_own {
            others.push(sheet);
        }
    }
    book.sheets = others;
    let came_back = is_ours || !written.is_empty();
    (came_back.then_some(Returned { kind, written, form }), book)
}

/// Whether a text has the shape of a finding's identity.
fn is_identity(text: &str) -> bool {
    const LENGTH: usize = 12;
    let (hash, number) = text.split_once('-').unwrap_or((text, "2"));
    hash.len() == LENGTH
        && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
        && number.parse::<u32>().is_ok_and(|number| number > 1)
}

/// Whether a sheet is the page of a slip that shows a unit its own rows.
fn shows_own_rows(sheet: &Sheet) -> bool {
    let number = sheet.name.as_deref().and_then(|name| name.strip_prefix(stamp::OWN_ROWS));
    let is_heading = |row: &Row| {
        let first = row.cells.first().map(|cell| typed_text(&cell.content));
        first.is_some_and(|first| fold::key(&first) == fold::key(stamp::ROW_HEADING))
    };
    // A page that is longer than a sheet goes on on 1（2）.
    let number = number.and_then(|number| number.split('（').next());
    number.is_some_and(|number| number.parse::<u32>().is_ok())
        && sheet.rows.iter().take(3).any(is_heading)
}

/// A list of findings on a sheet.
struct List {
    written: Vec<Written>,
    /// Whether it bears all that our lists do.
    is_whole: bool,
    /// Whether it has room for decisions.
    decides: bool,
}

/// Returns the explanations of a sheet that has a list of findings.
fn of_sheet(sheet: &Sheet) -> Option<List> {
    /// Bytes of a heading; what is longer is none of ours.
    const LONGEST: usize = 64;
    let names = [
        stamp::ID_HEADING,
        stamp::EXPLANATION_HEADING,
        stamp::EXPECTED_HEADING,
        stamp::FOUND_HEADING,
    ];
    let [id_key, explanation_key, expected_key, found_key] = names.map(fold::key);
    let heading_of = |row: &Row, key: &str| -> Option<u32> {
        let is_heading = |content: &Content| match content {
            Content::Text(text) => text.len() <= LONGEST && fold::key(text) == key,
            _ => false,
        };
        row.cells.iter().find(|cell| is_heading(&cell.content)).map(|cell| cell.column)
    };
    let heading = sheet.rows.iter().enumerate().find_map(|(at, row)| {
        let id = heading_of(row, &id_key)?;
        let explanation = heading_of(row, &explanation_key)?;
        Some((at, row, id, explanation))
    });
    let (at, row, id, explanation) = heading?;
    let (expected, found) = (heading_of(row, &expected_key), heading_of(row, &found_key));
    let [decision, opinion, by] =
        [stamp::DECISION_HEADING, stamp::OPINION_HEADING, stamp::DECIDED_BY_HEADING]
            .map(|name| heading_of(row, &fold::key(name)));
    let is_whole = stamp::FORM.iter().all(|name| heading_of(row, &fold::key(name)).is_some());
    let text = |row: &Row, column: Option<u32>| {
        let cell = column.and_then(|column| row.cell(column));
        cell.map(|cell| typed_text(&cell.content)).unwrap_or_default()
    };
    let written = sheet.rows[at + 1..]
        .iter()
        .filter_map(|row| {
            let written = text(row, Some(explanation));
            let id = text(row, Some(id));
            let outdated = written.starts_with(stamp::OUTDATED);
            let written = if outdated { String::new() } else { written };
            let decided = text(row, decision);
            if (id.is_empty() || written.is_empty()) && decided.is_empty() {
                return None;
            }
            Some(Written {
                id,
                text: written,
                expected: text(row, expected),
                found: text(row, found),
                decision: decided,
                opinion: text(row, opinion),
                by: text(row, by),
                sheet: sheet.name.clone().unwrap_or_default(),
                cell: CellAt::new(row.index, explanation),
                decision_cell: decision.map(|column| CellAt::new(row.index, column)),
            })
        })
        .collect();
    Some(List { written, is_whole, decides: decision.is_some() })
}
