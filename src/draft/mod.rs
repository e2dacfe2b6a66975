//! A first pipeline file for a plan that nobody has described: its tables found by their shape,
//! its columns guessed, and everything a person has to decide said in the file itself.

mod guess;
mod kind;
mod lexicon;
mod keys;
mod marks;
mod lines;
mod equations;
mod sums;
mod repeats;
mod roles;
mod shape;
mod beside;
mod alike;
mod directories;
mod misfits;
mod parts;
mod rows;
mod further;
mod said_above;
mod doubts;
mod outside;
mod printed;
mod sections;
mod taken_back;
mod told;
mod added_up;
mod asked;
mod counted;
mod tried;
mod units;
mod unheaded;
mod write;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::model::stamp::Stamped;
use crate::model::{CellAt, MoneyUnit, Month, fold, words};
use crate::normalise::cells::{commas, month};
use crate::normalise::layout::money;
use crate::normalise::returned::made_here;
use crate::pipeline::{ColumnType, DecimalMark, Fault, Lexicon, heading};
use crate::read::{Book, Content, Sheet};
use crate::reading::TypeReason;
use alike::Aside;
use guess::{Guess, Roles};
use lines::Lines;
use parts::Parts;
use roles::Reach;
use shape::Shape;
pub use told::Told;
use tried::{Expected, Trial, Tried, tried};
use units::Units;

/// What the draft is made from.
#[derive(Debug)]
struct Plan<'a> {
    tables: Vec<(&'a Sheet, &'a Shape)>,
    /// Tables without the columns that name a task.
    without_key: Vec<(&'a Sheet, &'a Shape)>,
    /// What the lines above the tables say in a label that is part of the key.
    said_above: Option<String>,
    /// Lists of something else on the same sheets.
    others: Vec<(&'a Sheet, &'a Shape)>,
    /// Sheets that look like the plan and are not.
    aside: Vec<Aside>,
    columns: Vec<Guess>,
    roles: Roles,
    /// The units, where no column names them.
    units: Option<Units>,
    /// Units that all fill in the same lines, whose sums the plan's are.
    members: Vec<String>,
    money: Money,
    /// January of the plan's year, where one is named.
    from: Option<Month>,
    title: Option<String>,
    /// How lines that are no tasks begin, by table.
    lines: Vec<Lines>,
    /// Numbered lines 其中：….
    parts: Parts,
    /// A text below the tables that gives figures: where, and how it begins.
    paragraph: Option<(String, String)>,
    heading_rows: HeadingRows,
    /// The columns that hold it, where others hold something else.
    within: Option<RangeInclusive<u32>>,
}

/// How a run finds the headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HeadingRows {
    /// By itself, but for those that are too far apart for it.
    Searched,
    /// Where the draft says that they stand.
    Declared,
}

/// The unit of money and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Money {
    /// Named in headings or above the table.
    Named(MoneyUnit),
    /// Nothing names it; guessed by the size of the amounts.
    BySize(MoneyUnit),
}

impl Money {
    fn unit(self) -> MoneyUnit {
        match self {
            Money::Named(unit) | Money::BySize(unit) => unit,
        }
    }
}

/// A first pipeline file.
#[derive(Clone, Debug)]
pub struct Draft {
    pub text: String,
    /// Why its columns are of their types, by their names.
    pub reasons: BTreeMap<String, TypeReason>,
}

/// Why there is no draft.
#[derive(Debug)]
pub enum NoDraft {
    /// It is what a run made, and no plan.
    MadeHere(Stamped),
    /// Nothing on the sheets looks like a heading with rows below it.
    NoTable,
    /// No column says what a row is about.
    NoKey,
    /// What was drafted cannot be loaded.
    NotLoading(Vec<Fault>),
    /// What was drafted reads no task.
    ReadsNothing,
}

