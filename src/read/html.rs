//! Tables of web pages, in which many systems export what they call xls.
//!
//! A page is one sheet, as a spreadsheet opens it: its tables stand one below the other, each line of
//! text between them is a row of its own, and a table inside a cell follows the row of the cell.

use std::cell::RefCell;
use std::collections::BTreeSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::decoding;
use super::html_looks::{self, Classes, Look};
use super::sheet::{Book, Content, Format, Merges, Sheet, SheetBuilder, hide, number_text};
use super::struck::{self, Run, Stroke};
use super::xlsx::text_content;
use crate::model::finding::{Limit, Refusal};
use crate::model::{CellAt, CellRange, fold};
use crate::pipeline::file::Read as Limits;

/// Tables within tables.
const MOST_LEVELS: usize = 16;

/// How far a cell may reach, as browsers have it.
const WIDEST: u32 = 1_000;
const TALLEST: u32 = 65_534;

/// Reads a web page.
///
/// # Errors
/// Refuses pages without a table of several columns, and more cells than the limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Book, Refusal> {
    let text = decoded(bytes)?;
    let page = Page(RefCell::new(Walk { most_cells: limits.cells, ..Walk::default() }));
    let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut walk = tokenizer.sink.0.into_inner();
    while !walk.tables.is_empty() {
        walk.end_table();
    }
    walk.end_line();
    if let Some(refusal) = walk.refusal {
        return Err(refusal);
    }
    let mut layout = Layout::default();
    for block in &walk.blocks {
        layout.block(block)?;
    }
    if layout.widest < 2 {
        return Err(Refusal::Html);
    }
    Ok(Book { format: Format::Html, sheets: vec![layout.done()], properties: Vec::new() })
}

/// Decodes a page: by what it says of itself where that fits, else as any text.
fn decoded(bytes: &[u8]) -> Result<String, Refusal> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_lowercase();
    let label = head.split("charset=").nth(1).map(|rest| {
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        let is_label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        rest.split(|c| !is_label(c)).next().unwrap_or_default().to_owned()
    });
    let told = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    if let Some(encoding) = told {
        let (text, _, had_errors) = encoding.decode(bytes);
        if !had_errors {
            return Ok(text.into_owned());
        }
    }
    Ok(decoding::decode(bytes)?.text)
}

/// A piece of the page.
enum Block {
    Line(Text),
    Table(Table),
}

#[derive(Default)]
struct Table {
    rows: Vec<TableRow>,
    /// What stands in the table and in none of its cells.
    caption: Text,
    hidden_columns: BTreeSet<u32>,
    columns: u32,
    row: Option<TableRow>,
    cell: Option<TableCell>,
    /// How many elements were open when the table and its cell began.
    base: usize,
    cell_base: usize,
}

#[derive(Default)]
struct TableRow {
    hidden: bool,
    cells: Vec<TableCell>,
}

#[derive(Default)]
struct TableCell {
    across: u32,
    down: u32,
    text: Text,
    look: Look,
    /// The number behind what is shown, where the page tells it.
    number: Option<f64>,
    inner: Vec<Table>,
}

/// A text with its looks; white space is one space, as a browser shows it.
#[derive(Default)]
struct Text {
    runs: Vec<Run>,
    ends_blank: bool,
}

impl Text {
    fn push(&mut self, text: &str, look: Look) {
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, ' ' | '\n' | '\r' | '\t' | '\u{c}') {
                if !self.ends_blank && (!self.runs.is_empty() || !shown.is_empty()) {
                    shown.push(' ');
                }
                self.ends_blank = true;
            } else {
                shown.push(c);
                self.ends_blank = false;
            }
        }
        self.add(shown, look);
    }

    fn add(&mut self, text: String, look: Look) {
        let struck = look.struck.then_some(true);
        match self.runs.last_mut() {
            Some(run) if run.struck == struck && run.raised == look.raised => {
                run.text.push_str(&text);
            }
            _ if text.is_empty() => {}
            _ => self.runs.push(Run { text, struck, raised: look.raised }),
        }
    }

    fn line_break(&mut self) {
        if !self.runs.is_empty() {
            self.add("\n".to_owned(), Look::default());
            self.ends_blank = true;
        }
    }

    fn plain(&self) -> String {
        let text: String = self.runs.iter().map(|run| run.text.as_str()).collect();
        text.trim().to_owned()
    }

    fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| fold::is_blank(&run.text))
    }
}

