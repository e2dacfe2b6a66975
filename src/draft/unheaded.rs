//! Lists that begin with their first task: what their columns are called is proposed from what stands in them.

use std::collections::BTreeSet;

use super::roles::is_called_as_columns;
use super::shape::{Shape, ShapeColumn, is_figure, is_task};
use super::units::{is_place, is_somebody};
use crate::model::fold;
use crate::normalise::cells::month;
use crate::normalise::layout::unheaded;
use crate::normalise::typed::typed_text;
use crate::pipeline::Lexicon;
use crate::read::{Cell, Content, Row, Sheet};

/// Returns the list of a sheet without a heading. `like` is a list of another sheet that has headings: where the
/// sheet's columns hold the same, they are called so.
pub fn table(sheet: &Sheet, like: Option<(&Sheet, &Shape)>) -> Option<Shape> {
    let bare = match like {
        Some(_) => unheaded::going_on(sheet),
        None => unheaded::bare(sheet),
    };
    let bare = bare?;
    // Of a heading whose figures are years, say, the words tell.
    let called =
        |cell: &Cell| matches!(&cell.content, Content::Text(text) if is_called_as_columns(text));
    if sheet.rows[bare.first].cells.iter().any(called) {
        return None;
    }
    let words = Lexicon::default();
    let rows = &sheet.rows[bare.first..];
    // Who made the list, and what is said below it, holds nothing of its columns.
    let filled: Vec<&Row> = rows.iter().filter(|row| unheaded::is_wide(row, &words)).collect();
    let held: Vec<Vec<&Content>> = bare
        .columns
        .iter()
        .map(|column| filled.iter().filter_map(|row| Some(&row.cell(*column)?.content)).collect())
        .collect();
    let names = match like {
        Some((other, shape)) => same_names(&bare.columns, &held, other, shape)?,
        None => names(&bare.columns, &held, filled.len()),
    };
    let columns: Vec<ShapeColumn> = bare
        .columns
        .iter()
        .zip(names)
        .map(|(column, title)| ShapeColumn {
            column: *column,
            levels: vec![title.clone()],
            title,
            unit: None,
        })
        .collect();
    let body = rows.iter().filter(|row| is_task(sheet, row, &columns, &words));
    let body: Vec<u32> = body.map(|row| row.index).collect();
    (body.len() > 1 || like.is_some() && !body.is_empty()).then_some(Shape {
        heading_rows: Vec::new(),
        columns,
        body,
        left_out: None,
    })
}

/// The headings of another list, where there are as many columns and each holds figures where the other does.
fn same_names(
    columns: &[u32],
    held: &[Vec<&Content>],
    other: &Sheet,
    shape: &Shape,
) -> Option<Vec<String>> {
    let is_of_figures =
        |cells: &[&Content]| cells.iter().filter(|cell| is_figure(cell)).count() * 2 > cells.len();
    let fits = |(cells, column): (&Vec<&Content>, &ShapeColumn)| {
        let theirs =
            shape.body.iter().filter_map(|row| super::shape::shown(other, *row, column.column));
        let theirs: Vec<&Content> = theirs.collect();
        theirs.is_empty() || is_of_figures(cells) == is_of_figures(&theirs)
    };
    let is_same = columns.len() == shape.columns.len() && held.iter().zip(&shape.columns).all(fits);
    is_same.then(|| shape.columns.iter().map(|column| column.title.clone()).collect())
}

/// What a column seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Numbers,
    Shares,
    Months,
    Figures { fine: bool },
    Units,
    Words { distinct: usize, length: usize },
    Nothing,
}

