//! When a month is due, and how a machine is told to look: working days, what is owed and in which
//! order, and the entries of systemd, cron and the Windows Task Scheduler, as texts.

mod calendar;
mod cron;
mod due;
mod entry;
mod systemd;
mod windows;

pub use calendar::{is_working_day, working_day};
pub use cron::table;
pub use due::{Owed, due_on, owed};
pub use entry::{Entry, Job, Scheduler, Written, entries};
pub use windows::as_file;
