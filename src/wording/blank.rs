//! Cells of the plan that say nothing, and what follows of it.

use super::speaker::Speaker;
use crate::model::words;

impl Speaker<'_> {
    /// A cell that the plan leaves blank.
    pub(super) fn blank_in_plan(&self) -> String {
        match self.finding.typed.as_deref() {
            Some(typed) if !typed.is_empty() => self.pick(
                format!("{}写的是“{typed}”，等于没有填写。", self.place()),
                format!("{} says “{typed}”, which is nothing.", self.place()),
            ),
            _ => self
                .pick(format!("{}是空白。", self.place()), format!("{} is blank.", self.place())),
        }
    }

    /// Whether it is the column that says whose a row is.
    pub(super) fn is_about_owner(&self) -> bool {
        let owner = self.pipeline.roles.owner.map(|owner| &self.pipeline.columns[owner].name);
        owner.is_some() && owner == self.finding.field.as_ref()
    }

    /// Rows of the plan that name nobody, and so are held against nothing.
    pub(super) fn ownerless(&self) -> String {
        let rows = self.finding.cells.len();
        if rows < 2 {
            return self.pick(
                format!("{}不知是哪个单位的任务，没有核对。", self.blank_in_plan()),
                format!(
                    "{} Nobody knows whose task it is; it was not compared.",
                    self.blank_in_plan()
                ),
            );
        }
        let at = self.stretches();
        self.pick(
            format!("计划表{}有 {rows} 行（{at}）没有写明“{}”，不知是哪个单位的任务，都没有核对。", self.on_sheet(), self.field()),
            format!("{} of the plan{} ({at}) do not say “{}”: nobody knows whose tasks they are, and none was compared.", words::count(rows, "row"), self.on_sheet(), self.field()),
        )
    }
}
