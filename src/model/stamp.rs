//! The marks by which the program knows its own files when they come back: document properties
//! and the headings of the columns that are read from them.

/// The property that says what a workbook of ours is; its values are [`Stamped::name`].
pub const KIND: &str = "duibiao";
pub const PIPELINE: &str = "duibiao.pipeline";
pub const PERIOD: &str = "duibiao.period";
/// SHA-256 of the plan that a template was made from.
pub const PLAN: &str = "duibiao.plan";
/// The unit that a template or a slip is for.
pub const UNIT: &str = "duibiao.unit";

/// Heading of the column of identities.
pub const ID_HEADING: &str = "差异编号";
/// Heading of the column in which people explain.
pub const EXPLANATION_HEADING: &str = "情况说明";
/// Headings of the columns in which the clerk decides.
pub const DECISION_HEADING: &str = "处理";
pub const OPINION_HEADING: &str = "处理意见";
pub const DECIDED_BY_HEADING: &str = "处理人";
/// Heading of the column that names the task, or the row, that the clerk holds for the same.
pub const COUNTERPART_HEADING: &str = "对应任务";
/// Headings of what a row of a list is about, beside the plan's own titles of number and task; by them
/// a row is known whose identity was lost.
pub const UNIT_HEADING: &str = "单位";
pub const FIELD_HEADING: &str = "项目";
pub const KIND_HEADING: &str = "差异类型";
/// Headings of the page 待定事项 beside these: rows that may be a task, headings that may be a column,
/// and how long a waiver holds.
pub const SUBMITTED_HEADING: &str = "报送的任务";
pub const SHEET_HEADING: &str = "表中标题";
pub const COLUMN_HEADING: &str = "对应项目";
pub const UNTIL_HEADING: &str = "豁免至";
/// The choices there.
pub const SAME_TASK: &str = "同一任务";
pub const NOT_SAME_TASK: &str = "不是同一任务";
pub const ADOPT_COLUMN: &str = "采用此列";
/// Stands between two answers to one finding that came back together.
pub const OTHER_ANSWER: &str = "；另一份答复写作：";
/// Headings of the figures that an explanation was written for.
pub const EXPECTED_HEADING: &str = "计划数";
pub const FOUND_HEADING: &str = "报送数";

/// What every list of findings of ours bears, in one row: what is known by them is our form, and with
/// one of them gone it has been altered.
pub const FORM: [&str; 7] =
    ["差异类型", "性质", EXPECTED_HEADING, FOUND_HEADING, "差额", EXPLANATION_HEADING, ID_HEADING];
/// What the pages of a slip are called that show a unit its own rows; a number follows.
pub const OWN_ROWS: &str = "报送明细";
/// What such a page bears, first of its headings.
pub const ROW_HEADING: &str = "原表行";

/// Stands before an explanation whose figures have changed since it was written.
pub const OUTDATED: &str = "【数值已变，请重新说明】";

/// What the sheet of a template is called.
pub const TEMPLATE_SHEET: &str = "报送表";
/// Stands above its table; by it a template is known that was saved without its stamp.
pub const TEMPLATE_NOTE: &str = "只填浅黄色的各格和右边各列，其余已按计划填好并锁定";
/// What goes out in the place of a slip to a unit that sent nothing.
pub const REMINDER: &str = "催报通知";
/// Heading of its tasks.
pub const DUE_TASKS: &str = "应报任务";
/// Who signs a consolidated workbook: what the labels of their lines begin with; and the label of the
/// line for the date.
pub const SIGNERS: [&str; 3] = ["制表", "复核", "负责人"];
pub const DATE_LABEL: &str = "日期";

/// The property under which a reader hands over when a workbook of ours was last saved, as the
/// file itself says.
pub const SAVED: &str = "duibiao.saved";

/// What the cell begins with that says which form a sheet is: document properties are lost in csv, and
/// where a sheet is copied into another workbook.
pub const FORM_CODE: &str = "表号：";

/// Which form a workbook is, as a cell of it says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FormCode {
    pub kind: Stamped,
    pub period: String,
    /// How many lines the record of decisions had when the form was made: what it showed of them.
    pub decisions: u64,
    /// A hash of pipeline, period and unit, so that a form which was made for another is known.
    pub check: String,
    /// A hash of the figures that it showed; empty on a slip.
    pub figures: String,
}

impl FormCode {
    /// Returns the code of a form; a consolidated workbook has no unit.
    pub fn of(kind: Stamped, pipeline: &str, period: &str, unit: Option<&str>) -> Self {
        let check = Self::check_of(kind, pipeline, period, unit);
        Self { kind, period: period.to_owned(), decisions: 0, check, figures: String::new() }
    }

    /// Returns the hash of what a form is for.
    pub fn check_of(kind: Stamped, pipeline: &str, period: &str, unit: Option<&str>) -> String {
        const LENGTH: usize = 12;
        let of = [kind.name(), pipeline, period, unit.unwrap_or_default()].join("\n");
        let mut hash = super::hash::sha256(of.as_bytes());
        hash.truncate(LENGTH);
        hash
    }

    /// Returns the text of the cell.
    pub fn text(&self) -> String {
        let Self { kind, period, decisions, check, figures } = self;
        let kind = kind.chinese();
        let text = format!("{FORM_CODE}{kind} {period} {decisions} {check} {figures}");
        text.trim_end().to_owned()
    }

    /// Reads the text of a cell.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().strip_prefix(FORM_CODE)?;
        let mut parts = text.split_whitespace();
        let kind = parts.next()?;
        let kind =
            [Stamped::Consolidated, Stamped::Slip].into_iter().find(|k| k.chinese() == kind)?;
        let code = Self {
            kind,
            period: parts.next()?.to_owned(),
            decisions: parts.next()?.parse().ok()?,
            check: parts.next()?.to_owned(),
            figures: parts.next().unwrap_or_default().to_owned(),
        };
        parts.next().is_none().then_some(code)
    }
}

/// What a workbook of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stamped {
    /// 核对汇总表
    Consolidated,
    /// 核实反馈表
    Slip,
    /// 报送模板: a submission like any other once it is filled in.
    Template,
}

impl Stamped {
    pub fn name(self) -> &'static str {
        match self {
            Stamped::Consolidated => "consolidated",
            Stamped::Slip => "slip",
            Stamped::Template => "template",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Stamped::Consolidated => "核对汇总表",
            Stamped::Slip => "核实反馈表",
            Stamped::Template => "报送模板",
        }
    }
}

/// Returns the value of a document property.
pub fn property<'a>(properties: &'a [(String, String)], name: &str) -> Option<&'a str> {
    properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Returns what the properties say a workbook of ours is.
pub fn stamped(properties: &[(String, String)]) -> Option<Stamped> {
    let kind = property(properties, KIND)?;
    [Stamped::Consolidated, Stamped::Slip, Stamped::Template]
        .into_iter()
        .find(|stamped| stamped.name() == kind)
}