/// Writes a first pipeline file for a plan, which loads and with which a run reads the plan. `path`
/// is the plan's path as the file should give it.
///
/// # Errors
/// Says why there is none.
pub fn draft(book: &Book, path: &str, told: &Told) -> Result<Draft, NoDraft> {
    /// So many times a draft is made again with fewer sheets.
    const MOST: usize = 3;
    if let Some(made) = made_here(book).filter(|made| *made != Stamped::Template) {
        return Err(NoDraft::MadeHere(made));
    }
    let mut left: Vec<Aside> = Vec::new();
    let cut = told.cut(book);
    let source = Source { seen: cut.as_ref().unwrap_or(book), filed: book, path };
    let mut best = drafted(source, told, &left)?;
    for _ in 0..MOST {
        let more = misfits::left_aside(book, &best.once_more);
        if more.is_empty() {
            break;
        }
        left.extend(more);
        let Ok(next) = drafted(source, told, &left) else { break };
        // Fewer troubles with most of the tasks gone are no better reading; what stands elsewhere is not gone.
        if next.troubles >= best.troubles || next.tasks * 2 < best.tasks - best.repeated {
            break;
        }
        best = next;
    }
    Ok(best.draft)
}

/// A draft that was tried.
struct Drafted {
    draft: Draft,
    tasks: usize,
    /// How many of them stand on sheets that list those of another once more.
    repeated: usize,
    troubles: usize,
    /// The sheets that list tasks of another once more, as a return in the plan's form is read.
    once_more: Vec<String>,
}

/// What a plan is drafted from.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    /// What of it is drafted: of a sheet with several lists side by side, one of them.
    seen: &'a Book,
    /// As a run reads it.
    filed: &'a Book,
    /// Where it stands, as the draft gives it.
    path: &'a str,
}

impl Source<'_> {
    fn tried(self, plan: &Plan<'_>) -> Tried {
        tried(&write::file(plan, self.path), self.filed, self.path, &expected(plan, self.seen))
    }
}

