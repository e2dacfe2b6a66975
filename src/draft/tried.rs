//! A draft is tried before it is handed out: it is loaded as any pipeline file is, and the plan is
//! read and held with it as a run would do. What the draft's first lines say of the plan is what
//! came of that, and not what its makers thought.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::counted::{notes_between, of_class};
use super::doubts::{DOUBTS, doubts};
use super::outside::{MOST_NAMED, said_of_rows};
use super::printed::{Sums, printed_sums, said_of_columns};
use super::sections::{self, Sections, Why};
use super::taken_back;
use super::{added_up, asked};
use crate::decisions::Answers;
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::words::{self, Language};
use crate::model::{Amount, Fact, Finding, Severity, Side, Value};
use crate::normalise::{self, RowClass, TableRow};
use crate::pipeline::{self, ColumnType, Fault, Pipeline};
use crate::read::Book;
use crate::reading::{self, Basis};
use crate::reconcile::{CannotReconcile, Inputs, Reconciliation, reconcile};
use crate::wording;

/// Stands in a draft until it is tried, where what came of it will stand.
pub const RESULT: &str = "# {试读}\n";

/// A draft that holds, or why none does.
pub enum Tried {
    Holds(Box<Trial>),
    /// It cannot be made to load.
    Refused(Vec<Fault>),
    /// It loads, and no task is read with it.
    ReadsNothing,
}

/// A draft that loads and reads the plan.
#[derive(Debug)]
pub struct Trial {
    pub text: String,
    /// The types that the plan's own cells ask for instead of the drafted ones, by the columns' names.
    pub asked: BTreeMap<String, ColumnType>,
    /// How many tasks were read on each sheet.
    pub tasks: Vec<usize>,
    /// How many rows of all sheets are of nobody knows what.
    pub unplaced: usize,
    /// Lines of words between tasks.
    pub notes: usize,
    /// How many rows of all sheets are totals.
    pub totals: usize,
    /// How many printed sums agree with their rows, and how many do not.
    pub sums: Sums,
    /// How many tasks each unit has.
    units: BTreeMap<String, usize>,
    /// Lines that are no tasks, and what they are called.
    sections: Vec<Sections>,
    /// The columns that are added up although they hold prices or standards.
    added_up: Vec<String>,
    /// How much was found above a note.
    pub troubles: usize,
    /// The sheets that list the tasks of another once more, as a return in the plan's form is read.
    pub once_more: Vec<String>,
    /// The corrections of tables of which nothing came, as the draft writes them.
    unused: Vec<String>,
}

impl Trial {
    /// How many tasks are some unit's.
    pub fn owned(&self) -> usize {
        self.units.values().sum()
    }
}

/// The only table of a sheet, as it was drafted.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The sheet's place in the workbook.
    pub place: usize,
    /// How a correction names the sheet.
    pub sheet: String,
    /// The first and the last row of its heading, as the sheet counts.
    pub heading: (u32, u32),
    /// What its columns are called, folded.
    pub headings: Vec<String>,
    pub tasks: usize,
}

impl Expected {
    /// Whether nearly all of its columns, and several, are called as columns of another are.
    fn is_in_form_of(&self, other: &Expected) -> bool {
        const LEAST: usize = 6;
        let shared = self.headings.iter().filter(|own| other.headings.contains(own)).count();
        shared >= LEAST && shared * 5 >= self.headings.len() * 4
    }
}

/// What came of one trial.
enum Attempt {
    Holds(Box<Trial>),
    Refused(Vec<Fault>),
    ReadsNothing,
}

impl Attempt {
    fn tasks(&self) -> usize {
        match self {
            Attempt::Holds(held) => held.tasks.iter().sum(),
            Attempt::Refused(_) | Attempt::ReadsNothing => 0,
        }
    }

    fn held(&self) -> Option<&Trial> {
        match self {
            Attempt::Holds(held) => Some(held),
            Attempt::Refused(_) | Attempt::ReadsNothing => None,
        }
    }
}

