//! A reminder that comes back with 零报告 written on it: the unit says that it has nothing to report, as
//! it would on a sheet of its own.

use super::layout::words::starts_with_note_word;
use super::typed::typed_text;
use crate::model::{fold, stamp};
use crate::pipeline::Pipeline;
use crate::read::{Book, Content, Row, Sheet};

/// What opens a quotation.
const QUOTES: &[char] = &['“', '"', '‘', '\'', '「', '『', '《'];

/// Returns whether a text declares that there is nothing to report. A phrase that is only spoken of
/// is no declaration: in quotes that are not all there is, in a note, or in a sentence that says what
/// to do with it, such as 如无进展，请注明“零报告”.
pub fn declares_nothing(text: &str, pipeline: &Pipeline) -> bool {
    if starts_with_note_word(text, pipeline) {
        return false;
    }
    let plain = fold::plain(text);
    plain.split(['。', ';', ',', '!', '\n']).any(|clause| {
        let key = fold::key(clause);
        let speaks_of = |phrase: &&String| key.contains(phrase.as_str());
        let Some(phrase) = pipeline.roster.zero_report.iter().find(speaks_of) else {
            return false;
        };
        let before = clause.find(phrase.as_str()).map(|at| &clause[..at]);
        let is_quoted = key != *phrase && before.is_some_and(|before| before.ends_with(QUOTES));
        let instructs = |word: &String| clause.contains(word.as_str());
        !is_quoted && !pipeline.words.instructions.iter().any(instructs)
    })
}

/// Whether a sheet is a reminder of ours: its title and the heading of its tasks say so, also where the
/// stamp of the workbook is gone.
pub fn is_reminder(sheet: &Sheet) -> bool {
    /// A person may have put rows above.
    const ROWS: usize = 60;
    let bears = |words: &str| {
        let texts = sheet.rows.iter().take(ROWS).flat_map(|row| &row.cells);
        texts.into_iter().any(|cell| match &cell.content {
            Content::Text(text) => text.contains(words) && text.len() <= LONGEST_TITLE,
            _ => false,
        })
    };
    bears(stamp::REMINDER) && bears(stamp::DUE_TASKS)
}

/// In bytes.
const LONGEST_TITLE: usize = 300;

/// Returns a book in which every reminder that declares that there is nothing to report is a zero
/// report: its lines of words, without the table of what was due. None where no reminder does.
pub fn zero_report(book: &Book, pipeline: &Pipeline) -> Option<Book> {
    let declares = |sheet: &Sheet| {
        let mut cells = sheet.rows.iter().flat_map(|row| &row.cells);
        cells.any(|cell| declares_nothing(&typed_text(&cell.content), pipeline))
    };
    let says_so = |sheet: &&Sheet| is_reminder(sheet) && declares(sheet);
    if !book.sheets.iter().any(|sheet| says_so(&sheet)) {
        return None;
    }
    let sheets = book.sheets.iter().filter(|sheet| !is_reminder(sheet) || declares(sheet));
    let sheets =
        sheets.map(
            |sheet| {
                if is_reminder(sheet) { without_table(sheet, pipeline) } else { sheet.clone() }
            },
        );
    Some(Book { sheets: sheets.collect(), ..book.clone() })
}

/// The words around the table of a reminder, and what was declared in it.
fn without_table(sheet: &Sheet, pipeline: &Pipeline) -> Sheet {
    // A row of the table holds its number, the task and its figures; a line of words a label and its box.
    const OF_WORDS: usize = 2;
    let heading = fold::key(stamp::DUE_TASKS);
    let is_heading = |row: &Row| {
        let mut texts = row.cells.iter().map(|cell| typed_text(&cell.content));
        texts.any(|text| fold::key(&text) == heading)
    };
    let start = sheet.rows.iter().position(is_heading).unwrap_or(sheet.rows.len());
    let rows: Vec<Row> = sheet
        .rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| {
            let declared = row
                .cells
                .iter()
                .filter(|cell| declares_nothing(&typed_text(&cell.content), pipeline));
            let declared: Vec<_> = declared.cloned().collect();
            let is_of_table = at >= start && row.cells.len() > OF_WORDS;
            match (declared.is_empty(), is_of_table) {
                (false, _) => Some(Row { cells: declared, ..row.clone() }),
                (true, false) => Some(row.clone()),
                (true, true) => None,
            }
        })
        .collect();
    let cells = rows.iter().map(|row| row.cells.len()).sum();
    Sheet {
        nonblank: rows.len(),
        nonblank_cells: cells,
        rows,
        sums: Vec::new(),
        linked: Vec::new(),
        text: None,
        ..sheet.clone()
    }
}
