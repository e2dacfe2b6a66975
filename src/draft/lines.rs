//! Lines among the rows of an undescribed table that are no tasks: those that head a section and those
//! that explain the task above them. They are written into the draft, so that a return with few of them
//! is read as the plan is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Plan;
use super::shape::{self, Shape, is_figure, shown};
use super::write::quoted;
use crate::model::{CellAt, fold};
use crate::normalise::typed::typed_text;
use crate::pipeline::{Lexicon, UnitStands, heading};
use crate::read::{Content, Row, Sheet};

/// So many rows are named, where there are more.
const MOST_NAMED: usize = 12;

/// How the line of a section begins.
pub const NUMBER_ALONE: &str = "^[一二三四五六七八九十]+、?$";
const IN_BRACKETS: &str = "^[（(][一二三四五六七八九十]+[）)]";
const BEFORE_NAME: &str = "^[一二三四五六七八九十]+[、.．]";

/// What the lines of a table begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    pub sections: Vec<&'static str>,
    /// The names of sections that nothing numbers.
    pub names: Vec<String>,
    /// 建设内容：.
    pub details: Vec<String>,
    /// Rows with one text and nothing else, which may go on from the task above.
    pub rests: Vec<(u32, String)>,
    /// What numbered rows call themselves that add up all others: 支出合计 on the first line of a form.
    pub totals: Vec<String>,
    /// The heading of the column in which they stand, where the numbers of the tasks run on over them.
    pub continued: Option<String>,
}

/// Takes the lines of sections out of a table's tasks, and says how lines begin.
pub fn apart(sheet: &Sheet, shape: &mut Shape) -> Lines {
    let Some(last) = shape.body.last() else { return Lines::default() };
    let first = shape.body_start();
    let start = sheet.rows.partition_point(|row| row.index < first);
    let end = sheet.rows.partition_point(|row| row.index <= *last + 1);
    let rows = sheet.rows.get(start..end).unwrap_or_default();
    // A blank row may stand above a total.
    let next = sheet.rows.partition_point(|row| row.index <= *last) + 1;
    let with_next = sheet.rows.get(start..next.max(end)).unwrap_or(rows);
    let totals = numbered_totals(sheet, with_next, shape);
    let details = details(rows, shape);
    let sections = sections(sheet, rows, shape);
    let names = if sections.is_empty() { bare_sections(sheet, rows, shape) } else { Vec::new() };
    let mut rests = if details.is_empty() { rests(sheet, rows, shape) } else { Vec::new() };
    rests.retain(|(_, _, text)| !names.contains(text));
    let column = continued(sheet, shape, &rests);
    let titled = shape.columns.iter().find(|own| Some(own.column) == column);
    let continued = titled.map(|own| heading::read(&own.title).key);
    // Many such rows are tasks that say no more, unless their numbers say otherwise.
    let is_many = continued.is_none() && rests.len() * 2 > shape.body.len();
    let rests = if is_many { Vec::new() } else { rests };
    let rests = rests.into_iter().map(|(row, _, text)| (row, text)).collect();
    Lines { sections, names, details, rests, totals, continued }
}

/// Takes the rows out of a table's tasks that are numbered as these are, call themselves a total and add up all
/// rows above or below them, in each column of figures.
fn numbered_totals(sheet: &Sheet, rows: &[Row], shape: &mut Shape) -> Vec<String> {
    const LEAST_PARTS: usize = 2;
    let words = Lexicon::default();
    let columns: Vec<u32> = shape.columns.iter().map(|column| column.column).collect();
    let label = |row: u32| -> Option<String> {
        let texts = columns.iter().filter_map(|column| match shown(sheet, row, *column)? {
            Content::Text(text) => Some(text.trim().to_owned()),
            _ => None,
        });
        let mut texts = texts.filter(|text| {
            let key = heading::read(text).key;
            // 合计 alone is a total whatever numbers it.
            words.sounds_like_total(&key) && !words.totals.contains(&key) && !words.is_part(&key)
        });
        texts.next()
    };
    // What numbers the rows adds up to nothing.
    let rises = |column: u32| {
        shape::go_on_by_one(shape.body.iter().filter_map(|row| figure(sheet, *row, column)))
    };
    let (numbers, figures): (Vec<u32>, Vec<u32>) =
        columns.iter().copied().partition(|column| rises(*column));
    // Its number goes on from those of the rows beside it: 30 below 4, 5, 6 is a sum.
    let is_next = |row: u32, column: u32| {
        let Some(own) = figure(sheet, row, column) else { return false };
        shape.body.iter().any(|other| {
            let near = figure(sheet, *other, column);
            *other != row && near.is_some_and(|near| ((near - own).abs() - 1.0).abs() < 1e-9)
        })
    };
    let is_numbered = |row: u32| numbers.iter().any(|column| is_next(row, *column));
    let adds_up = |row: u32, parts: &[u32]| {
        let mut held = figures.iter().filter_map(|column| {
            let own = figure(sheet, row, *column)?;
            let sum: f64 = parts.iter().filter_map(|part| figure(sheet, *part, *column)).sum();
            Some(own != 0.0 && (own - sum).abs() < 0.000_05 || own == 0.0 && sum == 0.0)
        });
        let mut any = false;
        parts.len() >= LEAST_PARTS
            && held.all(|right| {
                any = true;
                right
            })
            && any
    };
    let (Some(first), Some(last)) = (shape.body.first().copied(), shape.body.last().copied())
    else {
        return Vec::new();
    };
    let is_beside = |row: u32| row <= first || row >= last;
    let found: Vec<(u32, String)> = rows
        .iter()
        .map(|row| row.index)
        .filter(|row| is_beside(*row) && is_numbered(*row))
        .filter_map(|row| {
            let others: Vec<u32> =
                shape.body.iter().copied().filter(|other| *other != row).collect();
            Some((row, label(row).filter(|_| adds_up(row, &others))?))
        })
        .collect();
    shape.body.retain(|row| found.iter().all(|(own, _)| own != row));
    found.into_iter().map(|(_, label)| label).collect()
}