/// Tries a draft. Where a run reads fewer tasks than were drafted, it is told where the heading stands,
/// and that stays if it helps. What the plan proves to be lines of sections is then named, since a return of few rows
/// may prove nothing.
pub fn tried(draft: &str, book: &Book, path: &str, expected: &[Expected]) -> Tried {
    let first = attempt(draft, book, path);
    let read =
        |place: usize| first.held().and_then(|held| held.tasks.get(place)).copied().unwrap_or(0);
    // Another list beside the plan has headings of its own, whatever its columns were taken for.
    let is_own = |one: &Expected| {
        // A few rows of a list are as good as none.
        let is_read = |own: &&Expected| {
            read(own.place) > 0 && (own.place != one.place || read(one.place) * 4 >= one.tasks)
        };
        let mut read = expected.iter().filter(is_read).peekable();
        read.peek().is_none()
            || read.any(|other| other.place != one.place && one.is_in_form_of(other))
    };
    let is_short = |one: &&Expected| read(one.place) * 5 < one.tasks * 4 && is_own(one);
    let short: Vec<&Expected> = expected.iter().filter(is_short).collect();
    let (draft, best) = if short.is_empty() {
        (draft.to_owned(), first)
    } else {
        let told = with_headings(draft, &short);
        let second = attempt(&told, book, path);
        if second.tasks() > first.tasks() { (told, second) } else { (draft.to_owned(), first) }
    };
    let mut draft = draft;
    let mut best = best;
    for found in best.held().map(|held| held.sections.clone()).unwrap_or_default() {
        let told = sections::with(&draft, &found);
        let again = attempt(&told, book, path);
        let is_better = again.held().zip(best.held()).is_some_and(|(again, best)| {
            let (own, before) =
                (again.tasks.iter().sum::<usize>(), best.tasks.iter().sum::<usize>());
            let is_read = match found.why {
                // A line that is called a section names no unit thereby.
                Why::Sums | Why::Totals => again.tasks == best.tasks && again.units == best.units,
                Why::Bare => own < before || again.troubles < best.troubles,
            };
            is_read && again.troubles <= best.troubles
        });
        if is_better {
            (draft, best) = (told, again);
        }
    }
    for own in taken_back::corrections(&draft) {
        let is_doubted = best.held().is_some_and(|held| own.is_doubted(&held.unused, held.sums));
        if !is_doubted {
            continue;
        }
        let told = own.taken_out(&draft);
        let again = attempt(&told, book, path);
        let is_better = again.held().zip(best.held()).is_some_and(|(again, best)| {
            let are_as_before = again.tasks == best.tasks && again.sums == best.sums;
            let sums_are_right =
                again.sums.right > best.sums.right && again.sums.wrong < best.sums.wrong;
            again.troubles < best.troubles && (are_as_before || sums_are_right)
        });
        if is_better {
            (draft, best) = (told, again);
        }
    }
    let added_up = best.held().map(|held| held.added_up.clone()).unwrap_or_default();
    if !added_up.is_empty() {
        let told = added_up::with(&draft, &added_up);
        let again = attempt(&told, book, path);
        let is_better = again.held().zip(best.held()).is_some_and(|(again, best)| {
            again.tasks == best.tasks
                && again.sums.right > best.sums.right
                && again.sums.wrong <= best.sums.wrong
        });
        if is_better {
            best = again;
        }
    }
    match best {
        Attempt::Holds(held) => Tried::Holds(held),
        Attempt::Refused(faults) => Tried::Refused(faults),
        Attempt::ReadsNothing => Tried::ReadsNothing,
    }
}

