//! What belongs to an undescribed plan: which of its sheets hold it, which rows are its tasks, and the
//! corrections that a run needs to see it so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::alike::{self, Aside, Table, Why};
use super::directories;
use super::guess::Guess;
use super::roles::is_called_as_columns;
use super::shape::{Shape, is_figure, shown};
use super::{HeadingRows, Plan};
use crate::model::place::columns_by_letters;
use crate::model::{fold, words};
use crate::normalise::layout::headings;
use crate::normalise::typed::typed_text;
use crate::pipeline::{ColumnType, Lexicon, heading};
use crate::read::{Content, Sheet};

/// Adds the rows that name little but their work, under what is written once above them.
pub fn complete(sheet: &Sheet, shape: &mut Shape) {
    let words = Lexicon::default();
    let says_total = |content: &Content| {
        let heading::Heading { key, bare, .. } = heading::read(&typed_text(content));
        words.sounds_like_total(&key)
            || words.sounds_like_total(&bare)
            || words.summaries.contains(&key)
            || words.carried.contains(&key)
    };
    // However many of its cells are filled, a row that begins with 合计 is no task.
    let begins_total = |row: &u32| {
        let mut cells = shape.columns.iter().filter_map(|c| shown(sheet, *row, c.column));
        cells.find(|content| !is_figure(content)).is_some_and(says_total)
    };
    let tasks: Vec<u32> = shape.body.iter().copied().filter(|row| !begins_total(row)).collect();
    if !tasks.is_empty() {
        shape.body = tasks;
    }
    without_nameless_edge(sheet, shape);
    let filled = |column: u32, is: &dyn Fn(&Content) -> bool| {
        let cells = shape.body.iter().filter_map(|row| shown(sheet, *row, column));
        cells.filter(|content| is(content)).count()
    };
    let rows = shape.body.len();
    let columns = || shape.columns.iter().map(|column| column.column);
    let mostly = |is: fn(&Content) -> bool| -> Vec<u32> {
        columns().filter(|column| filled(*column, &is) * 10 >= rows * 9).collect()
    };
    // The first column of figures may number the rows.
    let figures: Vec<u32> = mostly(is_figure);
    let words: Vec<u32> = mostly(|content| !is_figure(content));
    let (Some(first), Some(last)) = (shape.body.first().copied(), shape.body.last().copied())
    else {
        return;
    };
    let known: BTreeSet<u32> = shape.body.iter().copied().collect();
    let lone = |column: &u32, row: u32| {
        shown(sheet, row, *column).is_some_and(|content| names(content) && !says_total(content))
    };
    let end = sheet.rows.partition_point(|row| row.index <= last + 1);
    let start = sheet.rows.partition_point(|row| row.index < first);
    let more = sheet.rows[start..end].iter().filter(|row| {
        let has_figure = || {
            figures
                .iter()
                .any(|column| row.cell(*column).is_some_and(|cell| is_figure(&cell.content)))
        };
        // What names everything that tasks name is one, whatever it costs.
        let is_named = || words.len() > 1 && words.iter().all(|column| lone(column, row.index));
        !known.contains(&row.index)
            && !shape.heading_rows.contains(&row.index)
            && words.iter().any(|column| lone(column, row.index))
            && (has_figure() || is_named())
    });
    let more: Vec<u32> = more.map(|row| row.index).collect();
    shape.body.extend(more);
    shape.body.sort_unstable();
}

/// Whether a cell may name something: no figure, no dash.
fn names(content: &Content) -> bool {
    matches!(content, Content::Text(text) if text.chars().any(char::is_alphabetic))
        && !is_figure(content)
}

