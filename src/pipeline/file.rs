//! The pipeline file as written: one struct a section, in the order of the stages.
//!
//! Nothing is checked here beyond what the types say; `compile` turns this into a `Pipeline`.
//! The JSON Schema of the file is made from these structs, and so is the search for unknown
//! keys (`document`), so a key that is documented here is a key that is accepted.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Deserialize;

pub use super::afterwards::{Archive, Form, Mail, Outbox, Recipient, Run, Security, Webhook};
pub use super::column_type::{ColumnType, DecimalMark};
use super::lexicon::KNOWN;
use crate::model::{Kind, MoneyUnit, Month, Severity, Side};

/// A plan, the sheets that report on it, and what must agree.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What is reconciled, as the workbook's readers should see it.
    pub title: String,
    pub intake: Intake,
    #[serde(default)]
    pub read: Read,
    pub normalise: Normalise,
    #[serde(default)]
    pub lexicon: Lexicon,
    #[serde(default)]
    pub roster: Roster,
    pub matching: Matching,
    #[serde(default)]
    pub check: Check,
    #[serde(default)]
    pub findings: Findings,
    #[serde(default)]
    pub workbook: Workbook,
    #[serde(default)]
    pub archive: Archive,
    pub outbox: Option<Outbox>,
    #[serde(default)]
    pub run: Run,
}

/// Where the plan and the sheets come from. Paths are relative to the pipeline file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// The folder of a period's sheets; `{period}` stands for the period, such as `2020-08`.
    pub inbox: String,
    /// The folder that keeps the runs.
    #[serde(default = "default_archive")]
    pub archive: String,
    /// The plans; the newest one in force in the period counts.
    pub plan: Vec<Plan>,
    /// How long files of the inbox must have been left alone before they are copied, such as `2m`: a run
    /// waits for those that are still changing. Without it a run only looks whether what it could not
    /// read was being written.
    #[serde(default = "default_settle")]
    pub settle: String,
    /// Endings of files that may lie beside the sheets and are none: letters, scans, pictures. In place
    /// of those that the program knows.
    #[serde(default = "default_attachments")]
    pub attachments: Vec<String>,
    /// Names of files and folders in the inbox that nobody submits and that are passed over; `*` stands
    /// for anything, `?` for one character. In place of those that the program knows.
    #[serde(default = "default_ignored")]
    pub ignore: Vec<String>,
}

fn default_attachments() -> Vec<String> {
    strings(&[
        // Letters and slides.
        "txt", "doc", "docx", "wps", "rtf", "odt", "pdf", "ofd", "ceb", "ppt", "pptx", "pps",
        "ppsx", "dps", "odp", "md", "xps", "caj", // Pictures and scans.
        "jpg", "jpeg", "jfif", "png", "bmp", "gif", "tif", "tiff", "heic", "heif", "webp", "svg",
        "psd", "dwg", "dxf", "vsd", "vsdx", // Recordings.
        "mp3", "mp4", "m4a", "amr", "wav", "wma", "mov", "avi", "wmv", "mkv",
        // Mails, pages and links.
        "eml", "msg", "htm", "html", "mht", "mhtml", "url", "lnk", "ics", "vcf",
        // Archives; one that is seen to hold sheets is none.
        "zip", "rar", "7z", "gz", "tar", // Seals and what programs leave.
        "p7s", "p7m", "sig", "asc", "cer", "log", "ini", "bak", "json", "db",
    ])
}

fn default_ignored() -> Vec<String> {
    strings(&[
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".DS_Store",
        "._*",
        "__MACOSX",
        ".gitkeep",
        ".gitignore",
        ".directory",
        ".Spotlight-V100",
        ".Trashes",
        ".fseventsd",
        "$RECYCLE.BIN",
        "System Volume Information",
        "@eaDir",
        "#recycle",
        "~WR*.tmp",
    ])
}

fn default_settle() -> String {
    "0s".to_owned()
}

fn default_archive() -> String {
    "../archive".to_owned()
}

/// One version of the plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub file: String,
    /// The first period it is in force, such as `2020-06`.
    pub from: String,
}

