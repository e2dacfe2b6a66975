//! The small words of which sentences are made: whose, where, which task, what was found and expected.

use crate::findings::figures::{bare_difference, bare_value};
use crate::model::words::{self, Language};
use crate::model::{Finding, Month, Side, Value};
use crate::pipeline::Pipeline;

use super::value_text;

/// Says one finding in one language.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub finding: &'a Finding,
    pub pipeline: &'a Pipeline,
    pub language: Language,
}

impl Speaker<'_> {
    pub(super) fn chinese(&self) -> bool {
        self.language == Language::Chinese
    }

    pub(super) fn pick(&self, chinese: String, english: String) -> String {
        if self.chinese() { chinese } else { english }
    }

    pub(super) fn value(&self, value: Option<&Value>) -> String {
        value_text(value.unwrap_or(&Value::Blank), self.pipeline, self.language)
    }

    /// A month as it is written in facts, as people write it.
    pub(super) fn month(&self, written: &str) -> String {
        let month = written.parse::<Month>();
        month.map_or_else(|_| written.to_owned(), |month| self.value(Some(&Value::Month(month))))
    }

    pub(super) fn found(&self) -> String {
        self.value(self.finding.found.as_ref())
    }

    pub(super) fn expected(&self) -> String {
        self.value(self.finding.expected.as_ref())
    }

    pub(super) fn unit(&self) -> String {
        self.finding.unit.clone().unwrap_or_else(|| {
            self.finding.file.as_ref().map_or_else(
                || self.pick("全表".to_owned(), "the whole".to_owned()),
                |file| self.pick(format!("文件“{file}”"), format!("the file “{file}”")),
            )
        })
    }

    pub(super) fn cell(&self) -> String {
        match (&self.finding.cell, self.language) {
            (Some(cell), Language::Chinese) => format!("（{cell}）"),
            (Some(cell), Language::English) => format!(" ({cell})"),
            (None, _) => String::new(),
        }
    }

    /// C4、C6、C9 等 12 处
    pub(super) fn first_cells(&self) -> String {
        const MOST: usize = 6;
        let cells = &self.finding.cells;
        let shown: Vec<String> = cells.iter().take(MOST).map(ToString::to_string).collect();
        let list = words::list(&shown, self.language);
        if cells.len() <= MOST {
            return list;
        }
        let all = cells.len();
        let shown = shown.join(", ");
        self.pick(format!("{list}等 {all} 处"), format!("{shown} and others, {all} in all"))
    }

    /// 第 15 项“组织林旺南…”
    pub(super) fn task(&self) -> String {
        let text = words::shortened(self.finding.task.as_deref().unwrap_or_default(), 28);
        match (self.finding.seq, self.language) {
            (Some(seq), Language::Chinese) => format!("第 {seq} 项“{text}”"),
            (Some(seq), Language::English) => format!("task {seq} “{text}”"),
            (None, Language::Chinese) => format!("“{text}”"),
            (None, Language::English) => format!("“{text}”"),
        }
    }

    /// The unit's sheet by name: 海棠区的工作表“附件3”.
    pub(super) fn sheet(&self) -> String {
        let whose =
            self.finding.unit.as_ref().map_or_else(String::new, |unit| {
                self.pick(format!("{unit}的"), format!("{unit}'s "))
            });
        match (&self.finding.sheet, self.language) {
            (Some(sheet), Language::Chinese) => format!("{whose}工作表“{sheet}”"),
            (Some(sheet), Language::English) if whose.is_empty() => format!("The sheet “{sheet}”"),
            (Some(sheet), Language::English) => format!("{whose}sheet “{sheet}”"),
            (None, Language::Chinese) => format!("{whose}报送表"),
            (None, Language::English) if whose.is_empty() => "The file".to_owned(),
            (None, Language::English) => format!("{whose}file"),
        }
    }

    /// The sheet's name, to be put behind a word for it.
    pub(super) fn on_sheet(&self) -> String {
        match (&self.finding.sheet, self.language) {
            (Some(sheet), Language::Chinese) => format!("“{sheet}”"),
            (Some(sheet), Language::English) => format!(" “{sheet}”"),
            (None, _) => String::new(),
        }
    }

    /// The file's name, to be put behind a word for it.
    pub(super) fn file(&self) -> String {
        match (&self.finding.file, self.language) {
            (Some(file), Language::Chinese) => format!("“{file}”"),
            (Some(file), Language::English) => format!(" “{file}”"),
            (None, _) => String::new(),
        }
    }

    pub(super) fn field(&self) -> String {
        let name = self.finding.field.as_deref().unwrap_or_default();
        self.pipeline.field_title(name)
    }

    /// Where a value stands, in words.
    pub(super) fn place(&self) -> String {
        let unit = self.finding.unit.clone().unwrap_or_default();
        let plan = self.finding.side == Side::Plan;
        let task = if self.finding.task.is_some() { self.task() } else { String::new() };
        match self.language {
            Language::Chinese => {
                let side = if plan { "计划表中" } else { "" };
                format!("{side}{unit}{task}的“{}”{}", self.field(), self.cell())
            }
            Language::English => {
                let side = if plan { "In the plan, " } else { "" };
                let task = if task.is_empty() { String::new() } else { format!(", {task}") };
                format!("{side}{unit}{task}, “{}”{}", self.field(), self.cell())
            }
        }
    }

    pub(super) fn typed(&self) -> String {
        let Some(typed) = self.finding.typed.as_deref().filter(|typed| !typed.is_empty()) else {
            return String::new();
        };
        let same = self.finding.found.as_ref().is_some_and(|found| {
            bare_value(found, self.pipeline.money) == typed || self.value(Some(found)) == typed
        });
        if same {
            return String::new();
        }
        let typed = words::shortened(typed, 60);
        self.pick(format!("（原文“{typed}”）"), format!(" (typed “{typed}”)"))
    }

    pub(super) fn difference(&self) -> String {
        let Some(number) = self.finding.difference else { return String::new() };
        let Some(text) = bare_difference(self.finding, self.pipeline.money) else {
            return String::new();
        };
        let size = words::grouped(text.trim_start_matches('-'));
        let unit = match self.finding.found {
            Some(Value::Amount(_)) => self.pipeline.money.to_string(),
            Some(Value::Percent(_)) => "个百分点".to_owned(),
            _ => String::new(),
        };
        let unit_english = match self.finding.found {
            Some(Value::Amount(_)) => format!(" {}", self.pipeline.money),
            Some(Value::Percent(_)) => " percentage points".to_owned(),
            _ => String::new(),
        };
        let more = number > 0;
        self.pick(
            format!("，{}{size}{unit}", if more { "多" } else { "少" }),
            format!(", {size}{unit_english} {}", if more { "more" } else { "less" }),
        )
    }

    pub(super) fn about_field(&self) -> String {
        let task = if self.finding.task.is_some() { self.task() } else { String::new() };
        let field = match (&self.finding.field, self.language) {
            (Some(_), Language::Chinese) => format!("“{}”", self.field()),
            (Some(_), Language::English) => format!(" “{}”", self.field()),
            (None, _) => String::new(),
        };
        if self.chinese() { format!("{task}{field}") } else { format!(", {task}{field}") }
    }
}
