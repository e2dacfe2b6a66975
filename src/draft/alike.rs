//! Sheets that look like one another: which of them is the plan, and which a copy of it, its sum, an
//! earlier year's, or the same tasks under further headings.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::WORDS;
use super::shape::{Shape, ShapeColumn, is_figure, shown};
use crate::model::fold;
use crate::normalise::typed::typed_text;
use crate::pipeline::heading;
use crate::read::{Content, Sheet};

/// A sheet that looks like the plan and is left aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    pub sheet: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// In the same form, for an earlier year.
    Earlier,
    /// Adds up the tasks of another sheet.
    Summary,
    /// The same rows once more.
    Copy,
    /// The same rows once more, but for a few.
    NearlyCopy,
    /// The same tasks, on a sheet whose name says that it is not the last word.
    Unsettled,
    /// The same tasks under further headings: what was done of them, or how they are spread over time.
    SameTasks,
    /// Under other headings, and without money.
    Other,
    /// Codes and what they mean.
    Directory,
    /// Shows how another is filled in, as its name says.
    Sample,
    /// In the form of others, and nobody has filled it in.
    Unfilled,
    /// Nobody sees it, and a run would read it.
    Hidden,
    /// Somebody named other sheets.
    NotAsked,
    /// Its figures are formulas that nothing has calculated, beside a sheet in the same form.
    Uncalculated,
}

impl Why {
    pub fn chinese(self) -> &'static str {
        match self {
            Why::Earlier => "同样的表，年份更早",
            Why::Summary => "是另一张表的汇总",
            Why::Copy => "与另一张表的行相同",
            Why::NearlyCopy => "与另外几张表的行几乎都相同，有几行不同，请先对照定哪一份为准",
            Why::Unsettled => "任务与另一张表相同，表名说是未定的稿",
            Why::SameTasks => "任务与另一张表相同，列不一样",
            Why::Other => "是另外一种表，没有金额",
            Why::Directory => "是代码和名称的对照表",
            Why::Sample => "表名说是填写的例子",
            Why::Unfilled => "是没有填的空表",
            Why::Hidden => "是隐藏的",
            Why::NotAsked => "起草时没有指定",
            Why::Uncalculated => "多数金额是没有计算结果的公式，另有一张同样的表",
        }
    }
}

/// Whether a sheet's name says that it is a copy.
pub fn is_copy(name: Option<&str>) -> bool {
    let plain = name.map(fold::plain).unwrap_or_default().to_lowercase();
    WORDS.sheets.copies.iter().any(|word| plain.contains(word))
}

/// Whether a sheet's name says that it is not the last word.
pub fn is_unsettled(name: Option<&str>) -> bool {
    let plain = name.map(fold::plain).unwrap_or_default().to_lowercase();
    WORDS.sheets.unsettled.iter().any(|word| plain.contains(word))
}

/// Whether a sheet's name says that it shows how to fill in another.
pub fn is_sample(name: Option<&str>) -> bool {
    let plain = name.map(fold::plain).unwrap_or_default().to_lowercase();
    let says = |word: &str| if word.is_ascii() { plain == word } else { plain.contains(word) };
    WORDS.sheets.samples.iter().any(|word| says(word))
}

/// Whether a sheet's name says that it is the form of others.
pub fn is_form(name: Option<&str>) -> bool {
    let plain = name.map(fold::plain).unwrap_or_default().to_lowercase();
    WORDS.sheets.forms.iter().any(|word| plain.contains(word))
}

/// Returns whether a table is the form of another that nobody has filled in: no figure but noughts and the numbers of
/// its rows, and no names either unless the sheet's name says that it is one.
pub fn is_unfilled_beside(own: &Table, name: Option<&str>, other: &Table) -> bool {
    let is_blank = |table: &Table| {
        let is_nought = |figures: &Vec<Option<i128>>| figures.iter().flatten().all(|own| *own == 0);
        table.figures.iter().all(|figures| is_nought(figures) || rises(figures))
    };
    own.titles == other.titles
        && (own.names.is_empty() || is_form(name))
        && is_blank(own)
        && !is_blank(other)
}

