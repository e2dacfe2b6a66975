//! What the pages of workbooks, slips and templates say beside single findings: the verdict, what
//! was counted, how to answer, how figures are to be read. Pages are Chinese; they hand over
//! numbers and names and print what comes back.

use super::agreement::RESOLVED_MEANS;
use super::common::common_in_short;
use super::{Agreement, cause_text, outcome, value_text};
use crate::extract::Elsewhere;
use crate::findings::Settled;
use crate::findings::figures::{bare_difference, bare_difference_of, bare_value};
use crate::intake::PassedOverBecause;
use crate::matching::Why;
use crate::model::contacts::Contacts;
use crate::model::fact::{Remark, Repetition};
use crate::model::words::{self, Language};
use crate::model::{
    Amount, CellAt, Fact, Finding, Kind, Life, MoneyUnit, Month, Severity, Status, Value, stamp,
};
use crate::pipeline::Pipeline;
use crate::roster::Standing;

pub const CORRECTED: &str = "更正前后（与本期上一批次相比）";
pub const CORRECTED_UNITS: &str = "各单位";
pub const CORRECTED_FILES: &str = "换过的文件";
pub const GONE: &str = "不再出现的差异";
pub const NEW: &str = "新出现的差异";
pub const NO_FILE_CHANGED: &str = "没有单位换过文件。";
pub const NO_FILE: &str = "（没有）";
pub const NOTHING_GONE: &str = "上一批次的差异都还在。";
pub const NOTHING_NEW: &str = "没有新出现的差异。";
pub const STILL: &str = "换过文件的单位仍存在的差异";
pub const NOTHING_STILL: &str = "换过文件的单位没有仍存在的差异。";
pub const NOTHING_OPEN_OR_CHANGED: &str = "没有单位换过文件，也没有单位有差异。";

/// What a correction changed, in one line.
pub fn about_corrected(anew: usize, gone: usize, new: usize) -> String {
    format!(
        "{anew} 个单位的文件与上一批次不同；差异不再出现 {gone} 处，新出现 {new} 处。提示性内容不计；不再出现也可能是未能核对，见“核对范围”。"
    )
}

/// Whom to call of a unit, in one line; empty where its sheets name nobody.
pub fn contact(contacts: &Contacts) -> String {
    let said = [
        ("填报人", &contacts.filled_by),
        ("电话", &contacts.phone),
        ("审核人", &contacts.reviewed_by),
    ];
    let said = said.into_iter().filter(|(_, text)| !text.is_empty());
    let said: Vec<String> = said.map(|(label, text)| format!("{label} {text}")).collect();
    said.join("，")
}

/// Whose figures a sum lacks.
pub fn without(units: &[&str]) -> String {
    if units.is_empty() { String::new() } else { format!("报送数未含{}", units.join("、")) }
}

/// What a sum is called that lacks units.
pub fn sum_label(without: &[&str]) -> String {
    if without.is_empty() {
        "合计".to_owned()
    } else {
        format!("部分合计（未含{}）", without.join("、"))
    }
}

/// What a stated sum is more, or less, than its rows.
pub fn stated_differs(difference: Amount, money: MoneyUnit) -> String {
    let shown = difference.decimal(money);
    match shown.strip_prefix('-') {
        Some(less) => format!("说明比明细少 {less} {money}，见“计划自查”"),
        None => format!("说明比明细多 {shown} {money}，见“计划自查”"),
    }
}

/// Where amounts are more than can be added up exactly.
pub const BEYOND_ADDING: &str = "无法相加";

pub const NOT_STATED: &str = "说明没有单列";

/// What a line of the table says when no finding says more.
pub fn line_without_findings(
    standing: Standing,
    has_rows: bool,
    why: Option<Why>,
    checks: &Agreement,
) -> String {
    if !has_rows {
        return match standing {
            Standing::Missing | Standing::Waiting | Standing::Zero => standing.chinese(),
            Standing::Unreadable => "文件无法读取",
            _ => "缺少任务：未报",
        }
        .to_owned();
    }
    let outcome = outcome(checks);
    match why {
        Some(Why::SameMeaning) => format!("{outcome}（按同义写法对应）"),
        Some(Why::SameAddition) => format!("{outcome}（去掉共同加写的文字后对应）"),
        Some(Why::Decided { .. }) => format!("{outcome}（按人工确认对应）"),
        Some(Why::Number { likeness }) => {
            format!("按序号对应（文字相似 {:.0}%）", likeness * 100.0)
        }
        Some(Why::Likeness { likeness, second }) => {
            format!("按文字相似对应（{:.0}%，次高 {:.0}%）", likeness * 100.0, second * 100.0)
        }
        Some(Why::SameText) | None => outcome,
    }
}