/// Takes the first or the last row out of the tasks, where all others have names in two columns and it
/// has none in either: a total without a word, or with one copied from elsewhere.
fn without_nameless_edge(sheet: &Sheet, shape: &mut Shape) {
    const LEAST: usize = 3;
    let names = |row: u32, column: u32| shown(sheet, row, column).is_some_and(names);
    let is_nameless = |at: usize| {
        let others = || shape.body.iter().enumerate().filter(|(place, _)| *place != at);
        let all_name = |column: &u32| others().all(|(_, row)| names(*row, *column));
        let columns = shape.columns.iter().map(|column| column.column).filter(all_name);
        let columns: Vec<u32> = columns.collect();
        columns.len() > 1 && columns.iter().all(|column| !names(shape.body[at], *column))
    };
    if shape.body.len() < LEAST {
        return;
    }
    let edge = [shape.body.len() - 1, 0].into_iter().find(|at| is_nameless(*at));
    if let Some(at) = edge {
        shape.body.remove(at);
        return;
    }
    // Several may stand among the tasks, with marks where these have their names.
    let says_nothing = |row: u32, column: u32| {
        let says = |content: &Content| matches!(content, Content::Text(text) if !text.chars().any(char::is_alphanumeric));
        shown(sheet, row, column).is_none_or(says)
    };
    let rows = shape.body.len();
    let named: Vec<u32> = shape.columns.iter().map(|column| column.column).collect();
    let named = named.into_iter().filter(|column| {
        shape.body.iter().filter(|row| names(**row, *column)).count() * 3 >= rows * 2
    });
    let named: Vec<u32> = named.collect();
    if named.len() > 1 {
        shape.body.retain(|row| !named.iter().all(|column| says_nothing(*row, *column)));
    }
}

/// Returns which sheets hold the plan, by their places, and which look like it and do not.
pub fn chosen(shapes: &[(&Sheet, Vec<Shape>)]) -> (Vec<bool>, Vec<Aside>) {
    let mut is_chosen: Vec<bool> = shapes.iter().map(|(_, found)| !found.is_empty()).collect();
    let mut aside = Vec::new();
    let looks: Vec<Option<Table>> =
        shapes.iter().map(|(sheet, found)| alike::table(sheet, found)).collect();
    let names: Vec<String> = shapes
        .iter()
        .map(|(sheet, _)| sheet.name.as_deref().map(fold::key).unwrap_or_default())
        .collect();
    for (one, look) in looks.iter().enumerate() {
        let others: BTreeSet<&str> = (0..shapes.len())
            .filter(|other| *other != one && is_chosen[*other])
            .map(|other| names[other].as_str())
            .collect();
        if is_chosen[one] && look.as_ref().is_some_and(|look| alike::lists(look, &others)) {
            is_chosen[one] = false;
            aside.push(Aside {
                sheet: shapes[one].0.name.clone().unwrap_or_default(),
                why: Why::Summary,
            });
        }
    }
    let is_sample = |place: usize| alike::is_sample(shapes[place].0.name.as_deref());
    if (0..shapes.len()).any(|place| is_chosen[place] && !is_sample(place)) {
        for place in (0..shapes.len()).filter(|place| is_sample(*place)) {
            if std::mem::replace(&mut is_chosen[place], false) {
                let sheet = shapes[place].0.name.clone().unwrap_or_default();
                aside.push(Aside { sheet, why: Why::Sample });
            }
        }
    }
    let is_unfilled: Vec<bool> = (0..shapes.len())
        .map(|one| {
            let others = (0..shapes.len()).filter(|other| *other != one && is_chosen[*other]);
            let mut others = others.filter_map(|other| looks[other].as_ref());
            let name = shapes[one].0.name.as_deref();
            let own = looks[one].as_ref().filter(|_| is_chosen[one]);
            // A unit that has nothing is one all the same.
            let may_be = alike::is_form(name) || !name.is_some_and(super::units::is_somebody);
            may_be
                && own.is_some_and(|own| {
                    others.any(|other| alike::is_unfilled_beside(own, name, other))
                })
        })
        .collect();
    for one in (0..shapes.len()).filter(|one| is_unfilled[*one]) {
        is_chosen[one] = false;
        let sheet = shapes[one].0.name.clone().unwrap_or_default();
        aside.push(Aside { sheet, why: Why::Unfilled });
    }
    // One sheet may add up several of one form.
    let kept = (0..shapes.len()).filter(|place| is_chosen[*place]);
    let forms = alike::of_one_form(kept.filter_map(|place| Some((place, looks[place].as_ref()?))));
    for one in 0..shapes.len() {
        let Some(look) = looks[one].as_ref().filter(|_| is_chosen[one]) else { continue };
        let adds_up = |form: &alike::Form| !form.places.contains(&one) && form.is_summed_by(look);
        if forms.iter().any(adds_up) {
            is_chosen[one] = false;
            let sheet = shapes[one].0.name.clone().unwrap_or_default();
            aside.push(Aside { sheet, why: Why::Summary });
        }
    }
    // Or several of different forms: 附件1 by county of the roads in 附件2 and the bridges in 附件3.
    for one in 0..shapes.len() {
        let Some(look) = looks[one].as_ref().filter(|_| is_chosen[one]) else { continue };
        let others = (0..shapes.len()).filter(|other| *other != one && is_chosen[*other]);
        let others: Option<Vec<&Table>> = others.map(|other| looks[other].as_ref()).collect();
        let form = others.and_then(|others| alike::of_several_forms(&others));
        if form.is_some_and(|form| form.is_summed_by(look)) {
            is_chosen[one] = false;
            let sheet = shapes[one].0.name.clone().unwrap_or_default();
            aside.push(Aside { sheet, why: Why::Summary });
        }
    }
    for one in 0..shapes.len() {
        for other in 0..shapes.len() {
            let (Some(own), Some(beside)) = (&looks[one], &looks[other]) else { continue };
            if one == other || !is_chosen[one] || !is_chosen[other] {
                continue;
            }
            // Of two alike the one is the copy whose name says so, else the later one.
            let says_copy = |place: usize| alike::is_copy(shapes[place].0.name.as_deref());
            let is_later = match (says_copy(one), says_copy(other)) {
                (true, false) => true,
                (false, true) => false,
                _ => one > other,
            };
            let is_unsettled = alike::is_unsettled(shapes[one].0.name.as_deref())
                && !alike::is_unsettled(shapes[other].0.name.as_deref())
                && alike::lists_the_same(own, beside);
            let says_done = |place: usize| alike::says_done(shapes[place].0.name.as_deref());
            let is_behind = match (says_done(one), says_done(other)) {
                (true, false) => true,
                (false, true) => false,
                _ => is_later,
            };
            let is_same_again = is_behind && alike::has_the_tasks_of(own, beside);
            let why = alike::left_aside(own, beside, is_later);
            let is_uncalculated = alike::is_uncalculated_beside(own, beside);
            let why = why.or(is_uncalculated.then_some(Why::Uncalculated));
            let why = why.or(is_unsettled.then_some(Why::Unsettled));
            let Some(why) = why.or(is_same_again.then_some(Why::SameTasks)) else { continue };
            is_chosen[one] = false;
            let sheet = shapes[one].0.name.clone().unwrap_or_default();
            aside.push(Aside { sheet, why });
        }
    }
    let (twice, why) = listed_twice(shapes, &looks, &is_chosen);
    for place in twice {
        is_chosen[place] = false;
        let sheet = shapes[place].0.name.clone().unwrap_or_default();
        aside.push(Aside { sheet, why });
    }
    (is_chosen, aside)
}