/// Drafts a plan without some of its sheets.
fn drafted(source: Source<'_>, told: &Told, left: &[Aside]) -> Result<Drafted, NoDraft> {
    let book = source.seen;
    let mut shapes = told::shapes(book, told);
    let mut lines: Vec<(&Sheet, Lines)> = Vec::new();
    let mut others: Vec<(&Sheet, Shape)> = Vec::new();
    for (sheet, found) in &mut shapes {
        others.extend(further::without_others(sheet, found));
    }
    let parts = parts::apart(&mut shapes);
    for (sheet, found) in &mut shapes {
        for shape in found {
            rows::complete(sheet, shape);
            lines.push((*sheet, lines::apart(sheet, shape)));
        }
    }
    let (mut is_chosen, mut aside) = rows::chosen(&shapes);
    rows::leave_others(&shapes, &mut is_chosen, &mut aside);
    aside.extend(told::left_aside(book, told, &is_chosen));
    for (place, (sheet, _)) in shapes.iter().enumerate() {
        let own = left.iter().find(|own| sheet.name.as_ref() == Some(&own.sheet));
        if let Some(own) = own.filter(|_| is_chosen[place]) {
            is_chosen[place] = false;
            aside.push(own.clone());
        }
    }
    let mut tables: Vec<(&Sheet, &Shape)> = shapes
        .iter()
        .zip(is_chosen)
        .filter_map(|(found, is_chosen)| is_chosen.then_some(found))
        .flat_map(|(sheet, found)| found.iter().map(move |shape| (*sheet, shape)))
        .collect();
    if tables.is_empty() {
        return Err(NoDraft::NoTable);
    }
    let mut columns = guess::columns(&tables, &texts_above(&tables).concat());
    let mut roles = guess::roles(&mut columns, None);
    let mut without_key = leave_without_key(&mut tables, &mut columns, &mut roles);
    without_key.extend(others.iter().map(|(sheet, shape)| (*sheet, shape)));
    let found = units_beside(&tables, roles.owner.map(|owner| &columns[owner]));
    let members = if roles.owner.is_none() && found.is_none() {
        units::listed_beside(&tables)
    } else {
        Vec::new()
    };
    let mut units = None;
    let own: Vec<(&Sheet, Shape)>;
    if let Some(found) = found {
        own = found.tables;
        tables = own.iter().map(|(sheet, shape)| (*sheet, shape)).collect();
        columns = guess::columns(&tables, &texts_above(&tables).concat());
        guess::settle_alike(&mut columns, &found.units.figures);
        columns.insert(0, Guess::of_owners(found.owners));
        roles = guess::roles(&mut columns, Some(0));
        units = Some(found.units);
    }
    if roles.key.is_empty() {
        return Err(NoDraft::NoKey);
    }
    let said_above = said_above::tell_apart(&tables, &mut columns, &mut roles);
    let money = money(&tables, &columns);
    let lines = lines.into_iter().filter(|(sheet, _)| holds(&tables, sheet)).map(|(_, own)| own);
    let lines = lines.collect();
    let from = year_of_title(&tables).or_else(|| first_year(&columns));
    let mut plan = Plan {
        title: title(&tables),
        paragraph: paragraph(&tables),
        tables,
        without_key,
        said_above,
        others: others.iter().map(|(sheet, shape)| (*sheet, shape)).collect(),
        aside,
        columns,
        roles,
        units,
        members,
        money,
        from,
        lines,
        parts,
        heading_rows: match told.heading_rows {
            Some(_) => HeadingRows::Declared,
            None => HeadingRows::Searched,
        },
        within: told.within.clone(),
    };
    let mut came_of_it = source.tried(&plan);
    if matches!(came_of_it, Tried::ReadsNothing) {
        plan.heading_rows = HeadingRows::Declared;
        came_of_it = source.tried(&plan);
    }
    came_of_it = in_levels(&mut plan, came_of_it, source);
    came_of_it = without_owner(&mut plan, came_of_it, source);
    if let Tried::Holds(held) = &came_of_it
        && take(&mut plan.columns, &held.asked)
    {
        let again = source.tried(&plan);
        if matches!(again, Tried::Holds(_)) {
            came_of_it = again;
        }
    }
    match came_of_it {
        Tried::Holds(held) => Ok(Drafted {
            draft: Draft { text: held.text, reasons: reasons(&plan) },
            tasks: held.tasks.iter().sum(),
            repeated: tasks_on(book, &held.once_more, &held.tasks),
            troubles: held.troubles,
            once_more: held.once_more,
        }),
        Tried::Refused(faults) => Err(NoDraft::NotLoading(faults)),
        Tried::ReadsNothing => Err(NoDraft::ReadsNothing),
    }
}

/// Takes the tables out that do not say what their rows are about, as sums by unit do not: a run reads no task of them. A
/// list of codes beside the plan names its rows more plainly than the plan does: of two the far longer one is kept.
fn leave_without_key<'a>(
    tables: &mut Vec<(&'a Sheet, &'a Shape)>,
    columns: &mut Vec<Guess>,
    roles: &mut Roles,
) -> Vec<(&'a Sheet, &'a Shape)> {
    let (keyed, without_key): (Vec<_>, Vec<_>) =
        tables.iter().copied().partition(|(_, shape)| guess::has_key(shape, columns, roles));
    if keyed.is_empty() || without_key.is_empty() {
        return without_key;
    }
    let guessed = |tables: &[(&'a Sheet, &'a Shape)]| {
        let mut columns = guess::columns(tables, &texts_above(tables).concat());
        let roles = guess::roles(&mut columns, None);
        (columns, roles)
    };
    let rows: usize = keyed.iter().map(|(_, own)| own.body.len()).sum();
    let longest = without_key.iter().map(|(_, own)| own.body.len()).max().unwrap_or(0);
    let others = (longest >= rows * 2).then(|| guessed(&without_key)).filter(|(columns, roles)| {
        let is_keyed = |shape: &Shape| guess::has_key(shape, columns, roles);
        !roles.key.is_empty() && without_key.iter().all(|(_, shape)| is_keyed(shape))
    });
    let (kept, left, found) = if let Some(found) = others {
        (without_key, keyed, found)
    } else {
        let found = guessed(&keyed);
        (keyed, without_key, found)
    };
    *tables = kept;
    (*columns, *roles) = found;
    left
}

