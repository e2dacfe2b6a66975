//! 口径说明: units, tolerances, accepted spellings, waivers, and what the colours mean.

use std::collections::BTreeSet;

use super::{Material, TERMS};
use crate::findings::Origin;
use crate::model::{Kind, Severity};
use crate::pipeline::{Pipeline, Waiver, rule};
use crate::wording::{decided, pages};
use crate::workbook::columns;
use crate::workbook::page::{Line, Look, Orientation, Page, PageCell, text_cell};

const WIDTHS: [f64; 4] = [30.0, 9.0, 62.0, 64.0];
const ALL: u16 = 4;
/// Spellings in one row.
const BESIDE: usize = 6;

/// Lays out the page.
pub fn page(material: &Material<'_>) -> Page {
    let pipeline = material.pipeline;
    let mut page = Page {
        name: TERMS.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        ..Page::default()
    };
    page.lines.push(Line::words("口径说明", Look::Title, ALL));
    let rows = |page: &mut Page, heading: [&str; 4], rows: Vec<[String; 4]>| {
        page.lines.push(Line::of(heading.map(|name| text_cell(name, Look::Heading)).to_vec()));
        for row in rows {
            page.lines.push(Line::of(row.map(|text| text_cell(text, Look::Text)).to_vec()));
        }
        page.lines.push(Line::blank());
    };
    page.lines.push(Line::words("一、比较口径", Look::Section, ALL));
    for text in pages::terms(pipeline.money) {
        page.lines.push(Line::words(text, Look::Plain, ALL));
    }
    page.lines.push(Line::blank());
    page.lines.push(Line::words("二、逐列比较", Look::Section, ALL));
    let compared = pipeline.check.compare.iter().map(|compare| {
        let column = &pipeline.columns[compare.column];
        let unit = columns::measure(column);
        let tolerance = compare
            .tolerance_text
            .as_ref()
            .map_or_else(|| "0".to_owned(), |text| format!("{text} {unit}"));
        [
            material.title_of(compare.column),
            compare.severity.chinese().to_owned(),
            format!("允差 {tolerance}"),
            format!("可识别的列标题：{}", column.headings.join("、")),
        ]
    });
    rows(&mut page, ["项目", "性质", "允差", "列标题"], compared.collect());
    page.lines.push(Line::words("三、规则", Look::Section, ALL));
    let rules: Vec<[String; 4]> = pipeline
        .check
        .rules
        .iter()
        .map(|rule| {
            let trial = match rule.trial_until {
                Some(until) if material.period <= until => pages::on_trial(until),
                _ => String::new(),
            };
            let words = rule::in_words(&rule.text, |name| pipeline.known_title(name));
            [rule.title.clone(), rule.severity.chinese().to_owned(), words, trial]
        })
        .collect();
    rows(&mut page, ["规则", "性质", "内容", "备注"], rules);
    page.lines.push(Line::words("四、视为相同的写法", Look::Section, ALL));
    // Several to a row; a plan may have hundreds.
    let mut same: Vec<[String; 4]> = Vec::new();
    let mut add = |kind: &str, all: Vec<String>| {
        same.extend(
            all.chunks(BESIDE)
                .map(|some| [kind.to_owned(), String::new(), pages::beside(some), String::new()]),
        );
    };
    let synonyms = pipeline.matching.synonyms.iter().map(|group| group.join("、"));
    add("同义词", synonyms.collect());
    add("可省略", pipeline.matching.droppable.clone());
    let aliases = pipeline.roster.aliases.iter();
    add("单位别名", aliases.map(|(unit, aliases)| pages::alias(unit, aliases)).collect());
    // Those that were decided in a workbook stand below, with when and where.
    let declared = pipeline.matching.pairings.iter().filter(|one| one.decided_in.is_none());
    same.extend(declared.map(|pairing| {
        let task = if pairing.task.is_empty() { "不是计划中的任务" } else { &pairing.task };
        let by = pairing.decided_by.as_ref().map(|by| format!("{by}确认")).unwrap_or_default();
        let pair = format!("{}：{} → {task}", pairing.unit, pairing.submitted);
        ["人工对应".to_owned(), String::new(), pair, by]
    }));
    same.push([
        "不适用".to_owned(),
        String::new(),
        pipeline.words.not_applicable.join("　"),
        pages::LIKE_A_BLANK.to_owned(),
    ]);
    rows(&mut page, ["类别", "", "写法", "说明"], same);
    page.lines.push(Line::words("五、豁免", Look::Section, ALL));
    let waivers: Vec<[String; 4]> = pipeline
        .findings
        .waivers
        .iter()
        .map(|waiver| {
            let until = waiver.expires.map_or_else(|| pages::NO_END.to_owned(), pages::until);
            [
                format!("{}{}", waiver.unit, waived_words(waiver, pipeline)),
                until,
                waiver.reason.clone(),
                format!("批准：{}", waiver.approved_by),
            ]
        })
        .collect();
    if waivers.is_empty() {
        page.lines.push(Line::words(pages::NO_WAIVERS, Look::Plain, ALL));
        page.lines.push(Line::blank());
    } else {
        rows(&mut page, ["单位", "有效期", "理由", "批准"], waivers);
    }
    decisions(material, &mut page, &rows);
    legend(&mut page);
    kinds(material, &mut page);
    page
}

