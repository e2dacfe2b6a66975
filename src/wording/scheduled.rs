//! What is said of a schedule.

use crate::model::words::{self, Language, Said};

/// Says that the scheduler cannot be told from here, so that what it is to be told is shown.
pub fn not_here(scheduler: &str) -> Said {
    Said::new(
        format!("这里用不了 {scheduler}，没有安装；下面是要写的内容，请照样写好。"),
        format!(
            "{scheduler} cannot be told from here and nothing was installed; this is what it is to be told:"
        ),
    )
}

pub fn installed(scheduler: &str) -> Said {
    Said::new(
        format!(
            "已经安排（{scheduler}）。不登录时也要运行的，systemd 请另执行 loginctl enable-linger；用 duibiao schedule status 查看。"
        ),
        format!(
            "Scheduled ({scheduler}). To run without anybody signed in, systemd needs `loginctl enable-linger`; see `duibiao schedule status`."
        ),
    )
}

pub fn removed(scheduler: &str) -> Said {
    Said::new(format!("已经去掉（{scheduler}）。"), format!("Removed ({scheduler})."))
}

/// Says what the system refused.
pub fn refused(command: &str) -> Said {
    Said::new(
        format!("“{command}”没有成功；请在终端里执行它看原因，或用 duibiao schedule show 照样写"),
        format!(
            "`{command}` failed; run it in a terminal to see why, or write what `duibiao schedule show` shows"
        ),
    )
}

pub fn standing(scheduler: &str, is_installed: bool) -> Said {
    if is_installed {
        Said::new(
            format!("定时核对：已安排（{scheduler}）"),
            format!("schedule: in force ({scheduler})"),
        )
    } else {
        Said::new(
            format!("定时核对：没有安排（{scheduler}）；duibiao schedule install 安排"),
            format!("schedule: none ({scheduler}); `duibiao schedule install` makes it"),
        )
    }
}

pub fn next(period: &str, on: &str) -> Said {
    Said::new(format!("下一期：{period}，{on} 起核对"), format!("next: {period}, from {on} on"))
}

/// Says what is due and was not run.
pub fn owed(periods: &[String]) -> Said {
    if periods.is_empty() {
        return Said::new("到期未做：没有", "due and not run: none");
    }
    Said::new(
        format!("到期未做：{}", words::list(periods, Language::Chinese)),
        format!("due and not run: {}", words::list(periods, Language::English)),
    )
}

pub fn last(run: Option<&str>, started: Option<&str>) -> Said {
    match (run, started) {
        (Some(run), Some(started)) => Said::new(
            format!("最近的批次：{run}（{started}）"),
            format!("last run: {run} ({started})"),
        ),
        _ => Said::new("最近的批次：还没有", "last run: none yet"),
    }
}