/// Looks for the units where no column names them, or where one says no more than in which place a row lies.
fn units_beside<'a>(
    tables: &[(&'a Sheet, &Shape)],
    owner: Option<&Guess>,
) -> Option<units::Found<'a>> {
    match owner {
        None => units::find(tables),
        Some(owner) if roles::says_where(owner) => units::over_places(tables),
        Some(_) => None,
    }
}

/// Takes names for those of several levels, where that makes tasks of rows that nobody knows what they are or that
/// pass for totals and add up nothing, and of nothing else.
fn in_levels(plan: &mut Plan<'_>, came_of_it: Tried, source: Source<'_>) -> Tried {
    let Tried::Holds(held) = &came_of_it else { return came_of_it };
    let has_lines = held.totals == 0 && held.notes > 0;
    if held.unplaced == 0 && held.sums.wrong == 0 && !has_lines {
        return came_of_it;
    }
    for reach in [Reach::AllTables, Reach::AnyTable] {
        let Some((columns, roles)) = guess::in_levels(&plan.columns, &plan.roles, reach) else {
            continue;
        };
        let columns = std::mem::replace(&mut plan.columns, columns);
        let roles = std::mem::replace(&mut plan.roles, roles);
        let again = source.tried(plan);
        match again {
            Tried::Holds(more) if names_more(&more, held, &plan.roles) => {
                return Tried::Holds(more);
            }
            _ => (plan.columns, plan.roles) = (columns, roles),
        }
    }
    came_of_it
}

/// Takes a column for none that says whose a row is, where most lists of the plan have none of it and their rows are
/// nobody's: 供货单位 among purchases, beside the sales. Units that a third of the rows and more do not have part nothing,
/// but for 责任单位 and what else says plainly who reports: rows without it are said to be nobody's.
fn without_owner(plan: &mut Plan<'_>, came_of_it: Tried, source: Source<'_>) -> Tried {
    let (Tried::Holds(held), Some(owner)) = (&came_of_it, plan.roles.owner) else {
        return came_of_it;
    };
    let tables = |place: usize| plan.columns[place].tables;
    let is_lacking = plan.roles.key.iter().any(|key| tables(*key) > tables(owner));
    if plan.units.is_some() || !is_lacking || roles::answers(&plan.columns[owner]) {
        return came_of_it;
    }
    plan.roles.owner = None;
    let again = source.tried(plan);
    match again {
        Tried::Holds(more) if more.owned() * 2 >= held.owned() * 3 => Tried::Holds(more),
        _ => {
            plan.roles.owner = Some(owner);
            came_of_it
        }
    }
}

/// Whether names in levels make tasks of rows that were unplaced or wrong totals, or of lines of words between tasks
/// where nothing is added up, and of nothing else.
fn names_more(more: &Trial, held: &Trial, roles: &Roles) -> bool {
    let tasks = |trial: &Trial| trial.tasks.iter().sum::<usize>();
    let has_totals = held.totals > 0 || more.totals > 0;
    let notes = |trial: &Trial| if has_totals { 0 } else { trial.notes };
    let rows = |trial: &Trial| tasks(trial) + trial.unplaced + trial.totals + notes(trial);
    // A row that is no total any more was one that nothing added up to, in a list where not even numbers tell the
    // tasks from the totals.
    let is_right = more.totals == held.totals
        || roles.number.is_none()
            && more.sums.right >= held.sums.right
            && more.troubles < held.troubles;
    tasks(more) > tasks(held)
        && rows(more) == rows(held)
        && more.troubles <= held.troubles
        && is_right
}

/// How many tasks were read on some of the sheets.
fn tasks_on(book: &Book, sheets: &[String], tasks: &[usize]) -> usize {
    let counted = book.sheets.iter().zip(tasks);
    let own =
        counted.filter(|(sheet, _)| sheet.name.as_ref().is_some_and(|own| sheets.contains(own)));
    own.map(|(_, tasks)| tasks).sum()
}