/// The sheets that hold what others hold as well: the parts of a list that stands in full on a sheet of its own, or that
/// list where the parts are those of units that nothing else names; and whether they hold just the same.
fn listed_twice(
    shapes: &[(&Sheet, Vec<Shape>)],
    looks: &[Option<Table>],
    is_chosen: &[bool],
) -> (Vec<usize>, Why) {
    let kept: Vec<(usize, &Table)> = (0..shapes.len())
        .filter(|place| is_chosen[*place])
        .filter_map(|place| Some((place, looks[place].as_ref()?)))
        .collect();
    let name = |place: usize| shapes[place].0.name.as_deref().unwrap_or_default();
    for (one, own) in &kept {
        let others: Vec<(usize, &Table)> =
            kept.iter().filter(|(place, _)| place != one).copied().collect();
        let parts = alike::parted_among(own, &others);
        let is_units = parts.iter().all(|place| {
            super::units::is_somebody(name(*place)) && !alike::names_sheet(own, name(*place))
        });
        if !parts.is_empty() {
            let tables: Vec<&Table> =
                parts.iter().filter_map(|place| looks[*place].as_ref()).collect();
            let why = if alike::is_made_of(own, &tables) { Why::Copy } else { Why::NearlyCopy };
            return (if is_units { vec![*one] } else { parts }, why);
        }
    }
    (Vec::new(), Why::Copy)
}

/// Whether one of a sheet's tables has a column of money.
fn has_money(sheet: &Sheet, found: &[Shape]) -> bool {
    let tables: Vec<(&Sheet, &Shape)> = found.iter().map(|shape| (sheet, shape)).collect();
    let columns = super::guess::columns(&tables, &[]);
    columns.iter().any(|column| column.kind == ColumnType::Amount)
}