/// Whether a sheet's name says that it tells what was done.
pub fn says_done(name: Option<&str>) -> bool {
    let plain = name.map(fold::plain).unwrap_or_default().to_lowercase();
    WORDS.sheets.done.iter().any(|word| plain.contains(word))
}

/// Whether two tables name the same, in the column of each that says most.
pub fn lists_the_same(own: &Table, other: &Table) -> bool {
    own.titles == other.titles && names_in_common(own, other, 4)
}

/// Whether a table has the tasks of another under other headings. Units that fill in the same lines each have
/// the same headings.
pub fn has_the_tasks_of(own: &Table, other: &Table) -> bool {
    const LEAST_ROWS: usize = 5;
    let common = own.titles.intersection(&other.titles).count();
    let fewer = own.titles.len().min(other.titles.len());
    own.titles != other.titles
        && own.count.min(other.count) >= LEAST_ROWS
        && common * 2 >= fewer
        && common > 1
        && (is_within(&own.named, &other.named) || is_within(&other.named, &own.named))
        && names_in_common(own, other, 5)
}

/// Whether all columns of words of a table are called as columns of another are: other work in the same
/// villages is not.
fn is_within(own: &[String], other: &[String]) -> bool {
    own.iter().all(|title| other.contains(title))
}

/// Whether so many of five rows of two tables bear the same names.
fn names_in_common(own: &Table, other: &Table, of_five: usize) -> bool {
    // Under headings that only one of them has other words may stand.
    let shared: Vec<&String> =
        own.named.iter().filter(|title| other.named.contains(title)).collect();
    let names = |table: &Table| -> BTreeSet<String> {
        let columns = table.named.iter().zip(&table.names);
        let columns: Vec<&Vec<String>> =
            columns.filter(|(title, _)| shared.contains(title)).map(|(_, names)| names).collect();
        let rows = (0..table.count).map(|row| {
            columns.iter().map(|names| names[row].as_str()).collect::<Vec<_>>().join("\u{1f}")
        });
        rows.collect()
    };
    let (own_names, names_beside) = (names(own), names(other));
    let common = own_names.intersection(&names_beside).count();
    !shared.is_empty() && common * 5 >= own_names.len().max(names_beside.len()) * of_five
}

/// A sheet's only table, as texts.
pub struct Table {
    titles: BTreeSet<String>,
    year: Option<u32>,
    /// By column: the texts of its rows, what stands above a blank one filled in.
    names: Vec<Vec<String>>,
    /// What these columns are called.
    named: Vec<String>,
    /// By column: the figures of its rows, in millionths.
    figures: Vec<Vec<Option<i128>>>,
    /// What these are called.
    counted: Vec<String>,
    rows: BTreeSet<String>,
    count: usize,
    /// Whether most of what it has to count are formulas without a result.
    is_uncalculated: bool,
}

/// Returns whether a table holds formulas that nothing has calculated where another in the same form holds figures.
pub fn is_uncalculated_beside(own: &Table, other: &Table) -> bool {
    own.titles == other.titles && own.is_uncalculated && !other.is_uncalculated
}