/// Limits for reading one file.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Read {
    /// Memory of the reading process, in MiB.
    #[schemars(range(min = 64, max = 65_536))]
    pub memory_mib: u32,
    /// Seconds until a file is given up.
    #[schemars(range(min = 1, max = 3_600))]
    pub seconds: u32,
    /// Size of a file, in MiB.
    #[schemars(range(min = 1, max = 4_096))]
    pub file_mib: u32,
    /// Size of a file's parts once unpacked, in MiB.
    #[schemars(range(min = 1, max = 65_536))]
    pub unpacked_mib: u32,
    /// Cells with content in one file.
    #[schemars(range(min = 1_000, max = 100_000_000))]
    pub cells: u32,
    /// Rows with content in one file.
    #[schemars(range(min = 100, max = 10_000_000))]
    pub rows: u32,
}

impl Read {
    /// Returns the limits that hold for one file: a large one may take longer and more memory than a small
    /// one, and the plan, which is the office's own and lists what all units together send, ten times as
    /// much as a submission.
    #[must_use]
    pub fn of_file(&self, side: Side, bytes: u64) -> Self {
        /// So many MiB of a file are worth the limit once more.
        const MORE_TIME: u32 = 10;
        const MORE_MEMORY: u32 = 16;
        /// How many times as large as a submission a plan may be.
        const PLAN: u32 = 10;
        let times = match side {
            Side::Submission => 1,
            Side::Plan => PLAN,
        };
        let mib = u32::try_from(bytes / 1024 / 1024).unwrap_or(u32::MAX).min(self.file_mib);
        let grown = |limit: u32, step: u32| {
            let more = u64::from(limit) * u64::from(mib) / u64::from(step);
            let grown = u64::from(limit).saturating_add(more).saturating_mul(times.into());
            u32::try_from(grown).unwrap_or(u32::MAX)
        };
        Self {
            memory_mib: grown(self.memory_mib, MORE_MEMORY),
            seconds: grown(self.seconds, MORE_TIME),
            file_mib: self.file_mib.saturating_mul(times),
            unpacked_mib: self.unpacked_mib.saturating_mul(times),
            cells: grown(self.cells, MORE_MEMORY),
            rows: self.rows.saturating_mul(times),
        }
    }

    /// How long what was read of one file may be, in bytes, as it travels from the reading process:
    /// what is far larger than the file is kept out of the process that holds them all.
    pub fn extract_bytes(&self) -> u64 {
        u64::from(self.memory_mib) * 1024 * 1024 / 4
    }

    /// Returns each limit by its key, with the least and the most that it may be: beyond, it is none,
    /// or nothing can be read.
    pub fn ranges(&self) -> [(&'static str, u32, RangeInclusive<u32>); 6] {
        [
            ("memory_mib", self.memory_mib, 64..=65_536),
            ("seconds", self.seconds, 1..=3_600),
            ("file_mib", self.file_mib, 1..=4_096),
            ("unpacked_mib", self.unpacked_mib, 1..=65_536),
            ("cells", self.cells, 1_000..=100_000_000),
            ("rows", self.rows, 100..=10_000_000),
        ]
    }
}

impl Default for Read {
    fn default() -> Self {
        Self {
            memory_mib: 960,
            seconds: 10,
            file_mib: 64,
            unpacked_mib: 512,
            cells: 5_000_000,
            rows: 1_000_000,
        }
    }
}

/// How sheets are understood: columns, words, units.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normalise {
    /// The unit of money where a sheet does not say one, and the unit of all figures shown.
    #[serde(default = "default_money")]
    pub money: MoneyUnit,
    /// Labels of total rows.
    #[serde(default = "default_totals")]
    pub totals: Vec<String>,
    /// First words of notes and signature lines.
    #[serde(default = "default_notes")]
    pub notes: Vec<String>,
    /// Words that mean *not applicable*, which is neither blank nor zero.
    #[serde(default = "default_not_applicable")]
    pub not_applicable: Vec<String>,
    /// Words that repeat the cell above.
    #[serde(default = "default_ditto")]
    pub ditto: Vec<String>,
    pub column: Vec<Column>,
    /// Amounts that stand inside a text.
    #[serde(default)]
    pub derive: Vec<Derive>,
    /// Corrections of how tables were understood.
    #[serde(default)]
    pub table: Vec<Table>,
}

