//! How sheets are understood: `[normalise]` with its columns and tables, and `[lexicon]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::MoneyUnit;
use crate::pipeline::column_type::{ColumnType, DecimalMark};
use crate::pipeline::lexicon::KNOWN;

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
    /// The columns of the sheet in which the table stands, as their letters: `A-D`; of several each holds one of the
    /// tables that stand side by side.
    pub within: Vec<String>,
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
