//! A drill's page: which faults were planted where, what was found, what was missed and what was
//! reported beside them; in Markdown, for the hand-over.

use std::collections::BTreeSet;

use super::{Drilled, Expected, Planted, Trial, Tried};
use crate::findings::Settled;
use crate::model::kinds::KINDS;
use crate::model::words::{self, Language};
use crate::model::{Finding, Kind, Month};
use crate::pipeline::Pipeline;
use crate::wording;

/// Returns the page.
pub fn page(drilled: &Drilled, period: Month, pipeline: &Pipeline, language: Language) -> String {
    let writer = Writer { pipeline, language };
    let mut text = writer.head(drilled, period);
    text.push_str(&writer.table(drilled));
    text.push_str(&writer.failures(drilled));
    text.push_str(&writer.foot());
    text
}

struct Writer<'a> {
    pipeline: &'a Pipeline,
    language: Language,
}

impl Writer<'_> {
    fn pick<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    fn head(&self, drilled: &Drilled, period: Month) -> String {
        let planted = drilled.planted().count();
        let good = drilled.planted().filter(|(_, planted)| planted.missed.is_empty()).count();
        let false_ones: usize = drilled
            .planted()
            .map(|(_, planted)| planted.beside.len() + planted.lost.len())
            .sum::<usize>()
            + drilled.copied_wrongly.len();
        let skipped = drilled.trials.len() - planted;
        let silent: usize = drilled.planted().map(|(_, planted)| planted.silent.len()).sum();
        let kinds: BTreeSet<Kind> = drilled.planted().map(|(kind, _)| kind).collect();
        let (kinds, all) = (kinds.len(), KINDS.len());
        let (title, plan, files) = (&self.pipeline.title, &drilled.plan, drilled.files);
        let verdict = match (drilled.is_good(), self.language) {
            (true, Language::Chinese) => "结论：通过。种下的错误全部找到，没有误报。",
            (true, Language::English) => {
                "Verdict: passed. Every planted fault was found and nothing false was reported."
            }
            (false, Language::Chinese) => "结论：没有通过。有漏报或误报，见表后。",
            (false, Language::English) => {
                "Verdict: failed. Something was missed or falsely reported; see below the table."
            }
        };
        match self.language {
            Language::Chinese => format!(
                "# 核对演练记录\n\n{title}，报送期 {period}。\n\n以本期的计划（{plan}）和 {files} 个报送文件为底，在副本里逐一种下已知的错误，用与正式核对相同的程序核对，再看是否每一处都在应在的单元格找到。原件没有改动。\n\n- 种下错误 {planted} 处，涉及 {all} 种差异中的 {kinds} 种；找到 {good} 处，漏报 {} 处\n- 误报（报出没有种下的差异，或原有的差异消失）{false_ones} 处\n- 汇总表各页没有说出来的 {silent} 处\n- 本方案或本期不适用 {skipped} 处\n\n**{verdict}**\n\n",
                planted - good
            ),
            Language::English => format!(
                "# Drill\n\n{title}, period {period}.\n\nKnown faults were planted, one at a time, in copies of the period's plan ({plan}) and of its {}. The copies went through the same program as a run, and each fault had to be found at its own cell. The originals were not changed.\n\n- {} of {kinds} of the {all} kinds planted, {good} found, {} missed\n- {} reported falsely: found where nothing was planted, or gone although nothing was taken away\n- {} on whose pages the workbook keeps silent\n- {} not applicable to this pipeline or period\n\n**{verdict}**\n\n",
                words::count(files, "file"),
                words::count(planted, "fault"),
                planted - good,
                words::count(false_ones, "finding"),
                words::count(silent, "fault"),
                words::count(skipped, "fault"),
            ),
        }
    }

    fn table(&self, drilled: &Drilled) -> String {
        let mut text = self
            .pick(
                "| 差异类型 | 种下的错误 | 应在何处找到 | 结果 | 旁边另报 |\n|---|---|---|---|---|\n",
                "| kind | what was planted | where it must be found | result | reported beside it |\n|---|---|---|---|---|\n",
            )
            .to_owned();
        for trial in &drilled.trials {
            text.push_str(&self.line(trial));
        }
        text.push('\n');
        text
    }

    fn line(&self, trial: &Trial) -> String {
        let kind = format!(
            "{}<br>`{}`",
            trial.kind.entry().title.in_language(self.language),
            trial.kind.name()
        );
        let cells = match &trial.tried {
            Tried::NotApplicable(reason) => [
                kind,
                String::new(),
                String::new(),
                format!(
                    "{}{}",
                    self.pick("不适用：", "not applicable: "),
                    reason.in_language(self.language)
                ),
                String::new(),
            ],
            Tried::Planted(planted) => {
                let own = planted.expected.iter().find(|expected| expected.kind == trial.kind);
                let place = own.map_or_else(String::new, |expected| self.place(expected));
                let result = if planted.missed.is_empty() {
                    self.pick("找到", "found")
                } else {
                    self.pick("**漏报**", "**missed**")
                };
                let said = planted.said.in_language(self.language).to_owned();
                [kind, said, place, result.to_owned(), self.beside(planted)]
            }
        };
        let cells: Vec<String> =
            cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        format!("| {} |\n", cells.join(" | "))
    }

    fn place(&self, expected: &Expected) -> String {
        let cell = match (&expected.cell, &expected.cells) {
            (Some(cell), _) => Some(cell.to_string()),
            (None, _) => None,
        };
        let parts: Vec<String> =
            [expected.file.clone(), expected.sheet.clone(), cell].into_iter().flatten().collect();
        match (parts.is_empty(), &expected.unit) {
            (false, _) => parts.join(" › "),
            (true, Some(unit)) => unit.clone(),
            (true, None) => self.pick("核对方案", "the pipeline file").to_owned(),
        }
    }

    fn beside(&self, planted: &Planted) -> String {
        let count = planted.beside.len() + planted.lost.len();
        if count == 0 {
            return self.pick("无", "nothing").to_owned();
        }
        match self.language {
            Language::Chinese => format!("**{count} 处**"),
            Language::English => format!("**{}**", words::count(count, "finding")),
        }
    }

    /// Everything that went wrong, with the messages.
    fn failures(&self, drilled: &Drilled) -> String {
        let mut text = String::new();
        for settled in &drilled.copied_wrongly {
            text.push_str(&format!(
                "- {} {}\n",
                self.pick(
                    "副本未种错误时与原件核对结果不同：",
                    "An unchanged copy is not found as its original is:"
                ),
                self.message(settled)
            ));
        }
        for (kind, planted) in drilled.planted().filter(|(_, planted)| !planted.is_good()) {
            let said = planted.said.in_language(self.language);
            text.push_str(&format!("- `{}`: {said}\n", kind.name()));
            for missed in &planted.missed {
                text.push_str(&format!(
                    "  - {} `{}` {}\n",
                    self.pick("漏报：", "missed:"),
                    missed.kind.name(),
                    self.place(missed)
                ));
            }
            for settled in &planted.beside {
                let label = self.pick("误报：", "falsely reported:");
                text.push_str(&format!("  - {label} {}\n", self.message(settled)));
            }
            for cell in &planted.silent {
                let label = self.pick("汇总表的这一处没有说出来：", "the workbook is silent here:");
                text.push_str(&format!("  - {label} {cell}\n"));
            }
            for settled in &planted.lost {
                let label = self.pick("原有的差异消失：", "gone although nothing took it away:");
                text.push_str(&format!("  - {label} {}\n", self.message(settled)));
            }
        }
        if text.is_empty() {
            return text;
        }
        format!("## {}\n\n{text}\n", self.pick("漏报和误报", "Missed and falsely reported"))
    }

    fn message(&self, settled: &Settled) -> String {
        let finding: &Finding = &settled.finding;
        let place = [
            finding.file.clone(),
            finding.sheet.clone(),
            finding.cell.map(|cell| cell.to_string()),
        ];
        let place: Vec<String> = place.into_iter().flatten().collect();
        format!(
            "`{}` {}: {}",
            finding.kind().name(),
            place.join(" › "),
            wording::message(finding, self.pipeline, self.language)
        )
    }

    fn foot(&self) -> String {
        self.pick("本页由 `duibiao drill` 生成。\n", "This page was written by `duibiao drill`.\n")
            .to_owned()
    }
}
