//! What page one says: the verdict, what was counted, which version it is; how the plan comes to what was
//! reported; where the units stand. Pages are Chinese.

use super::{Agreement, coverage_line, month_text, verdict_without_findings};
use crate::check::bridge::Step;
use crate::model::words::{self, Language};
use crate::model::{ColumnId, MoneyUnit, Month};
use crate::pipeline::{Pipeline, Rate};

/// How many units are where, for the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub units: usize,
    /// Those that have sent something that counts, zero reports among them.
    pub sent: usize,
    pub zero: usize,
}

/// How many findings are open, and of how many units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    pub units: usize,
    pub findings: usize,
}

/// The verdict in one sentence; `open` is none where nothing is.
pub fn verdict(open: Option<Open>, checks: &Agreement, sent: Sent) -> String {
    let whole = match open {
        None => verdict_without_findings(checks, sent.sent),
        Some(open) => {
            format!("与计划不一致：{} 个单位有 {} 处差异", open.units, open.findings)
        }
    };
    let Sent { units, sent, zero } = sent;
    if sent < units {
        format!("{whole}；应报 {units} 个单位，已报 {sent} 个，以下合计均为部分合计。")
    } else if zero > 0 {
        let with_rows = sent - zero;
        format!("{whole}；应报 {units} 个单位，已报 {with_rows} 个，零报告 {zero} 个。")
    } else {
        format!("{whole}；应报 {units} 个单位，全部已报。")
    }
}

/// Findings by what has become of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub mandatory: usize,
    pub verify: usize,
    pub note: usize,
    pub answered: usize,
    pub returned: usize,
    pub explained: usize,
    pub waived: usize,
    pub trial: usize,
}

pub fn counted(counted: Counted) -> String {
    let aside: Vec<String> = [
        (counted.explained, "已采纳说明"),
        (counted.waived, "已豁免"),
        (counted.trial, "试行规则发现"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{words} {number} 处"))
    .collect();
    let aside = if aside.is_empty() {
        String::new()
    } else {
        format!("；另有{}，不计入结论", aside.join("、"))
    };
    let returned = match counted.returned {
        0 => String::new(),
        returned => format!("、已退回重答 {returned} 处"),
    };
    format!(
        "必须更正 {} 处，需要说明 {} 处；其中已答复 {} 处{returned}。提示 {} 处，不影响结论{aside}。逐项见“差异清单”。",
        counted.mandatory, counted.verify, counted.answered, counted.note
    )
}

/// What is wrong with the plan itself, which its maker has to mend.
pub fn plans_own(findings: usize) -> String {
    format!(
        "计划自身有 {findings} 处待核实，由编制单位核实（见“计划自查”）；不影响对各单位的结论。"
    )
}

/// The files that are in no unit's figures.
#[derive(Clone, Copy, Debug)]
pub struct FilesBesides<'a> {
    pub unknown: &'a [&'a str],
    pub unreadable: &'a [&'a str],
    pub superseded: &'a [&'a str],
    pub attachments: &'a [&'a str],
    /// Leftovers of systems and programs.
    pub passed_over: usize,
}

/// Names the files that are in no unit's figures; none where there are none.
pub fn files_besides(files: FilesBesides<'_>) -> Option<String> {
    const NAMED: usize = 5;
    let named = |files: &[&str], what: &str| {
        let names: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        (!files.is_empty()).then(|| {
            let names = words::short_list(&names, NAMED, Language::Chinese);
            format!("{what} {} 个（{names}）", files.len())
        })
    };
    let other =
        (files.passed_over > 0).then(|| format!("其他不是报送表的 {} 个", files.passed_over));
    let said: Vec<String> = [
        named(files.unknown, "单位不明"),
        named(files.unreadable, "无法读取"),
        named(files.superseded, "已被后来的文件替代"),
        named(files.attachments, "附件"),
        other,
    ]
    .into_iter()
    .flatten()
    .collect();
    (!said.is_empty()).then(|| format!("未计入的文件：{}；见“来源与守恒”。", said.join("，")))
}

/// What a run changed against the one before it.
pub fn since_the_run_before(gone: usize, new: usize) -> String {
    format!("与本期上一批次相比：不再出现 {gone} 处，新出现 {new} 处；见“更正前后”。")
}

/// The line below the title of page one.
pub fn subtitle(period: Month, issuer: Option<&str>, money: MoneyUnit) -> String {
    let issuer = issuer.map(|by| format!("　编制单位：{by}")).unwrap_or_default();
    format!("报送期：{}{issuer}　金额单位：{money}", month_text(period))
}

/// Which version of the period's result this is.
pub fn version(batch: &str, seal: &str) -> String {
    format!("批次 {batch}　{seal}")
}

/// The title of a part of a page, after so many before it.
pub fn numbered(before: usize, title: &str) -> String {
    const NUMBERS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    match NUMBERS.get(before) {
        Some(number) => format!("{number}、{title}"),
        None => title.to_owned(),
    }
}

