//! The only place that says that something agrees.
//!
//! A page hands over the lines of the ledger behind what it shows and prints what comes back. The
//! word itself is private to this module, so that no page can claim agreement for checks that were
//! not made.

use std::collections::BTreeMap;

use super::checks::reason_text;
use crate::check::ledger::{Outcome, Reason};
use crate::findings::CoverageLine;
use crate::model::Side;
use crate::model::words::Language;

const AGREES: &str = "相符";
const ALL_THREE: &str = "三者一致";
const CONTENT_AGREES: &str = "报送的内容与计划一致";
const PLAN_AGREES: &str = "计划自身的合计、必填项和文字说明前后一致。";
const NO_DIFFERENCE: &str = "本期没有差异。";

/// The headings of a table that counts outcomes.
pub const OUTCOMES: [&str; 3] = [AGREES, "不符", "未核对"];

/// What the table of what was owed shows.
pub const ABOUT_COVERAGE: &str = "应核对的项由计划和核对方案决定，与报送了什么无关；每一项都有结果：相符、不符，或未核对及其原因。";

/// When an earlier finding counts as resolved.
pub(super) const RESOLVED_MEANS: &str = "已解决的是同一项核对本期作了并且相符的。";

/// What came of a number of checks together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub agrees: usize,
    pub differs: usize,
    /// Not made, and owed.
    pub not_checked: BTreeMap<Reason, usize>,
    /// Not made, since nothing was owed after all.
    pub excused: BTreeMap<Reason, usize>,
}

impl Agreement {
    /// Counts what came of lines of the ledger.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut agreement = Self::default();
        for outcome in outcomes {
            agreement.add(outcome);
        }
        agreement
    }

    /// Counts one more check.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Agrees => self.agrees += 1,
            Outcome::Differs => self.differs += 1,
            Outcome::NotChecked(reason) => {
                let list =
                    if reason.is_excuse() { &mut self.excused } else { &mut self.not_checked };
                *list.entry(reason).or_default() += 1;
            }
        }
    }

    /// Counts all checks of another.
    pub fn add_all(&mut self, other: &Self) {
        self.agrees += other.agrees;
        self.differs += other.differs;
        for (own, others) in
            [(&mut self.not_checked, &other.not_checked), (&mut self.excused, &other.excused)]
        {
            for (reason, number) in others {
                *own.entry(*reason).or_default() += number;
            }
        }
    }

    /// Returns whether every check was made and agrees.
    pub fn is_whole(&self) -> bool {
        self.differs == 0 && self.not_checked.is_empty() && self.agrees > 0
    }

    /// Returns whether every check was made and agrees, and nothing was excused by a declaration,
    /// as a zero report excuses all that it leaves out.
    pub fn is_complete(&self) -> bool {
        self.is_whole() && !self.excused.contains_key(&Reason::Excused)
    }

    pub fn left_out(&self) -> usize {
        self.not_checked.values().sum()
    }

    /// Returns how many checks were owed, those that were excused included.
    pub fn owed(&self) -> usize {
        self.agrees + self.differs + self.left_out() + self.excused.values().sum::<usize>()
    }
}

/// Says what came of checks: that they agree only where all of them were made and do.
pub fn outcome(agreement: &Agreement) -> String {
    if agreement.is_whole() {
        return AGREES.to_owned();
    }
    let mut said = Vec::new();
    if agreement.differs > 0 {
        said.push(format!("不符 {} 处", agreement.differs));
    }
    if !agreement.not_checked.is_empty() {
        let reasons = reasons(&agreement.not_checked);
        said.push(if agreement.agrees == 0 && agreement.differs == 0 {
            format!("未核对：{reasons}")
        } else {
            format!("未核对 {} 项：{reasons}", agreement.left_out())
        });
    }
    if said.is_empty() {
        return if agreement.excused.is_empty() {
            "未核对".to_owned()
        } else {
            format!("未核对：{}", reasons(&agreement.excused))
        };
    }
    if agreement.agrees > 0 {
        said.push(format!("其余 {} 项{AGREES}", agreement.agrees));
    }
    said.join("；")
}

/// Returns whether a text claims, without reserve, that all it is about agrees.
pub fn is_claim(text: &str) -> bool {
    text == AGREES || text == ALL_THREE
}

/// Returns whether a text claims, without reserve, that all that a side sent or says agrees.
pub fn is_claim_of_all(text: &str, side: Side) -> bool {
    match side {
        Side::Submission => text.contains(CONTENT_AGREES) || text.contains(NO_DIFFERENCE),
        Side::Plan => text.contains(PLAN_AGREES),
    }
}

/// Says of all checks of a run how many were owed and what came of them.
pub fn coverage_line(agreement: &Agreement) -> String {
    let all: BTreeMap<Reason, usize> =
        agreement.not_checked.iter().chain(&agreement.excused).map(|(r, n)| (*r, *n)).collect();
    let left_out: usize = all.values().sum();
    let why = if all.is_empty() { String::new() } else { format!("（{}）", reasons(&all)) };
    format!(
        "应核对 {} 项：{AGREES} {}，不符 {}，未核对 {left_out}{why}。",
        agreement.owed(),
        agreement.agrees,
        agreement.differs
    )
}