/// A list with money that is so many times shorter than the others is no plan beside which these are notes.
pub const MUCH_LONGER: usize = 4;

/// Leaves aside the sheets of a plan with money that hold none and share few of its headings: lists of
/// people to call, of places, of documents.
pub fn leave_others(
    shapes: &[(&Sheet, Vec<Shape>)],
    is_chosen: &mut [bool],
    aside: &mut Vec<Aside>,
) {
    if is_chosen.iter().filter(|chosen| **chosen).count() < 2 {
        return;
    }
    let keys = |shape: &Shape| -> BTreeSet<String> {
        shape.columns.iter().map(|column| heading::read(&column.title).key).collect()
    };
    let with_money: Vec<bool> = shapes
        .iter()
        .zip(&*is_chosen)
        .map(|(own, chosen)| *chosen && has_money(own.0, &own.1))
        .collect();
    let with = shapes.iter().zip(&with_money).filter(|(_, has)| **has);
    let known: BTreeSet<String> = with.flat_map(|((_, found), _)| found).flat_map(keys).collect();
    if known.is_empty() {
        directories::leave(shapes, is_chosen, aside);
        return;
    }
    let is_other = |shape: &Shape| {
        let own = keys(shape);
        own.intersection(&known).count() * 2 < own.len()
    };
    let left: Vec<usize> = (0..shapes.len())
        .filter(|place| {
            is_chosen[*place] && !with_money[*place] && shapes[*place].1.iter().all(is_other)
        })
        .collect();
    let rows = |place: usize| shapes[place].1.iter().map(|shape| shape.body.len()).sum::<usize>();
    let kept = (0..shapes.len()).filter(|place| with_money[*place]).map(rows).sum::<usize>();
    if left.iter().copied().map(rows).sum::<usize>() > kept * MUCH_LONGER {
        return;
    }
    for place in left {
        is_chosen[place] = false;
        let sheet = shapes[place].0.name.clone().unwrap_or_default();
        aside.push(Aside { sheet, why: Why::Other });
    }
}