impl Normalise {
    /// What holds where nothing is declared.
    pub fn without_columns() -> Self {
        Self {
            money: default_money(),
            totals: default_totals(),
            notes: default_notes(),
            not_applicable: default_not_applicable(),
            ditto: default_ditto(),
            column: Vec::new(),
            derive: Vec::new(),
            table: Vec::new(),
        }
    }
}

/// Words by which sheets are understood, beside those that the program knows.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lexicon {
    /// Labels of total rows, beside 合计, 总计, 小计, 共计, 总合计, 累计 (or what `normalise.totals`
    /// puts in their place).
    pub totals: Vec<String>,
    /// Words that name a total where nothing else of the row says that it is a task, beside 汇总, 总额.
    pub summaries: Vec<String>,
    /// Words of a sentence that says what to do, and so declares nothing, beside 如, 请, 应, 须 and the
    /// like.
    pub instructions: Vec<String>,
    /// What the place of a reason is called, beside 原因, 理由.
    pub reasons: Vec<String>,
    /// What the upper level of a heading calls what happened, as against what is planned, beside 已,
    /// 到位, 支出, 实际 and the like.
    pub actuals: Vec<String>,
    /// What a title calls the month before, beside 上月, 上期.
    pub last_month: Vec<String>,
    /// What a title calls the month that is reported, beside 本月, 本期, 当月.
    pub this_month: Vec<String>,
    /// What a line for ink begins with, before a colon, beside 审核, 填表, 联系方式 and the like.
    pub signatures: Vec<String>,
    /// Labels beside which stands who filled in a sheet, beside 填报人, 制表, 经办人, 联系人 and the like.
    pub filled_by: Vec<String>,
    /// Labels beside which stands a telephone number, beside 电话, 手机, 联系方式 and the like.
    pub phones: Vec<String>,
    /// Labels beside which stands who looked a sheet over, beside 审核人, 复核, 负责人 and the like.
    pub reviewed_by: Vec<String>,
    /// Labels of the place of a seal, beside 盖章, 公章 and the like.
    pub seals: Vec<String>,
    /// What the name of an office ends with, which signs below a table, beside 局, 政府, 委员会 and the
    /// like.
    pub offices: Vec<String>,
    /// What may stand beside the name of a block of rows, apart from a number, beside 第, 部分, 章, 项
    /// and the like.
    pub block_names: Vec<String>,
    /// What the label of a line for ink ends with, before a colon, beside 时间, 电话, 负责人 and the like.
    pub signers: Vec<String>,
    /// What the brackets of a heading may hold, alone, without changing what it means, beside units of
    /// money, dates and 项目: with 含税, 资金（含税） is 资金, and 资金（不含税） is another column.
    pub additions: Vec<String>,
    /// What tells that the brackets of a heading say how to fill it in, beside 必填, 全称, 小数, 说明
    /// and the like.
    pub filling: Vec<String>,
    /// Labels of the totals of blocks, beside 小计.
    pub subtotals: Vec<String>,
    /// What stands in the label of a total of everything, beside 总.
    pub grand_totals: Vec<String>,
    /// What begins a row that names a part of the total above it, beside 其中.
    pub parts: Vec<String>,
    /// What may follow the label of a total, beside 金额, 资金, 数, 元, 万元, 人民币, 项, 个.
    pub added_up: Vec<String>,
    /// Labels of rows that carry the sum of all rows above them over a page, beside 过次页, 承前页 and
    /// the like.
    pub carried: Vec<String>,
    /// What begins a remark below a table that no word calls one, beside 请, 以上, 本表, 各单位 and the
    /// like; it counts only below the last figures.
    pub remarks: Vec<String>,
    /// First words of notes and signature lines, beside 注, 备注, 填表人 and the like.
    pub notes: Vec<String>,
    /// What marks a heading as that of a further page, beside 续.
    pub pages: Vec<String>,
    /// Words that mean *not applicable*, beside —, /, 无, 不适用, N/A and the like.
    pub not_applicable: Vec<String>,
    /// Words that repeat the cell above, beside 同上 and 〃.
    pub ditto: Vec<String>,
    /// What begins the line that names the unit of money, beside 单位.
    pub money_lines: Vec<String>,
    /// What may stand before a figure in its cell, beside 合计, 共计, 总计, 共, 人民币.
    pub before_figures: Vec<String>,
    /// Words that make a figure a range or a guess, which is not read, beside 约, 左右, 预计, 以上
    /// and the like.
    pub vague: Vec<String>,
}

