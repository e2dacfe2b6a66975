//! Everything that is said to people about a result, from the data of the rooms before: the
//! wording of findings, in Chinese and English: where, what was found, what was expected, the
//! difference, the likely cause, and what to do. Whole sentences, plain words.

mod advice;
mod blank;
mod agreement;
pub mod archive;
pub mod compared;
pub mod outbox;
mod checks;
mod common;
pub mod decided;
mod files;
pub mod letters;
mod lines;
pub mod log;
pub mod overview;
pub mod pages;
pub mod help;
pub mod usage;
mod reading;
mod pairs;
mod reasons;
mod reports;
pub mod scheduled;
mod speaker;
mod sums;
mod values;
pub mod web;
pub mod year;

pub use agreement::{
    ABOUT_COVERAGE, Agreement, OUTCOMES, coverage_line, earlier_verdict, folded_figures,
    folded_rules, is_claim, is_claim_of_all, judgement, no_findings, outcome, plan_verdict,
    stated_agrees, told_without_findings, verdict_without_findings,
};
pub use checks::{held_title, lapsed, not_followed, of_new_rules, reason_text, remark_text};
pub use lines::line_doubt;
pub use reading::reading;
pub use reasons::{cause_text, irregular_text, not_sent, refusal_text, source_text};

use std::borrow::Cow;

use crate::findings::Settled;
use crate::findings::figures::bare_value;
use crate::model::fact::{
    Corrects, OtherPeriod, Remark, Scale, Several, Unreported, Unused, WaiverTold,
};
use crate::model::finding::NameSource;
use crate::model::words::{self, Language};
use crate::model::{Fact, Finding, Kind, Month, Side, Status, Value, hidden};
use crate::pipeline::Pipeline;
use reasons::{fits_nothing, mixed_up, plain_refusal, times};
use speaker::Speaker;

/// Returns the message of a finding.
pub fn message(finding: &Finding, pipeline: &Pipeline, language: Language) -> String {
    let speaker = Speaker { finding, pipeline, language };
    let mut said = speaker.fact();
    for more in [speaker.causes(), speaker.advice()] {
        if !more.is_empty() {
            if language == Language::English {
                said.push(' ');
            }
            said.push_str(&more);
        }
    }
    shown(said)
}

/// Returns a message with nothing hidden in it: it quotes what strangers typed.
fn shown(said: String) -> String {
    match hidden::visible(&said) {
        Cow::Borrowed(_) => said,
        Cow::Owned(shown) => shown,
    }
}

/// Returns the message of a settled finding: a waived one says why it does not count instead of
/// what to do about it, one of a rule on trial that it does not count yet.
pub fn settled_message(settled: &Settled, pipeline: &Pipeline, language: Language) -> String {
    let waiver = settled.waiver.and_then(|place| pipeline.findings.waivers.get(place));
    let space = if language == Language::English { " " } else { "" };
    if let Some(waiver) = waiver {
        let fact = Speaker { finding: &settled.finding, pipeline, language }.fact();
        let (reason, by) = (&waiver.reason, &waiver.approved_by);
        let until = waiver.expires.map(|month| match language {
            Language::Chinese => month_text(month),
            Language::English => month.to_string(),
        });
        let waived = match (language, until) {
            (Language::Chinese, Some(until)) => {
                format!("已豁免：{reason}（{by}批准，有效期至{until}）。")
            }
            (Language::Chinese, None) => format!("已豁免：{reason}（{by}批准）。"),
            (Language::English, Some(until)) => {
                format!("Waived: {reason} (approved by {by}, until {until}).")
            }
            (Language::English, None) => format!("Waived: {reason} (approved by {by})."),
        };
        return shown(format!("{fact}{space}{waived}"));
    }
    let said = message(&settled.finding, pipeline, language);
    if settled.status != Status::Trial {
        return said;
    }
    let trial = match language {
        Language::Chinese => "这条规则还在试行，不计入结论。",
        Language::English => "The rule is still on trial, so this does not count.",
    };
    format!("{said}{space}{trial}")
}

