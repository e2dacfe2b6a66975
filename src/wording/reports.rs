//! Findings about what units have to report and did not.

use super::speaker::Speaker;
use crate::model::CellRange;
use crate::model::finding::Fall;
use crate::model::words;

impl Speaker<'_> {
    /// The form came back untouched.
    pub(super) fn not_filled_in(&self, unit: &str) -> String {
        let reported = self.pipeline.columns.iter().filter(|column| column.reported);
        let asked: Vec<String> = reported
            .map(|column| format!("“{}”", self.pipeline.field_title(&column.name)))
            .collect();
        let asked = words::list(&asked, self.language);
        let file = self.file();
        self.pick(
            format!("{unit}的报送表{file}只列出了任务，应由单位填报的各列（{asked}）没有一格填写，视为未填报。"),
            format!("{unit}'s file{file} lists its tasks, and of the columns that the unit fills in ({asked}) not one cell is filled; it does not count as submitted."),
        )
    }

    /// Cumulative figures that are smaller than before.
    pub(super) fn fell(&self, unit: &str, falls: &[Fall]) -> String {
        const MOST: usize = 5;
        let said = |fall: &Fall, cell: Option<&CellRange>| {
            let (task, task_english) = which(std::slice::from_ref(&fall.task));
            let cell = cell.map_or_else(String::new, |cell| {
                self.pick(format!("（{cell}）"), format!(" ({cell})"))
            });
            let (before, now) = (self.value(Some(&fall.before)), self.value(Some(&fall.now)));
            self.pick(
                format!("{task}上期（{}）{before}，本期{now}{cell}", fall.period),
                format!("{task_english}: {before} in {}, {now} now{cell}", fall.period),
            )
        };
        // A task of several rows has several cells.
        let cells = (falls.len() == self.finding.cells.len()).then_some(&self.finding.cells);
        let shown = falls.iter().enumerate().take(MOST);
        let shown: Vec<String> = shown
            .map(|(place, fall)| said(fall, cells.and_then(|cells| cells.get(place))))
            .collect();
        let rest = falls.len() - shown.len();
        let field = self.field();
        let (number, difference) = (falls.len(), self.difference().replace("，少", "，共减少"));
        let (more, more_english) = if rest > 0 {
            (format!("；另有 {rest} 项"), format!("; and {rest} more"))
        } else {
            (String::new(), String::new())
        };
        self.pick(
            format!(
                "{unit}有 {number} 项任务的累计“{field}”比上期少{difference}：{}{more}。",
                shown.join("；")
            ),
            format!(
                "{unit}: the cumulative “{field}” of {} fell{difference}: {}{more_english}.",
                words::count(number, "task"),
                shown.join("; ")
            ),
        )
    }

    /// Tasks of which a column is blank.
    pub(super) fn not_reported(
        &self,
        unit: &str,
        tasks: &[String],
        of: usize,
        no_column: bool,
    ) -> String {
        let (which, which_english) = which(tasks);
        let (field, number) = (self.field(), tasks.len());
        let (here, here_english) = self.where_blank(no_column);
        let of_tasks = words::count(number, "task");
        if of == number {
            return self.pick(
                format!("{unit}的 {number} 项任务都没有填报“{field}”（{here}）。"),
                format!("{unit} reports “{field}” of none of its {of_tasks} ({here_english})."),
            );
        }
        self.pick(
            format!("{unit}有 {number} 项任务没有填报“{field}”：{which}（{here}）；应填报的共 {of} 项。"),
            format!("{unit} does not report “{field}” of {of_tasks}: {which_english} ({here_english}); {of} tasks owe it."),
        )
    }

    /// Tasks of which a column was reported before and is blank now.
    pub(super) fn vanished(
        &self,
        unit: &str,
        period: &str,
        tasks: &[String],
        no_column: bool,
    ) -> String {
        let (which, which_english) = which(tasks);
        let (field, number) = (self.field(), tasks.len());
        let (here, here_english) = self.where_blank(no_column);
        let of_tasks = words::count(number, "task");
        self.pick(
            format!("{unit}有 {number} 项任务上期（{period}）填报了“{field}”，本期没有填：{which}（{here}）。"),
            format!("{unit} reported “{field}” of {of_tasks} in {period} and does not now: {which_english} ({here_english})."),
        )
    }

    /// The blank cells, or that the sheet has no such column.
    fn where_blank(&self, no_column: bool) -> (String, String) {
        if no_column {
            (
                format!("报送表{}没有这一列", self.on_sheet()),
                format!("the sheet{} has no such column", self.on_sheet()),
            )
        } else {
            let cells = words::short_list(&self.finding.cells, 6, self.language);
            (format!("{cells} 空白"), format!("{cells} blank"))
        }
    }
}

/// Tasks by number, where they have one, else by text: 第 22、23 项.
fn which(tasks: &[String]) -> (String, String) {
    const MOST: usize = 8;
    let numbers = tasks.iter().all(|task| task.parse::<i64>().is_ok());
    let shown: Vec<String> =
        tasks
            .iter()
            .take(MOST)
            .map(|task| {
                if numbers { task.clone() } else { format!("“{}”", words::shortened(task, 20)) }
            })
            .collect();
    let (chinese, english) = (shown.join("、"), shown.join(", "));
    let rest = tasks.len() - shown.len();
    let (more, more_english) = if rest > 0 {
        (format!("等 {}", tasks.len()), format!(" and {rest} more"))
    } else {
        (String::new(), String::new())
    };
    if numbers {
        (format!("第 {chinese}{more} 项"), format!("number {english}{more_english}"))
    } else {
        (format!("{chinese}{more}"), format!("{english}{more_english}"))
    }
}