/// Says what the sums of a unit come to, three ways: its rows against the plan, and the total that
/// its sheet prints against its rows.
pub fn judgement(rows: &Agreement, printed: &Agreement, sums_are_equal: bool) -> String {
    if rows.is_whole() && printed.is_whole() {
        return ALL_THREE.to_owned();
    }
    let of_rows = if rows.is_whole() {
        "各行与计划一致".to_owned()
    } else if sums_are_equal && rows.differs > 0 {
        format!("各行与计划：{}（合计数相等，差异相抵）", outcome(rows))
    } else {
        format!("各行与计划：{}", outcome(rows))
    };
    let of_total = if *printed == Agreement::default() {
        "表内没有合计".to_owned()
    } else if printed.is_whole() {
        "表内合计与各行一致".to_owned()
    } else if printed.differs > 0 {
        "表内合计有误".to_owned()
    } else {
        format!("表内合计{}", outcome(printed))
    };
    format!("{of_rows}；{of_total}")
}

/// Says of a stated sum that its rows make it, or that this could not be told.
pub fn stated_agrees(is_added_up: bool, unread: usize) -> String {
    if unread > 0 {
        format!("未核对：明细有 {unread} 处无法读取")
    } else if is_added_up {
        AGREES.to_owned()
    } else {
        "未核对：明细金额过大，无法相加".to_owned()
    }
}

/// Says of the plan's own checks what they come to.
pub fn plan_verdict(agreement: &Agreement, found: usize, undeclared: usize) -> String {
    if agreement.is_whole() && found == 0 && undeclared == 0 {
        return PLAN_AGREES.to_owned();
    }
    let mut said = Vec::new();
    if found > 0 {
        said.push(format!("计划自身有 {found} 处需要核实；这些问题不影响各单位的核对结论"));
    }
    if agreement.owed() > 0 {
        said.push(coverage_line(agreement).trim_end_matches('。').to_owned());
    }
    if undeclared > 0 {
        said.push(format!("文字说明中另有 {undeclared} 个数字核对方案没有写到，未核对"));
    }
    format!("{}。", said.join("；"))
}

/// That lines about figures that agree are folded away.
pub fn folded_figures(folded: usize) -> String {
    format!("另有 {folded} 个数与各行和其他数的核对全部相符，已折叠（点左边的“+”展开）。")
}

/// That lines about rules that agree in full are folded away.
pub fn folded_rules(folded: usize) -> String {
    format!("另有 {folded} 个核对项全部相符，已折叠（点左边的“+”展开）。")
}

/// Says on page one that what was sent agrees with the plan, or, where that was not checked in
/// full, only that nothing is left to be dealt with.
pub fn verdict_without_findings(agreement: &Agreement, sent: usize) -> String {
    if agreement.is_complete() {
        format!("{sent} 个单位{CONTENT_AGREES}")
    } else {
        "没有待更正或待说明的差异，但不是每一项都作了核对或相同（见下一行）".to_owned()
    }
}

/// Says at the end of a run that nothing is open.
pub fn told_without_findings(agreement: &Agreement) -> String {
    if agreement.is_complete() {
        "核对结论：报送内容与计划一致。".to_owned()
    } else {
        format!("核对结论：没有待更正或待说明的差异。{}", coverage_line(agreement))
    }
}

/// Says of an earlier run without open findings what it came to: that all agreed only where its
/// report tells that every check of the units was made.
pub fn earlier_verdict(coverage: &[CoverageLine], language: Language) -> &'static str {
    let mut of_units = coverage.iter().filter(|line| line.unit.is_some());
    let is_whole =
        of_units.clone().next().is_some() && of_units.all(|line| line.agrees == line.owed);
    match (is_whole, language) {
        (true, Language::Chinese) => "一致",
        (true, Language::English) => "agrees",
        (false, Language::Chinese) => "没有待处理的差异",
        (false, Language::English) => "nothing open",
    }
}

/// Says in a list without findings that there are none.
pub fn no_findings(agreement: &Agreement) -> String {
    if agreement.is_complete() {
        NO_DIFFERENCE.to_owned()
    } else {
        format!("本期没有列出的问题；{}", coverage_line(agreement))
    }
}

/// The reasons with their numbers, the most frequent first.
fn reasons(of: &BTreeMap<Reason, usize>) -> String {
    let mut sorted: Vec<(&Reason, &usize)> = of.iter().collect();
    sorted.sort_by_key(|(reason, number)| (std::cmp::Reverse(**number), **reason));
    if let [(reason, _)] = sorted.as_slice() {
        return reason_text(**reason).to_owned();
    }
    let said = sorted.iter().map(|(reason, number)| format!("{} {number}", reason_text(**reason)));
    said.collect::<Vec<_>>().join("、")
}
