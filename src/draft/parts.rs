//! Numbered lines 其中：… of a form: a part of the line above, or lines of the form as the others are. A run reads
//! them as tasks, which loses none; the draft says otherwise where the figures of the plan do.

use std::fmt::Write as _;

use super::doubts::listed;
use super::shape::{self, Shape, shown};
use super::write::quoted;
use crate::model::{CellAt, fold};
use crate::pipeline::Lexicon;
use crate::read::{Content, Sheet};

/// The numbered lines of a plan that begin with a word for parts and a colon.
#[derive(Debug, Default)]
pub struct Parts {
    rows: Vec<u32>,
    /// How they begin.
    words: Vec<String>,
    are: Are,
}

/// What such lines are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Are {
    /// Each is a part of the line above it, and no figure says anything else.
    #[default]
    OfTheLineAbove,
    /// Lines of the form: those below one go on with it, or what is printed counts it as they are counted.
    Lines,
}

/// Takes the lines that are parts of the lines above them out of the tasks of a plan's tables.
pub fn apart(tables: &mut [(&Sheet, Vec<Shape>)]) -> Parts {
    let lexicon = Lexicon::default();
    let mut found = Parts::default();
    let mut of_tables = Vec::new();
    let mut is_each_a_part = true;
    for (sheet, shape) in tables.iter().flat_map(|(sheet, own)| own.iter().map(move |s| (sheet, s)))
    {
        let form = Form::of(sheet, shape, &lexicon);
        is_each_a_part &= form.unnumbered == 0 && form.says_no_line();
        let mut rows = Vec::new();
        for line in &form.lines {
            let Some(word) = &line.part else { continue };
            rows.push(line.row);
            if !found.words.contains(word) {
                found.words.push(word.clone());
            }
        }
        found.rows.extend(rows.iter().map(|row| row + 1));
        of_tables.push(rows);
    }
    found.rows.sort_unstable();
    found.rows.dedup();
    if !is_each_a_part {
        found.are = Are::Lines;
        return found;
    }
    let shapes = tables.iter_mut().flat_map(|(_, own)| own);
    for (shape, rows) in shapes.zip(of_tables) {
        shape.body.retain(|row| !rows.contains(row));
    }
    found
}

/// Says in the draft what these lines are taken for.
pub fn corrections(text: &mut String, parts: &Parts) {
    if parts.rows.is_empty() {
        return;
    }
    let rows = listed(&parts.rows);
    let patterns: Vec<String> =
        parts.words.iter().map(|word| quoted(&format!("^{}[：:]", regex::escape(word)))).collect();
    let patterns = patterns.join(", ");
    let _ = match parts.are {
        Are::OfTheLineAbove => writeln!(
            text,
            "\n# 请定：{rows}有序号，写明是上面一行的一部分，不另作任务，也不核对；要逐行核对的，删去这一段。\n[[normalise.table]]\ndetails = [{patterns}]"
        ),
        Are::Lines => writeln!(
            text,
            "\n# 请定：{rows}写明是上面一行的一部分，但有序号，下面各行接着它或合计计入了它，现逐行作任务，各行之和因此可能重复计算；只是说明上一行的，去掉下面两行行首的 #。\n# [[normalise.table]]\n# details = [{patterns}]"
        ),
    };
}

/// A line of a form.
struct Line {
    row: u32,
    figures: Vec<Option<f64>>,
    /// The word for parts with which it begins.
    part: Option<String>,
    /// How many blanks stand before its words.
    indent: usize,
}

/// The numbered lines of a table and what it prints as their sum.
struct Form {
    lines: Vec<Line>,
    totals: Vec<Vec<Option<f64>>>,
    /// Lines 其中：… without a number.
    unnumbered: usize,
}

