//! Lines of sections that a trial of the draft shows: sums over the rows below them, and names without anything
//! that a task has. They are written into the draft, so that a return with few of them is read alike.

use super::doubts::DOUBTS;
use super::write::quoted;
use crate::extract::Extract;
use crate::model::{ColumnId, fold};
use crate::normalise::{RowClass, TableRow};
use crate::pipeline::Pipeline;

/// Lines of sections that are of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sections {
    pub names: Vec<String>,
    pub why: Why,
}

/// Why lines are those of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Each is the sum of the rows below it, and has no unit.
    Sums,
    /// Each has neither the number nor a figure that the other rows have.
    Bare,
    /// Each is the sum of rows above it, or of all, and no word says so.
    Totals,
}

/// Returns the lines of sections that a trial shows.
pub fn found(extract: &Extract, pipeline: &Pipeline) -> Vec<Sections> {
    let sums = Sections { names: sums(extract, pipeline), why: Why::Sums };
    let bare = Sections { names: bare(extract, pipeline), why: Why::Bare };
    let totals = Sections { names: totals(extract, pipeline), why: Why::Totals };
    [sums, bare, totals].into_iter().filter(|own| !own.names.is_empty()).collect()
}

/// Adds to a draft what the lines of sections are called.
pub fn with(draft: &str, sections: &Sections) -> String {
    let names: Vec<String> = sections.names.iter().map(|name| regex::escape(name)).collect();
    let why = match sections.why {
        Why::Sums => "这几行没有单位，各是下面几行之和，看来是分类，不是任务",
        Why::Bare => "这几行没有别的行都有的序号和数，看来是分类的名称，不是任务",
        Why::Totals => "这几行各是别的行之和，看来是合计，不是任务",
    };
    let key = match sections.why {
        Why::Sums | Why::Bare => {
            let pattern = quoted(&format!("^({})$", names.join("|")));
            format!("[[normalise.table]]\nsections = [{pattern}]")
        }
        Why::Totals => {
            let names: Vec<String> = sections.names.iter().map(|name| quoted(name)).collect();
            format!("[lexicon]\ntotals = [{}]", names.join(", "))
        }
    };
    let said = format!("\n# 请定：{why}；是任务的，从这里删去。\n{key}\n");
    draft.replacen(DOUBTS, &format!("{said}{DOUBTS}"), 1)
}

