//! What becomes of a run once it is made, checked: days, times, addresses.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, Time};

use super::{Compiler, located};
use crate::model::{Said, clock};
use crate::pipeline::document::Way;
use crate::pipeline::file;
use crate::pipeline::{Finish, MailServer, Outbox, Robot, RobotAt, Schedule};

impl Compiler<'_> {
    /// A period has a last run, whatever is kept.
    pub(super) fn keep(&mut self, archive: &file::Archive) -> Option<usize> {
        let keep = archive.keep?;
        if !(1..=1_000).contains(&keep) {
            self.say(
                &Way::to("archive").key("keep"),
                Said::new(
                    format!("keep = {keep} 不能作为保留的批次数"),
                    format!("`keep = {keep}` is no number of runs to keep"),
                ),
                Said::new(
                    "写 1 到 1000 之间的数，或删去这一行，全部保留",
                    "write 1 to 1000, or remove the line to keep all",
                ),
            );
        }
        usize::try_from(keep).ok()
    }

    /// How much of what was read is kept for later runs.
    pub(super) fn cache_bytes(&mut self, archive: &file::Archive) -> u64 {
        /// Tens of thousands of sheets.
        const USUAL: u32 = 512;
        const MOST: u32 = 100_000;
        let mib = archive.cache_mib.unwrap_or(USUAL);
        if mib > MOST {
            self.say(
                &Way::to("archive").key("cache_mib"),
                Said::new(
                    format!("cache_mib = {mib} 太大"),
                    format!("`cache_mib = {mib}` is too large"),
                ),
                Said::new(
                    format!("写 0（不留存）到 {MOST} 之间的数"),
                    format!("write 0, which keeps nothing, to {MOST}"),
                ),
            );
        }
        u64::from(mib) * 1024 * 1024
    }

    /// How long a file must have been left alone.
    pub(super) fn settle(&mut self, text: &str) -> Duration {
        const MOST: Duration = Duration::from_hours(1);
        let way = Way::to("intake").key("settle");
        let found = self.duration(text, &way, "2m");
        if found > MOST {
            self.say(
                &way,
                Said::new(format!("“{text}”太长"), format!("`{text}` is too long")),
                Said::new("最多写 1h", "write `1h` at most"),
            );
        }
        found
    }

    fn duration(&mut self, text: &str, way: &Way, example: &str) -> Duration {
        let parsed = text.parse::<jiff::SignedDuration>().ok();
        let parsed = parsed.and_then(|duration| Duration::try_from(duration).ok());
        parsed.unwrap_or_else(|| {
            self.say(
                way,
                Said::new(format!("“{text}”不是时长"), format!("`{text}` is no duration")),
                Said::new(
                    format!("写作 30s、{example} 或 1h"),
                    format!("write it like `30s`, `{example}` or `1h`"),
                ),
            );
            Duration::ZERO
        })
    }

    pub(super) fn schedule(&mut self, run: &file::Run) -> Schedule {
        let way = Way::to("run");
        if !(1..=15).contains(&run.working_day) {
            self.say(
                &way.key("working_day"),
                Said::new(
                    format!("第 {} 个工作日不是每月都有", run.working_day),
                    format!("not every month has {} working days", run.working_day),
                ),
                Said::new("写 1 到 15 之间的数", "write 1 to 15"),
            );
        }
        if let Some(zone) = &run.zone
            && clock::zone(Some(zone)).is_none()
        {
            self.say(
                &way.key("zone"),
                Said::new(format!("没有“{zone}”这个时区"), format!("there is no zone `{zone}`")),
                Said::new("写作 Asia/Shanghai 的样子", "write it like `Asia/Shanghai`"),
            );
        }
        let at = run.at.parse::<Time>().ok().filter(|at| at.second() == 0);
        if at.is_none() {
            self.say(
                &way.key("at"),
                Said::new(
                    format!("“{}”不是几点几分", run.at),
                    format!("`{}` is no time of the day", run.at),
                ),
                Said::new("写作 08:30 的样子", "write it like `08:30`"),
            );
        }
        let every = self.duration(&run.every, &way.key("every"), "2h");
        let minutes = every.as_secs() / 60;
        // What divides a day comes at the same times every day, under every scheduler.
        let divides = every.as_secs().is_multiple_of(60) && (24_u64 * 60).is_multiple_of(minutes);
        let whole = minutes <= 60 || minutes.is_multiple_of(60);
        let comes_alike = divides && whole && minutes >= 5;
        if !every.is_zero() && !comes_alike {
            self.say(
                &way.key("every"),
                Said::new(
                    format!("每隔 {} 不能在每天的同样时刻开始", run.every),
                    format!("`{}` does not come at the same times every day", run.every),
                ),
                Said::new(
                    "写 5m、15m、30m、1h、2h、4h、6h 或 12h",
                    "write `5m`, `15m`, `30m`, `1h`, `2h`, `4h`, `6h` or `12h`",
                ),
            );
        }
        Schedule {
            zone: run.zone.clone(),
            working_day: run.working_day,
            at: at.unwrap_or(Time::midnight()),
            every,
            holidays: self.days(&run.holidays, &way.key("holidays")),
            workdays: self.days(&run.workdays, &way.key("workdays")),
        }
    }

    /// Days, one by one or from one to another.
    fn days(&mut self, texts: &[String], way: &Way) -> Vec<Date> {
        const MOST: usize = 400;
        let mut days = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let (from, to) = text.split_once('/').unwrap_or((text, text));
            let bounds = from.trim().parse::<Date>().ok().zip(to.trim().parse::<Date>().ok());
            match bounds.filter(|(from, to)| from <= to) {
                Some((from, to)) => days.extend(
                    std::iter::successors(Some(from), |day| day.tomorrow().ok())
                        .take_while(|day| *day <= to)
                        .take(MOST),
                ),
                None => self.say(
                    &way.item(place),
                    Said::new(format!("“{text}”不是日期"), format!("`{text}` is no day")),
                    Said::new(
                        "写作 2020-10-01 或 2020-10-01/2020-10-08",
                        "write it like `2020-10-01` or `2020-10-01/2020-10-08`",
                    ),
                ),
            }
        }
        days.sort();
        days.dedup();
        days
    }

    pub(super) fn finish(&mut self, run: &file::Run) -> Option<Finish> {
        let way = Way::to("run");
        if !(1..=3_600).contains(&run.on_finish_seconds) {
            self.say(
                &way.key("on_finish_seconds"),
                Said::new("时限应是 1 到 3600 秒", "the limit must be 1 to 3600 seconds"),
                Said::new("例如 60", "such as `60`"),
            );
        }
        let (program, arguments) = run.on_finish.split_first()?;
        if program.trim().is_empty() {
            self.say(
                &way.key("on_finish"),
                Said::new("没有写明程序", "no program is named"),
                Said::new("写作 [\"程序\", \"参数\"]", "write `[\"program\", \"argument\"]`"),
            );
        }
        Some(Finish {
            program: program.clone(),
            arguments: arguments.to_vec(),
            seconds: run.on_finish_seconds,
        })
    }

    pub(super) fn outbox(&mut self, outbox: file::Outbox, directory: &Path) -> Outbox {
        let way = Way::to("outbox");
        for (index, unit) in outbox.unit.iter().enumerate() {
            for (place, address) in unit.to.iter().enumerate() {
                if !is_address(address) {
                    self.no_address(address, &way.key("unit").item(index).key("to").item(place));
                }
            }
        }
        let from = outbox.from.filter(|from| {
            let address = address_of(from);
            if !is_address(address) {
                self.no_address(address, &way.key("from"));
            }
            is_address(address)
        });
        if let Some(mail) = &outbox.mail {
            if from.is_none() {
                self.say(
                    &way.key("mail"),
                    Said::new("没有写明邮件由谁发出", "it is not said whom mails are from"),
                    Said::new(
                        "在 [outbox] 里补上 from = \"某局 <office@example.cn>\"",
                        "add `from = \"office <office@example.cn>\"` to `[outbox]`",
                    ),
                );
            }
            if mail.user.is_some() != mail.password_file.is_some() {
                self.say(
                    &way.key("mail"),
                    Said::new(
                        "user 和 password_file 要么都写，要么都不写",
                        "`user` and `password_file` go together",
                    ),
                    Said::new("补上另一个", "add the other one"),
                );
            }
        }
        let mut robots = Vec::new();
        for (index, webhook) in outbox.webhook.into_iter().enumerate() {
            let at = match (webhook.url, webhook.url_file) {
                (Some(url), None) => RobotAt::Address(url),
                (None, Some(file)) => RobotAt::File(located(directory, &file)),
                _ => {
                    self.say(
                        &way.key("webhook").item(index),
                        Said::new("地址要写在一处", "its address must stand in one place"),
                        Said::new("写 url 或 url_file", "write `url` or `url_file`"),
                    );
                    continue;
                }
            };
            robots.push(Robot { name: webhook.name, form: webhook.form, at });
        }
        let mail = outbox.mail.map(|mail| MailServer {
            password: mail.password_file.map(|file| located(directory, &file)),
            host: mail.host,
            port: mail.port,
            security: mail.security,
            user: mail.user,
        });
        let mut recipients: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for unit in outbox.unit {
            recipients.entry(unit.name).or_insert(unit.to);
        }
        Outbox { from, recipients, mail, robots }
    }

    fn no_address(&mut self, address: &str, way: &Way) {
        self.say(
            way,
            Said::new(
                format!("“{address}”不是邮件地址"),
                format!("`{address}` is no address of mail"),
            ),
            Said::new("写作 office@example.cn 的样子", "write it like `office@example.cn`"),
        );
    }
}

/// The address of `name <address>`.
pub fn address_of(text: &str) -> &str {
    let text = text.trim();
    match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((_, address)) => address.trim(),
        None => text,
    }
}

fn is_address(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_graphic() && !"<>()[],;:\"\\@".contains(c))
    };
    text.split_once('@').is_some_and(|(name, host)| is_plain(name) && is_plain(host))
}