/// Returns a sheet's only table.
pub fn table(sheet: &Sheet, found: &[Shape]) -> Option<Table> {
    const MOST_ROWS: usize = 20_000;
    let [shape] = found else { return None };
    if shape.body.len() > MOST_ROWS {
        return None;
    }
    let cells = |column: u32| shape.body.iter().map(move |row| shown(sheet, *row, column));
    let (mut names, mut named) = (Vec::new(), Vec::new());
    let (mut figures, mut counted) = (Vec::new(), Vec::new());
    let (mut failed, mut calculated) = (0, 0);
    for column in &shape.columns {
        let filled: Vec<&Content> = cells(column.column).flatten().collect();
        let is_failure = |content: &&&Content| matches!(content, Content::Uncalculated(_));
        failed += filled.iter().filter(is_failure).count();
        calculated += filled.iter().filter(|content| is_figure(content)).count();
        let numbers = filled.iter().filter(|content| is_figure(content)).count();
        if numbers * 2 > filled.len() {
            figures.push(cells(column.column).map(|content| millionths(content?)).collect());
            counted.push(heading::read(&column.title).key);
        } else if !filled.is_empty() {
            let mut last = String::new();
            let fill = |content: Option<&Content>| {
                if let Some(content) = content {
                    last = fold::key(&typed_text(content));
                }
                last.clone()
            };
            names.push(cells(column.column).map(fill).collect());
            named.push(heading::read(&column.title).key);
        }
    }
    // Where rows are sorted otherwise, they are numbered anew.
    let numbers = |column: &&ShapeColumn| {
        let cells = cells(column.column).map(|content| content.and_then(millionths));
        let cells: Vec<Option<i128>> = cells.collect();
        cells.iter().all(Option::is_none) || !rises(&cells)
    };
    let told: Vec<u32> = shape.columns.iter().filter(numbers).map(|column| column.column).collect();
    let row = |row: &u32| {
        let texts = told.iter().filter_map(|column| shown(sheet, *row, *column));
        texts.map(typed_text).collect::<Vec<_>>().join("\u{1f}")
    };
    Some(Table {
        titles: shape.columns.iter().map(|column| heading::read(&column.title).key).collect(),
        year: year(sheet, shape),
        names,
        named,
        figures,
        counted,
        rows: shape.body.iter().map(row).collect(),
        count: shape.body.len(),
        is_uncalculated: failed > calculated,
    })
}

fn millionths(content: &Content) -> Option<i128> {
    let plain = fold::plain(&typed_text(content)).replace(',', "");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let is_negative = whole.starts_with('-');
    let whole: i128 = whole.parse().ok()?;
    let fraction: i128 = fraction.parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(if is_negative { -fraction } else { fraction })
}

/// The last year that the sheet's name or the lines above its table name.
fn year(sheet: &Sheet, shape: &Shape) -> Option<u32> {
    let heading = shape.start();
    let above = sheet.rows.iter().take_while(|row| row.index < heading);
    // 填报日期：2021年3月5日 tells when the sheet was filled in.
    let is_day = |text: &str| text.contains([':', '：']) || text.contains("日期");
    let texts = above.flat_map(|row| &row.cells).filter_map(|cell| match &cell.content {
        Content::Text(text) if !is_day(text) => Some(fold::plain(text)),
        _ => None,
    });
    let named = sheet.name.as_deref().map(fold::plain);
    let years = texts.chain(named).flat_map(|text| years(&text));
    years.max()
}

fn years(text: &str) -> Vec<u32> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    digits
        .filter_map(|digits| digits.parse().ok())
        .filter(|year| (1990..2100).contains(year))
        .collect()
}

/// Returns why a table beside another is none of the plan's.
pub fn left_aside(own: &Table, other: &Table, is_later: bool) -> Option<Why> {
    let common = own.titles.intersection(&other.titles).count();
    let is_alike = common * 5 >= own.titles.len().max(other.titles.len()) * 4;
    if is_alike && own.year.zip(other.year).is_some_and(|(own, other)| own < other) {
        return Some(Why::Earlier);
    }
    // Two lists of the same tasks without a figure may be those of two units.
    let has_figures = own.figures.iter().any(|figures| !rises(figures));
    if is_alike && is_later && has_figures && has_same_rows(own, other) {
        return Some(Why::Copy);
    }
    (other.count > own.count && sums_up(own, other)).then_some(Why::Summary)
}