/// Writes the corrections that a run needs to read the plan as the draft did.
pub fn corrections(text: &mut String, plan: &Plan<'_>) {
    if !plan.aside.is_empty() {
        let aside: Vec<String> = plan
            .aside
            .iter()
            .map(|aside| format!("“{}”{}", aside.sheet, aside.why.chinese()))
            .collect();
        let mut names: Vec<String> = Vec::new();
        for (sheet, _) in &plan.tables {
            let name = super::write::quoted(sheet.name.as_deref().unwrap_or_default());
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let _ = writeln!(
            text,
            "\n# 请定：计划只是这几张工作表；没有算进去的：{}。\n[[normalise.table]]\nsheets = [{}]\nof = \"plan\"",
            aside.join("；"),
            names.join(", ")
        );
        let left: Vec<&str> = plan.aside.iter().map(|aside| aside.sheet.as_str()).collect();
        super::write::leave_in_returns(text, &left);
    }
    let label = plan.columns.iter().find(|guess| Some(&guess.title) == plan.said_above.as_ref());
    if let Some(label) = label {
        let _ = writeln!(
            text,
            "\n# 请定：“{}”写在每张表的上方，管它下面的各行。\n[[normalise.table]]\nabove = [{}]",
            words::one_line(&label.title),
            super::write::quoted(&label.name)
        );
    }
    within(text, plan);
    heading_rows(text, plan);
    headings(text, plan);
    super::lines::corrections(text, plan);
    super::parts::corrections(text, &plan.parts);
    if let Some(key) = shared_by_units(plan) {
        let names = [key].into_iter().chain(written_with(plan, key));
        let names: Vec<String> = names.map(|guess| super::write::quoted(&guess.name)).collect();
        let names = names.join(", ");
        let _ = writeln!(
            text,
            "\n# 请定：一项任务由几个单位承担，名称只写一次；下面空着的各行也是这项任务。\n[[normalise.table]]\nof = \"plan\"\nfill = [{names}]"
        );
    }
    let fill: Vec<String> =
        filled_down(plan).map(|guess| super::write::quoted(&guess.name)).collect();
    let alternating: Vec<String> = plan
        .roles
        .alternating
        .iter()
        .map(|place| super::write::quoted(&plan.columns[*place].name))
        .collect();
    if !alternating.is_empty() {
        let _ = writeln!(
            text,
            "\n# 任务名称写在这几列中的一列，空着的不是同上。\n[[normalise.table]]\nkeep_blank = [{}]",
            alternating.join(", ")
        );
    }
    if let Some(open) = plan.roles.open.map(|place| &plan.columns[place]) {
        let _ = writeln!(
            text,
            "\n# 请定：名称分几级写，前面的只写一次；最后一级空着的行，就是前面一级的名称所说的任务。\n[[normalise.table]]\nkeep_blank = [{}]",
            super::write::quoted(&open.name)
        );
    }
    if !fill.is_empty() {
        let _ = writeln!(
            text,
            "\n# 请定：这几列只写一次，下面空着的就是同上。\n[[normalise.table]]\nfill = [{}]",
            fill.join(", ")
        );
    }
}

/// Says what the columns of lists without a heading are called, and what their first row is: it may be a
/// heading after all.
fn headings(text: &mut String, plan: &Plan<'_>) {
    let bare = || plan.tables.iter().filter(|(_, shape)| shape.heading_rows.is_empty());
    let mut told: Vec<Vec<String>> = Vec::new();
    for (sheet, shape) in bare() {
        let names = shape.titles();
        if told.contains(&names) {
            continue;
        }
        let first: Vec<String> = shape
            .columns
            .iter()
            .filter_map(|column| shown(sheet, shape.start(), column.column))
            .map(|content| words::shortened(&words::one_line(&typed_text(content)), 12))
            .collect();
        let quoted: Vec<String> = names.iter().map(|name| super::write::quoted(name)).collect();
        let row = shape.start() + 1;
        let _ = writeln!(
            text,
            "\n# 请定：计划没有列标题，第 {row} 行（{}）已是任务。下面从左起是各列的名称，按内容猜的：改成大家用的叫法，\n\
             # 有关各列的 title 也要一起改；不看的列写空。第 {row} 行其实是列标题的，把 headings 这一行换成 heading_rows = \"{row}\"。\n\
             # 报送表有列标题的照列标题读，没有的也按这里的次序读。\n\
             [[normalise.table]]\nheadings = [{}]",
            first.join("、"),
            quoted.join(", ")
        );
        told.push(names);
    }
    for (sheet, shape) in &plan.tables {
        let [row] = shape.heading_rows.as_slice() else { continue };
        let is_word =
            |row: &u32, column: u32| shown(sheet, *row, column).is_none_or(|own| !is_figure(own));
        let is_of_words = shape
            .columns
            .iter()
            .all(|column| shape.body.iter().all(|row| is_word(row, column.column)));
        let names: Vec<String> =
            shape.columns.iter().map(|column| words::one_line(&column.title)).collect();
        if !is_of_words || names.iter().any(|name| is_called_as_columns(name)) {
            continue;
        }
        let _ = writeln!(
            text,
            "\n# 请定：第 {} 行（{}）当作列标题读了，不算任务；它若已是任务，请在计划里给它上面加一行列标题，再起草。",
            row + 1,
            names.join("、")
        );
    }
}

/// Says in which columns the plan stands, where somebody said so.
fn within(text: &mut String, plan: &Plan<'_>) {
    let Some(columns) = &plan.within else { return };
    let mut names: Vec<&str> =
        plan.tables.iter().filter_map(|(sheet, _)| sheet.name.as_deref()).collect();
    names.dedup();
    let names: Vec<String> = names.into_iter().map(super::write::quoted).collect();
    let sheets =
        if names.is_empty() { String::new() } else { format!("sheets = [{}]\n", names.join(", ")) };
    let _ = writeln!(
        text,
        "\n# 计划在这几列，旁边的不看；报送表里同名的工作表，这几列没有认得的表时照常查找。\n[[normalise.table]]\n{sheets}within = [\"{}\"]",
        columns_by_letters(*columns.start(), *columns.end())
    );
}

/// Says where headings stand that a run does not search so far for: of more rows than it looks at, or
/// with more blank rows among them.
fn heading_rows(text: &mut String, plan: &Plan<'_>) {
    for (place, (sheet, shape)) in plan.tables.iter().enumerate() {
        let is_only = plan
            .tables
            .iter()
            .enumerate()
            .all(|(other, (beside, _))| other == place || !std::ptr::eq(*beside, *sheet));
        let (Some(first), Some(last)) = (shape.heading_rows.first(), shape.heading_rows.last())
        else {
            continue;
        };
        let is_far = !headings::is_searched(&shape.heading_rows);
        if !is_only || !(is_far || plan.heading_rows == HeadingRows::Declared) {
            continue;
        }
        let rows = if first == last {
            format!("{}", first + 1)
        } else {
            format!("{}-{}", first + 1, last + 1)
        };
        let name = sheet.name.as_deref().map(super::write::quoted);
        let sheets = name.map_or_else(String::new, |name| format!("sheets = [{name}]\n"));
        let _ = writeln!(
            text,
            "\n# 表头行数多，或中间隔着空行，写明在第几行；报送表不是这样的，写 of = \"plan\"。\n[[normalise.table]]\n{sheets}heading_rows = \"{rows}\""
        );
    }
}

/// The key, where it is written once for the rows of several units and left blank below.
fn shared_by_units<'a>(plan: &'a Plan<'_>) -> Option<&'a Guess> {
    let ([key], Some(owner)) = (plan.roles.key.as_slice(), plan.roles.owner) else { return None };
    let (tasks, owners) = (&plan.columns.get(*key)?.cells, &plan.columns.get(owner)?.cells);
    let blank = tasks.iter().filter(|cell| cell.is_empty()).count();
    let is_some = blank > 0 && blank * 5 <= tasks.len() * 4;
    // A row that names a unit a second time for one task is the sum of that unit's.
    let mut since: BTreeSet<&str> = BTreeSet::new();
    let is_of_several = tasks.iter().zip(owners).all(|(task, owner)| {
        if !task.is_empty() {
            since.clear();
        }
        let is_unit = !task.is_empty() || super::units::is_somebody(owner);
        is_unit && !owner.is_empty() && since.insert(owner)
    });
    let is_named = tasks.first().is_some_and(|cell| !cell.is_empty());
    (is_some && is_named && is_of_several).then(|| &plan.columns[*key])
}

/// Columns of words and months that are filled where a task is named and blank where it is not: 新建 holds for all
/// units of the task, as its name does.
fn written_with<'a>(plan: &'a Plan<'_>, key: &'a Guess) -> impl Iterator<Item = &'a Guess> {
    let columns = plan.columns.iter().enumerate();
    columns.filter_map(|(place, guess)| {
        let is_words = matches!(
            guess.kind,
            ColumnType::Text | ColumnType::Choice | ColumnType::Month | ColumnType::Date
        );
        let is_role = plan.roles.owner == Some(place) || plan.roles.number == Some(place);
        let is_with = || {
            let mut cells = guess.cells.iter().zip(&key.cells);
            cells.all(|(own, task)| own.is_empty() == task.is_empty())
        };
        (is_words && !is_role && guess.name != key.name && is_with()).then_some(guess)
    })
}

