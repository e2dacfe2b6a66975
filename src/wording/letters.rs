//! What a slip, a reminder and the message that goes with them say: letters of the office to a unit.

use crate::model::contacts::Contacts;
use crate::model::{Month, stamp};

/// Between whom a letter goes, about which month.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub unit: &'a str,
    pub period: Month,
    /// The files that the unit sent, which count.
    pub files: &'a [&'a str],
    /// The last day to answer.
    pub reply_by: Option<&'a str>,
    /// Whom to ask, with a number.
    pub contact: Option<&'a str>,
    pub issued_by: Option<&'a str>,
}

/// How many findings a unit has to answer.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub mandatory: usize,
    pub verify: usize,
}

impl Asked {
    fn all(self) -> usize {
        self.mandatory + self.verify
    }
}

/// The label of the line in which the office names itself.
pub const ISSUED_BY: &str = "发出单位";
const BLANK: &str = "＿＿＿＿＿＿";

impl Letter<'_> {
    fn month(&self) -> String {
        format!("{}年{}月", self.period.year, self.period.month)
    }

    fn submission(&self) -> String {
        const NAMED: usize = 3;
        let named: Vec<String> =
            self.files.iter().take(NAMED).map(|file| format!("“{file}”")).collect();
        let more = if self.files.len() > NAMED { "等" } else { "" };
        format!("{}{more}", named.join("、"))
    }

    fn until(&self) -> String {
        self.reply_by.map_or_else(String::new, |day| format!("于{day}前"))
    }
}

/// The line below the title.
pub fn about(letter: &Letter<'_>, money: &str) -> String {
    format!("报送期：{}　金额单位：{money}", letter.month())
}

/// To whom the letter goes.
pub fn addressed(letter: &Letter<'_>) -> String {
    format!("{}：", letter.unit)
}

/// What a unit is asked to do with its slip, a paragraph a text.
pub fn slip(letter: &Letter<'_>, asked: Asked) -> [String; 2] {
    let Asked { mandatory, verify } = asked;
    [
        format!(
            "　　贵单位{}报送的{}与计划核对后有 {} 处不一致，其中必须更正 {mandatory} 处、需要说明 {verify} 处，逐项列在下表。",
            letter.month(),
            letter.submission(),
            asked.all()
        ),
        format!(
            "　　请{}答复：填报有误的，更正原表后重新报送（文件名加“更正”）；填报无误的，在“{}”栏写明原因，将本表发回。仅写“核实无误”不算说明。",
            letter.until(),
            stamp::EXPLANATION_HEADING
        ),
    ]
}

/// What a unit is asked that sent nothing.
pub fn reminder(letter: &Letter<'_>) -> [String; 2] {
    [
        format!(
            "　　截至本次核对，没有收到贵单位{}的报送表。贵单位应报的任务列在下表。",
            letter.month()
        ),
        format!(
            "　　请{}按报送模板填报；本期确无发生的，请在表后的空格填写“零报告”并写明原因，将本表发回。",
            letter.until()
        ),
    ]
}

/// Beside the cell in which a unit says that it has nothing to report.
pub const NOTHING_TO_REPORT: &str = "本期确无发生的，请在右边空格填写“零报告”";
pub const WHY_NOTHING: &str = "请写明原因";

/// Who to ask, and who asks.
pub fn signed(letter: &Letter<'_>) -> String {
    let mut said = vec![format!("联系人：{}", letter.contact.unwrap_or(BLANK))];
    said.extend(letter.issued_by.map(|office| format!("{ISSUED_BY}：{office}")));
    said.join("　　")
}

/// Whom the unit named in its sheet; empty where it named nobody.
pub fn named_by_unit(contacts: &Contacts) -> String {
    let said = super::pages::contact(contacts);
    if said.is_empty() { said } else { format!("贵单位报送表所列：{said}") }
}

/// The line at the foot that the unit signs.
pub fn signature(unit: &str) -> String {
    format!(
        "答复单位（盖章）：{unit}　　答复人：{BLANK}　　电话：{BLANK}　　审核人：{BLANK}　　日期：　　　年　　月　　日"
    )
}

/// What stands over the message.
pub const MESSAGE_BELOW: &str = "以下文字不打印，可复制后作为通知发给该单位：";

/// The message that goes with a slip.
pub fn message_with_slip(letter: &Letter<'_>, asked: Asked) -> String {
    let Asked { mandatory, verify } = asked;
    message(
        letter,
        &format!(
            "贵单位{}报送的{}与计划核对有 {} 处不一致（必须更正 {mandatory} 处、需要说明 {verify} 处），明细见附件。请{}更正后重新报送，或在附件“{}”栏写明原因后发回",
            letter.month(),
            letter.submission(),
            asked.all(),
            letter.until(),
            stamp::EXPLANATION_HEADING
        ),
    )
}

/// The message that goes with a reminder.
pub fn message_with_reminder(letter: &Letter<'_>) -> String {
    message(
        letter,
        &format!(
            "贵单位{}的报送表尚未收到，应报任务见附件。请{}报送；本期确无发生的，请在附件填写零报告和原因后发回",
            letter.month(),
            letter.until()
        ),
    )
}

fn message(letter: &Letter<'_>, asks: &str) -> String {
    let ask =
        letter.contact.map_or_else(String::new, |contact| format!("如有疑问请联系{contact}。"));
    let by = letter.issued_by.map_or_else(String::new, |office| format!("（{office}）"));
    format!("{}：{asks}。{ask}{by}", letter.unit)
}

/// What a unit answered last time, and what the clerk said to it.
pub struct Answered<'a> {
    pub text: &'a str,
    /// 采纳, 退回 or 豁免; empty while nothing is decided.
    pub decision: &'a str,
    pub opinion: &'a str,
    pub by: &'a str,
}

/// That, in one cell.
pub fn answered(answered: &Answered<'_>) -> String {
    let mut said = Vec::new();
    if !answered.text.is_empty() {
        said.push(format!("上次答复：{}", answered.text));
    }
    if !answered.decision.is_empty() {
        let by =
            if answered.by.is_empty() { String::new() } else { format!("（{}）", answered.by) };
        said.push(format!("处理：{}{by}", answered.decision));
    }
    if !answered.opinion.is_empty() {
        said.push(format!("处理意见：{}", answered.opinion));
    }
    said.join("\n")
}
