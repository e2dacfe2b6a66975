//! The gallery: every kind of finding with the words in which it is told, taken from the
//! findings of a drill.

use super::Drilled;
use crate::model::Finding;
use crate::model::kinds::{KINDS, KindEntry};
use crate::model::words::Language;
use crate::pipeline::Pipeline;
use crate::wording;

/// Returns the page, in Markdown.
pub fn page(drilled: &Drilled, pipeline: &Pipeline) -> String {
    let mut text = String::from(
        "# 差异图库 · Gallery of findings\n\n\
         每一种差异的名称、含义、处理办法和真实的消息，中英文对照。\
         消息取自 `duibiao drill` 在样例月份的副本里种下的错误；本页由测试重新生成并核对。\n\n\
         Every kind of finding: what it is called, what it means, what to do, and real messages in \
         Chinese and English. The messages are those of the faults that `duibiao drill` plants in \
         copies of the sample month; a test writes this page anew and compares it.\n",
    );
    for entry in KINDS {
        text.push_str(&section(entry, drilled, pipeline));
    }
    text
}

fn section(entry: &KindEntry, drilled: &Drilled, pipeline: &Pipeline) -> String {
    let severity = format!("{:?}", entry.severity).to_lowercase();
    let mut text = format!(
        "\n## {} · {}\n\n`{}`，{} · {severity}\n\n- 含义：{}\n- Meaning: {}\n- 处理：{}\n- Advice: {}\n",
        entry.title.chinese,
        entry.title.english,
        entry.name,
        entry.severity.chinese(),
        entry.meaning.chinese,
        entry.meaning.english,
        entry.advice.chinese,
        entry.advice.english,
    );
    let mut messages: Vec<(String, String)> = Vec::new();
    for (_, planted) in drilled.planted() {
        for settled in planted.found.iter().filter(|s| s.finding.kind() == entry.kind) {
            let message = |language| wording::message(&settled.finding, pipeline, language);
            let pair = (message(Language::Chinese), message(Language::English));
            if !messages.iter().any(|(chinese, _)| *chinese == pair.0) {
                messages.push(pair.clone());
                text.push_str(&example(&settled.finding, &pair));
            }
        }
    }
    text
}

fn example(finding: &Finding, (chinese, english): &(String, String)) -> String {
    let place =
        [finding.file.clone(), finding.sheet.clone(), finding.cell.map(|cell| cell.to_string())];
    let place: Vec<String> = place.into_iter().flatten().collect();
    let place =
        if place.is_empty() { String::new() } else { format!("> *{}*\n>\n", place.join(" › ")) };
    format!("\n{place}> {chinese}\n>\n> {english}\n")
}