/// Takes columns for what the plan's own cells ask for. Returns whether that changes any.
fn take(columns: &mut [Guess], asked: &BTreeMap<String, ColumnType>) -> bool {
    for column in columns.iter_mut() {
        if let Some(kind) = asked.get(&column.name) {
            column.summed &= column.kind != ColumnType::Percent;
            column.kind = *kind;
            column.choices.clear();
        }
    }
    !asked.is_empty()
}

/// What a run should find on the sheets that hold one table of the plan.
fn expected(plan: &Plan<'_>, book: &Book) -> Vec<Expected> {
    let mut expected = Vec::new();
    let keys = |shape: &Shape| -> Vec<String> {
        shape.columns.iter().map(|column| heading::read(&column.title).key).collect()
    };
    for (sheet, shape) in &plan.tables {
        let on_it = plan.tables.iter().filter(|(other, _)| std::ptr::eq(*other, *sheet));
        let place = book.sheets.iter().position(|other| std::ptr::eq(other, *sheet));
        let ends = shape.heading_rows.first().zip(shape.heading_rows.last());
        let (Some(place), Some((first, last)), 1) = (place, ends, on_it.count()) else { continue };
        expected.push(Expected {
            place,
            sheet: sheet.name.clone().unwrap_or_else(|| format!("#{}", place + 1)),
            heading: (first + 1, last + 1),
            headings: keys(shape),
            tasks: shape.body.len(),
        });
    }
    expected
}

fn reasons(plan: &Plan<'_>) -> BTreeMap<String, TypeReason> {
    let columns = plan.columns.iter().enumerate();
    columns.map(|(place, guess)| (guess.name.clone(), guess.reason(plan.roles.of(place)))).collect()
}

fn holds(tables: &[(&Sheet, &Shape)], sheet: &Sheet) -> bool {
    tables.iter().any(|(own, _)| std::ptr::eq(*own, sheet))
}

/// The unit that most headings name, else that of a line above the table, else by size: amounts
/// with three or more decimals, or below a thousand, are hardly 元.
fn money(tables: &[(&Sheet, &Shape)], columns: &[Guess]) -> Money {
    let amounts = || columns.iter().filter(|column| column.kind == ColumnType::Amount);
    let named: Vec<MoneyUnit> = amounts().filter_map(|column| column.unit).collect();
    let most = named.iter().max_by_key(|unit| named.iter().filter(|other| other == unit).count());
    if let Some(unit) = most {
        return Money::Named(*unit);
    }
    let words = Lexicon::default();
    let line =
        first_of_sheets(tables).into_iter().find_map(|(sheet, _)| money::named(sheet, &words));
    if let Some(unit) = line {
        return Money::Named(unit);
    }
    let mut figures: Vec<f64> = amounts()
        .flat_map(|column| column.cells.iter().map(|text| (column.written.mark(), text)))
        .filter_map(|(mark, text)| match mark {
            DecimalMark::Point => {
                text.trim_start_matches(['￥', '¥']).replace([',', '，'], "").parse().ok()
            }
            DecimalMark::Comma => commas::with_points(text).ok()?.parse().ok(),
        })
        .filter(|number: &f64| *number > 0.0)
        .collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.get(figures.len() / 2).copied().unwrap_or(0.0);
    // ￥257 is no 万元.
    let is_signed =
        amounts().flat_map(|column| &column.cells).any(|text| kind::has_sign_of_money(text));
    Money::BySize(if middle >= 1000.0 || is_signed {
        MoneyUnit::Yuan
    } else {
        MoneyUnit::TenThousandYuan
    })
}

