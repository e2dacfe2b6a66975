//! What the view of a year says, in the workbook and on the printable page.

use crate::findings::YearUnit;
use crate::model::Month;

/// What stands for a unit in a period, a line a text: its standing, what is open, what has come in and
/// was spent.
pub fn of_unit(unit: Option<&YearUnit>) -> Vec<String> {
    let Some(unit) = unit else { return vec![NOT_LISTED.to_owned()] };
    let mut said = vec![unit.standing.chinese().to_owned()];
    let open = [("必须更正", unit.mandatory), ("需要说明", unit.verify)];
    let open = open.into_iter().filter(|(_, count)| *count > 0);
    said.extend(open.map(|(what, count)| format!("{what} {count}")));
    said.extend(unit.rates.iter().map(|(title, share)| format!("{title} {share}%")));
    said
}

/// A unit that the plan of a period does not list.
pub const NOT_LISTED: &str = "—";

/// The heading of a period, with the run that it is taken from.
pub fn period(period: &str, run: &str) -> String {
    match period.parse::<Month>() {
        Ok(month) => format!("{}月（批次 {run}）", month.month),
        Err(_) => format!("{period}（批次 {run}）"),
    }
}

pub fn title(year: i32) -> String {
    format!("{year}年度情况")
}

pub const ABOUT: &str = "每格依次为报送状态、未了结的差异数、各项比率；各期取该期最后一个批次的结果，没有核对过的月份不列。";