/// The names of the plan's sums over the rows below them that stand where tasks do, and have no unit.
fn sums(extract: &Extract, pipeline: &Pipeline) -> Vec<String> {
    const MOST: usize = 40;
    const LONGEST: usize = 30;
    let [key] = pipeline.roles.key.as_slice() else { return Vec::new() };
    // Where each row is a unit's, so are the sums of several.
    let owner = pipeline.roles.owner.filter(|owner| owner != key);
    let rows = || extract.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
    let typed = |row: &TableRow, field: ColumnId| {
        row.entries[field]
            .as_ref()
            .filter(|entry| entry.filled_from().is_none())
            .map(|entry| entry.typed.trim().to_owned())
    };
    let stands_over = |row: &TableRow| {
        if let Some((first, _)) = row.adds {
            return first > row.row;
        }
        let mut rows = row.sums.iter().flat_map(|sum| &sum.rows).peekable();
        row.by_formula && rows.peek().is_some() && rows.all(|(first, _)| *first > row.row)
    };
    let is_named = |row: &&TableRow| {
        row.class == RowClass::Total
            && !row.heads
            && stands_over(row)
            && owner.and_then(|owner| typed(row, owner)).is_none_or(|owner| owner.is_empty())
    };
    let mut names: Vec<String> = Vec::new();
    for row in rows().filter(is_named) {
        let Some(name) = typed(row, *key) else { return Vec::new() };
        let is_short = (1..=LONGEST).contains(&name.chars().count());
        if !is_short || pipeline.words.sounds_like_total(&fold::key(&name)) {
            continue;
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // What a task is called as well names no section.
    let tasks = || rows().filter(|row| row.class == RowClass::Task);
    let is_task = |name: &String| {
        let name = fold::key(name);
        tasks().any(|row| typed(row, *key).is_some_and(|task| fold::key(&task) == name))
    };
    if names.len() > MOST || names.iter().any(is_task) { Vec::new() } else { names }
}

/// What the plan's totals are called that their figures alone tell and that stand below what they add up, or over all of
/// it. Where rows say whose they are, such a name may be somebody's.
fn totals(extract: &Extract, pipeline: &Pipeline) -> Vec<String> {
    const MOST: usize = 40;
    const SHORTEST: usize = 2;
    const LONGEST: usize = 30;
    let roles = &pipeline.roles;
    if roles.owner.is_some_and(|owner| roles.key != [owner]) {
        return Vec::new();
    }
    let mut names: Vec<String> = Vec::new();
    let mut tasks: Vec<String> = Vec::new();
    for sheet in &extract.rows.sheets {
        for row in &sheet.rows {
            let key = fold::key(&row.label);
            if row.class == RowClass::Task {
                let typed = roles.key.iter().filter_map(|field| row.entries[*field].as_ref());
                tasks.extend(typed.map(|entry| fold::key(&entry.typed)));
                continue;
            }
            let is_below = row.adds.is_some_and(|(_, last)| last < row.row);
            let is_name = (SHORTEST..=LONGEST).contains(&key.chars().count())
                && key.chars().any(char::is_alphabetic)
                && !key.chars().any(|c| c.is_ascii_digit());
            let words = &pipeline.words;
            let mut called = words.totals.iter().chain(&words.summaries);
            // Total health says by itself what it is.
            let says_so = called.any(|word| key.starts_with(word) || key.ends_with(word))
                || pipeline.words.is_part(&row.label);
            if row.class == RowClass::Total && is_below && is_name && !says_so && !row.heads {
                let name = row.label.trim().to_owned();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    // What ends or begins as a word for totals does is one.
    let is_of_task = |name: &String| {
        let name = fold::key(name);
        tasks.iter().any(|task| task.starts_with(&name) || task.ends_with(&name))
    };
    if names.len() > MOST || names.iter().any(is_of_task) { Vec::new() } else { names }
}

/// The form of a code: each run of figures as 9, each of letters as A, between its marks; none of what holds no figure, of
/// what is one word of figures alone, and of several words.
fn form_of_code(text: &str) -> Option<String> {
    let has = |is: fn(char) -> bool| text.chars().any(is);
    if !has(|c| c.is_ascii_digit()) || text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut form = String::new();
    for c in text.chars() {
        let one = match c {
            c if c.is_whitespace() => return None,
            c if c.is_ascii_digit() => '9',
            c if c.is_ascii_alphabetic() => 'A',
            c if c.is_alphabetic() => return None,
            mark => mark,
        };
        if !(one.is_ascii_alphanumeric() && form.ends_with(one)) {
            form.push(one);
        }
    }
    Some(form)
}

/// The names of rows that stand where tasks do and have neither a number nor a figure, where nearly all others have
/// both, or at the least two figures and words that these lack; each above a task.
fn bare(extract: &Extract, pipeline: &Pipeline) -> Vec<String> {
    const MOST: usize = 60;
    const LONGEST: usize = 80;
    const LEAST_TASKS: usize = 4;
    /// Between its name and the first task of a section the name of a part of it may stand.
    const MOST_BETWEEN: u32 = 3;
    let mut names: Vec<String> = Vec::new();
    let mut tasks: Vec<&TableRow> = Vec::new();
    let typed = |row: &TableRow, field: ColumnId| -> Option<String> {
        let entry = row.entries[field].as_ref().filter(|entry| entry.filled_from().is_none())?;
        let text = entry.typed.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let says = |row: &TableRow, field: ColumnId| {
        typed(row, field).is_some()
            && row.entries[field].as_ref().is_some_and(|entry| !entry.value.is_absent())
    };
    for sheet in &extract.rows.sheets {
        for rows in sheet.rows_by_table() {
            // What has a name and could not be placed may be one of them.
            let is_named = |row: &TableRow| {
                pipeline.roles.key.iter().any(|field| typed(row, *field).is_some())
            };
            let may_be = |row: &TableRow| {
                row.class == RowClass::Task || row.class == RowClass::Unplaced && is_named(row)
            };
            let own: Vec<&TableRow> = rows.iter().copied().filter(|row| may_be(row)).collect();
            let usual = |field: &ColumnId| {
                own.iter().filter(|row| says(row, *field)).count() * 3 >= own.len() * 2
            };
            let (figures, words): (Vec<ColumnId>, Vec<ColumnId>) = pipeline
                .columns
                .keys()
                .filter(|field| Some(*field) != pipeline.roles.number && usual(field))
                .partition(|field| pipeline.columns[*field].kind.is_figure());
            let number = pipeline.roles.number.filter(|field| usual(field));
            let is_bare = |row: &TableRow| {
                let lacks_word = words.iter().any(|field| !says(row, *field));
                figures.iter().all(|field| typed(row, *field).is_none())
                    && match number {
                        Some(number) => typed(row, number).is_none() && !figures.is_empty(),
                        None => figures.len() > 1 && lacks_word,
                    }
            };
            let (heads, others): (Vec<&TableRow>, Vec<&TableRow>) =
                own.iter().copied().partition(|row| is_bare(row));
            let others: Vec<&TableRow> =
                others.into_iter().filter(|row| row.class == RowClass::Task).collect();
            // All others have what these lack, but for a few.
            let is_whole = |row: &&&TableRow| {
                let count = figures.iter().filter(|field| says(row, **field)).count();
                count * 2 > figures.len() && number.is_none_or(|number| says(row, number))
            };
            let whole = others.iter().filter(is_whole).count();
            let is_above = |head: &&TableRow| {
                let next = rows.iter().find(|row| row.row > head.row);
                next.is_some_and(|next| may_be(next) && next.row <= head.row + MOST_BETWEEN)
            };
            let last = own.last().map(|row| row.row);
            tasks.extend(&others);
            // M-20-06-001 among M-20-06-002 and M-20-08-013 is a task, whatever it lacks.
            let is_coded_as_tasks = |head: &&TableRow| {
                let keys = pipeline.roles.key.iter();
                keys.filter_map(|field| Some((field, form_of_code(&typed(head, *field)?)?))).any(
                    |(field, form)| {
                        let alike = others.iter().filter(|row| {
                            typed(row, *field).and_then(|key| form_of_code(&key))
                                == Some(form.clone())
                        });
                        alike.count() * 2 >= others.len()
                    },
                )
            };
            if heads.is_empty()
                || heads.iter().any(is_coded_as_tasks)
                || others.len() < LEAST_TASKS
                || whole * 20 < others.len() * 19
                || heads.iter().any(|head| Some(head.row) == last)
                || !heads.iter().all(is_above)
            {
                continue;
            }
            for head in heads {
                let words = pipeline.roles.key.iter().filter_map(|field| typed(head, *field));
                let letters = |text: &String| text.chars().filter(|c| c.is_alphabetic()).count();
                let name = words.max_by_key(letters);
                let Some(name) = name.filter(|name| name.chars().count() <= LONGEST) else {
                    return Vec::new();
                };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    // What a task is called as well, or numbered, names no section.
    let is_task = |name: &String| {
        let name = fold::key(name);
        let tells = || pipeline.roles.number.iter().chain(&pipeline.roles.key);
        let keys = |row: &&TableRow| {
            let mut keys = tells().filter_map(|field| typed(row, *field));
            keys.any(|key| fold::key(&key) == name)
        };
        tasks.iter().any(keys)
    };
    if names.len() > MOST || names.iter().any(is_task) { Vec::new() } else { names }
}