/// Takes the names of sections that nothing numbers out of a table's tasks: the first stands above all
/// tasks, each right above one, and they lack the number or the name that every task has beside its own.
/// With figures, they are the sums of the rows below.
fn bare_sections(sheet: &Sheet, rows: &[Row], shape: &mut Shape) -> Vec<String> {
    const LONGEST: usize = 20;
    let is_words = |row: u32, column: u32| shown(sheet, row, column).is_some_and(|c| !is_figure(c));
    let columns: Vec<u32> = shape.columns.iter().map(|column| column.column).collect();
    // A row is filled as tasks are where no more than one of its columns is blank that most rows fill in.
    let most = |is: &dyn Fn(u32) -> bool| {
        shape.body.iter().filter(|row| is(**row)).count() * 2 > shape.body.len()
    };
    let usual: Vec<u32> = columns
        .iter()
        .copied()
        .filter(|column| most(&|row| shown(sheet, row, *column).is_some()))
        .collect();
    let words: Vec<u32> =
        usual.iter().copied().filter(|column| most(&|row| is_words(row, *column))).collect();
    let Some(number) = usual.first().copied().filter(|first| !words.contains(first)) else {
        return Vec::new();
    };
    if words.len() < 2 {
        return Vec::new();
    }
    let totals = Lexicon::default();
    let says_more = |text: &str| {
        let heading::Heading { key, bare, .. } = heading::read(text);
        text.contains([':', '：', '。', '，', ','])
            || text.chars().count() > LONGEST
            || [&key, &bare].iter().any(|key| totals.sounds_like_total(key))
            || totals.summaries.contains(&key)
            || totals.carried.contains(&key)
    };
    // One word and, perhaps, figures; neither the number nor the other words of a task.
    let name = |row: &Row| -> Option<String> {
        let texts = row.cells.iter().filter(|cell| !is_figure(&cell.content));
        let mut texts = texts.filter(|cell| !typed_text(&cell.content).trim().is_empty());
        let (only, more) = (texts.next()?, texts.next());
        let Content::Text(text) = &only.content else { return None };
        let is_alone = more.is_none() && words.contains(&only.column);
        let is_covered = words
            .iter()
            .any(|column| *column != only.column && shown(sheet, row.index, *column).is_some());
        let is_lone = row.cell(number).is_none() && !is_covered && is_alone;
        (is_lone && !says_more(text)).then(|| text.trim().to_owned())
    };
    let lines: Vec<(usize, String)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, name(row)?))).collect();
    let is_line = |row: u32| lines.iter().any(|(at, _)| rows[*at].index == row);
    let is_task = |row: &Row| shape.body.binary_search(&row.index).is_ok() && !is_line(row.index);
    let Some(first) = rows.iter().position(is_task) else { return Vec::new() };
    let has_figures = |at: usize| rows[at].cells.iter().any(|cell| is_figure(&cell.content));
    let distinct: BTreeSet<&String> = lines.iter().map(|(_, name)| name).collect();
    let ends = lines.iter().skip(1).map(|(at, _)| *at).chain([rows.len()]);
    let adds_up = |from: usize, end: usize| {
        rows[from].cells.iter().filter(|cell| is_figure(&cell.content)).all(|cell| {
            let below = rows[from + 1..end].iter().filter(|row| is_task(row));
            let sum: f64 = below.filter_map(|row| figure(sheet, row.index, cell.column)).sum();
            figure(sheet, rows[from].index, cell.column)
                .is_some_and(|own| (own - sum).abs() < 0.000_05)
        })
    };
    let with_sums = lines.iter().filter(|(at, _)| has_figures(*at)).count();
    let right = lines.iter().zip(ends).filter(|((at, _), end)| adds_up(*at, *end)).count();
    let holds = lines.len() > 1
        && distinct.len() == lines.len()
        && lines.first().is_some_and(|(at, _)| *at < first)
        && lines.iter().all(|(at, _)| rows.get(at + 1).is_some_and(is_task))
        && (with_sums == 0 || with_sums == lines.len() && right * 2 > lines.len());
    if !holds {
        return Vec::new();
    }
    let taken: Vec<u32> = lines.iter().map(|(at, _)| rows[*at].index).collect();
    shape.body.retain(|row| !taken.contains(row));
    lines.into_iter().map(|(_, name)| name).collect()
}