/// Returns which of several tables under a table's headings hold its rows between them, each row once, but for a few:
/// a list in full, and the same list by department. None where there are not several.
pub fn parted_among(own: &Table, others: &[(usize, &Table)]) -> Vec<usize> {
    const LEAST: usize = 2;
    let is_part = |other: &Table| {
        let common = own.rows.intersection(&other.rows).count();
        other.titles == own.titles
            && other.count < own.count
            && common * 20 >= other.rows.len() * 19
    };
    let parts: Vec<&(usize, &Table)> = others.iter().filter(|(_, other)| is_part(other)).collect();
    let all: usize = parts.iter().map(|(_, part)| part.count).sum();
    let is_whole = all * 20 >= own.count * 19 && all * 19 <= own.count * 20;
    let rows: BTreeSet<&String> = parts.iter().flat_map(|(_, part)| &part.rows).collect();
    let has_figures = own.figures.iter().any(|figures| !rises(figures));
    let is_told_apart = rows.len() * 20 >= own.rows.len() * 19;
    if parts.len() >= LEAST && is_whole && is_told_apart && has_figures {
        parts.iter().map(|(place, _)| *place).collect()
    } else {
        Vec::new()
    }
}

/// Returns whether a table's rows are, all of them, those of others, and these have no more.
pub fn is_made_of(own: &Table, parts: &[&Table]) -> bool {
    let rows: BTreeSet<&String> = parts.iter().flat_map(|part| &part.rows).collect();
    let count: usize = parts.iter().map(|part| part.count).sum();
    count == own.count && rows == own.rows.iter().collect()
}

/// Returns whether a table says somewhere what another sheet is called.
pub fn names_sheet(own: &Table, sheet: &str) -> bool {
    let key = fold::key(sheet);
    own.names.iter().flatten().any(|name| *name == key)
}

/// Returns whether two tables hold the same rows but for a few.
pub fn has_same_rows(own: &Table, other: &Table) -> bool {
    let same = own.rows.intersection(&other.rows).count();
    same * 5 >= own.rows.len().max(other.rows.len()) * 4
}

/// Returns whether the rows of a table are other sheets, by their names: 甲县 is 附表1-甲县.
pub fn lists(own: &Table, sheets: &BTreeSet<&str>) -> bool {
    const LEAST: usize = 2;
    const SHORTEST: usize = 2;
    let is_sheet = |name: &String| {
        let ends = || sheets.iter().any(|sheet| sheet.ends_with(name.as_str()));
        sheets.contains(name.as_str()) || name.chars().count() >= SHORTEST && ends()
    };
    own.names.iter().any(|names| names.len() >= LEAST && names.iter().all(is_sheet))
}

/// Several tables under the same headings, as one.
pub struct Form {
    /// The places of their sheets.
    pub places: Vec<usize>,
    all: Table,
}

impl Form {
    /// Returns whether a table adds up its rows by name.
    pub fn is_summed_by(&self, own: &Table) -> bool {
        self.all.count > own.count && sums_up(own, &self.all)
    }
}

/// Returns the tables that stand under the same headings on several sheets, each form as one.
pub fn of_one_form<'a>(tables: impl Iterator<Item = (usize, &'a Table)>) -> Vec<Form> {
    let mut forms: BTreeMap<&BTreeSet<String>, Vec<(usize, &Table)>> = BTreeMap::new();
    for (place, table) in tables {
        forms.entry(&table.titles).or_default().push((place, table));
    }
    let forms = forms.into_values().filter(|own| own.len() > 1);
    let pooled = forms.filter_map(|own| {
        let tables: Vec<&Table> = own.iter().map(|(_, table)| *table).collect();
        let places = own.iter().map(|(place, _)| *place).collect();
        Some(Form { places, all: pooled(&tables)? })
    });
    pooled.collect()
}

/// Returns tables under several headings as one with those that all have: roads and bridges, each by county.
pub fn of_several_forms(tables: &[&Table]) -> Option<Form> {
    let differ = tables.windows(2).any(|pair| pair[0].titles != pair[1].titles);
    differ.then(|| Form { places: Vec::new(), all: below_each_other(tables) })
}