/// Texts above the first table of each sheet, sheet by sheet.
fn texts_above<'a>(tables: &[(&'a Sheet, &'a Shape)]) -> Vec<Vec<&'a str>> {
    let mut sheets: Vec<&Sheet> = Vec::new();
    let mut texts: Vec<Vec<&str>> = Vec::new();
    for (sheet, shape) in tables {
        if sheets.iter().any(|known| std::ptr::eq(*known, *sheet)) {
            continue;
        }
        sheets.push(sheet);
        let heading = shape.start();
        let above = sheet.rows.iter().take_while(|row| row.index < heading);
        let cells = above.flat_map(|row| &row.cells);
        let words = cells.filter_map(|cell| match &cell.content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.push(words.collect());
    }
    texts
}

/// The longest text above the tables that is no label with what it says is their title. Where the sheets have titles of their own, what
/// is in brackets in one and not in all of them is that sheet's.
fn title(tables: &[(&Sheet, &Shape)]) -> Option<String> {
    let longest = |texts: &Vec<&str>| {
        let is_label = |text: &str| text.contains([':', '：']);
        let length = |text: &&&str| (!is_label(text), text.chars().count());
        let text = texts.iter().rev().max_by_key(length)?;
        let title: String = text.split_whitespace().collect();
        (title.chars().count() >= 6).then_some(title)
    };
    let titles: Vec<String> = texts_above(tables).iter().filter_map(longest).collect();
    let mut title = titles.first()?.clone();
    for bracket in brackets(&title) {
        if !titles.iter().all(|other| other.contains(&bracket)) {
            title = title.replace(&bracket, "");
        }
    }
    Some(title)
}

/// Returns what stands in brackets in a text, with the brackets.
fn brackets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['（', '(']) {
        let Some(length) = rest[start..].find(['）', ')']) else { break };
        let end = start + length;
        let last = rest[end..].chars().next().map_or(0, char::len_utf8);
        found.push(rest[start..end + last].to_owned());
        rest = &rest[end + last..];
    }
    found
}

/// The first table of each sheet.
fn first_of_sheets<'a>(tables: &[(&'a Sheet, &'a Shape)]) -> Vec<(&'a Sheet, &'a Shape)> {
    let mut first: Vec<(&Sheet, &Shape)> = Vec::new();
    for (sheet, shape) in tables {
        if first.last().is_none_or(|(known, _)| !std::ptr::eq(*known, *sheet)) {
            first.push((sheet, shape));
        }
    }
    first
}

/// The longest text below a table that names amounts.
fn paragraph(tables: &[(&Sheet, &Shape)]) -> Option<(String, String)> {
    const LEAST: usize = 20;
    let mut found: Option<(String, &str)> = None;
    for (sheet, shape) in first_of_sheets(tables) {
        let last = shape.body.last().copied().unwrap_or(0);
        for row in sheet.rows.iter().filter(|row| row.index > last) {
            for cell in &row.cells {
                let Content::Text(text) = &cell.content else { continue };
                let gives_figures = text.contains('元') && text.chars().any(|c| c.is_ascii_digit());
                let longest = found.as_ref().map_or(LEAST, |(_, known)| known.chars().count());
                if gives_figures && text.chars().count() > longest {
                    let at = CellAt::new(row.index, cell.column);
                    let name = sheet.name.as_deref().unwrap_or_default();
                    found = Some((format!("{name} {at}").trim().to_owned(), text));
                }
            }
        }
    }
    found.map(|(place, text)| (place, words::shortened(text, 60)))
}

/// January of the year that the titles name, of several years the first: 2021—2022年.
fn year_of_title(tables: &[(&Sheet, &Shape)]) -> Option<Month> {
    texts_above(tables).into_iter().flatten().find_map(|text| {
        let before = text.split_once('年')?.0;
        let years = before.rsplit(['—', '-', '–', '~', '～', '至', '、']);
        let is_year = |text: &&str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let last: String = before
            .chars()
            .rev()
            .take_while(char::is_ascii_digit)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let whole = (last.len() == 4).then_some(last)?;
        // The year before a dash may follow other words.
        let first = years
            .map(|part| part.trim_matches(|c: char| !c.is_ascii_digit()))
            .take_while(is_year)
            .last()
            .map_or(whole, str::to_owned);
        Month::new(first.parse().ok()?, 1)
    })
}

/// January of the earliest year in a column of months.
fn first_year(columns: &[Guess]) -> Option<Month> {
    let months = columns
        .iter()
        .filter(|column| matches!(column.kind, ColumnType::Month | ColumnType::Date))
        .flat_map(|column| &column.cells)
        .filter_map(|cell| month::full_month(&fold::plain(cell)));
    Month::new(months.min()?.year, 1)
}
