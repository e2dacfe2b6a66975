//! Workbooks of ours that come back: the list of findings, row by row, the page 待定事项, and who has
//! signed.

mod headings;
mod list;
mod pending;
mod signed;

use serde::{Deserialize, Serialize};

pub use list::{About, Written};
pub use pending::{Matter, Pending};
pub use signed::Signed;

use super::typed::typed_text;
use crate::model::stamp::{FormCode, Stamped};
use crate::model::{fold, stamp};
use crate::pipeline::Pipeline;
use crate::read::{Book, Content, Row, Sheet};
use list::List;

/// A workbook of ours that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    pub kind: Stamped,
    /// The rows of its lists, those into which nobody wrote among them: what was emptied is known by
    /// them.
    pub written: Vec<Written>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Pending>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<Signed>,
    /// The code that stands in its cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<FormCode>,
    #[serde(default, skip_serializing_if = "Form::is_whole")]
    pub form: Form,
}

impl Returned {
    /// Returns how many rows hold something that a person may have written.
    pub fn filled(&self) -> usize {
        let says = |own: &&Written| !own.text.is_empty() || !own.decision.is_empty();
        let chosen = self.pending.iter().filter(|line| !line.choice.is_empty()).count();
        self.written.iter().filter(says).count() + chosen
    }
}

/// Whether a workbook is as it went out, but for what people were asked to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    #[default]
    Whole,
    /// Neither stamp nor code is there.
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

/// Returns what a workbook of ours is, by its stamp or by the code in its cells.
pub fn made_here(book: &Book) -> Option<Stamped> {
    let code = || book.sheets.iter().find_map(code_of).map(|code| code.kind);
    stamp::stamped(&book.properties).or_else(code)
}

/// Returns what came back in a workbook, and the workbook without the pages that are ours.
///
/// A workbook of ours is known by its stamp, or by the code in its cells, and its form. A submission
/// that bears headings of ours is a submission; where the form was copied into one, it is both. An
/// explanation that still bears the mark that its figures have changed has not been written anew and
/// does not count.
pub fn apart(mut book: Book, pipeline: &Pipeline) -> (Option<Returned>, Book) {
    let stamped = stamp::stamped(&book.properties);
    if stamped == Some(Stamped::Template) {
        return (None, book);
    }
    let lists: Vec<Option<List>> =
        book.sheets.iter().map(|sheet| list::of_sheet(sheet, pipeline)).collect();
    let code = book.sheets.iter().find_map(code_of);
    let is_form = |list: &&List| list.is_whole && list.has_identities;
    let has_form = lists.iter().flatten().any(|list| is_form(&list));
    let decides = lists.iter().flatten().any(|list| list.decides && is_form(&list));
    let kind = match (stamped, &code) {
        (Some(kind), _) => kind,
        (None, Some(code)) => code.kind,
        (None, None) if decides => Stamped::Consolidated,
        (None, None) => Stamped::Slip,
    };
    let is_known = stamped.is_some() || code.is_some();
    let is_ours = is_known || has_form;
    let is_altered = lists.iter().flatten().any(|list| !list.is_whole)
        || (kind == Stamped::Slip && lists.iter().flatten().any(|list| list.decides));
    let form = match is_known {
        false => Form::Unstamped,
        true if is_altered => Form::Altered,
        true => Form::Whole,
    };
    let (mut pending, mut signed) = (Vec::new(), Vec::new());
    if is_known && kind == Stamped::Consolidated {
        for (sheet, _) in book.sheets.iter().zip(&lists).filter(|(_, list)| list.is_none()) {
            pending.extend(pending::of_sheet(sheet));
            signed.extend(signed::of_sheet(sheet));
        }
    }
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
    (came_back.then_some(Returned { kind, written, pending, signed, code, form }), book)
}

/// Returns the code in a sheet's first rows.
fn code_of(sheet: &Sheet) -> Option<FormCode> {
    /// A person may have put rows above.
    const ROWS: usize = 60;
    let texts = sheet.rows.iter().take(ROWS).flat_map(|row| &row.cells);
    texts.into_iter().find_map(|cell| match &cell.content {
        Content::Text(text) if text.contains(stamp::FORM_CODE) => FormCode::read(text),
        _ => None,
    })
}

/// Whether a text has the shape of a finding's identity.
pub fn is_identity(text: &str) -> bool {
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