/// Adds to a draft where headings stand.
fn with_headings(draft: &str, tables: &[&Expected]) -> String {
    let mut said = String::new();
    for table in tables {
        let (first, last) = table.heading;
        let rows = if first == last { first.to_string() } else { format!("{first}-{last}") };
        let _ = writeln!(
            said,
            "\n# 写明表头才读得到任务；报送表里同名的工作表，这几行不是表头时照常查找。\n[[normalise.table]]\nsheets = [{}]\nheading_rows = \"{rows}\"",
            super::write::quoted(&table.sheet)
        );
    }
    draft.replacen(DOUBTS, &format!("{said}{DOUBTS}"), 1)
}

/// Tries a draft once. Sections that do not load are turned into comments, with what is wrong with them.
fn attempt(draft: &str, book: &Book, path: &str) -> Attempt {
    const MOST_FAULTS: usize = 40;
    let mut text = draft.to_owned();
    for _ in 0..MOST_FAULTS {
        let faults = match pipeline::of_text(Path::new("draft.toml"), &text) {
            Ok(pipeline) => {
                return match result(book, path, &pipeline) {
                    Ok(came) => {
                        let text = text.replacen(RESULT, &came.said, 1);
                        let text = text.replacen(DOUBTS, &came.doubts, 1);
                        Attempt::Holds(Box::new(Trial {
                            text,
                            asked: came.asked,
                            tasks: came.tasks,
                            unplaced: came.unplaced,
                            notes: came.notes,
                            totals: came.totals,
                            sums: came.sums,
                            units: came.units,
                            sections: came.sections,
                            added_up: came.added_up,
                            troubles: came.troubles,
                            once_more: came.once_more,
                            unused: came.unused,
                        }))
                    }
                    Err(_) => Attempt::ReadsNothing,
                };
            }
            Err(faults) => faults,
        };
        match faults.first().and_then(|fault| without_section(&text, fault)) {
            Some(less) => text = less,
            None => return Attempt::Refused(faults),
        }
    }
    Attempt::Refused(Vec::new())
}

/// What came of reading the plan with a draft.
struct Came {
    said: String,
    doubts: String,
    asked: BTreeMap<String, ColumnType>,
    /// By sheet.
    tasks: Vec<usize>,
    unplaced: usize,
    /// Lines of words between tasks.
    notes: usize,
    totals: usize,
    sums: Sums,
    units: BTreeMap<String, usize>,
    /// Lines that are no tasks, and what they are called.
    sections: Vec<Sections>,
    added_up: Vec<String>,
    /// How much was found above a note.
    troubles: usize,
    once_more: Vec<String>,
    unused: Vec<String>,
}

/// Turns the section in which a fault lies into a comment; none where a draft cannot do without it.
fn without_section(text: &str, fault: &Fault) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| line.starts_with('[');
    let at = fault.line.checked_sub(1).filter(|at| *at < lines.len())?;
    let first = (0..=at).rev().find(|place| begins(&lines[*place]))?;
    // Whole tables only: one of several of its kind.
    if !lines[first].starts_with("[[") || lines[first].starts_with("[[intake") {
        return None;
    }
    // A comment may stand between its keys; a blank line ends it.
    let next = lines[first + 1..].iter().position(|line| begins(line) || line.trim().is_empty());
    let end = next.map_or(lines.len(), |next| first + 1 + next);
    let mut less = String::new();
    for (place, line) in lines.iter().enumerate() {
        if place == first {
            let (said, advice) = (
                fault.said.in_language(Language::Chinese),
                fault.advice.in_language(Language::Chinese),
            );
            let _ = writeln!(less, "# 请定：这一段不能用（{said}；{advice}），先不生效。");
        }
        let is_of_it = (first..end).contains(&place) && !line.trim().is_empty();
        let _ = writeln!(less, "{}{line}", if is_of_it { "# " } else { "" });
    }
    Some(less)
}