impl Lexicon {
    /// Returns the lists with their keys.
    pub fn lists(&self) -> [(&'static str, &[String]); 30] {
        [
            ("totals", &self.totals),
            ("summaries", &self.summaries),
            ("signatures", &self.signatures),
            ("filled_by", &self.filled_by),
            ("phones", &self.phones),
            ("reviewed_by", &self.reviewed_by),
            ("seals", &self.seals),
            ("block_names", &self.block_names),
            ("offices", &self.offices),
            ("signers", &self.signers),
            ("additions", &self.additions),
            ("filling", &self.filling),
            ("instructions", &self.instructions),
            ("reasons", &self.reasons),
            ("actuals", &self.actuals),
            ("last_month", &self.last_month),
            ("this_month", &self.this_month),
            ("subtotals", &self.subtotals),
            ("grand_totals", &self.grand_totals),
            ("parts", &self.parts),
            ("added_up", &self.added_up),
            ("carried", &self.carried),
            ("remarks", &self.remarks),
            ("notes", &self.notes),
            ("pages", &self.pages),
            ("not_applicable", &self.not_applicable),
            ("ditto", &self.ditto),
            ("money_lines", &self.money_lines),
            ("before_figures", &self.before_figures),
            ("vague", &self.vague),
        ]
    }
}

fn default_summed() -> bool {
    true
}

fn default_money() -> MoneyUnit {
    MoneyUnit::TenThousandYuan
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Labels of total rows, where a pipeline declares none.
pub fn default_totals() -> Vec<String> {
    KNOWN.words.totals.clone()
}

fn default_notes() -> Vec<String> {
    KNOWN.words.notes.clone()
}

/// Words for *not applicable*, where a pipeline declares none.
pub fn default_not_applicable() -> Vec<String> {
    KNOWN.words.not_applicable.clone()
}

fn default_ditto() -> Vec<String> {
    KNOWN.words.ditto.clone()
}

/// A declared column.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key that is written or not")]
pub struct Column {
    /// The field's name in rules, reports and other sections.
    pub name: String,
    /// The heading in the plan and in what the program writes; a path like those of `headings`.
    pub title: String,
    /// Other headings that mean this column; spaces, punctuation and units of money in brackets
    /// do not matter. A heading of several levels is a path, `2020年 > 计划`, which goes before its
    /// lowest level alone; `金额#2` is the second column of that name from the left. `（无标题）` is the
    /// filled column left of all headings that has none itself.
    #[serde(default)]
    pub headings: Vec<String>,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// The unit of money of this column where a sheet does not say one.
    #[serde(default)]
    pub unit: Option<MoneyUnit>,
    /// The mark before the decimals of figures that are typed as text: with `","`, `1.234,56` is
    /// 1234.56, and what has a point elsewhere than before three digits is unreadable. Cells that hold
    /// numbers are not concerned.
    #[serde(default)]
    pub decimal: DecimalMark,
    /// For quantities: what stands beside their figures and says what they are of, such as `€` or
    /// `公里`; the title's own in its brackets need not be named.
    #[serde(default)]
    pub measure: Option<String>,
    /// Whether a sheet without this column is faulty, and a blank in the plan.
    #[serde(default)]
    pub required: bool,
    /// Whether units fill this column in and the plan does not have it.
    #[serde(default)]
    pub reported: bool,
    /// Whether only some sheets have this column: where one has none of those that a rule names,
    /// the rule is excused.
    #[serde(default)]
    pub optional: bool,
    /// Whether a total printed below it is the sum of its rows: not of prices, rates, years and
    /// codes.
    #[serde(default = "default_summed")]
    pub summed: bool,
    /// The declared choices, for `type = "choice"`.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Words that templates offer in a text column; others may be written all the same.
    #[serde(default)]
    pub suggestions: Vec<String>,
}

/// One value of a choice column.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub value: String,
    /// Other spellings of the same choice.
    #[serde(default)]
    pub spellings: Vec<String>,
}

/// A correction of how tables are understood; what it does not name stays as it was found. Where
/// several speak of one sheet, the last that names a key holds for that key.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Table {
    /// The sheets that it holds for: names, in which `*` stands for anything, or places such as `#2`;
    /// all of them where none is given. A correction that names nothing but sheets says that these
    /// hold the tables, and that the file's other sheets are left aside.
    pub sheets: Vec<String>,
    /// Sheets that are left aside, by name or place; a file that has no other is read all the same.
    pub without: Vec<String>,
    /// Whether it holds for the plan, for what is submitted, or for both.
    pub of: Of,
    /// The rows of the heading, as the sheet counts them: `4-6`, or `4`.
    pub heading_rows: Option<String>,
    /// What the columns of a table that begins with its first task are called, from its first column on; an
    /// empty text is a column that is left out. Where a heading is found, that holds.
    pub headings: Vec<String>,
    /// Where the unit of a row stands.
    pub unit: Option<UnitStands>,
    /// Patterns of lines that head a group of rows, with its sum or without: `^[一二三四五六七八九十]+、`.
    pub sections: Vec<String>,
    /// Patterns of rows that explain the task above them and do not add to it: `^其中`.
    pub details: Vec<String>,
    /// Patterns of rows that are no rows: `^过次页`.
    pub skip: Vec<String>,
    /// Patterns of rows that are tasks, whatever else they look like: `^累计折旧`. They go before the others.
    pub tasks: Vec<String>,
    /// Patterns of lines with which the table ends, the heading of another list below it or the foot of a form:
    /// what stands below them, up to the next heading of the table, is none of it.
    pub ends: Vec<String>,
    /// Text columns of which a blank cell takes what stands above it, inside its block.
    pub fill: Vec<String>,
    /// Text columns of which a blank cell stays blank, though they stand before others in the key: what
    /// a row is about stands in one of them.
    pub keep_blank: Vec<String>,
    /// Text columns whose text goes on in the rows right below that hold nothing else.
    pub continued: Vec<String>,
    /// Text columns that a table may lack because a labelled line above it says their text for all of its rows.
    pub above: Vec<String>,
    /// Columns of the sheet that hold one field, each for another unit, month or the like.
    pub across: Option<Across>,
}