impl Form {
    fn of(sheet: &Sheet, shape: &Shape, lexicon: &Lexicon) -> Self {
        let mut form = Self { lines: Vec::new(), totals: Vec::new(), unnumbered: 0 };
        let Some(last) = shape.body.last() else { return form };
        let first = shape.body_start();
        let rows: Vec<u32> =
            sheet.rows.iter().map(|row| row.index).filter(|row| *row >= first).collect();
        let figure =
            |row: u32, column: u32| sheet.content(CellAt::new(row, column)).and_then(shape::figure);
        let rises = |column: u32| {
            let all = rows.iter().filter(|row| *row <= last);
            shape::go_on_by_one(all.filter_map(|row| figure(*row, column)))
        };
        let columns = shape.columns.iter().map(|column| column.column);
        let (numbers, figures): (Vec<u32>, Vec<u32>) = columns.partition(|column| rises(*column));
        // A total stands right below the last line.
        for row in rows.iter().copied().filter(|row| *row <= *last + 1) {
            let texts: Vec<&str> = shape
                .columns
                .iter()
                .filter_map(|column| match shown(sheet, row, column.column)? {
                    Content::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let part = texts.iter().find_map(|text| {
                let (word, rest) = text.split_once([':', '：'])?;
                let is_part = !rest.is_empty() && lexicon.parts.contains(&fold::key(word));
                is_part.then(|| word.trim().to_owned())
            });
            let figures = figures.iter().map(|column| figure(row, *column)).collect();
            let is_total = texts.iter().any(|text| lexicon.label(text).is_total);
            let is_numbered = numbers.iter().any(|column| figure(row, *column).is_some());
            let indent = |text: &&str| text.chars().take_while(|c| c.is_whitespace()).count();
            if part.is_none() && is_total {
                form.totals.push(figures);
            } else if is_numbered {
                let indent = texts.first().map_or(0, indent);
                form.lines.push(Line { row, figures, part, indent });
            } else {
                form.unnumbered += usize::from(part.is_some());
            }
        }
        form
    }

    /// Returns whether nothing says that one of the parts is a line as the others are.
    fn says_no_line(&self) -> bool {
        let is_part = |line: &&Line| line.part.is_some();
        if !self.lines.iter().any(|line| is_part(&line)) {
            return true;
        }
        let width = self.lines[0].figures.len();
        let all = sum(self.lines.iter(), width);
        let without = sum(self.lines.iter().filter(|line| !is_part(line)), width);
        let is_counted =
            self.totals.iter().any(|total| is_sum(total, &all) && !is_sum(total, &without));
        let places = (0..self.lines.len()).filter(|at| self.lines[*at].part.is_some());
        !is_counted && places.into_iter().all(|at| self.fits(at))
    }

    /// Returns whether a part can be one of the line above it, and the lines below do not go on with it.
    fn fits(&self, at: usize) -> bool {
        let Some(whole) = self.lines[..at].iter().rposition(|line| line.part.is_none()) else {
            return false;
        };
        let (part, below) = (&self.lines[at], &self.lines[at + 1..]);
        let whole_line = &self.lines[whole];
        let figures = part.figures.iter().zip(&whole_line.figures);
        let pairs: Vec<(f64, f64)> =
            figures.filter_map(|(part, whole)| Some(((*part)?, (*whole)?))).collect();
        if !pairs.is_empty() && pairs.iter().all(|(part, whole)| part > whole) {
            return false;
        }
        let goes_on_by_blanks = below.first().is_some_and(|next| {
            next.part.is_none() && part.indent > whole_line.indent && next.indent >= part.indent
        });
        // 保险费收入, 财政补贴收入 and 利息收入 are 本年收入 together.
        let mut so_far = sum(self.lines[whole + 1..=at].iter(), whole_line.figures.len());
        let goes_on_by_sum = below.iter().take_while(|line| line.part.is_none()).any(|line| {
            add(&mut so_far, line);
            is_sum(&whole_line.figures, &so_far)
        });
        !goes_on_by_blanks && !goes_on_by_sum
    }
}

fn sum<'a>(lines: impl Iterator<Item = &'a Line>, width: usize) -> Vec<f64> {
    let mut sums = vec![0.0; width];
    for line in lines {
        add(&mut sums, line);
    }
    sums
}

fn add(sums: &mut [f64], line: &Line) {
    for (sum, figure) in sums.iter_mut().zip(&line.figures) {
        *sum += figure.unwrap_or(0.0);
    }
}

/// Whether a line is the sum in each column in which it has a figure.
fn is_sum(line: &[Option<f64>], sums: &[f64]) -> bool {
    let mut held = line.iter().zip(sums).filter_map(|(own, sum)| Some(((*own)?, *sum)));
    let is_any = line.iter().flatten().any(|own| *own != 0.0);
    is_any && held.all(|(own, sum)| (own - sum).abs() < 0.000_05)
}