/// Lays out a table of four columns.
type Rows<'a> = dyn Fn(&mut Page, [&str; 4], Vec<[String; 4]>) + 'a;

/// Everything that was answered and decided in Excel and stands: by whom, when, in which file.
fn decisions(material: &Material<'_>, page: &mut Page, rows: &Rows<'_>) {
    let (pipeline, standing) = (material.pipeline, material.standing);
    let mut lines: Vec<[String; 4]> = Vec::new();
    for settled in material.settled {
        let about = || decided::about(settled, pipeline);
        for answer in settled.explanation.iter().flat_map(|explanation| &explanation.answers) {
            let [kind, said] = decided::answer(answer);
            lines.push([about(), kind, said, decided::origin(&answer.origin)]);
        }
        if let Some(decision) = &settled.decision {
            let [kind, said] = decided::decision(decision);
            let origin = decision.origin.as_ref().map(decided::origin);
            lines.push([about(), kind, said, origin.unwrap_or_default()]);
        }
    }
    let listed = |[kind, about, said]: [String; 3], origin: &Origin| {
        [about, kind, said, decided::origin(origin)]
    };
    for pairing in standing.pairings.values() {
        lines.push(listed(decided::pairing(pairing), &pairing.origin));
    }
    for heading in standing.headings.values() {
        lines.push(listed(decided::heading(heading, pipeline), &heading.origin));
    }
    for signature in material.signatures() {
        lines.push(listed(decided::signature(signature, material.figures), &signature.origin));
    }
    page.lines.push(Line::words(decided::DECIDED, Look::Section, ALL));
    if lines.is_empty() {
        page.lines.push(Line::words(decided::NOTHING_DECIDED, Look::Plain, ALL));
        page.lines.push(Line::blank());
    } else {
        rows(page, ["事项", "类别", "内容", "何人、何时、哪个文件"], lines);
    }
}

/// What of a unit a waiver covers: the task, the column, the kind.
fn waived_words(waiver: &Waiver, pipeline: &Pipeline) -> String {
    let mut parts = Vec::new();
    parts.extend(waiver.task_text.clone());
    parts.extend(waiver.field.as_ref().map(|field| pipeline.field_title(field)));
    parts.extend(waiver.kind.map(|kind| kind.entry().title.chinese.to_owned()));
    if parts.is_empty() { String::new() } else { format!("：{}", parts.join("，")) }
}

fn legend(page: &mut Page) {
    page.lines.push(Line::words("七、颜色与性质", Look::Section, ALL));
    for severity in Severity::ALL {
        let [duty, words] = pages::meaning(severity);
        let words = format!("{}，{words}", pages::sign(severity));
        let cells: Vec<PageCell> =
            [severity.chinese(), duty, &words, ""].map(|text| text_cell(text, Look::Text)).to_vec();
        page.lines.push(Line::of(cells));
    }
    page.lines.push(Line::blank());
}

/// The kinds that occur this time.
fn kinds(material: &Material<'_>, page: &mut Page) {
    let own = material.settled.iter().map(|settled| settled.finding.kind());
    let unseen = material.result.unseen.iter().map(|line| line.kind);
    let occur: BTreeSet<Kind> = own.chain(unseen).collect();
    if occur.is_empty() {
        return;
    }
    page.lines.push(Line::words("八、本次出现的差异类型", Look::Section, ALL));
    page.lines.push(Line::of(
        ["差异类型", "默认性质", "含义", "怎么办"]
            .map(|name| text_cell(name, Look::Heading))
            .to_vec(),
    ));
    for entry in occur.into_iter().map(Kind::entry) {
        page.lines.push(Line::of(
            [
                entry.title.chinese,
                entry.severity.chinese(),
                entry.meaning.chinese,
                entry.advice.chinese,
            ]
            .map(|text| text_cell(text, Look::Text))
            .to_vec(),
        ));
    }
}