fn figure(sheet: &Sheet, row: u32, column: u32) -> Option<f64> {
    shown(sheet, row, column).and_then(shape::figure)
}

/// How a row is numbered as sections are, where it is.
fn numbered(row: &Row) -> Option<&'static str> {
    let mut texts = row.cells.iter().filter_map(|cell| match &cell.content {
        Content::Text(text) if !text.trim().is_empty() => Some(fold::plain(text)),
        _ => None,
    });
    let text = texts.next()?;
    if !row.cells.first().is_some_and(|cell| matches!(cell.content, Content::Text(_))) {
        return None;
    }
    let inner = text.strip_prefix('(').unwrap_or(&text);
    let rest = inner.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    if rest.len() == inner.len() {
        return None;
    }
    if inner.len() < text.len() {
        let named = rest.strip_prefix(')')?;
        return (!named.is_empty() || texts.next().is_some()).then_some(IN_BRACKETS);
    }
    if rest.is_empty() || rest == "、" {
        return texts.next().map(|_| NUMBER_ALONE);
    }
    rest.starts_with(['、', '.']).then_some(BEFORE_NAME)
}

/// Lines that are numbered as no task is, and lack something that every task has.
fn sections(sheet: &Sheet, rows: &[Row], shape: &mut Shape) -> Vec<&'static str> {
    let mut lines: BTreeMap<&'static str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if let Some(how) = numbered(row) {
            lines.entry(how).or_default().push(row);
        }
    }
    if lines.is_empty() {
        return Vec::new();
    }
    let tasks: Vec<u32> = shape
        .body
        .iter()
        .copied()
        .filter(|row| lines.values().flatten().all(|line| line.index != *row))
        .collect();
    // Whatever all tasks but a few name: an owner, a number, a place.
    let always: Vec<u32> = shape
        .columns
        .iter()
        .map(|column| column.column)
        .filter(|column| {
            let filled = tasks.iter().filter(|row| shown(sheet, **row, *column).is_some()).count();
            !tasks.is_empty() && filled * 20 >= tasks.len() * 19
        })
        .collect();
    let is_number = |row: u32, column: u32| shown(sheet, row, column).is_some_and(is_figure);
    let numbers: Vec<u32> = always
        .iter()
        .copied()
        .filter(|column| {
            tasks.iter().filter(|row| is_number(**row, *column)).count() * 10 >= tasks.len() * 9
        })
        .collect();
    let lacks = |line: &Row| {
        always.iter().any(|column| {
            let is_blank = shown(sheet, line.index, *column).is_none();
            // 一 stands where the tasks have their numbers.
            is_blank || numbers.contains(column) && !is_number(line.index, *column)
        })
    };
    let mut found = Vec::new();
    for (how, lines) in lines {
        if lines.len() > 1 && lines.iter().all(|line| lacks(line)) {
            shape.body.retain(|row| lines.iter().all(|line| line.index != *row));
            found.push(how);
        }
    }
    found
}