#[derive(Default)]
struct Walk {
    blocks: Vec<Block>,
    line: Text,
    tables: Vec<Table>,
    /// Elements that are open, with their looks.
    open: Vec<(String, Look)>,
    classes: Classes,
    in_style: bool,
    /// The element whose text is none of the page's.
    skipped: Option<String>,
    style: String,
    cells: usize,
    most_cells: u32,
    refusal: Option<Refusal>,
}

struct Page(RefCell<Walk>);

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut walk = self.0.borrow_mut();
        if walk.refusal.is_some() {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return walk.begin(&tag),
            Token::TagToken(tag) => walk.end(&tag.name),
            Token::CharacterTokens(text) => walk.text(&text),
            // Style sheets are mostly written as comments, for browsers that know none.
            Token::CommentToken(text) if walk.in_style => walk.style.push_str(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements that hold nothing.
const EMPTY: [&str; 8] = ["br", "img", "input", "hr", "meta", "link", "wbr", "base"];

/// Elements that begin a line of their own.
const LINES: [&str; 16] = [
    "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "center", "form", "body",
    "pre", "section",
];

impl Walk {
    fn begin(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        match name {
            "style" => {
                self.in_style = true;
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            "script" | "noframes" | "iframe" => {
                self.skipped = Some(name.to_owned());
                let kind = if name == "script" { RawKind::ScriptData } else { RawKind::Rawtext };
                return TokenSinkResult::RawData(kind);
            }
            "title" => {
                self.skipped = Some(name.to_owned());
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "xml" => self.skipped = Some(name.to_owned()),
            "table" => self.begin_table(tag),
            "tr" => {
                let look = self.look(tag);
                if let Some(table) = self.tables.last_mut() {
                    table.end_row();
                    self.open.truncate(table.base);
                    self.open.push(("tr".to_owned(), look));
                    let hidden = self.open.iter().any(|(_, look)| look.hidden);
                    table.row = Some(TableRow { hidden, ..TableRow::default() });
                }
            }
            "td" | "th" => self.begin_cell(tag),
            "col" => self.column(tag),
            "thead" | "tbody" | "tfoot" | "caption" | "colgroup" => {
                if let Some(table) = self.tables.last_mut() {
                    table.end_row();
                    self.open.truncate(table.base);
                }
            }
            "br" | "hr" => self.line_break(),
            _ if EMPTY.contains(&name) => {}
            _ => {
                if LINES.contains(&name) {
                    self.line_break();
                }
                let look = self.look(tag);
                self.open.push((name.to_owned(), look));
            }
        }
        TokenSinkResult::Continue
    }

    fn begin_table(&mut self, tag: &Tag) {
        // A table that begins between the cells of another one ends it.
        if self.tables.last().is_some_and(|table| table.cell.is_none()) {
            self.end_table();
        }
        if self.tables.is_empty() {
            self.end_line();
        }
        if self.tables.len() >= MOST_LEVELS {
            self.refusal = Some(Refusal::Damaged("tables within tables".to_owned()));
            return;
        }
        let look = self.look(tag);
        self.open.push(("table".to_owned(), look));
        let base = self.open.len();
        self.tables.push(Table { base, ..Table::default() });
    }

    fn begin_cell(&mut self, tag: &Tag) {
        let look = self.look(tag);
        let number = ["x:num", "sdval"].into_iter().find_map(|name| attribute(tag, name));
        let number = number.and_then(|text| text.trim().parse::<f64>().ok());
        let span = |name: &str, most: u32| {
            let span = attribute(tag, name).and_then(|text| text.trim().parse::<u32>().ok());
            span.unwrap_or(1).clamp(1, most)
        };
        let (across, down) = (span("colspan", WIDEST), span("rowspan", TALLEST));
        let row_hidden = self.is_hidden();
        let Some(table) = self.tables.last_mut() else { return };
        table.end_cell();
        table.row.get_or_insert_with(|| TableRow { hidden: row_hidden, ..TableRow::default() });
        let is_row = |open: &(String, Look)| open.0 == "tr";
        let base = table.base + usize::from(self.open.get(table.base).is_some_and(is_row));
        self.open.truncate(base);
        table.cell_base = base;
        let number = number.filter(|number| number.is_finite());
        let of_row = self.open.get(table.base).filter(|open| is_row(open)).map(|open| open.1);
        // That the whole row is hidden is said of the row.
        let of_row = Look { hidden: false, ..of_row.unwrap_or_default() };
        let look = look.and(of_row);
        table.cell = Some(TableCell { across, down, look, number, ..TableCell::default() });
        self.cells += 1;
        if self.cells > self.most_cells as usize {
            self.refusal = Some(Refusal::TooLarge(Limit::Cells(self.most_cells)));
        }
    }

    fn column(&mut self, tag: &Tag) {
        let hidden = self.look(tag).hidden;
        let Some(table) = self.tables.last_mut() else { return };
        let span = attribute(tag, "span").and_then(|text| text.trim().parse::<u32>().ok());
        let span = span.unwrap_or(1).clamp(1, WIDEST);
        let first = table.columns;
        table.columns = first.saturating_add(span);
        if hidden && table.columns < 16_384 {
            table.hidden_columns.extend(first..table.columns);
        }
    }

    fn end(&mut self, name: &str) {
        if self.skipped.as_deref() == Some(name) {
            self.skipped = None;
            return;
        }
        match name {
            "style" => {
                self.in_style = false;
                html_looks::take_classes(&std::mem::take(&mut self.style), &mut self.classes);
            }
            "table" => {
                if !self.tables.is_empty() {
                    self.end_table();
                }
            }
            "tr" | "thead" | "tbody" | "tfoot" => {
                if let Some(table) = self.tables.last_mut() {
                    table.end_row();
                    self.open.truncate(table.base);
                }
            }
            "td" | "th" => {
                if let Some(table) = self.tables.last_mut() {
                    table.end_cell();
                    self.open.truncate(table.cell_base);
                }
            }
            _ => {
                if LINES.contains(&name) {
                    self.line_break();
                }
                let base = self.base();
                let of_cell = &self.open[base.min(self.open.len())..];
                if let Some(place) = of_cell.iter().rposition(|(open, _)| open == name) {
                    self.open.truncate(base + place);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_style {
            self.style.push_str(text);
            return;
        }
        if self.skipped.is_some() {
            return;
        }
        let base = self.base();
        let inside = self.open[base.min(self.open.len())..].iter();
        let look = inside.fold(Look::default(), |look, (_, other)| look.and(*other));
        // What a cell does not show of its own text is nothing that anybody sees.
        if look.hidden {
            return;
        }
        self.here().push(text, look);
    }

    /// How many elements were open when the innermost table, or its cell, began.
    fn base(&self) -> usize {
        self.tables.last().map_or(0, |table| match &table.cell {
            Some(_) => table.cell_base,
            None => table.base,
        })
    }

    fn line_break(&mut self) {
        if self.tables.is_empty() {
            self.end_line();
        } else {
            self.here().line_break();
        }
    }

    /// The text that is being written.
    fn here(&mut self) -> &mut Text {
        match self.tables.last_mut() {
            Some(Table { cell: Some(cell), .. }) => &mut cell.text,
            Some(table) => &mut table.caption,
            None => &mut self.line,
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.is_blank() {
            self.blocks.push(Block::Line(line));
        }
    }

    fn end_table(&mut self) {
        let Some(mut table) = self.tables.pop() else { return };
        table.end_row();
        self.open.truncate(table.base.saturating_sub(1));
        match self.tables.last_mut().and_then(|outer| outer.cell.as_mut()) {
            Some(cell) => cell.inner.push(table),
            None => self.blocks.push(Block::Table(table)),
        }
    }

    fn is_hidden(&self) -> bool {
        self.open.iter().any(|(_, look)| look.hidden)
    }

    fn look(&self, tag: &Tag) -> Look {
        let name: &str = &tag.name;
        let of_name = Look {
            struck: matches!(name, "s" | "strike" | "del"),
            raised: name == "sup",
            ..Look::default()
        };
        let style = attribute(tag, "style");
        let of_style = style.map(|style| html_looks::declared(&style)).unwrap_or_default();
        let classes = attribute(tag, "class").unwrap_or_default();
        let of_classes = classes.split_ascii_whitespace().filter_map(|name| self.classes.get(name));
        let coloured = attribute(tag, "bgcolor").is_some();
        let is_white = attribute(tag, "color").is_some_and(|colour| {
            colour.eq_ignore_ascii_case("#ffffff") || colour.eq_ignore_ascii_case("white")
        });
        let of_attributes = Look {
            filled: coloured,
            white: is_white,
            hidden: attribute(tag, "hidden").is_some(),
            ..Look::default()
        };
        of_classes.fold(of_name.and(of_style).and(of_attributes), |look, other| look.and(*other))
    }
}

impl Table {
    fn end_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            self.row.get_or_insert_default().cells.push(cell);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.rows.extend(self.row.take());
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string())
}

/// The page as a sheet.
#[derive(Default)]
struct Layout {
    builder: SheetBuilder,
    row: u32,
    merges: Vec<CellRange>,
    hidden_rows: BTreeSet<u32>,
    hidden_columns: BTreeSet<u32>,
    strokes: Vec<(CellAt, Stroke)>,
    unseen: Vec<CellAt>,
    nonblank: usize,
    nonblank_cells: usize,
    /// The most cells of a row that show something.
    widest: usize,
}

impl Layout {
    fn block(&mut self, block: &Block) -> Result<(), Refusal> {
        match block {
            Block::Line(text) => self.line(text),
            Block::Table(table) => return self.table(table),
        }
        Ok(())
    }

    fn line(&mut self, text: &Text) {
        if text.is_blank() {
            return;
        }
        self.cell(CellAt::new(self.row, 0), text, Look::default(), None);
        self.nonblank += 1;
        self.row += 1;
    }

    fn table(&mut self, table: &Table) -> Result<(), Refusal> {
        self.line(&table.caption);
        self.hidden_columns.extend(&table.hidden_columns);
        // For how many rows to come each column is covered by a cell from above.
        let mut covered: Vec<u32> = Vec::new();
        for row in &table.rows {
            let holds_tables = row.cells.iter().any(|cell| !cell.inner.is_empty());
            let is_shown = row.cells.iter().any(|cell| !cell.text.is_blank());
            // A row that is there for the tables inside it is none of its own.
            if is_shown || !holds_tables {
                self.table_row(row, &mut covered)?;
            }
            for inner in row.cells.iter().flat_map(|cell| &cell.inner) {
                self.table(inner)?;
            }
        }
        Ok(())
    }

    fn table_row(&mut self, row: &TableRow, covered: &mut Vec<u32>) -> Result<(), Refusal> {
        let mut column = 0_usize;
        let mut shown = 0;
        let mut below: Vec<(usize, u32)> = Vec::new();
        for cell in &row.cells {
            while covered.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            let (Ok(first), true) = (u32::try_from(column), self.row < 1_048_576) else {
                return Err(too_large());
            };
            let last = first + cell.across - 1;
            if last >= 16_384 {
                return Err(too_large());
            }
            let at = CellAt::new(self.row, first);
            if cell.across > 1 || cell.down > 1 {
                let corner = CellAt::new(self.row.saturating_add(cell.down - 1), last);
                self.merges.push(CellRange::new(at, corner));
            }
            if cell.down > 1 {
                below.extend((first..=last).map(|column| (column as usize, cell.down)));
            }
            shown += usize::from(self.cell(at, &cell.text, cell.look, cell.number));
            column = last as usize + 1;
        }
        for (column, rows) in below {
            if covered.len() <= column {
                covered.resize(column + 1, 0);
            }
            covered[column] = rows;
        }
        for rows in covered.iter_mut() {
            *rows = rows.saturating_sub(1);
        }
        self.widest = self.widest.max(shown);
        self.nonblank += usize::from(shown > 0);
        if row.hidden && shown > 0 {
            self.hidden_rows.insert(self.row);
        }
        self.row += 1;
        Ok(())
    }

    /// Places a cell; returns whether it shows anything.
    fn cell(&mut self, at: CellAt, text: &Text, look: Look, number: Option<f64>) -> bool {
        let plain = text.plain();
        if fold::is_blank(&plain) {
            return false;
        }
        let is_odd = text.runs.iter().any(|run| run.struck.is_some() || run.raised);
        let runs = if is_odd { &text.runs[..] } else { &[] };
        let stroke = struck::stroke(look.struck, runs);
        self.strokes.extend(stroke.map(|stroke| (at, stroke)));
        if look.hidden || look.white && !look.filled {
            self.unseen.push(at);
        }
        self.builder.push(at, content(&plain, number));
        self.nonblank_cells += 1;
        true
    }

    fn done(self) -> Sheet {
        let mut rows = self.builder.build();
        hide(&mut rows, &self.unseen);
        let struck = struck::take_out(&mut rows, self.strokes);
        Sheet {
            nonblank: self.nonblank,
            nonblank_cells: self.nonblank_cells,
            merges: Merges::new(self.merges, &rows),
            rows,
            hidden_rows: self.hidden_rows,
            hidden_columns: self.hidden_columns,
            struck,
            ..Sheet::default()
        }
    }
}

fn too_large() -> Refusal {
    Refusal::TooLarge(Limit::Grid)
}

/// What a cell holds: the number behind what it shows, where that is no more than the same with
/// fewer places; else what it shows.
fn content(shown: &str, number: Option<f64>) -> Content {
    let same = number.filter(|number| {
        let figure: String = shown.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        let places = figure.split_once('.').map_or(0, |(_, places)| places.len());
        let rounded = figure.parse::<f64>();
        rounded.is_ok_and(|rounded| {
            number_text(rounded) == number_text(*number) || format!("{number:.places$}") == figure
        })
    });
    same.map_or_else(|| text_content(shown), Content::Number)
}
