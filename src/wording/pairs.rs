//! What is said of rows that are several for one task, or one for several.

use crate::model::fact::{Apart, Crowd, Repetition, RolledUp};
use crate::model::finding::Candidate;
use crate::model::words::{self, Language};

use super::speaker::Speaker;

impl Speaker<'_> {
    pub(super) fn rolled_up_cells(&self, rolled_up: &RolledUp) -> String {
        let cells = rolled_up.cells.iter().map(ToString::to_string);
        let all: Vec<String> = cells.chain(rolled_up.elsewhere.iter().cloned()).collect();
        words::list(&all, self.language)
    }

    pub(super) fn repeated(&self, unit: &str, repetition: &Repetition) -> String {
        match repetition {
            Repetition::RolledUp(rolled_up) => {
                let cells = self.rolled_up_cells(rolled_up);
                self.pick(
                    format!("{unit}的{}分几行报送（{cells}），金额已合并核对。", self.task()),
                    format!("{unit}: {} was reported in several rows ({cells}); their amounts were added up.", self.task()),
                )
            }
            Repetition::AllRolledUp { tasks } => {
                let rows = self.finding.cells.len();
                self.pick(
                    format!("{unit}有 {tasks} 项任务分几行报送（共 {rows} 行，{}），各项的金额已分别合并核对；合为一条。", self.first_cells()),
                    format!("{unit}: {tasks} tasks were reported in several rows each ({rows} rows: {}); the amounts of each were added up; they are told at once.", self.first_cells()),
                )
            }
            Repetition::Many => {
                let (rows, cells) = (self.finding.cells.len(), self.first_cells());
                self.pick(
                    format!("{unit}有 {rows} 行（{cells}）重复了别的行已经报送的任务，没有计入核对；合为一条。"),
                    format!("{unit}: {rows} rows ({cells}) repeat tasks that other rows have reported, and were not compared; they are told at once."),
                )
            }
            Repetition::Of { cell: Some(cell), elsewhere } => {
                let first = match elsewhere {
                    Some(sheet) => format!("“{sheet}”{cell}"),
                    None => cell.to_string(),
                };
                let again = self.finding.cell.map(|cell| cell.to_string()).unwrap_or_default();
                let again = match (elsewhere, &self.finding.sheet) {
                    (Some(_), Some(sheet)) => format!("“{sheet}”{again}"),
                    _ => again,
                };
                self.pick(
                    format!("{unit}的{}填了两次（{first} 和 {again}）；{again} 这一行没有计入核对。", self.task()),
                    format!("{unit}: {} is entered twice, in {first} and again in {again}; the row of {again} was not compared.", self.task()),
                )
            }
            Repetition::Alike { rows, first, told_by, units, apart } => {
                let cells = self.first_cells();
                let unit = match units.as_slice() {
                    [_, _, ..] => words::short_list(units, 5, self.language),
                    _ => unit.to_owned(),
                };
                let first = words::shortened(first, 24);
                let (chinese, english) = match told_by {
                    _ if *apart == Apart::Blocks => (
                        "它们各在一个分节里，不必更改；报送的行请保持计划的次序".to_owned(),
                        "Each stands in a section of its own and nothing need be changed; submitted rows should keep the order of the plan".to_owned(),
                    ),
                    Some(title) => (
                        format!(
                            "“{title}”能区分它们，可在核对方案的 key 中加上这一列；或在计划表中改写名称"
                        ),
                        format!(
                            "“{title}” tells them apart: add that column to `key` of the pipeline file, or change the names in the plan"
                        ),
                    ),
                    None => (
                        "请在计划表中改写名称加以区分".to_owned(),
                        "Change the names in the plan so that they can be told apart".to_owned(),
                    ),
                };
                self.pick(
                    format!("计划表中{unit}有 {rows} 行任务的名称与别行相同（{cells}），例如“{first}”，都参与核对，但报送的行只能按次序和数值与它们对应，可能对错。{chinese}。"),
                    format!("{unit}: {rows} rows of the plan bear the name of another ({cells}), such as “{first}”. All are compared, but which submitted row is which rests on order and figures alone. {english}."),
                )
            }
            Repetition::Of { cell: None, .. } => self.pick(
                format!("{unit}的{}重复出现{}。", self.task(), self.cell()),
                format!("{unit}: {} occurs again{}.", self.task(), self.cell()),
            ),
        }
    }

    pub(super) fn doubtful(
        &self,
        unit: &str,
        candidates: &[Candidate],
        crowd: Option<Crowd>,
    ) -> String {
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
        if let Some(Crowd { rows, tasks }) = crowd {
            return self.pick(
                format!("{unit}报送的 {rows} 行同计划中的 {tasks} 项任务互相差不多像（如{texts}），多得无法逐行断定，这些行都没有核对。"),
                format!("{unit}: {rows} rows and {tasks} tasks of the plan are about equally like each other (such as {texts}), too many to tell which is which; none of these rows was compared."),
            );
        }
        self.pick(
            format!("{unit}报送的{}{}同计划中的几项任务差不多像：{texts}；无法断定是哪一项，所以没有核对。", self.task(), self.cell()),
            format!("{unit}: {}{} is about equally like several tasks of the plan: {texts}. It cannot be told which one is meant, so the row was not compared.", self.task(), self.cell()),
        )
    }
}