/// Rows right below a task, or between it and a total, that hold nothing but a text where tasks hold
/// theirs, in a table whose tasks all fill in more.
fn rests(sheet: &Sheet, rows: &[Row], shape: &Shape) -> Vec<(u32, u32, String)> {
    let always = |column: u32| {
        let filled = shape.body.iter().filter(|row| shown(sheet, **row, column).is_some()).count();
        filled * 20 >= shape.body.len() * 19
    };
    let columns: Vec<u32> =
        shape.columns.iter().map(|column| column.column).filter(|column| always(*column)).collect();
    let last = shape.body.last().copied().unwrap_or(0);
    let words = Lexicon::default();
    let mut found: Vec<(u32, u32, String)> = Vec::new();
    for row in rows {
        let [only] = row.cells.as_slice() else { continue };
        let Content::Text(text) = &only.content else { continue };
        let above = row.index.checked_sub(1);
        let follows = above.is_some_and(|above| {
            shape.body.binary_search(&above).is_ok()
                || found.last().is_some_and(|(rest, ..)| *rest == above)
        });
        let is_merged = sheet.merges.at(CellAt::new(row.index, only.column)).is_some();
        let is_named = words.totals.contains(&heading::read(text).key)
            || words.notes.iter().any(|word| fold::key(text).starts_with(word.as_str()));
        let is_rest = follows
            && row.index <= last + 1
            && columns.contains(&only.column)
            && columns.len() > 2
            && !is_merged
            && !is_named
            && numbered(row).is_none()
            && !text.contains([':', '：']);
        if is_rest {
            found.push((row.index, only.column, text.trim().to_owned()));
        }
    }
    found
}

/// Returns the column in which all such rows stand, where each task has a number and a figure, and
/// the numbers run on over them as if they were not there.
fn continued(sheet: &Sheet, shape: &Shape, rests: &[(u32, u32, String)]) -> Option<u32> {
    const MOST_BELOW_ONE: usize = 3;
    let (_, column, _) = rests.first()?;
    let whole = |row: u32, column: u32| match shown(sheet, row, column)? {
        Content::Number(number) if number.fract() == 0.0 => Some(*number),
        Content::Text(text) => fold::plain(text).parse().ok(),
        _ => None,
    };
    let follows = |before: f64, number: f64| {
        let (step, first) = (number - before - 1.0, number - 1.0);
        step.abs() < f64::EPSILON || first.abs() < f64::EPSILON
    };
    let runs_on = |column: u32| {
        let numbers: Option<Vec<f64>> = shape.body.iter().map(|row| whole(*row, column)).collect();
        let numbers = numbers.unwrap_or_default();
        numbers.len() > 2
            && numbers.windows(2).all(|pair| follows(pair[0], pair[1]))
            && numbers.windows(2).any(|pair| pair[1] > pair[0])
    };
    let number = shape.columns.iter().map(|own| own.column).find(|own| runs_on(*own))?;
    let has_figure = |row: &u32| {
        let mut columns = shape.columns.iter().map(|own| own.column);
        columns.any(|own| own != number && shown(sheet, *row, own).is_some_and(is_figure))
    };
    let last = shape.body.last()?;
    let texts: Vec<&str> = shape
        .body
        .iter()
        .filter_map(|row| match shown(sheet, *row, *column)? {
            Content::Text(text) => Some(text.trim()),
            _ => None,
        })
        .collect();
    // Below the last task stand remarks as well; what goes on from another task is none.
    let is_known = |row: u32, text: &String| {
        rests.iter().any(|(other, _, known)| *other != row && known == text)
    };
    // Where one stands below each other task, the last has its own.
    let has_one = |row: &u32| rests.iter().any(|(rest, ..)| *rest == row + 1);
    let is_each = shape.body.len() > 2 && shape.body.iter().all(has_one);
    let is_one = |(row, own, text): &(u32, u32, String)| {
        own == column
            && (row < last || is_each && *row == last + 1 || is_known(*row, text))
            && !texts.contains(&text.as_str())
    };
    let is_all = rests.len() <= shape.body.len() * MOST_BELOW_ONE
        && shape.body.iter().all(has_figure)
        && rests.iter().all(is_one);
    is_all.then_some(*column)
}

/// Labels that begin lines of one text each, which stand between the tasks and nowhere else.
fn details(rows: &[Row], shape: &Shape) -> Vec<String> {
    const LONGEST: usize = 8;
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    let mut is_after_task = false;
    for row in rows {
        let is_task = shape.body.binary_search(&row.index).is_ok();
        if let (false, true, [only]) = (is_task, is_after_task, row.cells.as_slice())
            && let Content::Text(text) = &only.content
            && let Some((label, _)) = text.split_once(['：', ':'])
            && (2..=LONGEST).contains(&label.trim().chars().count())
        {
            *labels.entry(label.trim().to_owned()).or_default() += 1;
        }
        is_after_task = is_task || is_after_task && row.cells.len() == 1;
    }
    // A note below the table stands there once.
    let often = |times: &usize| *times > 1 && *times * 3 >= shape.body.len();
    labels.into_iter().filter(|(_, times)| often(times)).map(|(label, _)| label).collect()
}