/// Returns the message of a settled finding for a list whose columns say already of whom, of what and where
/// it is: without these words at its beginning.
pub fn listed_message(settled: &Settled, pipeline: &Pipeline) -> String {
    let language = Language::Chinese;
    let said = settled_message(settled, pipeline, language);
    let place = shown(Speaker { finding: &settled.finding, pipeline, language }.place());
    match said.strip_prefix(&place).and_then(|rest| rest.strip_prefix('：')) {
        Some(rest) => rest.to_owned(),
        None => said,
    }
}

/// Returns a month as all pages have it.
pub fn month_text(month: Month) -> String {
    format!("{}年{}月", month.year, month.month)
}

/// Returns a value as a reader should see it, amounts with their unit.
pub fn value_text(value: &Value, pipeline: &Pipeline, language: Language) -> String {
    let chinese = language == Language::Chinese;
    match value {
        Value::Amount(amount) if chinese => {
            format!("{}{}", words::grouped(&amount.decimal(pipeline.money)), pipeline.money)
        }
        Value::Amount(amount) => {
            format!("{} {}", words::grouped(&amount.decimal(pipeline.money)), pipeline.money)
        }
        Value::Blank | Value::Covered if chinese => "空白".to_owned(),
        Value::Blank | Value::Covered => "blank".to_owned(),
        Value::NotApplicable if chinese => "“无”（不适用）".to_owned(),
        Value::NotApplicable => "“not applicable”".to_owned(),
        Value::Text(text) | Value::Choice(text) if text.trim().is_empty() => {
            value_text(&Value::Blank, pipeline, language)
        }
        Value::Text(text) | Value::Choice(text) => format!("“{}”", words::shortened(text, 60)),
        Value::Percent(_) => format!("{}%", bare_value(value, pipeline.money)),
        Value::Unreadable(_) if chinese => "无法识别的内容".to_owned(),
        Value::Unreadable(_) => "something that cannot be read".to_owned(),
        Value::Month(month) if chinese => month_text(*month),
        Value::Date(day) if chinese => {
            format!("{}年{}月{}日", day.month().year, day.month().month, day.day())
        }
        Value::MonthOfYear(month) if chinese => format!("{month}月"),
        other => bare_value(other, pipeline.money),
    }
}