/// What stands in a row about one finding, in a few words: 资金：计划20，报送25，多5.
pub fn in_short(finding: &Finding, pipeline: &Pipeline) -> String {
    let title = finding.kind().entry().title.chinese;
    let field = finding.field.as_ref().map(|name| pipeline.field_title(name));
    let bare = |value: &Option<Value>| {
        value.as_ref().map(|value| without_unit(value, pipeline)).unwrap_or_default()
    };
    let mut said = match &field {
        Some(field) => format!("{field}{title}"),
        None => title.to_owned(),
    };
    let is_value = matches!(
        finding.kind(),
        Kind::ValueDiffers | Kind::ValueScaled | Kind::ValueMissing | Kind::ColumnScaled
    );
    if let Some(common) = finding.fact.common() {
        return common_in_short(common, pipeline);
    }
    if let Fact::TaskRepeated(Repetition::RolledUp(rolled_up)) = &finding.fact {
        let rows = rolled_up.cells.len() + rolled_up.elsewhere.len();
        return format!("分 {rows} 行报送，已合并核对");
    }
    if let Fact::ValueDiffers(Remark::WithinTolerance { tolerance }) = finding.fact {
        let most = bare_difference_of(tolerance, finding, pipeline.money).unwrap_or_default();
        said = format!("{}在允差 {most} 之内", field.unwrap_or_default());
    }
    let is_text = matches!(finding.expected, Some(Value::Text(_)));
    if is_value && !is_text {
        let (expected, found) = (bare(&finding.expected), bare(&finding.found));
        let shown = |text: String| if text.is_empty() { "空白".to_owned() } else { text };
        said.push_str(&format!("（计划{}，报送{}", shown(expected), shown(found)));
        if let Some(difference) = bare_difference(finding, pipeline.money) {
            let difference = words::grouped(&difference);
            said.push_str(&match difference.strip_prefix('-') {
                Some(size) => format!("，少{size}"),
                None => format!("，多{difference}"),
            });
        }
        said.push('）');
    } else if finding.kind() == Kind::ValueUnreadable {
        let typed = words::shortened(finding.typed.as_deref().unwrap_or_default(), 20);
        said.push_str(&format!("（“{typed}”）"));
    }
    said
}

/// The same of a settled finding; one that was accepted says so.
pub fn settled_in_short(settled: &Settled, pipeline: &Pipeline) -> String {
    let said = in_short(&settled.finding, pipeline);
    match settled.status {
        Status::Explained => format!("{said}（已采纳说明）"),
        Status::Waived => format!("{said}（已豁免）"),
        Status::Trial => format!("{said}（试行规则）"),
        Status::Open | Status::Answered | Status::Returned => said,
    }
}

/// A value in a few words: an amount without its unit, a month as everywhere on the pages.
fn without_unit(value: &Value, pipeline: &Pipeline) -> String {
    match value {
        Value::Amount(_) => words::grouped(&bare_value(value, pipeline.money)),
        Value::Month(_) | Value::Date(_) | Value::MonthOfYear(_) => {
            value_text(value, pipeline, Language::Chinese)
        }
        _ => bare_value(value, pipeline.money),
    }
}