/// Says in the draft what such lines are.
pub fn corrections(text: &mut String, plan: &Plan<'_>) {
    let mut sections: Vec<&str> = Vec::new();
    let mut details: Vec<String> = Vec::new();
    for lines in &plan.lines {
        for section in &lines.sections {
            if !sections.contains(section) {
                sections.push(section);
            }
        }
        for label in &lines.details {
            let pattern = format!("^{}[：:]", regex::escape(label));
            if !details.contains(&pattern) {
                details.push(pattern);
            }
        }
    }
    continued_columns(text, plan);
    let mut totals: Vec<String> = Vec::new();
    for label in plan.lines.iter().flat_map(|lines| &lines.totals) {
        let label = quoted(label);
        if !totals.contains(&label) {
            totals.push(label);
        }
    }
    if !totals.is_empty() {
        let _ = writeln!(
            text,
            "\n# 请定：这样写的行有序号，却等于其余各行之和，算作合计；是任务的，删去这一段。\n[lexicon]\ntotals = [{}]",
            totals.join(", ")
        );
    }
    let unsure = plan.lines.iter().filter(|lines| lines.continued.is_none());
    let rests: Vec<&(u32, String)> = unsure.flat_map(|lines| &lines.rests).collect();
    let list = |patterns: Vec<String>| patterns.join(", ");
    let names_units = plan.units.as_ref().is_some_and(|units| units.stands == UnitStands::Section);
    let mut named: Vec<String> = Vec::new();
    for name in plan.lines.iter().flat_map(|lines| &lines.names) {
        let name = regex::escape(name);
        if !named.contains(&name) {
            named.push(name);
        }
    }
    if !named.is_empty() && !names_units {
        let _ = writeln!(
            text,
            "\n# 请定：这几行没有序号和单位，看来是分类的名称，不是任务；有数的是下面各行之和。是任务的，从这里删去。\n[[normalise.table]]\nsections = [{}]",
            quoted(&format!("^({})$", named.join("|")))
        );
    }
    if !sections.is_empty() && !names_units {
        let _ = writeln!(
            text,
            "\n# 请定：这样编号的行是分类的名称，不是任务；有数的是下面各行之和。\n[[normalise.table]]\nsections = [{}]",
            list(sections.into_iter().map(quoted).collect())
        );
    }
    if !rests.is_empty() {
        let places: Vec<String> =
            rests.iter().take(MOST_NAMED).map(|(row, _)| (row + 1).to_string()).collect();
        let more = if rests.len() > MOST_NAMED { "等" } else { "" };
        let patterns = rests.iter().map(|(_, text)| quoted(&format!("^{}$", regex::escape(text))));
        let _ = writeln!(
            text,
            "\n# 请定：第 {} 行{more}只有一段文字，现按任务读；若是上一行文字的续行，或是表下的说明，去掉下面两行行首的 #。\n# [[normalise.table]]\n# details = [{}]",
            places.join("、"),
            list(patterns.collect())
        );
    }
    if !details.is_empty() {
        let _ = writeln!(
            text,
            "\n# 请定：这样开头的行说明上面的任务，不是任务。\n[[normalise.table]]\ndetails = [{}]",
            list(details.iter().map(|pattern| quoted(pattern)).collect())
        );
    }
}

/// Says which columns go on in the rows below.
fn continued_columns(text: &mut String, plan: &Plan<'_>) {
    let mut names: Vec<&str> = Vec::new();
    let mut rows: Vec<u32> = Vec::new();
    for lines in &plan.lines {
        let Some(key) = &lines.continued else { continue };
        let Some(guess) = plan.columns.iter().find(|guess| guess.is_called(key)) else { continue };
        rows.extend(lines.rests.iter().map(|(row, _)| row + 1));
        if !names.contains(&guess.name.as_str()) {
            names.push(&guess.name);
        }
    }
    if names.is_empty() {
        return;
    }
    let named: Vec<String> = rows.iter().take(MOST_NAMED).map(u32::to_string).collect();
    let more = if rows.len() > MOST_NAMED { "等" } else { "" };
    let names: Vec<String> = names.into_iter().map(quoted).collect();
    let _ = writeln!(
        text,
        "\n# 请定：第 {} 行{more}只有一段文字，上下各行的序号接着编，现读作上一行文字的续行；各是一项任务的，删去这一段。\n[[normalise.table]]\ncontinued = [{}]",
        named.join("、"),
        names.join(", ")
    );
}