impl Speaker<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm a kind, to be read from top to bottom")]
    fn fact(&self) -> String {
        let finding = self.finding;
        let unit = self.unit();
        match &finding.fact {
            Fact::SubmissionMissing => self.pick(
                format!("没有收到{unit}本期报送的文件。"),
                format!("No file has come in from {unit} for this period."),
            ),
            Fact::SubmissionUnreadable(refusal) => {
                let why = plain_refusal(refusal, self.language);
                let file = finding.file.clone().unwrap_or_default();
                self.pick(format!("文件“{file}”没有读取：{why}。"), format!("The file “{file}” was not read: {why}."))
            }
            Fact::SubmissionDuplicate { counts, others, because, several } => match several {
                Several::Files => self.several_files(&unit, counts, others, *because),
                Several::Tasks { replaced, kept } => {
                    self.corrected_in_part(&unit, (counts, others), (*replaced, *kept), *because)
                }
                Several::Tables => self.several_tables(&unit, counts, others, *because),
                Several::Halves { columns } => self.halves_of_a_table(&unit, counts, others, columns),
                Several::Repeated { units } => self.rows_of_others(counts, units),
            },
            Fact::SubmissionUnchanged => self.pick(
                format!("{unit}本期报送的内容与上期完全相同。"),
                format!("{unit} sent the same content as in the earlier period."),
            ),
            Fact::UnitUnknown { seen } => {
                if seen.is_empty() {
                    let (sheet, cells) = (self.sheet(), self.first_cells());
                    let rows = words::count(finding.cells.len(), "row");
                    return self.pick(
                        format!("{sheet}有 {} 行（{cells}）没有写明责任单位，所在的表和文件也看不出是哪个单位的，没有计入核对。", finding.cells.len()),
                        format!("{sheet}: {rows} ({cells}) of which neither owner, sheet nor file names the unit; set aside and not compared."),
                    );
                }
                let seen = self.seen_names(seen);
                let file = finding.file.clone().unwrap_or_default();
                if finding.cell.is_some() {
                    let (sheet, place) = (self.sheet(), self.cell());
                    return self.pick(
                        format!("{sheet}{place}所写的单位（{seen}）不是计划中的责任单位，所在的行没有计入核对。"),
                        format!("{sheet}{place} names a unit ({seen}) that the plan does not know. Its rows were set aside and not compared."),
                    );
                }
                self.pick(
                    format!("看不出文件“{file}”属于哪个责任单位：{seen}。其中的数据没有计入核对。"),
                    format!("It cannot be told which unit the file “{file}” belongs to: {seen}. Its data was set aside and not compared."),
                )
            }
            Fact::UnitDoubtful { seen: names, .. } => {
                let seen = self.seen_names(names);
                let (sheet, place) = (self.sheet(), self.cell());
                if let [(NameSource::Tasks, task)] = names.as_slice() {
                    return self.pick(
                        format!("{sheet}没有写明是哪个单位；所列任务（如“{task}”）在计划中只属于{unit}，现按{unit}核对，请确认。"),
                        format!("{sheet} names no unit; the tasks it lists, such as “{task}”, are {unit}'s alone in the plan. It was taken as {unit}'s: please confirm."),
                    );
                }
                // One name, which is nearly a unit's.
                if names.len() == 1 {
                    return self.pick(
                        format!("{sheet}{place}所写的单位是{seen}，没有完全同名的责任单位，现按最接近的{unit}核对。"),
                        format!("{sheet}{place} names its unit as {seen}, which is no unit's name exactly. It was taken as {unit}'s, the nearest."),
                    );
                }
                self.pick(
                    format!("{sheet}{place}所写的单位前后不一：{seen}。现按{unit}核对。"),
                    format!("{sheet}{place} names different units: {seen}. It was taken as {unit}'s."),
                )
            }
            Fact::PeriodDiffers(other) => match other {
                OtherPeriod::Named { source, text, expected } => {
                    let where_ = source_text(*source, self.language);
                    let text = words::shortened(text, 40);
                    let period = self.month(expected);
                    self.pick(
                        format!("{unit}报送表的{where_}写着“{text}”，与本期（{period}）不符。"),
                        format!("{unit}: the {where_} of the sheet reads “{text}”, which is not this period ({period})."),
                    )
                }
                OtherPeriod::Sheets { sheets, last_month, expected } => {
                    let sheets = self.quoted_names(sheets);
                    let (chinese, english) = self.held_by_last_month(last_month);
                    self.pick(
                        format!("{unit}报送的工作簿里，工作表{sheets}不是本期（{expected}）的，没有计入核对{chinese}。"),
                        format!("{unit}: the sheets {sheets} of the workbook are not of this period ({expected}) and were set aside{english}."),
                    )
                }
                OtherPeriod::Unnamed { sheets, counts, expected } => {
                    let sheets = self.quoted_names(sheets);
                    self.pick(
                        format!("{unit}报送的工作簿里，工作表{sheets}没有写明月份，与写明本期（{expected}）的“{counts}”列着同样的任务，以“{counts}”为准，{sheets}没有计入核对。"),
                        format!("{unit}: the sheets {sheets} of the workbook name no month and list the tasks of “{counts}”, which names this period ({expected}) and counts; they were set aside."),
                    )
                }
                OtherPeriod::Heading { heading, of_plan: Some(of_plan), .. } => self.pick(
                    format!("{unit}报送表的列标题写着“{heading}”，计划写的是“{of_plan}”，年份不同；这一列已照常核对。"),
                    format!("{unit}: a heading of the sheet reads “{heading}”, where the plan has “{of_plan}”, which is another year; the column was checked as it is."),
                ),
                OtherPeriod::Heading { heading, of_plan: None, expected } => {
                    let period = self.month(expected);
                    self.pick(
                        format!("{unit}报送表的列标题写着“{heading}”，与本期（{period}）的年份不同；这一列已照常核对。"),
                        format!("{unit}: a heading of the sheet reads “{heading}”, which is not the year of this period ({period}); the column was checked as it is."),
                    )
                }
                OtherPeriod::TemplateOf { pipeline } => self.pick(
                    format!("{unit}使用的报送模板属于另一个核对方案（{pipeline}）。"),
                    format!("{unit}: the template belongs to another pipeline ({pipeline})."),
                ),
                OtherPeriod::TemplateOfOtherPlan => self.pick(
                    format!("{unit}使用的报送模板是按另一版计划做的，预填的内容可能已经过时。"),
                    format!("{unit}: the template was made from another version of the plan, so what it was filled with may be out of date."),
                ),
            },
            Fact::TableMissing => self.pick(
                match &finding.unit {
                    Some(unit) => format!("{unit}报送的文件{}里没有找到任务表。", self.file()),
                    None => format!("文件{}里没有找到任务表。", self.file()),
                },
                match &finding.unit {
                    Some(unit) => {
                        format!("{unit}: no table of tasks was found in the file{}.", self.file())
                    }
                    None => format!("No table of tasks was found in the file{}.", self.file()),
                },
            ),
            Fact::ColumnMissing(lacking) => self.column_missing(&unit, lacking),
            Fact::ColumnUnknown { heading, taken_for: Some(name), elsewhere, .. } => {
                self.column_by_meaning(&unit, heading, name, elsewhere)
            }
            Fact::ColumnUnknown { heading, nearest, elsewhere, .. } => {
                self.column_unknown(&unit, heading, nearest.as_deref(), elsewhere)
            }
            Fact::ColumnScaled { power, rows } => self.pick(
                    format!(
                        "{unit}的“{}”整列（{rows} 个金额）都是计划的{}，例如计划为{}，报送为{}{}。{}",
                        self.field(),
                        times(*power, self.language),
                        self.expected(),
                        self.found(),
                        self.cell(),
                        mixed_up(*power, self.language)
                    ),
                    format!(
                        "{unit}: the whole column “{}” ({}) is {} the plan; for example the plan has {} and the sheet {}{}. {}",
                        self.field(),
                        words::count(*rows, "amount"),
                        times(*power, self.language),
                        self.expected(),
                        self.found(),
                        self.cell(),
                        mixed_up(*power, self.language)
                    ),
                ),
            Fact::HiddenContent(unseen) => self.hidden(unseen),
            Fact::ColumnDoubtful(in_doubt) => self.in_doubt(&unit, in_doubt),
            Fact::SheetUnused(unread) => self.unread(unread),
            Fact::Attachment => self.pick(
                format!("文件{}不是报送表，作为随表附件，没有读取。", self.file()),
                format!("The file{} is no sheet; it was taken for an attachment and not read.", self.file()),
            ),
            Fact::RowUnplaced { rows, text } => {
                    let cells = words::short_list(&finding.cells, 5, self.language);
                    let text = words::shortened(text, 60);
                    let (quote, quote_english) = if text.is_empty() {
                        (String::new(), String::new())
                    } else {
                        (format!("（如“{text}”）"), format!(" (such as “{text}”)"))
                    };
                    self.pick(
                        format!("{}有 {rows} 行（{cells}）既不是任务、合计，也不是标题或说明{quote}，没有参与核对。", self.sheet()),
                        format!("{}: {} ({cells}) {} neither task nor total, heading or note{quote_english}; {} not compared.", self.sheet(), words::count(*rows, "row"), if *rows == 1 { "is" } else { "are" }, if *rows == 1 { "it was" } else { "they were" }),
                    )
                }
            Fact::OnTopDiffers { text } => self.pick(
                format!("{}的“{text}”{}是合计之外另计的，计划没有，或与计划另计的不同，没有与任务核对。", self.sheet(), self.cell()),
                format!("{}: “{text}”{} comes on top of the total; the plan has no such line, or another figure in it. It was held against no task.", self.sheet(), self.cell()),
            ),
            Fact::OnTopLacking { text } => self.pick(
                format!("计划在合计之外另计的“{text}”没有出现在报送表{}里，没有与任务核对。", self.on_sheet()),
                format!("“{text}”, which the plan counts on top of its total, is not on the sheet{}. It was held against no task.", self.on_sheet()),
            ),
            Fact::LineDoubtful(doubt) => self.lines_in_doubt(doubt),
            Fact::TaskMissing if finding.task.is_none() => self.pick(
                format!("计划给{unit}的任务没有一项出现在报送表{}里。", self.on_sheet()),
                format!("{unit}: none of the tasks that the plan gives this unit is on the sheet{}.", self.on_sheet()),
            ),
            Fact::TaskMissing => self.pick(
                format!("计划中{unit}的{}没有出现在报送表{}里。", self.task(), self.on_sheet()),
                format!("{unit}: {} of the plan is not on the sheet{}.", self.task(), self.on_sheet()),
            ),
            Fact::TaskExtra if finding.cells.len() > 1 => {
                let (rows, cells) = (finding.cells.len(), self.first_cells());
                self.pick(
                    format!("{unit}报送的 {rows} 行（{cells}）都不在计划给该单位的任务之内，合为一条。"),
                    format!("{unit}: {rows} rows ({cells}) are none of the tasks that the plan gives this unit; they are told at once."),
                )
            }
            Fact::TaskExtra => self.pick(
                format!("{unit}报送的{}{}不在计划给该单位的任务之内。", self.task(), self.cell()),
                format!("{unit}: {}{} is none of the tasks that the plan gives this unit.", self.task(), self.cell()),
            ),
            Fact::TaskRepeated(repetition) => self.repeated(&unit, repetition),
            Fact::TaskMisplaced { unit: home } if finding.cells.len() > 1 => {
                let (rows, cells) = (finding.cells.len(), self.first_cells());
                self.pick(
                    format!("{unit}报送的 {rows} 行（{cells}）在计划中是{home}的任务，合为一条。"),
                    format!("{unit}: {rows} rows ({cells}) are tasks of {home} in the plan; they are told at once."),
                )
            }
            Fact::TaskMisplaced { unit: home } => self.pick(
                format!("{unit}报送的{}{}在计划中是{home}的任务。", self.task(), self.cell()),
                format!("{unit}: {}{} is a task of {home} in the plan.", self.task(), self.cell()),
            ),
            Fact::PairDoubtful { candidates, crowd } => {
                self.doubtful(&unit, candidates, *crowd)
            }
            Fact::ValueDiffers(remark) => self.differs(remark),
            Fact::ValueScaled(Scale::MergedOver { rows }) => {
                self.differs(&Remark::MergedOver { rows: *rows })
            }
            Fact::ValueScaled(Scale::Power(power)) => {
                let power = *power;
                self.pick(
                    format!(
                        "{}：计划为{}，报送为{}{}，恰好是计划的{}。{}",
                        self.place(), self.expected(), self.found(), self.typed(),
                        times(power, self.language), mixed_up(power, self.language)
                    ),
                    format!(
                        "{}: the plan has {}, the sheet has {}{}, which is exactly {} the plan. {}",
                        self.place(), self.expected(), self.found(), self.typed(),
                        times(power, self.language), mixed_up(power, self.language)
                    ),
                )
            }
            Fact::ValueMissing if finding.side == Side::Plan && self.is_about_owner() => {
                self.ownerless()
            }
            Fact::ValueMissing if finding.side == Side::Plan => self.blank_in_plan(),
            // A whole column.
            Fact::ValueMissing if finding.task.is_none() && finding.cells.len() > 1 => {
                let (cells, at) = (finding.cells.len(), self.stretches());
                if finding.found == Some(Value::NotApplicable) {
                    let typed = words::shortened(finding.typed.as_deref().unwrap_or_default(), 20);
                    return self.pick(
                        format!("{unit}的“{}”一列有 {cells} 格（{at}）写的是“{typed}”，等于没有填写，计划在这些格都有内容。", self.field()),
                        format!("{unit}: {} of the column “{}” ({at}) say “{typed}”, which is nothing, where the plan has a value.", words::count(cells, "cell"), self.field()),
                    );
                }
                self.pick(
                    format!("{unit}的“{}”一列有 {cells} 格没有填写（{at}），计划在这些格都有内容。", self.field()),
                    format!("{unit}: {} of the column “{}” are left blank ({at}), where the plan has a value.", words::count(cells, "cell"), self.field()),
                )
            }
            Fact::ValueMissing => {
                let blank =
                    self.finding.found.as_ref().is_none_or(|found| *found == Value::Blank);
                let (found, found_english) = if blank {
                    ("没有填写".to_owned(), "leaves it blank".to_owned())
                } else {
                    let typed = self.finding.typed.as_deref().unwrap_or_default();
                    let typed = words::shortened(typed, 20);
                    (format!("写的是“{typed}”"), format!("says “{typed}”"))
                };
                self.pick(
                    format!("{}：计划为{}，报送表{found}。", self.place(), self.expected()),
                    format!("{}: the plan has {}, the sheet {found_english}.", self.place(), self.expected()),
                )
            }
            Fact::ReportMissing(Unreported::NotFilledIn) => self.not_filled_in(&unit),
            Fact::ReportMissing(Unreported::Blank { tasks, of, no_column }) => {
                self.not_reported(&unit, tasks, *of, *no_column)
            }
            Fact::ReportVanished { period, tasks, no_column } => {
                self.vanished(&unit, period, tasks, *no_column)
            }
            Fact::ValueUnreadable(_) | Fact::ValueImprecise(_) => self.unreadable(),
            Fact::TotalDiffers { label, plan } => self.total(&unit, label, plan.as_ref()),
            Fact::BalanceBroken(broken)
            | Fact::LimitExceeded(broken)
            | Fact::OutOfRange(broken) => self.rule(broken),
            Fact::StatementDiffers(sentence) => self.sentence(sentence),
            Fact::Decreased { falls } => self.fell(&unit, falls),
            Fact::Overdue { due } => {
                let due = self.value(Some(&Value::Month(*due)));
                if finding.found == Some(Value::Blank) {
                    return self.pick(
                        format!("{unit}{}应于{due}完成，没有填报进度{}。", self.task(), self.cell()),
                        format!("{unit}: {} was due in {due}, and no progress is reported{}.", self.task(), self.cell()),
                    );
                }
                self.pick(
                    format!("{unit}{}应于{due}完成，报送的进度只有{}{}。", self.task(), self.found(), self.cell()),
                    format!("{unit}: {} was due in {due}, but its reported progress is {}{}.", self.task(), self.found(), self.cell()),
                )
            }
            Fact::WaiverUnused(waiver) | Fact::WaiverExpired(waiver) => self.waiver(&unit, waiver),
            Fact::RuleUnused { what, unused, .. } => match unused {
                Unused::Rule => self.pick(
                    format!("核对方案中登记的“{what}”在计划和报送表里都没有出现，等于没有核对。"),
                    format!("“{what}” of the pipeline file fits nothing in the plan or the sheets, so it checks nothing."),
                ),
                Unused::Correction(corrects) => self.corrects_nothing(what, *corrects),
                Unused::Awaiting(corrects) => {
                    let said = self.corrects_nothing(what, *corrects);
                    self.pick(
                        format!("{said}还有单位没有报送，可能要到那时才用得到。"),
                        format!("{said} Some units have not sent yet; it may be for these."),
                    )
                }
            },
            Fact::DecisionRefused { id, text, why } => self.answer_refused(id, text, why),
            Fact::Unchecked { rule, reason, checks } => self.unchecked(rule, reason, *checks),
            Fact::ExplanationEmpty { text } => self.pick(
                    format!("{unit}{}的情况说明只写了“{text}”，没有说明原因。", self.about_field()),
                    format!("{unit}{}: the explanation says only “{text}” and gives no reason.", self.about_field()),
                ),
        }
    }

    /// That a correction of tables fits nothing, and what it was held against.
    fn corrects_nothing(&self, what: &str, corrects: Corrects) -> String {
        let why = fits_nothing(corrects, self.language);
        self.pick(
            format!("核对方案 [[normalise.table]] 的 {what} 什么也没有更正：{why}。"),
            format!(
                "`{what}` under `[[normalise.table]]` of the pipeline file corrects nothing: {why}."
            ),
        )
    }

    fn waiver(&self, unit: &str, waiver: &WaiverTold) -> String {
        let WaiverTold { reason, approved_by, expires } = waiver;
        let until = expires.as_ref().map_or_else(String::new, |month| {
            self.pick(format!("，有效期至{}", month_text(*month)), format!(", until {month}"))
        });
        if self.finding.kind() == Kind::WaiverExpired {
            self.pick(
                format!("核对方案中给{unit}的豁免（理由“{reason}”，{approved_by}批准{until}）已经过期，它所豁免的差异重新计入。"),
                format!("The waiver for {unit} (“{reason}”, approved by {approved_by}{until}) has expired; the findings that it covered count again."),
            )
        } else {
            self.pick(
                format!("核对方案中给{unit}的豁免（理由“{reason}”，{approved_by}批准{until}）本期没有对应到任何差异。"),
                format!("The waiver for {unit} (“{reason}”, approved by {approved_by}{until}) covers no finding of this period."),
            )
        }
    }
}