/// Reads the plan with a draft, and says what came of it.
fn result(book: &Book, path: &str, pipeline: &Pipeline) -> Result<Came, CannotReconcile> {
    let extract = |side: Side| {
        let (rows, findings) = normalise::file(book, side, pipeline);
        Extract {
            sha256: String::new(),
            side,
            format: Some(book.format),
            refusal: None,
            properties: Vec::new(),
            returned: None,
            rows,
            findings,
        }
    };
    let plan_extract = extract(Side::Plan);
    let name = path.rsplit('/').next().unwrap_or(path);
    let file = |side: Side| Received::of(name.to_owned(), PathBuf::from(path), side);
    let plan_file = file(Side::Plan);
    let (received, extracts) = ([file(Side::Submission)], [extract(Side::Submission)]);
    let answers = Answers::default();
    let inputs = Inputs {
        pipeline,
        period: None,
        plan_file: &plan_file,
        plan_extract: &plan_extract,
        plan_from: None,
        before: None,
        received: &received,
        extracts: &extracts,
        earlier: None,
        previous: None,
        answers: &answers,
    };
    let reconciled = reconcile(&inputs)?;
    let read = reading::of(path, &plan_extract, book, Basis::Declared, pipeline);
    let sheets = plan_extract.rows.sheets.iter();
    let is_task = |row: &&TableRow| row.class == RowClass::Task;
    let troubles = reconciled.settled.iter().filter(|settled| settled.severity > Severity::Note);
    let mut units = BTreeMap::new();
    for task in &reconciled.plan.tasks {
        *units.entry(reconciled.plan.names.name(task.unit).to_owned()).or_default() += 1;
    }
    Ok(Came {
        units,
        sections: sections::found(&plan_extract, pipeline),
        added_up: added_up::found(&plan_extract, pipeline),
        troubles: troubles.count(),
        once_more: once_more(&reconciled),
        unused: taken_back::unused(&reconciled),
        said: said(&reconciled, &plan_extract, book, pipeline),
        doubts: doubts(&read, &plan_extract, pipeline),
        asked: asked::asked(&plan_extract, pipeline),
        unplaced: of_class(&plan_extract, RowClass::Unplaced),
        notes: notes_between(&plan_extract, book),
        totals: of_class(&plan_extract, RowClass::Total),
        sums: printed_sums(&reconciled),
        tasks: sheets.map(|sheet| sheet.rows.iter().filter(is_task).count()).collect(),
    })
}

/// Returns the sheets of the plan that list the tasks of another, as a return in its form is read.
fn once_more(reconciled: &Reconciliation<'_>) -> Vec<String> {
    let facts = reconciled.settled.iter().map(|settled| &settled.finding.fact);
    let others = facts.filter_map(|fact| match fact {
        Fact::SubmissionDuplicate { others, .. } => Some(others),
        _ => None,
    });
    others.flatten().cloned().collect()
}