/// The side that a correction holds for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    Plan,
    Submissions,
    #[default]
    Both,
}

/// Where the unit of a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitStands {
    /// In the column that `[roster]` names.
    Column,
    /// The sheet is named after it.
    Sheet,
    /// In a line above the table.
    Title,
    /// In a line above its rows.
    Section,
    /// In the headings of the columns, each of which holds one unit's figures.
    Heading,
    /// The text that says what a row is about begins with it, where the unit is declared.
    Beginning,
    /// In the name of the file.
    File,
    /// Nowhere, it may be: a return in which nothing else says whose it is is the unit's whose tasks it
    /// lists, and that is to be confirmed.
    Tasks,
}

impl UnitStands {
    /// Returns how the pipeline file writes it.
    pub fn name(self) -> &'static str {
        match self {
            UnitStands::Column => "column",
            UnitStands::Sheet => "sheet",
            UnitStands::Title => "title",
            UnitStands::Section => "section",
            UnitStands::Heading => "heading",
            UnitStands::Beginning => "beginning",
            UnitStands::File => "file",
            UnitStands::Tasks => "tasks",
        }
    }
}

/// A matrix: columns of the sheet that hold one field, each for another unit or the like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Across {
    /// The column of the pipeline file that the figures belong to.
    pub field: String,
    /// What the headings name: `unit`, or the column that takes them.
    pub headings: String,
}

/// An amount that is read out of a text column.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    pub name: String,
    pub title: String,
    /// The text column to read.
    #[serde(default)]
    pub from: Option<String>,
    /// Phrases with `{amount}` where the figure stands and `{text}` for words between.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// The derived amount whose figures these are a part of; elsewhere each figure of a text is
    /// taken once, so that no money counts twice.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Takes `value` when the texts hold these words and no figure was found.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// The amount column to take.
    #[serde(default)]
    pub value: Option<String>,
}