/// The note of a cell: expected, found, difference, cause and source.
pub fn cell_note(settled: &Settled, pipeline: &Pipeline) -> String {
    let finding = &settled.finding;
    let title = finding.kind().entry().title.chinese;
    let mut lines = vec![format!("{title}（{}）", settled.severity.chinese())];
    let shown = |value: &Value| value_text(value, pipeline, Language::Chinese);
    if let Some(common) = finding.fact.common() {
        lines.push(format!(
            "{}（同一原因共 {} 格）",
            common_in_short(common, pipeline),
            common.cells()
        ));
        let place = [finding.file.as_deref(), finding.sheet.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        lines.push(format!("来源：{}", place.join(" › ")));
        return lines.join("\n");
    }
    if let Some(expected) = &finding.expected {
        lines.push(format!("计划：{}", shown(expected)));
    }
    if let Some(found) = &finding.found {
        let text = match found {
            Value::Unreadable(_) => finding.typed.clone().unwrap_or_default(),
            other => shown(other),
        };
        lines.push(format!("报送：{text}"));
    }
    if let Some(difference) = bare_difference(finding, pipeline.money) {
        lines.push(format!("差额：{}", words::grouped(&difference)));
    }
    for cause in &finding.cause {
        lines.push(format!("可能原因：{}", cause_text(cause, Language::Chinese)));
    }
    if let Some(file) = &finding.file {
        let cell = finding.cell.map_or_else(String::new, |cell: CellAt| format!(" › {cell}"));
        let sheet = finding.sheet.clone().unwrap_or_default();
        lines.push(format!("来源：{file} › {sheet}{cell}"));
    }
    lines.join("\n")
}

/// New, the same for n periods, changed or reopened; waived, on trial or explained.
pub fn state(settled: &Settled) -> String {
    let life = match settled.life {
        Life::New if settled.of_new_rule => "新增（规则新执行）".to_owned(),
        Life::New => "新增".to_owned(),
        Life::Same => format!("未变（第{}期）", settled.months),
        Life::Changed => format!("有变化（第{}期）", settled.months),
        Life::Reopened => "再次出现".to_owned(),
        Life::Unseen => unseen_for(settled.months),
    };
    let life = match &settled.lapsed {
        Some(decision) => format!("{life}，{}", super::decided::lapsed(decision)),
        None => life,
    };
    match settled.status {
        Status::Open => life,
        Status::Answered => format!("{life}，已答复"),
        Status::Returned => format!("{life}，已退回"),
        Status::Explained => format!("{life}，已说明"),
        Status::Waived => format!("{life}，已豁免"),
        Status::Trial => format!("{life}，试行规则"),
    }
}

/// For how many periods a finding has been there, its check not having been made now.
pub fn unseen_for(months: u32) -> String {
    format!("未能核对（第{months}期）")
}

/// An earlier finding whose check could not be made.
pub fn unseen(message: &str) -> String {
    format!("上期的差异，本期未能核对。{message}")
}

/// How to read the list of findings and answer in it.
pub fn about_the_list(money: MoneyUnit) -> String {
    format!(
        "金额单位：{money}；差额 = 报送数 − 计划数；影响金额是对报送合计的影响，按单位和金额字段相加等于“总览”从计划数到报送数的各步；请在“情况说明”栏写明原因，仅写“核实无误”不算说明"
    )
}

/// How to read the table.
pub fn about_the_table(money: MoneyUnit) -> String {
    format!("金额单位：{money}；“计划：”各列是计划数，其右是各单位报送数；差额 = 报送数 − 计划数")
}

pub fn plans(title: &str) -> String {
    format!("计划：{title}")
}

pub fn difference_of(title: &str) -> String {
    format!("差额：{title}")
}

/// How to read the sums of the units.
pub fn about_sums(money: MoneyUnit) -> String {
    format!("金额单位：{money}；“各行相加”含计划外和重复的行，“表内合计”是报送表自己印出的合计")
}

pub const ABOUT_THE_BRIDGE: &str =
    "计划数加各栏等于报送数，残差 0。报送数是计入的报送表各任务行可以读出的金额之和。";

/// What stands at the end of a sheet whose page is longer than a sheet can be.
pub fn goes_on(sheet: &str) -> String {
    format!("本页行数已到工作表的上限，其余各行见工作表“{sheet}”。")
}

pub const PERSONAL_NUMBERS: &str = "五、个人信息";

pub const ABOUT_PERSONAL_NUMBERS: &str = "下列单元格的文字里有身份证号、手机号或银行卡号，在本工作簿和数据表中已遮盖中间各位；原文只留在批次文件夹的 inputs 和 report.json 里，不要外发。核对时用的是原文。";

/// What ends a text that is longer than a cell can hold.
pub fn cut_short(characters: usize) -> String {
    format!("……（全文 {characters} 字，超出单元格的容量，以下从略）")
}

pub const ABOUT_SOURCES: &str =
    "每个文件的每一非空行只归入一类，各类相加等于非空行数；每一分钱只归入一处，各处相加等于来源。";

/// What came of the earlier period's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lives {
    pub new: usize,
    pub of_new_rules: usize,
    pub same: usize,
    pub changed: usize,
    pub reopened: usize,
    pub resolved: usize,
    pub unseen: usize,
}

pub fn lives(earlier: &str, lives: Lives) -> String {
    let earlier = earlier.parse().map_or_else(|_| earlier.to_owned(), super::month_text);
    format!(
        "与上一报送期（{earlier}）相比：新增 {} 处{}，未变 {} 处，有变化 {} 处，再次出现 {} 处，已解决 {} 处，未能核对 {} 处。提示性内容不计。{RESOLVED_MEANS}",
        lives.new,
        super::of_new_rules(lives.of_new_rules, Language::Chinese),
        lives.same,
        lives.changed,
        lives.reopened,
        lives.resolved,
        lives.unseen
    )
}

pub const NOTHING_RESOLVED: &str = "上一报送期的差异没有已解决的。";

/// For how long the oldest finding of a unit has been there.
pub fn longest(months: u32) -> String {
    format!("已连续 {months} 期")
}

/// Which plan was held, and what its own checks came to.
pub fn about_the_plan(file: &str, tasks: usize, verdict: &str) -> String {
    format!("计划文件：{file}（{tasks} 项任务）。{verdict}")
}

/// A link to where more is said.
pub const SEE: &str = "查看";

