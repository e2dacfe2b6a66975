//! The one list of finding kinds: name, title, meaning, advice, severity and family of each.
//!
//! Help, the workbook, `report.json`, the gallery and the tests are made from this table.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Severity;
use super::words::Language;

/// What kind of thing is wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    SubmissionMissing,
    SubmissionUnreadable,
    SubmissionDuplicate,
    SubmissionUnchanged,
    UnitUnknown,
    UnitDoubtful,
    PeriodDiffers,
    TableMissing,
    ColumnMissing,
    ColumnUnknown,
    ColumnScaled,
    HiddenContent,
    RowUnplaced,
    LineDoubtful,
    TaskMissing,
    TaskExtra,
    TaskRepeated,
    TaskMisplaced,
    PairDoubtful,
    ValueDiffers,
    ValueScaled,
    ValueMissing,
    ValueUnreadable,
    ValueImprecise,
    TotalDiffers,
    BalanceBroken,
    StatementDiffers,
    LimitExceeded,
    OutOfRange,
    Decreased,
    Overdue,
    ReportMissing,
    ReportVanished,
    SheetUnused,
    Attachment,
    WaiverUnused,
    WaiverExpired,
    RuleUnused,
    ExplanationEmpty,
    DecisionRefused,
    Unchecked,
    ColumnDoubtful,
}

/// What a finding is about; part of its identity, so that a finding can be followed when, say,
/// *unreadable* becomes *differs*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Submission,
    Sending,
    Unit,
    Period,
    Layout,
    Column,
    Task,
    Value,
    Total,
    Rule,
    Progress,
    Report,
    Vanished,
    Allowance,
}

impl Family {
    /// The fixed kebab-case name: it enters the identity of findings, so changing it would cut
    /// every archive off from its findings.
    pub fn name(self) -> &'static str {
        match self {
            Family::Submission => "submission",
            Family::Sending => "sending",
            Family::Unit => "unit",
            Family::Period => "period",
            Family::Layout => "layout",
            Family::Column => "column",
            Family::Task => "task",
            Family::Value => "value",
            Family::Total => "total",
            Family::Rule => "rule",
            Family::Progress => "progress",
            Family::Report => "report",
            Family::Vanished => "vanished",
            Family::Allowance => "allowance",
        }
    }
}

/// A text in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    pub chinese: &'static str,
    pub english: &'static str,
}

impl Wording {
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.chinese,
            Language::English => self.english,
        }
    }
}

/// One row of the table of kinds.
#[derive(Clone, Copy, Debug)]
pub struct KindEntry {
    pub kind: Kind,
    /// The fixed kebab-case name, as in `report.json`.
    pub name: &'static str,
    pub title: Wording,
    pub meaning: Wording,
    pub advice: Wording,
    pub severity: Severity,
    pub family: Family,
}

const fn words(chinese: &'static str, english: &'static str) -> Wording {
    Wording { chinese, english }
}