/// Who must submit, and which of several files counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Roster {
    /// The column that names the responsible unit; units come from the plan.
    pub column: Option<String>,
    /// Labels of the line that names the submitter.
    pub submitter: Vec<String>,
    /// Labels of the line that dates the sheet.
    pub filled_on: Vec<String>,
    /// Words in a file's name that make it count before others, strongest last.
    pub corrections: Vec<String>,
    /// Phrases of a sheet that has nothing to report.
    pub zero_report: Vec<String>,
    /// Whether each declared unit fills in all lines of the plan, whose figures are the sums of theirs.
    pub plan_is_sum: bool,
    /// Units, with other names that they have.
    pub unit: Vec<Unit>,
}

impl Default for Roster {
    fn default() -> Self {
        Self {
            column: None,
            submitter: strings(&[
                "填报单位",
                "报送单位",
                "申报单位",
                "编制单位",
                "填表单位",
                "上报单位",
                "汇总单位",
                "reporting unit",
                "submitting unit",
                "responsible unit",
            ]),
            filled_on: strings(&[
                "填报日期",
                "填表日期",
                "填报时间",
                "填表时间",
                "报送日期",
                "制表日期",
            ]),
            corrections: strings(&["(2)", "(3)", "修订", "修改", "重报", "更正", "最终", "定稿"]),
            zero_report: strings(&["零报告", "零申报", "本期无发生", "本月无发生"]),
            plan_is_sum: false,
            unit: Vec::new(),
        }
    }
}

/// A unit that is also known by other names.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// How rows are paired with the plan's tasks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// The text columns that together say what a row is about.
    pub key: Vec<String>,
    /// The column of sequence numbers, where there is one.
    #[serde(default)]
    pub number: Option<String>,
    /// Whether several rows of one task are added up.
    #[serde(default)]
    pub roll_up: bool,
    /// Groups of words that mean the same.
    #[serde(default)]
    pub synonyms: Vec<Vec<String>>,
    /// Phrases that may be left out.
    #[serde(default)]
    pub droppable: Vec<String>,
    /// Pairs that a person has decided.
    #[serde(default)]
    pub pairing: Vec<Pairing>,
}

/// A decision about a doubtful row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pairing {
    pub unit: String,
    /// The row's text as submitted.
    pub submitted: String,
    /// The plan's text, or an empty text when the row is no task of the plan.
    pub task: String,
    #[serde(default)]
    pub decided_by: Option<String>,
    /// When it was decided in a workbook, which the pipeline file cannot say.
    #[serde(skip)]
    pub decided_in: Option<Month>,
}

/// What must agree.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Check {
    pub compare: Vec<Compare>,
    /// What units must report of every task.
    pub report: Vec<Demand>,
    pub rule: Vec<Rule>,
    pub statement: Vec<Statement>,
    /// Sums that must not fall from one period to the next.
    pub cumulative: Option<Cumulative>,
    pub overdue: Option<Overdue>,
}

/// A column that is compared with the plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    pub field: String,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The largest difference that is no finding, as a decimal in the column's unit.
    #[serde(default)]
    pub tolerance: Option<String>,
}

/// A reported column that may not be blank.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    pub field: String,
    /// `always`, `due` (once the task's deadline has passed), or a condition over the row, written
    /// as rules are, such as `funds > 0`.
    #[serde(default = "always")]
    pub when: String,
    #[serde(default)]
    pub severity: Option<Severity>,
}

fn always() -> String {
    "always".to_owned()
}

/// Cumulative columns: their names alone, or with the span in which they add up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Cumulative {
    Fields(Vec<String>),
    Within(CumulativeWithin),
}

/// Cumulative columns, and where their sums begin anew.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CumulativeWithin {
    pub fields: Vec<String>,
    #[serde(default)]
    pub within: Span,
}

/// How long a cumulative figure goes on adding up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// It begins anew with the year.
    Year,
    /// It never begins anew.
    #[default]
    Whole,
}