/// Columns before the last of the key that are written once and left blank below.
fn filled_down<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = &'a Guess> {
    let (last, leading) = match plan.roles.key.split_last() {
        Some((last, leading)) => (*last, leading),
        None => (0, [].as_slice()),
    };
    let owners = plan.roles.owner.map(|owner| (owner, &plan.columns[owner].cells));
    // Where a row names a unit of its own, nothing is filled in from above unless the file says so.
    let is_over_units = move |place: usize, guess: &Guess| {
        owners.is_some_and(|(owner, owners)| {
            place < owner
                && guess.cells.first().is_some_and(|cell| !cell.is_empty())
                && guess
                    .cells
                    .iter()
                    .zip(owners)
                    .any(|(cell, owner)| cell.is_empty() && super::units::is_somebody(owner))
        })
    };
    let columns = plan.columns.iter().enumerate().take(last);
    columns.filter_map(move |(place, guess)| {
        if leading.contains(&place) && is_over_units(place, guess) {
            return Some(guess);
        }
        let is_named = guess.cells.first().is_some_and(|cell| !cell.is_empty());
        let blank = guess.cells.iter().filter(|cell| cell.is_empty()).count();
        let is_text = matches!(guess.kind, ColumnType::Text | ColumnType::Choice);
        let is_known = leading.contains(&place) || plan.roles.owner == Some(place);
        // Where the plan merges them, a return of another format leaves them blank.
        let is_merged = blank == 0 && guess.stands_for_several;
        let is_left = blank * 4 >= guess.cells.len() && blank > 0;
        (is_text && is_named && !is_known && (is_left || is_merged)).then_some(guess)
    })
}