/// All kinds, in the order in which they are explained.
pub const KINDS: &[KindEntry] = &[
    KindEntry {
        kind: Kind::SubmissionMissing,
        name: "submission-missing",
        title: words("未报送", "nothing submitted"),
        meaning: words(
            "计划中的责任单位本期没有报送任何文件。",
            "A unit of the plan sent nothing for the period.",
        ),
        advice: words(
            "请催报；如确无可报，请该单位报送零报告。",
            "Ask the unit to submit; if there is nothing to report, ask for a zero report.",
        ),
        severity: Severity::Mandatory,
        family: Family::Submission,
    },
    KindEntry {
        kind: Kind::SubmissionUnreadable,
        name: "submission-unreadable",
        title: words("文件无法读取", "file cannot be read"),
        meaning: words(
            "文件加密、损坏、不是表格、过大、读取超时或为空，其中的数据没有进入核对。",
            "The file is encrypted, damaged, no spreadsheet, too large, too slow to read or empty; \
             none of its data was checked.",
        ),
        advice: words(
            "请确认文件能正常打开，取消密码或加密后另存为 xlsx，重新报送。",
            "Make sure that the file opens, remove any password or encryption, save it as xlsx and \
             submit it again.",
        ),
        severity: Severity::Mandatory,
        family: Family::Submission,
    },
    KindEntry {
        kind: Kind::SubmissionDuplicate,
        name: "submission-duplicate",
        title: words("重复报送", "submitted more than once"),
        meaning: words(
            "同一单位报送了多个文件，或一个文件里有几张表列着同样的任务，不是一份报表的几个部分；只有一份\
             计入核对。更正稿只列出个别任务的，只替换这几项。",
            "One unit sent several files, or one file with several tables of the same tasks, that are not \
             parts of one submission; only one counts. A correction that lists single tasks counts for \
             these.",
        ),
        advice: words(
            "请确认计入的一份是否为最终稿，并删除其余的。",
            "Confirm that the one that counts is final and remove the others.",
        ),
        severity: Severity::Verify,
        family: Family::Sending,
    },
    KindEntry {
        kind: Kind::SubmissionUnchanged,
        name: "submission-unchanged",
        title: words("与上期相同", "same as last period"),
        meaning: words(
            "本期报送的内容与上期完全相同。",
            "The content is the same as in the earlier period.",
        ),
        advice: words("请确认本期确无变化。", "Confirm that nothing has changed in this period."),
        severity: Severity::Note,
        family: Family::Sending,
    },
    KindEntry {
        kind: Kind::UnitUnknown,
        name: "unit-unknown",
        title: words("无法识别责任单位", "unit not recognised"),
        meaning: words(
            "从责任单位列、填报单位、标题、工作表名和文件名都认不出是哪个单位，数据未计入核对。",
            "Neither the owner column, the submitter line, the title, the sheet name nor the file \
             name gives a unit of the plan; the data was set aside.",
        ),
        advice: words(
            "请在“填报单位”处写明单位全称后重新报送；单位另有名称的，请经办人在核对方案中登记。",
            "Write the unit's full name on the sheet and submit again; a further name of the unit can \
             be declared in the pipeline file.",
        ),
        severity: Severity::Mandatory,
        family: Family::Unit,
    },
    KindEntry {
        kind: Kind::UnitDoubtful,
        name: "unit-doubtful",
        title: words("责任单位不一致", "unit in doubt"),
        meaning: words(
            "责任单位列、填报单位、标题、工作表名和文件名所指的单位不一致，按此顺序取前者；或者各处都没有写，\
             只能从所列任务看出是哪个单位。",
            "The owner column, the submitter line, the title, the sheet name and the file name name \
             different units, and the first of them in this order was taken; or none of them names \
             one, and only the tasks listed tell whose it is.",
        ),
        advice: words(
            "请核实表格属于哪个单位，并统一各处写法。",
            "Verify whose sheet it is and make the names agree.",
        ),
        severity: Severity::Verify,
        family: Family::Unit,
    },
    KindEntry {
        kind: Kind::PeriodDiffers,
        name: "period-differs",
        title: words("报送期不符", "another period"),
        meaning: words(
            "标题、工作表名、文件名、列标题或模板标识写的是另一个报送期，或依据的是旧计划。",
            "The title, the sheet name, the file name, a heading or the template's stamp names another period \
             or an older plan.",
        ),
        advice: words(
            "请核实所报是否为本期、依据现行计划的表格；报错的，请更换后重新报送。",
            "Verify that it is the sheet of this period and of the plan in force; if not, submit the \
             right one.",
        ),
        severity: Severity::Verify,
        family: Family::Period,
    },
    KindEntry {
        kind: Kind::TableMissing,
        name: "table-missing",
        title: words("找不到表格", "no table found"),
        meaning: words(
            "整个文件中没有找到带标题行的任务表。",
            "The whole file holds no table with a heading row that could be recognised.",
        ),
        advice: words(
            "请使用报送模板填报，保留表头那一行，重新报送。",
            "Use the template, keep its heading row and submit again.",
        ),
        severity: Severity::Mandatory,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::ColumnMissing,
        name: "column-missing",
        title: words("缺少列", "column missing"),
        meaning: words(
            "找不到必需的列，或有两列都像是它；该列没有核对。",
            "A required column cannot be found, or two columns could be it; it was not checked.",
        ),
        advice: words(
            "请补上这一列，或把列标题改为规定的写法，重新报送。",
            "Add the column, or give it its declared heading, and submit again.",
        ),
        severity: Severity::Mandatory,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::ColumnUnknown,
        name: "column-unknown",
        title: words("未登记的列", "unknown column"),
        meaning: words(
            "表中有一列不在核对方案中，未参与核对。",
            "The sheet has a column nobody declared; it was not checked.",
        ),
        advice: words(
            "这一列不需要核对的，可以不管；需要核对的，请经办人在核对方案中登记。",
            "Nothing need be done, unless it should be compared: then declare it in the pipeline file.",
        ),
        severity: Severity::Note,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::ColumnScaled,
        name: "column-scaled",
        title: words("整列单位有误", "whole column in another unit"),
        meaning: words(
            "整列金额都是计划的同一个倍数（10 倍、10000 倍等），多为金额单位写错。",
            "A whole column is off by the same power of ten, most likely a wrong unit of money.",
        ),
        advice: words(
            "请核对该列的金额单位，更正后重新报送。",
            "Check the column's unit of money, correct it and submit again.",
        ),
        severity: Severity::Mandatory,
        family: Family::Column,
    },
    KindEntry {
        kind: Kind::HiddenContent,
        name: "hidden-content",
        title: words("隐藏内容", "hidden content"),
        meaning: words(
            "隐藏的行、列或工作表中有数据，或单元格看上去空白而其实有内容，已照常读取和核对；或有内容带删除线，\
             不作数，没有核对。",
            "Hidden rows, columns or sheets, or cells that look empty, hold data, which was read and \
             checked; or content is struck out, which does not count and was not checked.",
        ),
        advice: words(
            "请确认这些内容是否应当报送；不应报送的请删除，应报送的请取消隐藏或去掉删除线。",
            "Verify whether the content belongs to the submission; unhide it, take the line away, or \
             delete it.",
        ),
        severity: Severity::Verify,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::RowUnplaced,
        name: "row-unplaced",
        title: words("无法归类的行", "row not understood"),
        meaning: words(
            "有内容的行既不是任务、合计，也不是标题或说明，没有参与核对。",
            "A row with content is neither task, total, heading nor note; it was not checked.",
        ),
        advice: words(
            "请补全该行的任务名称，或删除该行后重新报送。",
            "Fill in the row's task or remove the row, and submit again.",
        ),
        severity: Severity::Verify,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::LineDoubtful,
        name: "line-doubtful",
        title: words("存疑的文本行", "line of a text file in doubt"),
        meaning: words(
            "文本文件（csv）中有的行字段数与标题行不同，引号不成对，或含有无法解码的字节；这些行已照读，但各格\
             可能错位或缺字。",
            "Lines of a text file (csv) have more or fewer fields than the heading, quotes that do not \
             pair, or bytes that are no text. They were read all the same, but their cells may have \
             moved.",
        ),
        advice: words(
            "请对照原表逐格核对这些行，最好另存为 xlsx 重新报送。",
            "Hold these lines against the original sheet cell by cell; best save it as xlsx and submit \
             it again.",
        ),
        severity: Severity::Verify,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::TaskMissing,
        name: "task-missing",
        title: words("缺少任务", "task missing"),
        meaning: words(
            "计划中该单位的任务没有出现在报送表里。",
            "A task of the unit's plan is not on its sheet.",
        ),
        advice: words(
            "请补报该任务；确已取消的，请附文件依据。",
            "Add the task; if it was cancelled, attach the document that says so.",
        ),
        severity: Severity::Mandatory,
        family: Family::Task,
    },
    KindEntry {
        kind: Kind::TaskExtra,
        name: "task-extra",
        title: words("计划外任务", "task not in the plan"),
        meaning: words(
            "报送表里的任务不在计划中该单位的任务之列。",
            "A row of the sheet is no task of the unit in the plan.",
        ),
        advice: words(
            "请说明该任务的依据；误填的请删除。",
            "Say on what ground the task is reported, or remove the row if it was entered by mistake.",
        ),
        severity: Severity::Mandatory,
        family: Family::Task,
    },
    KindEntry {
        kind: Kind::TaskRepeated,
        name: "task-repeated",
        title: words("任务重复", "task repeated"),
        meaning: words(
            "同一任务在报送表里出现了不止一次；多出的行未计入核对。",
            "One task occurs more than once on the sheet; the surplus row was not compared.",
        ),
        advice: words(
            "请删除重复的行，或更正其任务名称。",
            "Remove the repeated row or correct its task.",
        ),
        severity: Severity::Mandatory,
        family: Family::Task,
    },
    KindEntry {
        kind: Kind::TaskMisplaced,
        name: "task-misplaced",
        title: words("任务单位错置", "task of another unit"),
        meaning: words(
            "报送表里的任务在计划中属于另一个单位。",
            "A row of the sheet is a task of another unit in the plan.",
        ),
        advice: words(
            "请核实该任务的责任单位，误填的请删除。",
            "Verify which unit is responsible, and remove the row if it was entered by mistake.",
        ),
        severity: Severity::Mandatory,
        family: Family::Task,
    },
    KindEntry {
        kind: Kind::PairDoubtful,
        name: "pair-doubtful",
        title: words("任务对应存疑", "pairing in doubt"),
        meaning: words(
            "报送的任务同计划中的几项任务差不多像，无法断定是哪一项，所以没有核对。",
            "A row is about equally like several tasks of the plan; it cannot be told which one is meant, \
             so it was not compared.",
        ),
        advice: words(
            "请写明是哪一项任务后重新报送；也可由经办人在“待定事项”页上确认，以后各期沿用。",
            "Write the task's text in full and submit again; or decide which task it is on the \
             page 待定事项 of the workbook, where it holds for later periods too.",
        ),
        severity: Severity::Verify,
        family: Family::Task,
    },
    KindEntry {
        kind: Kind::ValueDiffers,
        name: "value-differs",
        title: words("与计划不符", "differs from the plan"),
        meaning: words("报送的内容与计划不一致。", "A declared field differs from the plan."),
        advice: words(
            "请更正；计划确有调整的，请附文件依据。",
            "Correct it; if the plan was changed, attach the document that says so.",
        ),
        severity: Severity::Mandatory,
        family: Family::Value,
    },
    KindEntry {
        kind: Kind::ValueScaled,
        name: "value-scaled",
        title: words("金额单位有误", "amount in another unit"),
        meaning: words(
            "一个金额恰好是计划的 10 倍、100 倍、10000 倍或几分之一，多为元与万元混用。",
            "One amount is off by exactly a power of ten, most likely a wrong unit of money.",
        ),
        advice: words(
            "请核对该金额的单位，更正后重新报送。",
            "Check the amount's unit, correct it and submit again.",
        ),
        severity: Severity::Mandatory,
        family: Family::Value,
    },
    KindEntry {
        kind: Kind::ValueMissing,
        name: "value-missing",
        title: words("未填写", "value missing"),
        meaning: words(
            "计划中有数值的项目，报送表里是空白或写了“无”；在计划一方，则是必填项空白。",
            "A field is blank or marked as not applicable where the plan has a value; on the plan's \
             side, a required field is blank.",
        ),
        advice: words("请补填；金额为零的请填 0。", "Fill it in; enter 0 if the amount is zero."),
        severity: Severity::Mandatory,
        family: Family::Value,
    },
    KindEntry {
        kind: Kind::ValueUnreadable,
        name: "value-unreadable",
        title: words("无法识别的内容", "value cannot be read"),
        meaning: words(
            "应填金额、月份或数字的地方，写的是文字、错误值或未计算的公式。",
            "A text, an error value or an uncalculated formula stands where an amount, a month or a \
             number is declared.",
        ),
        advice: words("请改填一个确定的数值。", "Enter one definite figure instead."),
        severity: Severity::Mandatory,
        family: Family::Value,
    },
    KindEntry {
        kind: Kind::ValueImprecise,
        name: "value-imprecise",
        title: words("金额精度过细", "finer than a 分"),
        meaning: words(
            "金额比一分钱还细，无法精确核对。",
            "The amount is finer than 0.01 元 and cannot be compared exactly.",
        ),
        advice: words("请四舍五入到分，重新填写。", "Round it to whole 分 and enter it again."),
        severity: Severity::Verify,
        family: Family::Value,
    },
    KindEntry {
        kind: Kind::TotalDiffers,
        name: "total-differs",
        title: words("合计不符", "total differs"),
        meaning: words(
            "表中印出的合计（小计）不等于所列各行之和。",
            "A printed total or subtotal is not the sum of its rows.",
        ),
        advice: words(
            "请核对合计与各行，更正有误的一方。",
            "Check the total and its rows and correct whichever is wrong.",
        ),
        severity: Severity::Mandatory,
        family: Family::Total,
    },
    KindEntry {
        kind: Kind::BalanceBroken,
        name: "balance-broken",
        title: words("行内不平衡", "row does not balance"),
        meaning: words(
            "规定的等式不成立，例如一行的资金不等于各项来源之和。",
            "A declared equation does not hold, such as that a row's amount is the sum of its sources.",
        ),
        advice: words(
            "请核对所列各项金额，更正有误的一项。",
            "Check the amounts named and correct the wrong one.",
        ),
        severity: Severity::Verify,
        family: Family::Rule,
    },
    KindEntry {
        kind: Kind::StatementDiffers,
        name: "statement-differs",
        title: words("说明与明细不符", "statement differs"),
        meaning: words(
            "文字说明中的数字与表中各行不一致，或说明自身前后不一致。",
            "A sentence that restates sums disagrees with the rows, or with its own parts.",
        ),
        advice: words(
            "请核实该句数字，更正说明或明细。",
            "Verify the figure and correct the sentence or the rows.",
        ),
        severity: Severity::Verify,
        family: Family::Rule,
    },
    KindEntry {
        kind: Kind::LimitExceeded,
        name: "limit-exceeded",
        title: words("超出限额", "limit exceeded"),
        meaning: words(
            "金额或合计超过规定的上限。",
            "An amount or a sum is above a declared limit.",
        ),
        advice: words(
            "请核实金额；确需超出的，请附批复依据。",
            "Verify the amount; if the excess was approved, attach the approval.",
        ),
        severity: Severity::Mandatory,
        family: Family::Rule,
    },
    KindEntry {
        kind: Kind::OutOfRange,
        name: "out-of-range",
        title: words("超出范围", "out of range"),
        meaning: words("数值不在规定的范围之内。", "A value lies outside its declared range."),
        advice: words("请更正为范围内的数值。", "Correct it to a value inside the range."),
        severity: Severity::Verify,
        family: Family::Rule,
    },
    KindEntry {
        kind: Kind::Decreased,
        name: "decreased",
        title: words("累计数下降", "cumulative figure fell"),
        meaning: words(
            "只增不减的累计数比上期小。",
            "A cumulative figure is smaller than in the earlier period.",
        ),
        advice: words(
            "请说明减少的原因，或更正本期数。",
            "Explain the decrease or correct the figure.",
        ),
        severity: Severity::Verify,
        family: Family::Progress,
    },
    KindEntry {
        kind: Kind::Overdue,
        name: "overdue",
        title: words("逾期未完成", "overdue"),
        meaning: words(
            "时间进度已到期，而报送的完成进度不足 100%。",
            "The deadline has passed by the period's end and the reported progress is below 100 %.",
        ),
        advice: words(
            "请关注任务进展，必要时说明原因。",
            "Follow the task up; explain the delay where needed.",
        ),
        severity: Severity::Note,
        family: Family::Progress,
    },
    KindEntry {
        kind: Kind::ReportMissing,
        name: "report-missing",
        title: words("应填未填", "report missing"),
        meaning: words(
            "规定应由单位填报的内容是空白，或整份报送表一格也没有填写。",
            "What the unit has to report is blank, or nothing was filled in at all.",
        ),
        advice: words(
            "请补填；没有发生的填 0 或“未开始”，不要留空。",
            "Fill it in; where nothing has happened yet, enter 0 or say so rather than leave it blank.",
        ),
        severity: Severity::Mandatory,
        family: Family::Report,
    },
    KindEntry {
        kind: Kind::ReportVanished,
        name: "report-vanished",
        title: words("上期已填本期未填", "reported before and not now"),
        meaning: words(
            "上期报送过的内容，本期没有再报。",
            "What was reported in the earlier period is not reported now.",
        ),
        advice: words(
            "请补填本期数；确实不再报送的，请说明原因。",
            "Fill in this period's figures; where they are no longer reported, say why.",
        ),
        severity: Severity::Verify,
        family: Family::Vanished,
    },
    KindEntry {
        kind: Kind::WaiverUnused,
        name: "waiver-unused",
        title: words("未用到的豁免", "waiver not used"),
        meaning: words(
            "核对方案中的豁免没有对应到任何差异。",
            "A waiver of the pipeline file matched no finding.",
        ),
        advice: words("不再需要的豁免请删除。", "Remove the waiver if it is no longer needed."),
        severity: Severity::Verify,
        family: Family::Allowance,
    },
    KindEntry {
        kind: Kind::WaiverExpired,
        name: "waiver-expired",
        title: words("豁免已过期", "waiver expired"),
        meaning: words(
            "豁免已过有效期，相应差异重新计入。",
            "A waiver is past its date; the findings it covered count again.",
        ),
        advice: words("请重新审批或删除该豁免。", "Have it approved again or remove it."),
        severity: Severity::Verify,
        family: Family::Allowance,
    },
    KindEntry {
        kind: Kind::RuleUnused,
        name: "rule-unused",
        title: words("从未生效的规则", "rule never applied"),
        meaning: words(
            "核对方案中的规则或句式没有对应到任何内容，等于没有检查。",
            "A rule or a pattern of the pipeline file matched nothing, so it checked nothing.",
        ),
        advice: words(
            "请检查规则的写法，或删除该规则。",
            "Check how the rule is written, or remove it.",
        ),
        severity: Severity::Verify,
        family: Family::Allowance,
    },
    KindEntry {
        kind: Kind::ExplanationEmpty,
        name: "explanation-empty",
        title: words("情况说明无实质内容", "explanation says nothing"),
        meaning: words(
            "情况说明只写了“核实无误”一类的话，没有说明原因。",
            "The only explanation is a phrase such as 核实无误, which gives no reason.",
        ),
        advice: words(
            "请写明差异产生的具体原因和依据。",
            "State the actual reason for the difference and the document it rests on.",
        ),
        severity: Severity::Verify,
        family: Family::Allowance,
    },
    KindEntry {
        kind: Kind::SheetUnused,
        name: "sheet-unused",
        title: words("未使用的内容", "content not used"),
        meaning: words(
            "没有任务的工作表、表格以外的数字和文字、批注，都没有参与核对；在此列出，以便查看。",
            "A sheet without tasks, figures and words outside the table, and comments are not checked; \
             they are listed so that a person can look.",
        ),
        advice: words(
            "请看一看其中有没有应当核对的内容；应当核对的，请填入表格后重新报送。",
            "See whether anything of it should have been checked; if so, enter it in the table and \
             submit again.",
        ),
        severity: Severity::Note,
        family: Family::Layout,
    },
    KindEntry {
        kind: Kind::Attachment,
        name: "attachment",
        title: words("随表附件", "attachment"),
        meaning: words(
            "收件文件夹里有一个不是表格的文件，如说明、扫描件或图片；没有读取，也不需要更正。",
            "The inbox holds a file that is no spreadsheet, such as a letter, a scan or a picture; it \
             was not read, and nobody need correct it.",
        ),
        advice: words(
            "其中如有应当核对的数据，请填入报送表。",
            "If it holds data that should be checked, enter it in the sheet.",
        ),
        severity: Severity::Note,
        family: Family::Sending,
    },
    KindEntry {
        kind: Kind::DecisionRefused,
        name: "decision-refused",
        title: words("答复或处理未采用", "answer not taken"),
        meaning: words(
            "发回的答复或处理不可能成立：差异编号不认识，或是别的单位的差异，或豁免没有写明理由和批准人。",
            "An answer or decision that came back cannot be true: its identity is unknown or another unit's, or a waiver lacks its reason or name.",
        ),
        advice: words(
            "请核对发回的表：差异编号不要改动，豁免须写明理由和处理人。",
            "Check the form that came back: leave the identities as they are, and give a waiver its reason and name.",
        ),
        severity: Severity::Verify,
        family: Family::Allowance,
    },
    KindEntry {
        kind: Kind::Unchecked,
        name: "unchecked",
        title: words("应核对而未核对", "not checked"),
        meaning: words(
            "应当作的核对没有作成，又没有别的差异说明原因。",
            "Checks that were owed could not be made, and no other finding says why.",
        ),
        advice: words(
            "请补齐所缺的内容后重新报送；确实不必核对的，请在核对方案中写明。",
            "Submit what is lacking; where a check is not due, the pipeline file has to say so.",
        ),
        severity: Severity::Verify,
        family: Family::Rule,
    },
    KindEntry {
        kind: Kind::ColumnDoubtful,
        name: "column-doubtful",
        title: words("数的含义存疑", "meaning of figures in doubt"),
        meaning: words(
            "一列数的显示格式写着另一种金额单位，或显示的内容与所存的数不是一回事，或单位行写了不止一种金额\
             单位；已按所说的一种理解核对。",
            "The number format of a column names another unit of money, or shows something else than the \
             number that is there, or the line beside the table names several units; one reading, which \
             is told, was taken.",
        ),
        advice: words(
            "请核实金额单位和数字格式，使显示的与填报的一致后重新报送。",
            "Verify the unit of money and the number format, make what is shown and what is there agree, \
             and submit again.",
        ),
        severity: Severity::Verify,
        family: Family::Column,
    },
];

impl Kind {
    /// Returns the kind's row of the table.
    pub fn entry(self) -> &'static KindEntry {
        KINDS.iter().find(|entry| entry.kind == self).expect("every kind has its row")
    }

    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Returns the kind of that kebab-case name.
    pub fn from_name(name: &str) -> Option<Kind> {
        KINDS.iter().find(|entry| entry.name == name).map(|entry| entry.kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_row_and_its_serialised_name() {
        let mut names: Vec<&str> = KINDS.iter().map(|entry| entry.name).collect();
        for entry in KINDS {
            let json = serde_json::to_string(&entry.kind).unwrap();
            assert_eq!(json, format!("\"{}\"", entry.name));
            assert_eq!(entry.kind.entry().name, entry.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
        assert_eq!(KINDS.len(), Kind::ColumnDoubtful as usize + 1);
    }
}