/// Returns tables under the same headings one below the other, where the same columns of each hold figures.
fn pooled(tables: &[&Table]) -> Option<Table> {
    let (first, more) = tables.split_first()?;
    let is_same_form =
        |other: &&Table| other.named == first.named && other.counted == first.counted;
    more.iter().all(is_same_form).then(|| below_each_other(tables))
}

/// Returns tables one below the other, with the columns that all of them have.
fn below_each_other(tables: &[&Table]) -> Table {
    let in_all = |titles: fn(&Table) -> &Vec<String>| -> Vec<String> {
        let first = tables.first().map(|first| titles(first).clone()).unwrap_or_default();
        let is_in = |title: &String| tables.iter().all(|table| titles(table).contains(title));
        first.into_iter().filter(is_in).collect()
    };
    let (named, counted) = (in_all(|table| &table.named), in_all(|table| &table.counted));
    let at = |titles: &[String], title: &String| titles.iter().position(|own| own == title);
    let names = |title: &String| {
        let own = tables.iter().filter_map(|table| Some(&table.names[at(&table.named, title)?]));
        own.flatten().cloned().collect()
    };
    let figures = |title: &String| {
        let own =
            tables.iter().filter_map(|table| Some(&table.figures[at(&table.counted, title)?]));
        own.flatten().copied().collect()
    };
    Table {
        titles: tables.first().map(|first| first.titles.clone()).unwrap_or_default(),
        year: tables.first().and_then(|first| first.year),
        names: named.iter().map(names).collect(),
        figures: counted.iter().map(figures).collect(),
        named,
        counted,
        rows: tables.iter().flat_map(|table| table.rows.iter().cloned()).collect(),
        count: tables.iter().map(|table| table.count).sum(),
        is_uncalculated: false,
    }
}

/// Returns whether figures do no more than number the rows.
fn rises(figures: &[Option<i128>]) -> bool {
    let known: Vec<i128> = figures.iter().flatten().copied().collect();
    known.windows(2).all(|pair| pair[1] == pair[0] + 1_000_000)
}

/// Returns whether the rows of a table are the sums of another's, by a name that both have: each stands in one row
/// of the sums, and in several of the other's, the more often the better.
fn sums_up(own: &Table, other: &Table) -> bool {
    const LEAST: usize = 2;
    const MOST_COLUMNS: usize = 30;
    for groups in other.names.iter().take(MOST_COLUMNS) {
        let known: BTreeSet<&str> = groups.iter().map(String::as_str).collect();
        if known.len() * 2 > groups.len() + 1 {
            continue;
        }
        let fits = |names: &&Vec<String>| {
            let known = names.iter().filter(|name| known.contains(name.as_str())).count();
            let distinct: BTreeSet<&String> = names.iter().collect();
            known >= LEAST && known + 1 >= names.len() && distinct.len() == names.len()
        };
        let Some(names) = own.names.iter().find(fits) else { continue };
        for parts in other.figures.iter().take(MOST_COLUMNS) {
            let mut sums: BTreeMap<&str, (i128, usize)> = BTreeMap::new();
            for (group, part) in groups.iter().zip(parts) {
                let (sum, parts) = sums.entry(group).or_default();
                *sum += part.unwrap_or(0);
                *parts += usize::from(part.is_some());
            }
            let is_sum = |whole: &Vec<Option<i128>>| {
                let pairs = names.iter().zip(whole);
                let right: Vec<usize> = pairs
                    .filter_map(|(name, sum)| {
                        let (of_parts, parts) = *sums.get(name.as_str())?;
                        sum.is_some_and(|sum| sum != 0 && sum == of_parts).then_some(parts)
                    })
                    .collect();
                let adds_up = right.iter().any(|parts| *parts > 1);
                adds_up && right.len() >= LEAST && right.len() + 1 >= whole.len()
            };
            if own.figures.iter().any(is_sum) {
                return true;
            }
        }
    }
    false
}