/// An equation or a limit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What reports and the identity of findings know the rule by; its title where none is given.
    /// With a name, the title may be re-worded and findings are followed all the same.
    #[serde(default)]
    pub name: Option<String>,
    /// What the rule is called in messages.
    pub title: String,
    /// Names, numbers, percentages, quoted texts, `sum(f)`, `count(condition)`, `previous(f)` (what
    /// was reported in the period before), `+ - * /` with one side constant or a ratio of two
    /// sums, `= != <= < >= >`, `and`, `if … then …`. A chain such as `0 <= progress <= 100` means
    /// all its parts.
    pub rule: String,
    #[serde(default)]
    pub over: Over,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// By how much a comparison may fail and still hold: `"0.01"`, in the unit of what is compared,
    /// or `"1%"` of its right side.
    #[serde(default)]
    pub tolerance: Option<String>,
    /// Until this period the rule is on trial: reported, not counted.
    #[serde(default)]
    pub trial_until: Option<String>,
    /// The first period in which the rule is in force.
    #[serde(default)]
    pub from: Option<String>,
    /// The last period in which it is.
    #[serde(default)]
    pub to: Option<String>,
}

/// What a rule is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    #[default]
    Row,
    Unit,
    Whole,
}

/// A sentence of the plan's own paragraph.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The ways in which the sentence is put, with `{name:amount}`, `{name:count}`, `{unit}` and
    /// `{text}` in it; the first that fits is taken.
    pub patterns: Vec<String>,
    /// Equations over the names of this and of earlier sentences.
    pub rules: Vec<String>,
    /// What each name claims to be, in words.
    #[serde(default)]
    pub titles: BTreeMap<String, String>,
}

/// When a task is overdue.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overdue {
    /// The month column of deadlines.
    pub deadline: String,
    /// The percent column of progress.
    pub progress: String,
}

/// What becomes of findings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Findings {
    /// Severities by kind, where they differ from the default.
    pub severity: BTreeMap<Kind, Severity>,
    /// Phrases that explain nothing.
    pub empty_explanations: Vec<String>,
    /// Who closes a finding that is to be explained: the clerk who accepts the answer, or the
    /// answer itself.
    pub accept: Accept,
    pub waiver: Vec<Waiver>,
}

/// What closes a finding that is to be explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accept {
    /// A decision in the consolidated workbook.
    #[default]
    ByDecision,
    /// Every answer that is not empty words.
    ByAnswer,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            severity: BTreeMap::new(),
            empty_explanations: strings(&[
                "核实无误",
                "已核实",
                "经核实无误",
                "无误",
                "属实",
                "情况属实",
                "已核对",
                "无",
                "正常",
                "收到",
                "已收到",
                "好的",
                "好",
                "已阅",
                "阅",
                "知悉",
                "已知悉",
                "同意",
                "是",
                "没有",
                "没有问题",
                "没问题",
                "是的",
                "嗯",
                "确认",
                "已确认",
                "知道了",
                "了解",
                "已了解",
                "已处理",
                "处理中",
                "已改",
                "已更正",
                "已修改",
                "情况属实无误",
                "核对无误",
                "经核对无误",
                "ok",
            ]),
            accept: Accept::default(),
            waiver: Vec::new(),
        }
    }
}

/// An accepted difference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    pub unit: String,
    /// The plan's text of the task; all tasks of the unit when left out.
    #[serde(default)]
    pub task: Option<String>,
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub field: Option<String>,
    pub reason: String,
    pub approved_by: String,
    /// The last period in which it holds.
    #[serde(default)]
    pub expires: Option<String>,
}

/// How the workbook looks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Workbook {
    /// The workbook's file name and heading; `{period}` stands for the period.
    pub title: String,
    /// Who issues it.
    pub issued_by: Option<String>,
    /// Whom a unit should ask.
    pub contact: Option<String>,
    /// Day of the following month by which units answer their slips.
    pub reply_by_day: Option<u32>,
    /// Lines for ink at the foot of the first page.
    pub signatures: Vec<String>,
    /// The pages that come first, in this order; the others follow in theirs.
    pub pages: Vec<PageName>,
    /// Explanations that the list of findings offers; others may be written all the same.
    #[serde(default)]
    pub explanations: Vec<String>,
    /// Whether numbers of identity cards, mobile telephones and bank cards in texts are masked in
    /// the consolidated workbook, the printable page and the data tables. They stay in `inputs/`,
    /// and a unit's own slip shows what it sent.
    pub mask: bool,
    /// Amount columns whose plan and submitted sums the overview shows; the first one counts.
    pub overview: Vec<String>,
    /// The plan's sources of money, held against its rows.
    pub source: Vec<MoneySource>,
    /// The greatest paper that wide tables are printed on, across; all other pages take A4.
    pub paper: Paper,
    /// Shares of one amount column in another, which the overview shows for each unit. Where none is
    /// named: `received` of the first amount of `overview`, and `spent` of `received`, as far as the plan
    /// has such columns; an empty list shows none.
    pub rate: Option<Vec<Rate>>,
}

