//! Findings about sums: totals, equations and limits, sentences that restate them.

use super::speaker::Speaker;
use crate::model::fact::{Broken, Sentence, Together};
use crate::model::finding::{Carried, Term};
use crate::model::words::{self, Language};
use crate::model::{Finding, Kind, Side, Value};

impl Speaker<'_> {
    pub(super) fn total(&self, unit: &str, label: &str, plan: Option<&Value>) -> String {
        let label = words::shortened(label, 20);
        let name = match (label.is_empty(), self.language) {
            (true, Language::Chinese) => "没有标名称的合计行".to_owned(),
            (true, Language::English) => "the unlabelled total".to_owned(),
            (false, Language::Chinese) => format!("“{label}”"),
            (false, Language::English) => format!("“{label}”"),
        };
        let plan = plan.map_or_else(String::new, |plan| {
            let rows_agree = self.finding.expected.as_ref() == Some(plan);
            let plan = self.value(Some(plan));
            if rows_agree {
                return self.pick(
                    format!("计划给该单位的合计也是{plan}，所以应是合计填错。"),
                    format!(" The plan's sum for the unit is {plan} as well, so the printed total is wrong."),
                );
            }
            self.pick(
                format!("计划给该单位的合计是{plan}。"),
                format!(" The plan's sum for the unit is {plan}."),
            )
        });
        let owner = match (self.finding.side, &self.finding.unit, self.language) {
            (Side::Plan, _, Language::Chinese) => "计划表".to_owned(),
            (Side::Plan, _, Language::English) => "The plan".to_owned(),
            _ => unit.to_owned(),
        };
        self.pick(
            format!(
                "{owner}{name}的“{}”{}填的是{}，而各行相加是{}{}。{plan}",
                self.field(),
                self.cell(),
                self.found(),
                self.expected(),
                self.difference()
            ),
            format!(
                "{owner}: {name} of “{}”{} is printed as {}, but its rows add up to {}{}.{plan}",
                self.field(),
                self.cell(),
                self.found(),
                self.expected(),
                self.difference()
            ),
        )
    }

    pub(super) fn terms(&self, terms: &[Term]) -> String {
        let texts: Vec<String> = terms
            .iter()
            .map(|term| {
                let value = self.value(Some(&term.value));
                self.pick(
                    format!("{}{value}", term.title),
                    format!("{} {value}", english_title(&term.title)),
                )
            })
            .collect();
        words::list(&texts, self.language)
    }

    pub(super) fn rule(&self, broken: &Broken) -> String {
        if let Some(together) = &broken.together {
            return self.rule_of_rows(broken, together);
        }
        let (title, whose) = (&broken.title, self.whose_rows());
        let how = self.how_broken(broken);
        self.pick(
            format!("{whose}{}不符合“{title}”：{how}", self.cell()),
            format!(
                "{whose}{} {} “{title}”: {how}",
                self.cell(),
                if self.finding.task.is_some() { "breaks" } else { "break" },
            ),
        )
    }

    /// Rows that break a rule, and one of them as an example.
    fn rule_of_rows(&self, broken: &Broken, together: &Together) -> String {
        let (title, rows, at) = (&broken.title, together.rows, self.stretches());
        let unit = self.finding.unit.as_deref();
        let is_plan = self.finding.side == Side::Plan;
        let example = Finding {
            seq: together.seq,
            task: together.task.clone(),
            expected: together.expected.clone(),
            found: together.found.clone(),
            difference: together.difference,
            ..self.finding.clone()
        };
        let example = Speaker { finding: &example, ..*self };
        let (task, how) = (example.task(), example.how_broken(broken));
        let (whose, whose_english) = match (unit, is_plan) {
            (Some(unit), true) => (format!("计划表中{unit}"), format!("In the plan, {unit}: ")),
            (None, true) => ("计划表".to_owned(), "In the plan, ".to_owned()),
            (unit, false) => {
                let unit = unit.unwrap_or_default();
                (unit.to_owned(), format!("{unit}: "))
            }
        };
        self.pick(
            format!("{whose}有 {rows} 行（{at}）不符合“{title}”；例如{task}：{how}"),
            format!("{whose_english}{rows} rows ({at}) break “{title}”; for example {task}: {how}"),
        )
    }

    /// The figures of a broken rule, and what they should be.
    fn how_broken(&self, broken: &Broken) -> String {
        let Broken { rule, terms, carried, .. } = broken;
        let terms = self.terms(terms);
        let carried = self.carried(carried);
        // Where the left side adds several amounts, what is wrong is their sum.
        let demand = rule.rsplit(" then ").next().unwrap_or_default();
        let left = demand.split(['=', '<', '>', '!']).next().unwrap_or_default();
        let (main, main_english) = if left.contains(['+', '-', '*', '/']) {
            (String::new(), "it".to_owned())
        } else {
            (self.field(), self.field())
        };
        let more = self.finding.difference.is_some_and(|difference| difference > 0);
        let is_limit = demand.contains(['<', '>', '≤', '≥']);
        // What should be anything but one thing is found to be that thing.
        let is_forbidden = self.finding.found == self.finding.expected;
        let (bound, bound_english) = match (self.finding.kind(), more) {
            _ if is_forbidden => ("不应为", "should not be"),
            (Kind::BalanceBroken, _) => ("应为", "should be"),
            _ if !is_limit => ("应为", "should be"),
            (_, true) => ("最多应为", "may be at most"),
            (_, false) => ("最少应为", "must be at least"),
        };
        let (is, is_english) = if is_forbidden {
            (String::new(), String::new())
        } else {
            (
                format!("，实为{}{}", self.found(), self.difference()),
                format!(" and is {}{}", self.found(), self.difference()),
            )
        };
        self.pick(
            format!("{terms}；{main}{bound}{}{is}。{carried}", self.expected()),
            format!(
                "{terms}; {main_english} {bound_english} {}{is_english}.{carried}",
                self.expected(),
            ),
        )
    }

    /// The cells that carry a sum over its limit.
    fn carried(&self, carried: &[Carried]) -> String {
        const MOST: usize = 5;
        if carried.is_empty() {
            return String::new();
        }
        let cells: Vec<String> = carried
            .iter()
            .take(MOST)
            .map(|cell| {
                let sheet = cell.sheet.as_deref().unwrap_or_default();
                let place = format!("{} › {} › {sheet} › {}", cell.unit, cell.file, cell.cell);
                let (found, planned) =
                    (self.value(Some(&cell.found)), self.value(Some(&cell.planned)));
                self.pick(
                    format!("{place}（报{found}，计划{planned}）"),
                    format!("{place} ({found}, planned {planned})"),
                )
            })
            .collect();
        let cells = words::list(&cells, self.language);
        let (more, more_english) = match carried.len().saturating_sub(MOST) {
            0 => (String::new(), String::new()),
            left => (format!("等{}处", left + MOST), format!(" and {left} more")),
        };
        self.pick(
            format!("与计划不同而使其越限的是：{cells}{more}。"),
            format!(" What differs from the plan and carries it over: {cells}{more_english}."),
        )
    }

    /// The row, or the rows together, that a rule is about.
    pub(super) fn whose_rows(&self) -> String {
        let plan = self.finding.side == Side::Plan;
        let unit = self.finding.unit.as_deref();
        let task = self.finding.task.as_ref().map(|_| self.task());
        if self.chinese() {
            let side = if plan { "计划表中" } else { "" };
            return match (unit, task) {
                (unit, Some(task)) => format!("{side}{}{task}", unit.unwrap_or_default()),
                (Some(unit), None) => format!("{side}{unit}各行合起来"),
                (None, None) if plan => "计划表各行合起来".to_owned(),
                (None, None) => "各单位报送的数合起来".to_owned(),
            };
        }
        let side = if plan { "In the plan, " } else { "" };
        match (unit, task) {
            (Some(unit), Some(task)) => format!("{side}{unit}, {task}"),
            (None, Some(task)) => format!("{side}{task}"),
            (Some(unit), None) => format!("{side}{unit}'s rows together"),
            (None, None) if plan => "The plan's rows together".to_owned(),
            (None, None) => "The figures of all units together".to_owned(),
        }
    }

    pub(super) fn sentence(&self, told: &Sentence) -> String {
        let Sentence { sentence, claim, terms, .. } = told;
        let headings: Vec<&str> = terms.iter().map(|term| term.title.as_str()).collect();
        let sentence = words::shortened(sentence, 60);
        let terms = self.terms(terms);
        let basis = if terms.is_empty() {
            String::new()
        } else {
            self.pick(format!("（{terms}）"), format!(" ({terms})"))
        };
        if self.finding.side == Side::Submission {
            let sheet = self.sheet();
            let headings = words::short_list(&headings, 3, self.language);
            return self.pick(
                format!("{sheet}的“{sentence}”{}与列标题不一致：{claim}在这一处是{}，在列标题中是{}（{headings}）。核对时按列标题计算。", self.cell(), self.found(), self.expected()),
                format!("{sheet}: “{sentence}”{} and the headings disagree about the unit of money: it is {} there and {} in the headings ({headings}). The headings were followed.", self.cell(), self.found(), self.expected()),
            );
        }
        let (place, place_english) = match self.finding.side {
            Side::Plan => ("计划说明", "the plan's paragraph"),
            Side::Submission => ("表中", "the sheet's line"),
        };
        self.pick(
            format!("{place}“{sentence}”{}中，{claim}写作{}，按表中数据应为{}{basis}{}。", self.cell(), self.found(), self.expected(), self.difference()),
            format!("In {place_english} “{sentence}”{}, {claim} is given as {}; by the rows it should be {}{basis}{}.", self.cell(), self.found(), self.expected(), self.difference()),
        )
    }
}

/// Returns a term's title for English sentences; 各行…合计 is a sum, 上期… was reported before.
fn english_title(title: &str) -> String {
    if let Some(inner) = title.strip_prefix("各行").and_then(|rest| rest.strip_suffix("合计")) {
        return format!("the rows' “{inner}” add up to");
    }
    match title.strip_prefix("上期") {
        Some(inner) => format!("“{inner}” of the period before"),
        None => title.to_owned(),
    }
}
