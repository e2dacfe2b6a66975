//! The wording of findings, in Chinese and English: where, what was found, what was expected, the
//! difference, the likely cause, and what to do. Whole sentences, plain words.

use super::Settled;
use crate::model::finding::{CountsBecause, NameSource, Refusal, Term};
use crate::model::looks;
use crate::model::words::{self, Language};
use crate::model::{
    Amount, Cause, CellAt, Detail, Finding, Kind, MoneyUnit, Month, Obstacle, Severity, Side,
    Status, Value,
};
use crate::pipeline::{ColumnType, Pipeline};

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
    said
}

/// Returns the message of a settled finding: a waived one says why it does not count instead of
/// what to do about it, one of a rule on trial that it does not count yet.
pub fn settled_message(settled: &Settled, pipeline: &Pipeline, language: Language) -> String {
    let waiver = settled.waiver.and_then(|place| pipeline.findings.waivers.get(place));
    let space = if language == Language::English { " " } else { "" };
    if let Some(waiver) = waiver {
        let fact = Speaker { finding: &settled.finding, pipeline, language }.fact();
        let (reason, by) = (&waiver.reason, &waiver.approved_by);
        let until = waiver.expires.map(|month| month.to_string());
        let waived = match (language, until) {
            (Language::Chinese, Some(until)) => {
                format!("已豁免：{reason}（{by}批准，有效期至 {until}）。")
            }
            (Language::Chinese, None) => format!("已豁免：{reason}（{by}批准）。"),
            (Language::English, Some(until)) => {
                format!("Waived: {reason} (approved by {by}, until {until}).")
            }
            (Language::English, None) => format!("Waived: {reason} (approved by {by})."),
        };
        return format!("{fact}{space}{waived}");
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

/// Returns a value as a reader should see it, amounts with their unit.
pub fn value_text(value: &Value, pipeline: &Pipeline, language: Language) -> String {
    let chinese = language == Language::Chinese;
    match value {
        Value::Amount(amount) if chinese => {
            format!("{}{}", amount.decimal(pipeline.money), pipeline.money)
        }
        Value::Amount(amount) => format!("{} {}", amount.decimal(pipeline.money), pipeline.money),
        Value::Blank | Value::Covered if chinese => "空白".to_owned(),
        Value::Blank | Value::Covered => "blank".to_owned(),
        Value::NotApplicable if chinese => "“无”（不适用）".to_owned(),
        Value::NotApplicable => "“not applicable”".to_owned(),
        Value::Text(text) | Value::Choice(text) => format!("“{}”", words::shortened(text, 60)),
        Value::Percent(_) => format!("{}%", bare_value(value, pipeline.money)),
        Value::Month(month) if chinese => format!("{}年{}月", month.year, month.month),
        Value::MonthOfYear(month) if chinese => format!("{month}月"),
        other => bare_value(other, pipeline.money),
    }
}

/// Returns a value as `report.json` holds it: amounts as shortest decimals, months as `2020-10`.
pub fn bare_value(value: &Value, money: MoneyUnit) -> String {
    match value {
        Value::Blank | Value::Covered | Value::NotApplicable | Value::Unreadable(_) => {
            String::new()
        }
        Value::Text(text) | Value::Choice(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Amount(amount) => amount.decimal(money),
        Value::Month(month) => month.to_string(),
        Value::MonthOfYear(month) => month.to_string(),
        Value::Percent(hundredths) => crate::model::amount::shortest_decimal(*hundredths, 2),
    }
}

/// Returns a difference in the unit of the value it belongs to.
pub fn bare_difference(finding: &Finding, money: MoneyUnit) -> Option<String> {
    bare_difference_of(finding.difference?, finding, money)
}

/// Returns a number of a value's smallest unit, such as a tolerance, in the value's unit.
pub fn bare_difference_of(difference: i64, finding: &Finding, money: MoneyUnit) -> Option<String> {
    Some(match finding.found.as_ref()? {
        Value::Amount(_) => crate::model::Amount(difference).decimal(money),
        Value::Percent(_) => crate::model::amount::shortest_decimal(difference, 2),
        _ => difference.to_string(),
    })
}

/// Returns a cause in words.
pub fn cause_text(cause: &Cause, language: Language) -> String {
    let at = |cell: &Option<crate::model::CellAt>| {
        cell.map_or_else(String::new, |cell| format!("（{cell}）"))
    };
    let at_english = |cell: &Option<crate::model::CellAt>| {
        cell.map_or_else(String::new, |cell| format!(" ({cell})"))
    };
    let short = |text: &str| words::shortened(text, 24);
    match (cause, language) {
        (Cause::PowerOfTen { power }, Language::Chinese) => {
            format!("恰好是应有数的{}，疑为金额单位混用", times(*power, language))
        }
        (Cause::PowerOfTen { power }, Language::English) => {
            format!(
                "exactly {} the expected amount, so the units of money were probably mixed up",
                times(*power, language)
            )
        }
        (Cause::Sign, Language::Chinese) => "正负号相反".to_owned(),
        (Cause::Sign, Language::English) => "the sign is reversed".to_owned(),
        (Cause::Transposed, Language::Chinese) => "相邻两位数字写颠倒".to_owned(),
        (Cause::Transposed, Language::English) => {
            "two neighbouring digits are exchanged".to_owned()
        }
        (Cause::Neighbour { task, .. }, Language::Chinese) => {
            format!("等于相邻任务“{}”的计划数，疑为串行", short(task))
        }
        (Cause::Neighbour { task, .. }, Language::English) => {
            format!(
                "equals the plan's amount of the neighbouring task “{}”, so a line may have slipped",
                short(task)
            )
        }
        (Cause::RowMissing { task, cell }, Language::Chinese) => {
            format!("恰好少计“{}”{}一行", short(task), at(cell))
        }
        (Cause::RowMissing { task, cell }, Language::English) => {
            format!("lacks exactly the row “{}”{}", short(task), at_english(cell))
        }
        (Cause::RowTwice { task, cell }, Language::Chinese) => {
            format!("恰好多计一次“{}”{}", short(task), at(cell))
        }
        (Cause::RowTwice { task, cell }, Language::English) => {
            format!("counts the row “{}”{} exactly once too often", short(task), at_english(cell))
        }
        (Cause::SubtotalIncluded { cell }, Language::Chinese) => {
            format!("把小计（{cell}）又加了一次")
        }
        (Cause::SubtotalIncluded { cell }, Language::English) => {
            format!("adds the subtotal in {cell} once more")
        }
        (Cause::RowUnplaced { cell }, Language::Chinese) => {
            format!("含有未能归类的一行（{cell}）的金额")
        }
        (Cause::RowUnplaced { cell }, Language::English) => {
            format!("holds the amount in {cell} of a row that was not understood")
        }
        (Cause::Rounding { decimals: 0 }, Language::Chinese) => "按整数四舍五入".to_owned(),
        (Cause::Rounding { decimals }, Language::Chinese) => {
            format!("按 {decimals} 位小数四舍五入")
        }
        (Cause::Rounding { decimals }, Language::English) => {
            format!("rounded to {}", words::count(*decimals as usize, "decimal"))
        }
        (Cause::BeforeRevision { from }, Language::Chinese) => {
            format!("等于计划调整前（{from} 起执行的计划）的数")
        }
        (Cause::BeforeRevision { from }, Language::English) => {
            format!("is the amount before the plan was revised (the plan in force from {from})")
        }
        (Cause::EqualsSum { title, .. }, Language::Chinese) => {
            format!("恰好等于各行“{title}”的合计")
        }
        (Cause::EqualsSum { title, .. }, Language::English) => {
            format!("is exactly the sum of all rows' “{title}”")
        }
        (Cause::TasksTogether { task }, Language::Chinese) => {
            format!("等于本任务与缺少的任务“{}”之和，疑为两项并作一行", short(task))
        }
        (Cause::TasksTogether { task }, Language::English) => {
            format!(
                "is this task's amount and that of the missing task “{}” together, so two tasks may share one row",
                short(task)
            )
        }
        (Cause::RowsTogether { cells }, language) => {
            let cells = words::list(cells, language);
            match language {
                Language::Chinese => format!("{cells} 合起来恰为计划数，疑为一项拆成几行"),
                Language::English => format!(
                    "{cells} together make the plan's amount, so one task may have been split"
                ),
            }
        }
    }
}

/// Returns a power of ten as people say it: 10 倍, 千分之一.
fn times(power: i32, language: Language) -> String {
    let chinese = match power.unsigned_abs() {
        1 => ("10 ", "十"),
        2 => ("100 ", "百"),
        3 => ("1000 ", "千"),
        4 => ("1 万", "万"),
        8 => ("1 亿", "亿"),
        _ => {
            return match language {
                Language::Chinese => format!(" 10 的 {power} 次方倍"),
                Language::English => format!("10^{power} times"),
            };
        }
    };
    let number = 10_i64.pow(power.unsigned_abs());
    match (language, power > 0) {
        (Language::Chinese, true) => format!(" {}倍", chinese.0),
        (Language::Chinese, false) => format!("{}分之一", chinese.1),
        (Language::English, true) => format!("{number} times"),
        (Language::English, false) => format!("1/{number} of"),
    }
}

struct Speaker<'a> {
    finding: &'a Finding,
    pipeline: &'a Pipeline,
    language: Language,
}

impl Speaker<'_> {
    fn chinese(&self) -> bool {
        self.language == Language::Chinese
    }

    fn pick(&self, chinese: String, english: String) -> String {
        if self.chinese() { chinese } else { english }
    }

    fn value(&self, value: Option<&Value>) -> String {
        value_text(value.unwrap_or(&Value::Blank), self.pipeline, self.language)
    }

    fn found(&self) -> String {
        self.value(self.finding.found.as_ref())
    }

    fn expected(&self) -> String {
        self.value(self.finding.expected.as_ref())
    }

    fn unit(&self) -> String {
        self.finding.unit.clone().unwrap_or_else(|| {
            self.finding.file.as_ref().map_or_else(
                || self.pick("全表".to_owned(), "the whole".to_owned()),
                |file| self.pick(format!("文件“{file}”"), format!("the file “{file}”")),
            )
        })
    }

    fn cell(&self) -> String {
        match (&self.finding.cell, self.language) {
            (Some(cell), Language::Chinese) => format!("（{cell}）"),
            (Some(cell), Language::English) => format!(" ({cell})"),
            (None, _) => String::new(),
        }
    }

    /// 第 15 项“组织林旺南…”
    fn task(&self) -> String {
        let text = words::shortened(self.finding.task.as_deref().unwrap_or_default(), 28);
        match (self.finding.seq, self.language) {
            (Some(seq), Language::Chinese) => format!("第 {seq} 项“{text}”"),
            (Some(seq), Language::English) => format!("task {seq} “{text}”"),
            (None, Language::Chinese) => format!("“{text}”"),
            (None, Language::English) => format!("“{text}”"),
        }
    }

    /// The unit's sheet by name: 海棠区的工作表“附件3”.
    fn sheet(&self) -> String {
        let whose =
            self.finding.unit.as_ref().map_or_else(String::new, |unit| {
                self.pick(format!("{unit}的"), format!("{unit}'s "))
            });
        match (&self.finding.sheet, self.language) {
            (Some(sheet), Language::Chinese) => format!("{whose}工作表“{sheet}”"),
            (Some(sheet), Language::English) if whose.is_empty() => format!("The sheet “{sheet}”"),
            (Some(sheet), Language::English) => format!("{whose}sheet “{sheet}”"),
            (None, Language::Chinese) => format!("{whose}报送表"),
            (None, Language::English) if whose.is_empty() => "The file".to_owned(),
            (None, Language::English) => format!("{whose}file"),
        }
    }

    /// The sheet's name, to be put behind a word for it.
    fn on_sheet(&self) -> String {
        match (&self.finding.sheet, self.language) {
            (Some(sheet), Language::Chinese) => format!("“{sheet}”"),
            (Some(sheet), Language::English) => format!(" “{sheet}”"),
            (None, _) => String::new(),
        }
    }

    /// The file's name, to be put behind a word for it.
    fn file(&self) -> String {
        match (&self.finding.file, self.language) {
            (Some(file), Language::Chinese) => format!("“{file}”"),
            (Some(file), Language::English) => format!(" “{file}”"),
            (None, _) => String::new(),
        }
    }

    fn field(&self) -> String {
        let name = self.finding.field.as_deref().unwrap_or_default();
        self.pipeline.field_title(name)
    }

    /// Where a value stands, in words.
    fn place(&self) -> String {
        let unit = self.finding.unit.clone().unwrap_or_default();
        let plan = self.finding.side == Side::Plan;
        let task = if self.finding.task.is_some() { self.task() } else { String::new() };
        match self.language {
            Language::Chinese => {
                let side = if plan { "计划表中" } else { "" };
                format!("{side}{unit}{task}的“{}”{}", self.field(), self.cell())
            }
            Language::English => {
                let side = if plan { "In the plan, " } else { "" };
                let task = if task.is_empty() { String::new() } else { format!(", {task}") };
                format!("{side}{unit}{task}, “{}”{}", self.field(), self.cell())
            }
        }
    }

    fn typed(&self) -> String {
        let Some(typed) = self.finding.typed.as_deref().filter(|typed| !typed.is_empty()) else {
            return String::new();
        };
        let same = self.finding.found.as_ref().is_some_and(|found| {
            bare_value(found, self.pipeline.money) == typed || self.value(Some(found)) == typed
        });
        if same {
            return String::new();
        }
        let typed = words::shortened(typed, 60);
        self.pick(format!("（原文“{typed}”）"), format!(" (typed “{typed}”)"))
    }

    fn difference(&self) -> String {
        let Some(number) = self.finding.difference else { return String::new() };
        let Some(text) = bare_difference(self.finding, self.pipeline.money) else {
            return String::new();
        };
        let size = text.trim_start_matches('-');
        let unit = match self.finding.found {
            Some(Value::Amount(_)) => self.pipeline.money.to_string(),
            Some(Value::Percent(_)) => "个百分点".to_owned(),
            _ => String::new(),
        };
        let unit_english = match self.finding.found {
            Some(Value::Amount(_)) => format!(" {}", self.pipeline.money),
            Some(Value::Percent(_)) => " percentage points".to_owned(),
            _ => String::new(),
        };
        let more = number > 0;
        self.pick(
            format!("，{}{size}{unit}", if more { "多" } else { "少" }),
            format!(", {size}{unit_english} {}", if more { "more" } else { "less" }),
        )
    }

    #[expect(clippy::too_many_lines, reason = "one arm a kind, to be read from top to bottom")]
    fn fact(&self) -> String {
        let finding = self.finding;
        let unit = self.unit();
        match finding.kind {
            Kind::SubmissionMissing => self.pick(
                format!("没有收到{unit}本期报送的文件。"),
                format!("No file has come in from {unit} for this period."),
            ),
            Kind::SubmissionUnreadable => {
                let why = match &finding.detail {
                    Detail::Refused(refusal) => plain_refusal(refusal, self.language),
                    _ => String::new(),
                };
                let file = finding.file.clone().unwrap_or_default();
                self.pick(format!("文件“{file}”没有读取：{why}。"), format!("The file “{file}” was not read: {why}."))
            }
            Kind::SubmissionDuplicate => self.several_files(&unit),
            Kind::SubmissionUnchanged => self.pick(
                format!("{unit}本期报送的内容与上期完全相同。"),
                format!("{unit} sent the same content as in the earlier period."),
            ),
            Kind::UnitUnknown => {
                let seen = self.seen_names();
                let file = finding.file.clone().unwrap_or_default();
                self.pick(
                    format!("看不出文件“{file}”属于哪个责任单位：{seen}。其中的数据没有计入核对。"),
                    format!("It cannot be told which unit the file “{file}” belongs to: {seen}. Its data was set aside and not compared."),
                )
            }
            Kind::UnitDoubtful => {
                let seen = self.seen_names();
                let (sheet, place) = (self.sheet(), self.cell());
                // One name, which is nearly a unit's.
                if matches!(&finding.detail, Detail::UnitNames { seen } if seen.len() == 1) {
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
            Kind::PeriodDiffers => match &finding.detail {
                Detail::PeriodNamed { source, text, expected } => {
                    let where_ = source_text(*source, self.language);
                    let text = words::shortened(text, 40);
                    let period = expected.parse::<Month>().map_or_else(
                        |_| expected.clone(),
                        |month| self.value(Some(&Value::Month(month))),
                    );
                    self.pick(
                        format!("{unit}报送表的{where_}写着“{text}”，与本期（{period}）不符。"),
                        format!("{unit}: the {where_} of the sheet reads “{text}”, which is not this period ({period})."),
                    )
                }
                Detail::TemplateOf { pipeline } => self.pick(
                    format!("{unit}使用的报送模板属于另一个核对方案（{pipeline}）。"),
                    format!("{unit}: the template belongs to another pipeline ({pipeline})."),
                ),
                Detail::TemplateOfOtherPlan => self.pick(
                    format!("{unit}使用的报送模板是按另一版计划做的，预填的内容可能已经过时。"),
                    format!("{unit}: the template was made from another version of the plan, so what it was filled with may be out of date."),
                ),
                _ => self.pick(format!("{unit}的报送期不符。"), format!("{unit}: another period.")),
            },
            Kind::TableMissing => self.pick(
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
            Kind::ColumnMissing => self.column_missing(&unit),
            Kind::ColumnUnknown => self.column_unknown(&unit),
            Kind::ColumnScaled => match &finding.detail {
                Detail::Scaled { power, rows } => self.pick(
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
                _ => String::new(),
            },
            Kind::HiddenContent => self.hidden(),
            Kind::RowUnplaced => match &finding.detail {
                Detail::Unplaced { rows, text } => {
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
                _ => String::new(),
            },
            Kind::TaskMissing => self.pick(
                format!("计划中{unit}的{}没有出现在报送表{}里。", self.task(), self.on_sheet()),
                format!("{unit}: {} of the plan is not on the sheet{}.", self.task(), self.on_sheet()),
            ),
            Kind::TaskExtra => self.pick(
                format!("{unit}报送的{}{}不在计划给该单位的任务之内。", self.task(), self.cell()),
                format!("{unit}: {}{} is none of the tasks that the plan gives this unit.", self.task(), self.cell()),
            ),
            Kind::TaskRepeated => self.repeated(&unit),
            Kind::TaskMisplaced => {
                let home = match &finding.detail {
                    Detail::BelongsTo { unit } => unit.clone(),
                    _ => String::new(),
                };
                self.pick(
                    format!("{unit}报送的{}{}在计划中是{home}的任务。", self.task(), self.cell()),
                    format!("{unit}: {}{} is a task of {home} in the plan.", self.task(), self.cell()),
                )
            }
            Kind::PairDoubtful => self.doubtful(&unit),
            Kind::ValueDiffers => self.differs(),
            Kind::ValueScaled if matches!(finding.detail, Detail::MergedOver { .. }) => {
                self.differs()
            }
            Kind::ValueScaled => {
                let power = match &finding.detail {
                    Detail::Scaled { power, .. } => *power,
                    _ => 0,
                };
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
            Kind::ValueMissing if finding.side == Side::Plan => self.pick(
                format!("{}是空白。", self.place()),
                format!("{} is blank.", self.place()),
            ),
            Kind::ValueMissing => {
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
            Kind::ValueUnreadable | Kind::ValueImprecise => self.unreadable(),
            Kind::TotalDiffers => self.total(&unit),
            Kind::BalanceBroken | Kind::LimitExceeded | Kind::OutOfRange => self.rule(),
            Kind::StatementDiffers => self.sentence(),
            Kind::Decreased => {
                let period = match &finding.detail {
                    Detail::Earlier { period } => period.parse::<Month>().map_or_else(
                        |_| period.clone(),
                        |month| self.value(Some(&Value::Month(month))),
                    ),
                    _ => String::new(),
                };
                self.pick(
                    format!("{}：上期（{period}）累计{}，本期累计{}{}。", self.place(), self.expected(), self.found(), self.difference().replace("，少", "，减少")),
                    format!("{}: it was {} in the earlier period ({period}) and is {} now{}.", self.place(), self.expected(), self.found(), self.difference()),
                )
            }
            Kind::Overdue => {
                let due = match &finding.detail {
                    Detail::Deadline { due } => self.value(Some(&Value::Month(*due))),
                    _ => String::new(),
                };
                self.pick(
                    format!("{unit}{}应于{due}完成，报送的进度只有{}{}。", self.task(), self.found(), self.cell()),
                    format!("{unit}: {} was due in {due}, but its reported progress is {}{}.", self.task(), self.found(), self.cell()),
                )
            }
            Kind::WaiverUnused | Kind::WaiverExpired => self.waiver(&unit),
            Kind::RuleUnused => match &finding.detail {
                Detail::Unused { what } => self.pick(
                    format!("核对方案中登记的“{what}”在计划和报送表里都没有出现，等于没有核对。"),
                    format!("“{what}” of the pipeline file fits nothing in the plan or the sheets, so it checks nothing."),
                ),
                _ => String::new(),
            },
            Kind::ExplanationEmpty => match &finding.detail {
                Detail::Explanation { text } => self.pick(
                    format!("{unit}{}的情况说明只写了“{text}”，没有说明原因。", self.about_field()),
                    format!("{unit}{}: the explanation says only “{text}” and gives no reason.", self.about_field()),
                ),
                _ => String::new(),
            },
        }
    }

    fn about_field(&self) -> String {
        let task = if self.finding.task.is_some() { self.task() } else { String::new() };
        let field = match (&self.finding.field, self.language) {
            (Some(_), Language::Chinese) => format!("“{}”", self.field()),
            (Some(_), Language::English) => format!(" “{}”", self.field()),
            (None, _) => String::new(),
        };
        if self.chinese() { format!("{task}{field}") } else { format!(", {task}{field}") }
    }

    fn differs(&self) -> String {
        let (expected, found) = match (&self.finding.expected, &self.finding.found) {
            (Some(Value::Text(expected)), Some(Value::Text(found))) => {
                let (expected, found) = words::around_difference(expected, found, 60);
                (format!("“{expected}”"), format!("“{found}”"))
            }
            _ => (self.expected(), self.found()),
        };
        match &self.finding.detail {
            Detail::SameMeaning => self.pick(
                format!("{}措辞不同：计划{expected}，报送{found}；按登记的同义写法视为一致。", self.place()),
                format!("{} is worded differently: the plan has {expected}, the sheet {found}; by the declared synonyms they mean the same.", self.place()),
            ),
            Detail::DecidedPair { by } => {
                let by = by.clone().unwrap_or_default();
                let who = if by.is_empty() { "人工" } else { by.as_str() };
                let who_english = if by.is_empty() { "a person" } else { by.as_str() };
                self.pick(
                    format!("{}写法不同：计划{expected}，报送{found}；{who}已确认是同一项，按核对方案中登记的对应处理。", self.place()),
                    format!("{} is written differently: the plan has {expected}, the sheet {found}; {who_english} decided that they are the same, as the pipeline file records.", self.place()),
                )
            }
            Detail::WithinTolerance { tolerance } => {
                let tolerance = self.tolerance_text(*tolerance);
                self.pick(
                    format!("{}：计划{expected}，报送{found}{}{}；在允差{tolerance}之内，视为相符。", self.place(), self.typed(), self.difference()),
                    format!("{}: the plan has {expected}, the sheet has {found}{}{}; this is within the tolerance of {tolerance} and passes.", self.place(), self.typed(), self.difference()),
                )
            }
            Detail::LooksEqual { characters } => {
                let which = self.different_characters(characters);
                self.pick(
                    format!("{}：计划{expected}，报送{found}，看上去几乎一样，其实{which}。", self.place()),
                    format!("{}: the plan has {expected}, the sheet {found}; they look alike, but {which}.", self.place()),
                )
            }
            Detail::EqualAsShown { decimals } => {
                let shown = match decimals {
                    0 => self.pick("整数".to_owned(), "whole numbers".to_owned()),
                    _ => self.pick(
                        format!(" {decimals} 位小数"),
                        words::count(*decimals as usize, "decimal"),
                    ),
                };
                self.pick(
                    format!("{}：计划{expected}，报送{found}{}{}{}；表格若只显示{shown}，看上去与计划相同。", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
                    format!("{}: the plan has {expected}, the sheet has {found}{}{}{}; shown as {shown} it looks like the plan's.", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
                )
            }
            Detail::PlanCellFaulty => self.pick(
                format!("{}：报送为{found}{}，而计划此处是{expected}。", self.place(), self.typed()),
                format!("{}: the sheet has {found}{}, but the plan's own cell is {expected}.", self.place(), self.typed()),
            ),
            Detail::MergedOver { rows } => self.pick(
                format!("{}合并了 {rows} 行，报送{found}，这些任务的计划合计{expected}{}。", self.place(), self.difference()),
                format!("{} is merged over {rows} rows and has {found}; the plan's sum of these tasks is {expected}{}.", self.place(), self.difference()),
            ),
            Detail::RolledUp { cells, elsewhere } => {
                let cells = self.rolled_up_cells(cells, elsewhere);
                self.pick(
                    format!("{}分几行报送（{cells}），合起来{found}，计划{expected}{}。", self.place(), self.difference()),
                    format!("{} was reported in several rows ({cells}), together {found}; the plan has {expected}{}.", self.place(), self.difference()),
                )
            }
            _ => self.pick(
                format!("{}：计划为{expected}，报送为{found}{}{}{}。", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
                format!("{}: the plan has {expected}, the sheet has {found}{}{}{}.", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
            ),
        }
    }

    /// 计划的“村 (U+6751)”与报送的“材 (U+6750)”不是同一个字
    fn different_characters(&self, characters: &[(char, char)]) -> String {
        if characters.is_empty() {
            return self.pick("所用的字符不同".to_owned(), "other characters are used".to_owned());
        }
        let pairs: Vec<String> = characters
            .iter()
            .map(|(planned, found)| {
                let (planned, found) = (looks::named(*planned), looks::named(*found));
                self.pick(
                    format!("计划的“{planned}”与报送的“{found}”不是同一个字符"),
                    format!("the plan's “{planned}” is not the sheet's “{found}”"),
                )
            })
            .collect();
        words::list(&pairs, self.language)
    }

    /// A tolerance in the unit of the value it belongs to.
    fn tolerance_text(&self, tolerance: i64) -> String {
        let value = match self.finding.found {
            Some(Value::Percent(_)) => Value::Percent(tolerance),
            Some(Value::Amount(_)) => Value::Amount(Amount(tolerance)),
            _ => Value::Integer(tolerance),
        };
        self.value(Some(&value))
    }

    /// Says how much would have passed, where the column has a tolerance.
    fn beyond_tolerance(&self) -> String {
        let Some(tolerance) = tolerance(self.finding, self.pipeline).filter(|most| *most > 0)
        else {
            return String::new();
        };
        let tolerance = self.tolerance_text(tolerance);
        self.pick(
            format!("，超出允差{tolerance}"),
            format!(", beyond the tolerance of {tolerance}"),
        )
    }

    fn unreadable(&self) -> String {
        let why = match &self.finding.found {
            Some(Value::Unreadable(obstacle)) => obstacle_text(obstacle, self.language),
            _ => String::new(),
        };
        let typed = words::shortened(self.finding.typed.as_deref().unwrap_or_default(), 60);
        let plan = match &self.finding.expected {
            Some(value) if self.finding.side == Side::Submission => {
                let value = self.value(Some(value));
                self.pick(format!("；计划为{value}"), format!("; the plan has {value}"))
            }
            _ => String::new(),
        };
        self.pick(
            format!("{}写作“{typed}”，{why}{plan}。", self.place()),
            format!("{} reads “{typed}”, which {why}{plan}.", self.place()),
        )
    }

    /// The declared choices of the column, where what was typed is none of them.
    fn choices(&self) -> Option<String> {
        let Some(Value::Unreadable(Obstacle::UnknownChoice(_))) = &self.finding.found else {
            return None;
        };
        let column = self.pipeline.column_named(self.finding.field.as_ref()?)?;
        let choices = self.pipeline.columns[column].choices.iter();
        let values: Vec<&str> = choices.map(|choice| choice.value.as_str()).collect();
        let separator = if self.chinese() { "、" } else { ", " };
        Some(values.join(separator))
    }

    fn several_files(&self, unit: &str) -> String {
        let Detail::SeveralFiles { counts, others, because } = &self.finding.detail else {
            return String::new();
        };
        let several = others.len() > 1;
        let others: Vec<String> = others.iter().map(|other| format!("“{other}”")).collect();
        let others = words::list(&others, self.language);
        let why = match (because, self.language) {
            (CountsBecause::Marker, Language::Chinese) => "文件名标明为更正稿",
            (CountsBecause::Marker, Language::English) => "its name marks it as the corrected one",
            (CountsBecause::FilledOn, Language::Chinese) => "填报日期较晚",
            (CountsBecause::FilledOn, Language::English) => "it was filled in later",
            (CountsBecause::ModifiedAt, Language::Chinese) => "文件保存时间较晚",
            (CountsBecause::ModifiedAt, Language::English) => "it was saved later",
            (CountsBecause::Undecided, Language::Chinese) => "无法分辨先后，暂按文件名取一个",
            (CountsBecause::Undecided, Language::English) => {
                "nothing tells them apart, so the first by name was taken"
            }
        };
        self.pick(
            format!("{unit}报送了多个文件，现以“{counts}”为准（{why}），没有计入的是：{others}。"),
            format!(
                "{unit} sent several files. “{counts}” counts ({why}); {others} {} not counted.",
                if several { "were" } else { "was" }
            ),
        )
    }

    fn seen_names(&self) -> String {
        let Detail::UnitNames { seen } = &self.finding.detail else { return String::new() };
        let texts: Vec<String> = seen
            .iter()
            .map(|(source, text)| {
                let source = source_text(*source, self.language);
                let text = words::shortened(text, 30);
                self.pick(format!("{source}写着“{text}”"), format!("the {source} says “{text}”"))
            })
            .collect();
        words::list(&texts, self.language)
    }

    fn column_missing(&self, unit: &str) -> String {
        match &self.finding.detail {
            Detail::ColumnMissing { title, nearest } => {
                let name = self.finding.field.clone().unwrap_or_default();
                let near = nearest.as_ref().map_or_else(String::new, |heading| {
                    self.pick(
                        format!("最接近的列标题是“{heading}”；如果就是这一列，经办人可在核对方案 {name} 列的 headings 中加入 \"{heading}\"。"),
                        format!("The nearest heading is “{heading}”; to accept it, add \"{heading}\" to the headings of `{name}` in the pipeline file. "),
                    )
                });
                let column =
                    self.finding.field.as_ref().and_then(|f| self.pipeline.column_named(f));
                if column.is_some_and(|column| self.pipeline.roles.key.contains(&column)) {
                    return self
                        .pick(
                            format!("{unit}的表中找不到“{title}”列，各行无法与计划的任务对应，这张表没有核对。{near}"),
                            format!("{unit}: the column “{title}” was not found, so that no row can be told to be a task of the plan; the table was not checked. {near}"),
                        )
                        .trim_end()
                        .to_owned();
                }
                self.pick(
                    format!("{unit}的报送表{}里找不到“{title}”一列，这一列没有核对。{near}", self.on_sheet()),
                    format!("{unit}: the column “{title}” is not on the sheet{} and was not compared. {near}", self.on_sheet()),
                )
                .trim_end()
                .to_owned()
            }
            Detail::ColumnAmbiguous { title, headings } => {
                let headings = words::list(headings, self.language);
                self.pick(
                    format!("{unit}的报送表{}里有几列都像“{title}”：{headings}；无法断定是哪一列，所以没有核对。", self.on_sheet()),
                    format!("{unit}: several headings of the sheet{} could be “{title}”: {headings}. It cannot be told which one is meant, so the column was not compared.", self.on_sheet()),
                )
            }
            _ => String::new(),
        }
    }

    fn column_unknown(&self, unit: &str) -> String {
        let Detail::ColumnUnknown { heading, nearest } = &self.finding.detail else {
            return String::new();
        };
        let near = nearest.as_ref().map_or_else(String::new, |title| {
            self.pick(format!("，最接近“{title}”"), format!(", nearest to “{title}”"))
        });
        self.pick(
            format!("{unit}的报送表{}里有一列“{heading}”{}没有在核对方案中登记{near}，没有参与核对。", self.on_sheet(), self.cell()),
            format!(
                "{unit}: the sheet{} has a column “{heading}”{} that the pipeline file does not declare{near}; it was not compared.",
                self.on_sheet(),
                self.cell()
            ),
        )
    }

    fn hidden(&self) -> String {
        let Detail::Hidden { rows, columns, sheet } = &self.finding.detail else {
            return String::new();
        };
        let mut parts = Vec::new();
        if *sheet {
            parts.push(self.pick("整张工作表".to_owned(), "the whole sheet".to_owned()));
        }
        if *rows > 0 {
            parts.push(self.pick(format!("{rows} 行"), words::count(*rows, "row")));
        }
        if *columns > 0 {
            parts.push(self.pick(format!("{columns} 列"), words::count(*columns, "column")));
        }
        let parts = words::list(&parts, self.language);
        let sheet_name = self.sheet();
        let cells = words::short_list(&self.finding.cells, 5, self.language);
        let (places, cells) = if cells.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("：{cells}"), format!(" ({cells})"))
        };
        self.pick(
            format!("{sheet_name}有隐藏的内容（{parts}{places}），其中有数据；这些数据已照常读取和核对。"),
            format!("{sheet_name} hides {parts}{cells} with data; it was read and compared all the same."),
        )
    }

    fn rolled_up_cells(&self, cells: &[CellAt], elsewhere: &[String]) -> String {
        let cells = cells.iter().map(ToString::to_string);
        let all: Vec<String> = cells.chain(elsewhere.iter().cloned()).collect();
        words::list(&all, self.language)
    }

    fn repeated(&self, unit: &str) -> String {
        match &self.finding.detail {
            Detail::RolledUp { cells, elsewhere } => {
                let cells = self.rolled_up_cells(cells, elsewhere);
                self.pick(
                    format!("{unit}的{}分几行报送（{cells}），金额已合并核对。", self.task()),
                    format!("{unit}: {} was reported in several rows ({cells}); their amounts were added up.", self.task()),
                )
            }
            Detail::RepeatOf { cell } => {
                let side = if self.finding.side == Side::Plan { "计划表中" } else { "" };
                let again = self.finding.cell.map(|cell| cell.to_string()).unwrap_or_default();
                self.pick(
                    format!("{side}{unit}的{}填了两次（{cell} 和 {again}）；{again} 这一行没有计入核对。", self.task()),
                    format!("{unit}: {} is entered twice, in {cell} and again in {again}; the row of {again} was not compared.", self.task()),
                )
            }
            _ => self.pick(
                format!("{unit}的{}重复出现{}。", self.task(), self.cell()),
                format!("{unit}: {} occurs again{}.", self.task(), self.cell()),
            ),
        }
    }

    fn doubtful(&self, unit: &str) -> String {
        let Detail::Candidates(candidates) = &self.finding.detail else { return String::new() };
        let texts: Vec<String> = candidates
            .iter()
            .map(|candidate| {
                let task = words::shortened(&candidate.task, 24);
                let likeness = candidate.likeness;
                match (candidate.seq, self.language) {
                    (Some(seq), Language::Chinese) => {
                        format!("第 {seq} 项“{task}”（相似 {likeness}%）")
                    }
                    (Some(seq), Language::English) => {
                        format!("task {seq} “{task}” ({likeness}% alike)")
                    }
                    (None, Language::Chinese) => format!("“{task}”（相似 {likeness}%）"),
                    (None, Language::English) => format!("“{task}” ({likeness}% alike)"),
                }
            })
            .collect();
        let texts = words::list(&texts, self.language);
        self.pick(
            format!("{unit}报送的{}{}同计划中的几项任务差不多像：{texts}；无法断定是哪一项，所以没有核对。", self.task(), self.cell()),
            format!("{unit}: {}{} is about equally like several tasks of the plan: {texts}. It cannot be told which one is meant, so the row was not compared.", self.task(), self.cell()),
        )
    }

    fn total(&self, unit: &str) -> String {
        let (label, plan) = match &self.finding.detail {
            Detail::Total { label, plan } => (label.as_str(), plan.as_ref()),
            _ => ("", None),
        };
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

    fn terms(&self, terms: &[Term]) -> String {
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

    fn rule(&self) -> String {
        let Detail::Rule { rule, title, terms } = &self.finding.detail else {
            return String::new();
        };
        let terms = self.terms(terms);
        // Where the left side adds several amounts, what is wrong is their sum.
        let left = rule.split(['=', '<', '>']).next().unwrap_or_default();
        let (main, main_english) = if left.contains(['+', '-']) {
            (String::new(), "it".to_owned())
        } else {
            (self.field(), self.field())
        };
        let whose = self.whose_rows();
        let more = self.finding.difference.is_some_and(|difference| difference > 0);
        let (bound, bound_english) = match (self.finding.kind, more) {
            (Kind::BalanceBroken, _) => ("应为", "should be"),
            (_, true) => ("最多应为", "may be at most"),
            (_, false) => ("最少应为", "must be at least"),
        };
        self.pick(
            format!(
                "{whose}{}不符合“{title}”：{terms}；{main}{bound}{}，实为{}{}。",
                self.cell(),
                self.expected(),
                self.found(),
                self.difference()
            ),
            format!(
                "{whose}{} {} “{title}”: {terms}; {main_english} {bound_english} {} and is {}{}.",
                self.cell(),
                if self.finding.task.is_some() { "breaks" } else { "break" },
                self.expected(),
                self.found(),
                self.difference()
            ),
        )
    }

    /// The row, or the rows together, that a rule is about.
    fn whose_rows(&self) -> String {
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

    fn sentence(&self) -> String {
        let Detail::Sentence { sentence, claim, terms, .. } = &self.finding.detail else {
            return String::new();
        };
        let sentence = words::shortened(sentence, 60);
        let terms = self.terms(terms);
        let basis = if terms.is_empty() {
            String::new()
        } else {
            self.pick(format!("（{terms}）"), format!(" ({terms})"))
        };
        if self.finding.side == Side::Submission {
            let sheet = self.sheet();
            let Detail::Sentence { terms, .. } = &self.finding.detail else {
                return String::new();
            };
            let headings: Vec<&str> = terms.iter().map(|term| term.title.as_str()).collect();
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

    fn waiver(&self, unit: &str) -> String {
        let Detail::Waiver { reason, approved_by, expires } = &self.finding.detail else {
            return String::new();
        };
        let until = expires.as_ref().map_or_else(String::new, |month| {
            self.pick(format!("，有效期至 {month}"), format!(", until {month}"))
        });
        if self.finding.kind == Kind::WaiverExpired {
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

    fn causes(&self) -> String {
        let diagnosed = matches!(
            self.finding.kind,
            Kind::ValueDiffers | Kind::TotalDiffers | Kind::StatementDiffers
        ) && matches!(self.finding.found, Some(Value::Amount(_)))
            && self.finding.difference.is_some();
        // A scaled amount has said its cause in the sentence itself.
        let says_power = matches!(self.finding.kind, Kind::ValueScaled | Kind::ColumnScaled)
            && !matches!(self.finding.detail, Detail::MergedOver { .. });
        let told = self
            .finding
            .cause
            .iter()
            .filter(|cause| !(says_power && matches!(cause, Cause::PowerOfTen { .. })));
        let texts: Vec<String> = told.map(|cause| cause_text(cause, self.language)).collect();
        if texts.is_empty() {
            let passes = matches!(self.finding.detail, Detail::WithinTolerance { .. });
            return if diagnosed && !passes && self.finding.kind != Kind::StatementDiffers {
                self.pick(
                    "差额原因未明。".to_owned(),
                    "The cause of the difference is unknown.".to_owned(),
                )
            } else {
                String::new()
            };
        }
        let separator = if self.chinese() { "；" } else { "; " };
        let texts = texts.join(separator);
        self.pick(format!("可能原因：{texts}。"), format!("Likely cause: {texts}."))
    }

    fn advice(&self) -> String {
        let only_said = matches!(
            self.finding.detail,
            Detail::SameMeaning
                | Detail::DecidedPair { .. }
                | Detail::WithinTolerance { .. }
                | Detail::RolledUp { .. }
        );
        // What to do stands in the reason itself.
        let is_open =
            matches!(self.finding.detail, Detail::Refused(Refusal::LockFile | Refusal::Copying));
        if is_open || only_said && self.finding.severity == Severity::Note {
            return String::new();
        }
        let name = self.finding.field.as_deref().unwrap_or_default();
        let is_amount = self
            .pipeline
            .column_named(name)
            .is_some_and(|field| self.pipeline.columns[field].kind == ColumnType::Amount);
        if matches!(self.finding.detail, Detail::ColumnAmbiguous { .. }) {
            return self.pick(
                "请只留一列用这个列标题，重新报送。".to_owned(),
                "Let only one column bear this heading, and submit again.".to_owned(),
            );
        }
        if let Some(choices) = self.choices() {
            return self.pick(
                format!("请改填下列之一：{choices}。"),
                format!("Fill in one of: {choices}."),
            );
        }
        let is_month = self
            .pipeline
            .column_named(name)
            .is_some_and(|field| self.pipeline.columns[field].kind == ColumnType::Month);
        if self.finding.kind == Kind::ValueUnreadable && is_month {
            return self.pick(
                "请改填一个确定的月份，写明年和月。".to_owned(),
                "Enter one definite month instead.".to_owned(),
            );
        }
        if self.finding.kind == Kind::ValueDiffers && self.finding.detail == Detail::PlanCellFaulty
        {
            return self.pick(
                "请核实应为何值；计划有遗漏的，请补正计划。".to_owned(),
                "Verify which it should be; where the plan left it out, have the plan completed."
                    .to_owned(),
            );
        }
        if self.finding.kind == Kind::StatementDiffers && self.finding.side == Side::Submission {
            return self.pick(
                "请核实金额单位，统一两处的写法后重新报送。".to_owned(),
                "Verify the unit of money, make both agree and submit again.".to_owned(),
            );
        }
        if self.finding.kind == Kind::ValueMissing && !is_amount {
            return self.pick("请补填。".to_owned(), "Fill it in.".to_owned());
        }
        self.finding.kind.entry().advice.in_language(self.language).to_owned()
    }
}

/// Returns the tolerance that a figure was compared with, in its smallest unit; none where the
/// finding is no comparison of figures.
pub fn tolerance(finding: &Finding, pipeline: &Pipeline) -> Option<i64> {
    let compares = matches!(finding.kind, Kind::ValueDiffers | Kind::ValueScaled);
    let is_figure =
        matches!(finding.found, Some(Value::Amount(_) | Value::Percent(_) | Value::Integer(_)));
    let column = pipeline.column_named(finding.field.as_ref()?)?;
    let compare = pipeline.check.compare.iter().find(|compare| compare.column == column)?;
    (compares && is_figure).then_some(compare.tolerance)
}

/// Returns which units of money differ by a power of ten, as a likely cause.
fn mixed_up(power: i32, language: Language) -> &'static str {
    match (power.abs(), language) {
        (4, Language::Chinese) => "疑为元与万元混用。",
        (4, Language::English) => "元 and 万元 were probably mixed up.",
        (_, Language::Chinese) => "疑为金额单位或小数点写错。",
        (_, Language::English) => "The unit of money or the decimal point is probably wrong.",
    }
}

/// Returns a term's title for English sentences; 各行…合计 is a sum.
fn english_title(title: &str) -> String {
    let inner = title.strip_prefix("各行").and_then(|rest| rest.strip_suffix("合计"));
    inner.map_or_else(|| title.to_owned(), |inner| format!("the rows' “{inner}” add up to"))
}

/// Returns why a file was refused, without what only a programmer understands.
fn plain_refusal(refusal: &Refusal, language: Language) -> String {
    match (refusal, language) {
        (Refusal::Damaged(_), Language::Chinese) => "文件损坏或不完整".to_owned(),
        (Refusal::Damaged(_), Language::English) => "it is damaged or cut off".to_owned(),
        (Refusal::NoAccess(_), Language::Chinese) => "文件打不开".to_owned(),
        (Refusal::NoAccess(_), Language::English) => "it cannot be opened".to_owned(),
        (other, language) => refusal_text(other, language),
    }
}

/// Returns where a name was read, in words.
pub fn source_text(source: NameSource, language: Language) -> &'static str {
    match (source, language) {
        (NameSource::Stamp, Language::Chinese) => "模板标识",
        (NameSource::Stamp, Language::English) => "template's stamp",
        (NameSource::OwnerColumn, Language::Chinese) => "责任单位列",
        (NameSource::OwnerColumn, Language::English) => "owner column",
        (NameSource::Submitter, Language::Chinese) => "填报单位",
        (NameSource::Submitter, Language::English) => "submitter line",
        (NameSource::Title, Language::Chinese) => "标题",
        (NameSource::Title, Language::English) => "title",
        (NameSource::SheetName, Language::Chinese) => "工作表名",
        (NameSource::SheetName, Language::English) => "sheet name",
        (NameSource::FileName, Language::Chinese) => "文件名",
        (NameSource::FileName, Language::English) => "file name",
    }
}

/// Returns why a file was refused, in words.
pub fn refusal_text(refusal: &Refusal, language: Language) -> String {
    let chinese = language == Language::Chinese;
    let pick = |one: &str, other: &str| if chinese { one.to_owned() } else { other.to_owned() };
    match refusal {
        Refusal::Empty => pick("文件是空的（0 字节）", "the file is empty (0 bytes)"),
        Refusal::Encrypted => pick("文件设有密码", "the file is protected by a password"),
        Refusal::Protected => pick(
            "文件被文档加密软件加密，请解密后重报",
            "the file was encrypted by a document-protection product; decrypt it and submit again",
        ),
        Refusal::Damaged(what) => {
            let what = words::shortened(what, 80);
            if chinese {
                format!("文件损坏或不完整（{what}）")
            } else {
                format!("the file is damaged or cut off ({what})")
            }
        }
        Refusal::Html => pick(
            "是网页，不是表格，请另存为 xlsx 后重报",
            "it is a web page under a spreadsheet's name; save it as xlsx and submit again",
        ),
        Refusal::SpreadsheetXml => pick(
            "是 Excel 2003 的 XML 格式，请另存为 xlsx 后重报",
            "it is in the XML format of Excel 2003; save it as xlsx and submit again",
        ),
        Refusal::AncientExcel => pick(
            "是 Excel 4.0 或更早的格式，请另存为 xlsx 后重报",
            "it is in the format of Excel 4.0 or earlier; save it as xlsx and submit again",
        ),
        Refusal::NotASpreadsheet(like) => {
            if chinese {
                format!("不是电子表格（像是 {like}）")
            } else {
                format!("it is no spreadsheet (it looks like {like})")
            }
        }
        Refusal::LockFile => pick(
            "是表格打开时留下的锁定文件，说明有人正打开着它；请确认已保存最新内容",
            "it is the lock file beside an open workbook: somebody has it open; make sure the latest state was saved",
        ),
        Refusal::Copying => pick(
            "文件还在复制中，请稍后再核对",
            "the file is still being copied; check again later",
        ),
        Refusal::TooLarge(what) => {
            if chinese {
                format!("超出读取上限（{what}）")
            } else {
                format!("it is beyond the limits ({what})")
            }
        }
        Refusal::TimedOut(seconds) => {
            if chinese {
                format!("{seconds} 秒内没有读完")
            } else {
                format!("it was not read within {}", words::count(*seconds as usize, "second"))
            }
        }
        Refusal::OutOfMemory(mib) => {
            if chinese {
                format!("读取时超过 {mib} MiB 内存上限")
            } else {
                format!("reading it took more than {mib} MiB of memory")
            }
        }
        Refusal::Crashed(_) => pick(
            "读取时出错中断，文件很可能已损坏",
            "the reader broke off; the file is most likely damaged",
        ),
        Refusal::PicturesOnly => {
            pick("只有图片，没有表格数据", "it holds only pictures and no cells")
        }
        Refusal::NoContent => pick("工作表里没有任何内容", "its sheets hold nothing"),
        Refusal::NoAccess(what) => {
            let what = words::shortened(what, 60);
            if chinese {
                format!("无法打开（{what}）")
            } else {
                format!("it cannot be opened ({what})")
            }
        }
    }
}

fn obstacle_text(obstacle: &Obstacle, language: Language) -> String {
    let chinese = language == Language::Chinese;
    let pick = |one: &str, other: &str| if chinese { one.to_owned() } else { other.to_owned() };
    match obstacle {
        Obstacle::NotThisType => pick("不是可识别的数值", "is no value that can be read"),
        Obstacle::ErrorValue => pick("是表格软件的错误值", "is an error of the spreadsheet"),
        Obstacle::Uncalculated(_) => {
            pick("是没有计算结果的公式", "is a formula that was never calculated")
        }
        Obstacle::NotOneFigure => pick(
            "不是一个确定的数（区间、约数或有歧义）",
            "is not one definite figure (a range, a guess, or ambiguous)",
        ),
        Obstacle::TooFine => pick("比一分钱还细", "is finer than 0.01 元"),
        Obstacle::TooLarge => pick("数值过大，无法精确计算", "is too large to be added up exactly"),
        Obstacle::UnknownChoice(Some(near)) => {
            if chinese {
                format!("不在规定的选项之内，最接近“{near}”")
            } else {
                format!("is none of the declared choices; the nearest is “{near}”")
            }
        }
        Obstacle::UnknownChoice(None) => {
            pick("不在规定的选项之内", "is none of the declared choices")
        }
        Obstacle::Picture => pick("是图片，不是数值", "is a picture and no value"),
    }
}
