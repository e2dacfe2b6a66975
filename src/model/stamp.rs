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