impl Default for Workbook {
    fn default() -> Self {
        Self {
            title: "核对汇总表{period}".to_owned(),
            issued_by: None,
            contact: None,
            reply_by_day: None,
            pages: Vec::new(),
            explanations: Vec::new(),
            mask: true,
            signatures: strings(&[
                "制表人",
                "复核人",
                "负责人",
                "联系电话",
                "单位（盖章）",
                "日期",
            ]),
            overview: Vec::new(),
            source: Vec::new(),
            paper: Paper::A3,
            rate: None,
        }
    }
}

/// Sizes of paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Paper {
    #[default]
    A4,
    A3,
}

/// A page of the consolidated workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PageName {
    /// 总览
    Overview,
    /// 差异清单
    Findings,
    /// 待定事项
    Pending,
    /// 汇总表
    Table,
    /// 分单位核对
    Units,
    /// 计划自查
    Plan,
    /// 核对范围
    Coverage,
    /// 更正前后
    Corrected,
    /// 变化情况
    Changes,
    /// 年度情况
    Year,
    /// 来源与守恒
    Sources,
    /// 口径说明
    Terms,
}

/// A share of one amount column in another: what has come in of what was planned.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub title: String,
    /// The column of the part.
    pub of: String,
    /// The column of the whole.
    pub to: String,
}

/// A source of money, for the table that holds the plan's paragraph against its rows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneySource {
    pub title: String,
    /// The name of a statement's figure, where the paragraph gives one.
    #[serde(default)]
    pub stated: Option<String>,
    /// What the rows give: columns and derived amounts, added and subtracted.
    pub rows: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn a_large_file_may_take_longer_and_more_memory_than_a_small_one() {
        let limits = Read::default();
        let small = limits.of_file(Side::Submission, 0);
        assert_eq!(small, limits);
        assert_eq!(limits.of_file(Side::Submission, MIB - 1), limits);
        let large = limits.of_file(Side::Submission, 32 * MIB);
        assert_eq!(large.seconds, limits.seconds + limits.seconds * 32 / 10);
        assert_eq!(large.memory_mib, limits.memory_mib * 3);
        assert_eq!(large.cells, limits.cells * 3);
        // Of what a file may hold its size says nothing.
        let of_size = |limits: &Read| (limits.file_mib, limits.unpacked_mib, limits.rows);
        assert_eq!(of_size(&large), of_size(&limits));
    }

    #[test]
    fn limits_never_shrink_as_a_file_grows_and_stop_where_it_is_refused() {
        let limits = Read::default();
        for side in [Side::Submission, Side::Plan] {
            let grown = (0..200).map(|mib| limits.of_file(side, mib * MIB));
            let of = |limits: &Read| (limits.seconds, limits.memory_mib, limits.cells);
            let grown: Vec<_> = grown.map(|limits| of(&limits)).collect();
            assert!(grown.is_sorted());
            let last = of(&limits.of_file(side, u64::from(limits.file_mib) * MIB));
            assert_eq!(of(&limits.of_file(side, u64::MAX)), last);
        }
    }

    #[test]
    fn a_plan_may_be_ten_times_as_large_as_a_submission() {
        let limits = Read::default();
        for bytes in [0, 5 * MIB, 64 * MIB] {
            let (plan, sent) =
                (limits.of_file(Side::Plan, bytes), limits.of_file(Side::Submission, bytes));
            for ((name, planned, _), (_, own, _)) in plan.ranges().into_iter().zip(sent.ranges()) {
                assert_eq!(planned, own * 10, "{name}");
            }
        }
    }

    #[test]
    fn limits_that_nobody_would_set_do_not_wrap() {
        let most = Read {
            memory_mib: u32::MAX,
            seconds: u32::MAX,
            file_mib: u32::MAX,
            unpacked_mib: u32::MAX,
            cells: u32::MAX,
            rows: u32::MAX,
        };
        assert_eq!(most.of_file(Side::Plan, u64::MAX), most);
    }
}