/// Proposes a name for each column: what numbers the rows, whose they are, what they are about, money. What
/// nothing tells is called by its place.
fn names(columns: &[u32], held: &[Vec<&Content>], rows: usize) -> Vec<String> {
    const NEAR: f64 = 4.0;
    let mut holds: Vec<Holds> = held.iter().map(|cells| what(cells, rows)).collect();
    // The first that names places or offices, where another column is left for the tasks.
    let is_words = |own: &Holds| matches!(own, Holds::Words { .. } | Holds::Units);
    let texts = holds.iter().filter(|own| is_words(own)).count();
    let places = held.iter().position(|cells| share_of(cells, &is_place));
    let owner = places
        .or_else(|| holds.iter().position(|own| *own == Holds::Units))
        .filter(|owner| texts > 1 && is_words(&holds[*owner]));
    if let Some(owner) = owner {
        holds[owner] = Holds::Units;
    }
    let task = (0..holds.len())
        .filter(|place| Some(*place) != owner && is_words(&holds[*place]))
        .max_by_key(|place| match holds[*place] {
            Holds::Words { distinct, length } => (distinct, length, usize::MAX - place),
            _ => (0, 0, 0),
        });
    let figures = |fine: bool| {
        let is_one = move |own: &&Holds| match own {
            Holds::Figures { fine: own } => !fine || *own,
            _ => false,
        };
        holds.iter().filter(is_one).count()
    };
    // Money is what has decimals; where nothing has, the largest figures and what is near them.
    let total = |place: usize| -> f64 {
        held[place].iter().filter_map(|cell| super::shape::figure(cell)).sum()
    };
    let totals = (0..holds.len()).filter(|place| matches!(holds[*place], Holds::Figures { .. }));
    let largest = totals.map(total).fold(0.0, f64::max);
    let is_money = |place: usize| match holds[place] {
        Holds::Figures { fine } => {
            if figures(true) > 0 {
                fine
            } else {
                total(place) * NEAR >= largest
            }
        }
        _ => false,
    };
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let mut names = Vec::with_capacity(columns.len());
    for (place, column) in columns.iter().enumerate() {
        let word = match holds[place] {
            Holds::Numbers => "序号",
            Holds::Shares => "比例",
            Holds::Months => "时间",
            Holds::Figures { .. } if is_money(place) => "金额",
            Holds::Figures { .. } => "数量",
            _ if Some(place) == owner => "责任单位",
            _ if Some(place) == task => "任务",
            _ => "",
        };
        let at = column + 1;
        names.push(match (word.is_empty(), taken.insert(word)) {
            (true, _) => format!("第{at}列"),
            (false, true) => word.to_owned(),
            (false, false) => format!("第{at}列{word}"),
        });
    }
    names
}

fn what(cells: &[&Content], rows: usize) -> Holds {
    let typed: Vec<String> = cells.iter().map(|cell| typed_text(cell).into_owned()).collect();
    if typed.is_empty() {
        return Holds::Nothing;
    }
    let most = |count: usize| count * 5 >= typed.len() * 4;
    let is_month = |(cell, text): (&&Content, &String)| {
        matches!(cell, Content::Date { .. }) || month::full_month(&fold::plain(text)).is_some()
    };
    let numbers: Vec<u32> = typed.iter().filter_map(|text| text.parse().ok()).collect();
    let rises = numbers.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    if most(numbers.len()) && numbers.first() == Some(&1) && (rises + 1) * 5 >= numbers.len() * 4 {
        return Holds::Numbers;
    }
    if most(cells.iter().copied().zip(&typed).filter(|(c, t)| is_month((c, t))).count()) {
        return Holds::Months;
    }
    let is_share = |(cell, text): (&&Content, &String)| {
        matches!(cell, Content::Percentage(_)) || fold::plain(text).ends_with('%')
    };
    if most(cells.iter().zip(&typed).filter(|pair| is_share(*pair)).count()) {
        return Holds::Shares;
    }
    if most(cells.iter().filter(|cell| is_figure(cell)).count()) {
        return Holds::Figures { fine: typed.iter().any(|text| text.contains('.')) };
    }
    let distinct: BTreeSet<String> = typed.iter().map(|text| fold::key(text)).collect();
    let length = typed.iter().map(|text| text.chars().count()).sum::<usize>() / typed.len();
    if share_of(cells, &is_somebody) && distinct.len() < rows {
        return Holds::Units;
    }
    Holds::Words { distinct: distinct.len(), length }
}

/// Whether four texts of five are such.
fn share_of(cells: &[&Content], is: &dyn Fn(&str) -> bool) -> bool {
    let texts = cells.iter().filter(|cell| matches!(cell, Content::Text(text) if is(text)));
    !cells.is_empty() && texts.count() * 5 >= cells.len() * 4
}