pub const CONCLUSION: &str = "核对结论";
pub const STANDINGS: &str = "各单位报送情况";
pub const RATES: &str = "资金到位和支出";
pub const BY_KIND: &str = "差异分布（差异类型 × 单位）";
pub const PICTURES: &str = "图示";
pub const KIND: &str = "差异类型";
pub const CONTACT: &str = "联系人";
pub const FILES: &str = "文件";
pub const AMOUNT_COLUMN: &str = "项目";
pub const PLANNED: &str = "计划数";
pub const REPORTED: &str = "报送数";
pub const RESIDUAL: &str = "残差";
pub const ALL_UNITS: &str = "各单位合计";
pub const OF_THOSE_WHO_SENT: &str = "已报单位合计";

pub fn from_plan_to_report(money: MoneyUnit) -> String {
    format!("从计划数到报送数（{money}）")
}

/// What a step of the bridge is called.
pub fn step(step: Step) -> &'static str {
    match step {
        Step::Silent => "未报",
        Step::Missing => "缺行",
        Step::Extra => "多行",
        Step::Misplaced => "属其他单位",
        Step::Repeated => "重复",
        Step::Changed => "金额变动",
        Step::Scaled => "疑似单位错误",
        Step::Unreadable => "空白或无法读取",
    }
}

/// What the step of silent units is called where some have said that they have nothing to report.
pub const SILENT_OR_NOTHING: &str = "未报（含零报告）";

/// Why sums are moved though nothing is wrong.
pub fn unmade(standing: &str, because: &str) -> String {
    let because = if because.is_empty() { String::new() } else { format!("（{because}）") };
    format!(
        "该单位本期{standing}{because}，计划数没有对应的报送数；不是差异，列在这里使影响金额相加等于总览。"
    )
}

/// How much of a difference is suspected mistakes of unit, and how much is left.
pub fn scaled_aside(
    count: usize,
    title: &str,
    [scaled, rest]: [String; 2],
    money: MoneyUnit,
) -> String {
    format!(
        "{title}：疑似单位错误 {count} 处，使报送数变动 {} {money}；其余差额 {} {money}。",
        words::grouped(&scaled),
        words::grouped(&rest)
    )
}

/// The headings of the table of units, but for the last two.
pub fn standing_headings(pipeline: &Pipeline) -> [String; 9] {
    [
        pipeline.unit_title(),
        "报送状态".to_owned(),
        "计划任务".to_owned(),
        "已对应".to_owned(),
        "必须更正".to_owned(),
        "需要说明".to_owned(),
        "已答复".to_owned(),
        "涉及金额".to_owned(),
        "位次".to_owned(),
    ]
}

pub fn about_standings(main: &str) -> String {
    format!(
        "必须更正、需要说明只数未了结的差异；涉及金额是未了结的差异使{main}多报和少报的金额相加（不抵消），位次按它从大到小。"
    )
}

/// Why units have nothing to report, as they say; none where all have something.
pub fn nothing_to_report(units: &[(&str, &str)]) -> Option<String> {
    let said = units.iter().map(|(unit, reason)| match *reason {
        "" => format!("{unit}（没有写明原因）"),
        reason => format!("{unit}：{reason}"),
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| format!("零报告：{}。", said.join("；").trim_end_matches('。')))
}

pub fn planned(title: &str) -> String {
    format!("计划{title}")
}

/// How rates are reckoned, and how much of the year has passed.
pub fn about_rates(rates: &[Rate], title: impl Fn(ColumnId) -> String, period: Month) -> String {
    let reckoned: Vec<String> = rates
        .iter()
        .map(|rate| format!("{} = {} ÷ {}", rate.title, title(rate.of), title(rate.to)))
        .collect();
    let passed = (period.month * 100 + 6) / 12;
    let passed = format!("时间进度：{}年已过 {} 个月，{passed}%。", period.year, period.month);
    let reckoned = reckoned.into_iter().chain([passed]);
    reckoned.collect::<Vec<_>>().join("；")
}

/// The headings of the figures that the waterfall is drawn from.
pub const WATERFALL: [&str; 5] = ["图示用的数", "底", "合计", "增加", "减少"];

pub const ABOUT_THE_WATERFALL: &str = "从计划到报送的图不含疑似单位错误；纵轴可能不从 0 起。";

pub fn waterfall_title(title: &str, money: MoneyUnit) -> String {
    format!("{title}：从计划到报送（{money}）")
}

pub const OPEN_FINDINGS_TITLE: &str = "各单位未了结的差异";
pub const OPEN_FINDINGS_DESCRIPTION: &str =
    "堆积柱形图：每个责任单位必须更正和需要说明的差异数，数字见“各单位报送情况”表。";

/// A chart in words: its bars in their order.
pub fn chart_description(bars: &[String]) -> String {
    format!("瀑布图：{}。", bars.join("，"))
}

/// The line of page one that says how many checks were owed and what came of them.
pub fn coverage_on_page_one(all: &Agreement) -> String {
    format!("{}逐项见“核对范围”。", coverage_line(all))
}