pub const PLAN_WITHOUT_TOTALS: &str = "计划表没有合计行。";
pub const PLAN_WITHOUT_FIGURES: &str = "计划没有文字说明，或说明中没有数字。";

/// What came of the equations of a figure, of which others could not be held.
pub fn with_equations_of_others(said: &str, others: usize) -> String {
    if others == 0 {
        said.to_owned()
    } else {
        format!("{said}；另有 {others} 式因其他数字有误未能核对")
    }
}

/// What a file is that came back with answers.
pub fn returned(kind: &str, explanations: usize) -> String {
    format!("填写情况说明后发回的{kind}，读出说明 {explanations} 条；不是报送表")
}

/// Says that files were extracted elsewhere, and how far that was seen to be true.
pub fn extracted_elsewhere(elsewhere: Elsewhere) -> String {
    let Elsewhere { used, held } = elsewhere;
    format!(
        "有 {used} 个文件用的是在别处做好的提取结果（--extracts），文件的 SHA-256 与存档副本相同；抽出 {held} 个重新读取副本，内容与提取结果相同。"
    )
}

/// Says why something in the inbox is no submission.
pub fn passed_over(why: PassedOverBecause) -> &'static str {
    match why {
        PassedOverBecause::Ignored => "系统或程序留下的文件，不是报送表",
        PassedOverBecause::NotSent => "是存档、计划或核对方案，不是报送表",
        PassedOverBecause::Hollow => "空文件夹",
        PassedOverBecause::Unpacked => "压缩包，其中的文件已逐个读取",
    }
}

/// How figures and texts are compared, a sentence a line.
pub fn terms(money: MoneyUnit) -> [String; 5] {
    [
        format!("金额以分为最小单位精确比较，本表统一以{money}显示；差额 = 报送数 − 计划数。"),
        "空白、零、“无”（或“—”“/”）和无法识别是四种不同的情况，按原样显示，互不替代。".to_owned(),
        "月份按年月比较；只写月份的，按计划任务的年份理解。".to_owned(),
        "文字比较时不计全角半角、空格、换行和标点；显示的都是原文。".to_owned(),
        "程序只指出差异，不更改任何数字；“可能原因”只列能恰好解释差额的，列不出的写“原因未明”。"
            .to_owned(),
    ]
}

/// What tells the severities apart where there are no colours.
pub fn sign(severity: Severity) -> char {
    match severity {
        Severity::Mandatory => '▲',
        Severity::Verify => '●',
        Severity::Note => '○',
    }
}

/// What a severity asks for, and how it looks beside its sign.
pub fn meaning(severity: Severity) -> [&'static str; 2] {
    match severity {
        Severity::Mandatory => ["必须更正", "底色最深；所在行的“核对结果”写明问题"],
        Severity::Verify => ["须作说明", "底色次之；可以用“情况说明”解释"],
        Severity::Note => ["仅作提示", "底色最浅；不影响结论"],
    }
}

/// That further lines about the plan are folded away.
pub fn folded_problems(left: usize) -> String {
    format!("另有 {left} 处，已折叠（点左边的“+”展开）；“差异清单”逐处列出。")
}

/// Until when a waiver holds.
pub fn until(month: Month) -> String {
    format!("至{}", super::month_text(month))
}

pub const NO_END: &str = "长期";

/// Spellings in one cell.
pub fn beside(spellings: &[String]) -> String {
    spellings.join("；")
}

/// The other names of a unit.
pub fn alias(unit: &str, aliases: &[String]) -> String {
    format!("{unit}：{}", aliases.join("、"))
}

/// Until when a rule is on trial.
pub fn on_trial(until: Month) -> String {
    format!("试行至{}，不计入结论", super::month_text(until))
}

pub const LIKE_A_BLANK: &str = "与空白同样对待：计划有数时须补填";
pub const NO_WAIVERS: &str = "没有登记豁免。";

/// The seal of a run: the hash of the manifest of the run before, where there is one.
pub fn seal(previous: &str, run_before: Option<&str>) -> String {
    let of = match run_before {
        Some(run) => format!("上一批次 {run} 清单 manifest.json 的 SHA-256"),
        None => "首个批次，之前没有批次".to_owned(),
    };
    format!("存档校验码：{previous}（{of}）")
}

/// What stands over the message to a person who types what a cell does not take.
pub const NOT_TAKEN: &str = "填写有误";

/// Says which words a cell offers.
pub fn offered(words: &[String]) -> String {
    format!("可选：{}", words.join("、"))
}

/// The labels of a template's boxes for who fills it in.
pub const TEMPLATE_CONTACTS: [&str; 3] = ["填报人：", "电话：", "审核人："];

/// How a template is filled in.
pub fn template(unit: &str, money: MoneyUnit) -> String {
    format!("填报单位：{unit}　　金额单位：{money}　　{}", stamp::TEMPLATE_NOTE)
}
