//! What is said of answers, decisions and signatures that were given in Excel: by whom, when and in which
//! file; and what the page 待定事项 asks.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::decisions::record::{Heading, Pairing, Signature};
use crate::findings::{Answer, Decided, Decision, Evidence, Origin, Settled};
use crate::model::stamp;
use crate::model::words;
use crate::pipeline::Pipeline;

/// By whom, when and in which file something was written, as far as that is known.
pub fn origin(origin: &Origin) -> String {
    let parts = [origin.who.clone(), day_and_time(&origin.when), origin.file.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
}

/// A time as the office reads it. All of China keeps one time, and what is printed must not depend on
/// the machine.
fn day_and_time(when: &str) -> String {
    const HOURS: i8 = 8;
    let Ok(time) = when.parse::<Timestamp>() else { return when.to_owned() };
    Offset::constant(HOURS).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The note of a cell that holds answers.
pub fn answers_note(answers: &[Answer]) -> Option<String> {
    let lines: Vec<String> = answers
        .iter()
        .filter(|answer| !answer.origin.file.is_empty())
        .map(|answer| format!("答复：{}", origin(&answer.origin)))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The note of a cell that holds a decision.
pub fn decision_note(decision: &Decision) -> Option<String> {
    let from = decision.origin.as_ref()?;
    let until = until(decision);
    Some(format!("{}{until}：{}", decision.decided.chinese(), origin(from)))
}

fn until(decision: &Decision) -> String {
    decision.until.map_or_else(String::new, |month| format!("（至{}）", super::month_text(month)))
}

/// That a decision was made of other figures.
pub fn lapsed(decision: &Decision) -> String {
    format!("原“{}”因数值已变失效", decision.decided.chinese())
}

pub const ABOUT_PENDING: &str = "在各行的处理、处理意见、处理人栏填写，存盘后交给下一次核对，或直接在批次文件夹里存盘；下次核对照此办理，清空即撤回。";
pub const PAIRS: &str = "一、任务的对应";
pub const ABOUT_PAIRS: &str =
    "处理填“同一任务”或“不是同一任务”；空行可补填其他任务，对应任务写计划序号或任务全文。";
pub const HEADINGS: &str = "二、列标题";
pub const ABOUT_HEADINGS: &str = "处理填“采用此列”，该标题以后就认作“对应项目”的列。";
pub const WAIVERS: &str = "三、豁免";
pub const ABOUT_WAIVERS: &str = "处理填“豁免”，处理意见写理由，处理人写姓名；豁免至写年月，不写即长期。空行可填差异清单中的任一差异编号。";

/// How alike a row and a task are.
pub fn likeness(seq: Option<i64>, hundredths: u32) -> String {
    let number = seq.map_or_else(String::new, |seq| format!("计划第 {seq} 项，"));
    format!("{number}文字相似 {hundredths}%")
}

/// That lines had no room.
pub fn lines_left(left: usize) -> String {
    format!("另有 {left} 行这里排不下，见“差异清单”。")
}

pub const DECIDED: &str = "六、答复与处理";
pub const NOTHING_DECIDED: &str = "没有在汇总工作簿或反馈表中作出的答复和处理。";

/// What a finding is about, in a few words.
pub fn about(settled: &Settled, pipeline: &Pipeline) -> String {
    let finding = &settled.finding;
    let seq = finding.seq.map(|seq| format!("第{seq}项"));
    let task = finding.task.as_ref().map(|task| format!("“{}”", words::shortened(task, 30)));
    let field = finding.field.as_ref().map(|field| pipeline.field_title(field));
    let kind = finding.kind().entry().title.chinese.to_owned();
    let parts = [finding.unit.clone(), seq, task, field, Some(kind)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// An answer as the page 口径说明 lists it.
pub fn answer(answer: &Answer) -> [String; 2] {
    ["答复".to_owned(), answer.text.clone()]
}

/// A decision as the page 口径说明 lists it.
pub fn decision(decision: &Decision) -> [String; 2] {
    let opinion = words_after(&decision.opinion);
    let what = format!("{}{}", decision.decided.chinese(), until(decision));
    let by = if decision.by.is_empty() { String::new() } else { format!("{}：", decision.by) };
    let kind = if decision.decided == Decided::Waived { "豁免" } else { "处理" };
    [kind.to_owned(), format!("{by}{what}{opinion}")]
}

fn words_after(opinion: &str) -> String {
    if opinion.is_empty() { String::new() } else { format!("，{opinion}") }
}

/// A pairing as the page 口径说明 lists it.
pub fn pairing(pairing: &Pairing) -> [String; 3] {
    let task = if pairing.task.is_empty() { "计划中的任何任务" } else { &pairing.task };
    let by = if pairing.by.is_empty() { String::new() } else { format!("{}：", pairing.by) };
    let said = format!("{by}{}{}", pairing.choice.chinese(), words_after(&pairing.opinion));
    let about = format!("{}：{} → {task}", pairing.unit, pairing.submitted);
    ["人工对应".to_owned(), about, said]
}

/// A heading that was adopted, as the page 口径说明 lists it.
pub fn heading(heading: &Heading, pipeline: &Pipeline) -> [String; 3] {
    let by = if heading.by.is_empty() { String::new() } else { format!("{}：", heading.by) };
    let said = format!("{by}{}{}", stamp::ADOPT_COLUMN, words_after(&heading.opinion));
    let about = format!("{} → {}", heading.heading, pipeline.field_title(&heading.field));
    ["列标题".to_owned(), about, said]
}

/// A signature as the page 口径说明 lists it; one that is void says so.
pub fn signature(signature: &Signature, figures: &str) -> [String; 3] {
    let said = if signature.figures == figures {
        format!("{} {}", signature.name, signature.date)
    } else {
        void(signature)
    };
    ["签署".to_owned(), signature.role.clone(), said]
}

/// That figures have changed since somebody signed.
pub fn void(signature: &Signature) -> String {
    format!("{} {}（签署之后数字有变，已失效，请重新签署）", signature.name, signature.date)
}

/// What stands on page one under the lines for signatures where one is void.
pub fn void_on_page_one(signatures: &[&Signature]) -> String {
    let each = signatures.iter().map(|one| format!("{}：{}", one.role, void(one)));
    each.collect::<Vec<_>>().join("；")
}

/// What is said of a document that an answer names.
pub fn evidence(evidence: &Evidence, from: &Origin) -> String {
    let from = origin(from);
    match evidence.sha256 {
        Some(_) => format!("答复中提到的材料（{from}）"),
        None => format!("答复中提到，收件文件夹里和答复旁边都没有找到（{from}）；请补交"),
    }
}

/// Where such a document stands.
pub fn evidence_standing(evidence: &Evidence) -> &'static str {
    if evidence.sha256.is_some() { "答复材料" } else { "材料未找到" }
}