fn said(
    reconciled: &Reconciliation<'_>,
    extract: &Extract,
    book: &Book,
    pipeline: &Pipeline,
) -> String {
    const MOST: usize = 8;
    let mut text = String::from("# 本文件已经试用过：按它读计划表，读到\n");
    let plan = &reconciled.plan;
    for (place, sheet) in extract.rows.sheets.iter_enumerated() {
        let tasks = plan.tasks.iter().filter(|task| task.sheet == place).count();
        let name =
            sheet.name.as_deref().map_or_else(String::new, |name| format!("工作表“{name}”："));
        let others = others(&sheet.classes);
        let _ = writeln!(text, "#   {name}{tasks} 行任务{others}");
    }
    let units: Vec<String> = plan
        .names
        .units
        .iter_enumerated()
        .filter(|(unit, _)| Some(*unit) != plan.sum)
        .map(|(unit, name)| {
            let own = if plan.sum.is_some() {
                plan.tasks.len()
            } else {
                plan.tasks.iter().filter(|task| task.unit == unit).count()
            };
            format!("{} {own} 行", words::one_line(name))
        })
        .collect();
    let _ = writeln!(
        text,
        "# 共 {} 行任务，{} 个单位：{}。",
        plan.tasks.len(),
        units.len(),
        units.join("、")
    );
    let sums: Vec<String> = pipeline
        .amount_columns()
        .filter_map(|field| {
            let values = plan.tasks.iter().filter_map(|task| task.row.entries[field].as_ref());
            let mut amounts = values.filter_map(|entry| entry.value.amount()).peekable();
            // What the plan leaves blank has no sum.
            amounts.peek()?;
            let sum = amounts.fold(0_i64, |sum, amount| sum.saturating_add(amount.0));
            let shown =
                wording::value_text(&Value::Amount(Amount(sum)), pipeline, Language::Chinese);
            Some(format!(
                "{} {shown}",
                words::one_line(&pipeline.field_title(&pipeline.columns[field].name))
            ))
        })
        .collect();
    if !sums.is_empty() {
        let _ = writeln!(text, "# 各行相加：{}。", sums.join("、"));
    }
    let found = |side: Side| -> Vec<&Finding> {
        let settled = reconciled.settled.iter().map(|settled| (settled.severity, &settled.finding));
        let above = settled.filter(|(severity, _)| *severity > Severity::Note);
        above.map(|(_, finding)| finding).filter(|finding| finding.side == side).collect()
    };
    let list = |text: &mut String, findings: &[&Finding]| {
        for finding in findings.iter().take(MOST) {
            let message = wording::message(finding, pipeline, Language::Chinese);
            let _ = writeln!(text, "#   {}", words::shortened(&message, 160));
        }
        if findings.len() > MOST {
            let _ = writeln!(text, "#   ……等 {} 处", findings.len());
        }
    };
    let of_plan = found(Side::Plan);
    let Sums { right: agree, wrong } = printed_sums(reconciled);
    let _ = match agree + wrong {
        0 => {
            writeln!(text, "# 请定：计划表没有印出合计，行数和金额读得对不对没有旁证，请自行清点。")
        }
        all => writeln!(text, "# 计划表印出的合计共 {all} 处，其中 {agree} 处等于各行之和。"),
    };
    if agree > 0 {
        said_of_columns(&mut text, reconciled, pipeline);
    }
    said_of_rows(&mut text, extract, book, pipeline);
    if !of_plan.is_empty() {
        text.push_str("# 计划表自身查出的问题；先看是不是读错了行或列，读对了才是计划的差错：\n");
        list(&mut text, &of_plan);
    }
    // What is wrong in the plan is wrong in its return.
    let mut of_return = found(Side::Submission);
    if plan.sum.is_some() {
        // The plan is nobody's return.
        of_return.clear();
    }
    of_return.retain(|own| {
        let is_it = |plan: &&Finding| {
            (plan.kind(), &plan.sheet, plan.cell) == (own.kind(), &own.sheet, own.cell)
        };
        !of_plan.iter().any(is_it)
    });
    if !of_return.is_empty() {
        text.push_str("# 请定：把计划表自身当作报送表来核对，本应完全一致，却有下列差异，说明有的地方没有读对：\n");
        list(&mut text, &of_return);
    }
    text.push_str(
        "# 行数或合计不对时，请用 duibiao inspect 查看，并用 [[normalise.table]] 更正。\n",
    );
    text
}

/// The rows of a sheet that are no tasks, by what they were taken for; those of which nobody knows what
/// they are with their numbers.
fn others(classes: &[(u32, RowClass)]) -> String {
    let mut said = String::new();
    for class in RowClass::ALL {
        let rows: Vec<u32> =
            classes.iter().filter(|(_, own)| *own == class).map(|(row, _)| row + 1).collect();
        if rows.is_empty() || class == RowClass::Task {
            continue;
        }
        let _ = write!(said, "，{} {} 行", class.chinese(), rows.len());
        if class != RowClass::Title && class != RowClass::Heading {
            let named: Vec<String> = rows.iter().take(MOST_NAMED).map(u32::to_string).collect();
            let more = if rows.len() > MOST_NAMED { "等" } else { "" };
            let _ = write!(said, "（第 {} 行{more}）", named.join("、"));
        }
    }
    said
}
