//! What comes on top of a total: taxes, fees and discounts below it, and the totals that count them in. Nothing
//! on the sheet adds up to them but the total above, so they are held against no rows.

use std::borrow::Cow;

use super::Body;
use crate::model::fold;
use crate::normalise::layout::words::{is_figure, is_word};
use crate::normalise::typed::typed_text;
use crate::pipeline::heading;
use crate::read::{Content, Row};

/// What may come on top of a total is no longer than this.
const LONGEST: usize = 16;
/// So many lines at most stand between a total and the one that counts them in.
const MOST: usize = 6;
/// By so much rounding moves each figure.
const ROUNDED: f64 = 0.011;

/// What a line below a total says that it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// 税金, VAT: no task is called so.
    Tax,
    /// 管理费, 运费: tasks are called so as well.
    Charge,
    /// 税率, in figures that nothing adds up.
    Rate,
    Nothing,
}

impl Body<'_> {
    /// Calls the lines on top of each total what they are, and the totals that count them in.
    pub(super) fn on_top_of_totals(&mut self, parts: &[Cow<'_, Row>]) {
        const LEAST_NUMBERED: usize = 2;
        if self.labels.is_empty() {
            return;
        }
        // Without numbers nothing tells a charge from a task that is called so.
        let numbered = parts.iter().filter(|row| self.bears_number(row)).count();
        self.has_charges = numbered >= LEAST_NUMBERED;
        if !parts.iter().any(|row| self.says(row) != Says::Nothing) {
            return;
        }
        let mut so_far: Vec<f64> = Vec::new();
        let mut at = 0;
        while at < parts.len() {
            let is_total = self.labels.contains_key(&parts[at].index);
            // Below the totals of blocks stands the total of all, on top of which something is charged right below it.
            let is_charged = parts.get(at + 1).is_some_and(|row| self.says(row) != Says::Nothing);
            let base = last_figure(&parts[at]).filter(|_| {
                let above = at.checked_sub(1).map(|above| &parts[above]);
                is_total
                    && above.is_some_and(|above| {
                        self.is_row(above)
                            || is_charged
                                && self.has_charges
                                && self.labels.contains_key(&above.index)
                    })
            });
            let Some(base) = base else {
                // What two totals with what is on top of them make together is the grand total.
                if is_total
                    && so_far.len() > 1
                    && last_figure(&parts[at])
                        .is_some_and(|own| is_near(own, so_far.iter().sum(), so_far.len()))
                {
                    self.count_in(&parts[at]);
                    so_far.clear();
                }
                at += 1;
                continue;
            };
            at += 1;
            let (end, with_all) = self.chain(parts, at, base);
            so_far.extend(with_all.filter(|_| end > at));
            at = usize::max(end, at);
        }
    }

    /// Follows the lines below a total of a figure. Returns the place behind the last of them, and what the last total
    /// among them comes to.
    fn chain(&mut self, parts: &[Cow<'_, Row>], from: usize, base: f64) -> (usize, Option<f64>) {
        const LEAST_PARTS: f64 = 4.0;
        let (mut base, mut with_all, mut done) = (base, None, from);
        let mut rate = None;
        // Taxes that are what a rate makes of the total.
        let mut reckoned = 0;
        let mut open: Vec<usize> = Vec::new();
        let mut added: Vec<f64> = Vec::new();
        let mut at = from;
        while let Some(row) = parts.get(at) {
            let own = last_figure(row);
            let is_counted_in = || {
                let sum = base + added.iter().sum::<f64>();
                // The last part of a total above its parts is what the others leave of it as well.
                let is_called = self.labels.contains_key(&row.index);
                let less = Some(base - added.iter().sum::<f64>()).filter(|_| is_called);
                own.is_some_and(|own| {
                    [Some(sum), less]
                        .into_iter()
                        .flatten()
                        .any(|all| is_near(own, all, added.len()))
                })
            };
            let may_count_in =
                !added.is_empty() && !self.bears_number(row) && self.says(row) == Says::Nothing;
            if may_count_in && is_counted_in() {
                for line in open.drain(..) {
                    self.count_apart(&parts[line]);
                }
                self.count_in(row);
                base = own.unwrap_or(base);
                added.clear();
                reckoned = 0;
                with_all = Some(base);
                at += 1;
                done = at;
                continue;
            }
            match self.says(row) {
                Says::Nothing => break,
                // Nobody plans less than nothing.
                Says::Charge if !self.has_charges && own.is_none_or(|own| own >= 0.0) => break,
                Says::Rate => rate = own.map(share),
                Says::Charge => added.push(own.unwrap_or(0.0)),
                Says::Tax => {
                    let own = own.unwrap_or(0.0);
                    let rate = rate_in(&called(row).unwrap_or_default()).or(rate);
                    // A tax that is not what its rate makes of the figures above is a figure to be looked at.
                    if rate.is_some_and(|rate| !is_tax(own, rate, base, added.iter().sum())) {
                        break;
                    }
                    reckoned += usize::from(rate.is_some());
                    added.push(own);
                }
            }
            open.push(at);
            at += 1;
            if added.len() > MOST {
                break;
            }
        }
        // Taxes below the last total of all, which nothing counts in. Several without rates may be what a plan of
        // revenues lists, and so may one that is much of the total above it.
        let is_one = || added.len() == 1 && added[0].abs() * LEAST_PARTS < base.abs();
        let is_last = (reckoned > 0 && reckoned == added.len() || is_one())
            && parts[at.min(parts.len())..].iter().all(|row| !self.is_row(row));
        if is_last && open.iter().any(|line| self.says(&parts[*line]) == Says::Tax) {
            for line in open.drain(..) {
                if self.says(&parts[line]) != Says::Charge {
                    self.count_apart(&parts[line]);
                }
                done = done.max(line + 1);
            }
        }
        (done, with_all)
    }

    fn count_apart(&mut self, row: &Row) {
        self.mark(row, self.pipeline.words.apart.as_str());
    }

    /// Calls a row a total that counts in what is on top of another.
    fn count_in(&mut self, row: &Row) {
        self.mark(row, self.pipeline.words.apart_total.as_str());
    }

    fn mark(&mut self, row: &Row, mark: &str) {
        let called = called(row).unwrap_or_default();
        self.labels.insert(row.index, format!("{mark}：{called}"));
    }

    /// Whether a row may be a task: it has words and figures, and is no total.
    fn is_row(&self, row: &Row) -> bool {
        !self.labels.contains_key(&row.index)
            && self.says(row) == Says::Nothing
            && row.cells.iter().any(|cell| is_figure(&cell.content))
            && called(row).is_some()
    }

    fn bears_number(&self, row: &Row) -> bool {
        let number = self.pipeline.roles.number.and_then(|field| self.own(row, field));
        number.is_some_and(is_figure)
    }

    /// What a row says that it is: words for what comes on top of totals, a figure, and nothing else.
    fn says(&self, row: &Row) -> Says {
        let words = &self.pipeline.words;
        // Where tasks are numbered, its unit and a remark may stand beside it.
        let texts = row.cells.iter().filter(|cell| is_word(&cell.content)).count();
        let is_alone = texts == 1 || self.has_charges && texts > 0;
        let (Some(called), Some(_), true) = (called(row), last_figure(row), is_alone) else {
            return Says::Nothing;
        };
        if self.labels.contains_key(&row.index)
            || self.bears_number(row)
            || called.chars().count() > LONGEST
        {
            return Says::Nothing;
        }
        let key = heading::read(&called).bare;
        let key = key.trim_matches(|c: char| c.is_ascii_digit() || "%.".contains(c));
        let first = called
            .split(|c: char| !c.is_alphabetic())
            .find(|word| !word.is_empty())
            .unwrap_or_default();
        let is_one_of =
            |list: &[String]| list.iter().any(|word| key == word || fold::key(first) == *word);
        if is_one_of(&words.rates) {
            Says::Rate
        } else if is_one_of(&words.taxes) {
            Says::Tax
        } else if is_one_of(&words.charges) {
            Says::Charge
        } else {
            Says::Nothing
        }
    }
}

/// The rate that a label names: 税金（9%）.
fn rate_in(label: &str) -> Option<f64> {
    let plain = fold::plain(label);
    let (before, _) = plain.split_once('%')?;
    let start = before
        .rfind(|c: char| !c.is_ascii_digit() && c != '.')
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    before[start..].parse().ok().map(share)
}

/// A rate as a share: 13 and 0.13 are one.
fn share(rate: f64) -> f64 {
    if rate > 1.0 { rate / 100.0 } else { rate }
}

/// Whether a tax is what its rate makes of a total, of the total with what else comes on top of it, or of a total that
/// holds it.
fn is_tax(own: f64, rate: f64, base: f64, added: f64) -> bool {
    let exact = if own.fract() == 0.0 { 0.51 } else { ROUNDED };
    let of = [base * rate, (base + added) * rate, base / (1.0 + rate) * rate];
    of.into_iter().any(|tax| (own - tax).abs() <= exact)
}

/// The first words of a row.
fn called(row: &Row) -> Option<String> {
    row.cells.iter().find_map(|cell| match &cell.content {
        Content::Text(text) if !is_figure(&cell.content) => {
            Some(typed_text(&Content::Text(text.clone())).trim().to_owned())
        }
        _ => None,
    })
}

/// The last figure of a row.
fn last_figure(row: &Row) -> Option<f64> {
    row.cells.iter().rev().find_map(|cell| match &cell.content {
        Content::Number(number) => Some(*number),
        Content::Percentage(share) => Some(*share),
        Content::Text(text) if is_figure(&cell.content) => {
            fold::plain(text).replace(',', "").parse().ok()
        }
        _ => None,
    })
}

/// Whether a figure is a sum of so many that were rounded.
fn is_near(own: f64, sum: f64, figures: usize) -> bool {
    let figures = u32::try_from(figures).unwrap_or(u32::MAX);
    (own - sum).abs() <= ROUNDED * f64::from(figures + 1)
}
