//! What becomes of a run once it is made, as written in the pipeline file: how long it is kept, who is
//! sent what, when the next one is due.

use schemars::JsonSchema;
use serde::Deserialize;

/// How long runs are kept.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Archive {
    /// How many runs of each period are kept, the newest ones; without it all are. The last run of a
    /// period always stays, and of each that goes its link in the chain does.
    #[schemars(range(min = 1, max = 1_000))]
    pub keep: Option<u32>,
    /// How many MiB the folder `cache` beside the runs may hold at most. In it each run keeps what it read,
    /// so that a file that has not changed is not read again; 0 keeps nothing. It can be deleted at any time.
    #[schemars(range(max = 100_000))]
    pub cache_mib: Option<u32>,
}

/// Messages to units: with this section, even an empty one, each run writes them ready to send into
/// `outbox/`, a text to paste and a mail with the slip in it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Outbox {
    /// Whom mails are from, such as `市民政局 <office@example.cn>`.
    pub from: Option<String>,
    /// Where units are reached.
    pub unit: Vec<Recipient>,
    /// The mail server that takes them; without it they are only written.
    pub mail: Option<Mail>,
    /// Robots of groups that are told when there is a new result.
    pub webhook: Vec<Webhook>,
}

/// Where a unit is reached.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The unit, as the plan names it.
    pub name: String,
    /// Addresses of mail.
    pub to: Vec<String>,
}

/// A mail server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub host: String,
    /// Without it the usual one of how the connection is kept.
    pub port: Option<u16>,
    /// How the connection is kept from others.
    #[serde(default)]
    pub security: Security,
    /// Who signs in, where somebody has to.
    pub user: Option<String>,
    /// A file with the password alone in it, relative to this one; it is never archived.
    pub password_file: Option<String>,
}

/// How a connection to a mail server is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// Ciphered from the beginning.
    #[default]
    Tls,
    /// Ciphered after the greeting.
    Starttls,
    /// As it is: for a server on the same machine or in the same house.
    None,
}

/// A robot of a group.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// What it is called where it is told that it could not be reached.
    pub name: String,
    /// In what form it is told.
    pub form: Form,
    /// Its address; one that holds a key is better kept in a file.
    pub url: Option<String>,
    /// A file with the address alone in it, relative to this one; it is never archived.
    pub url_file: Option<String>,
}

/// In what form a robot is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// 企业微信
    Wecom,
    /// 钉钉
    Dingtalk,
    /// The summary of the run as JSON, as `on_finish` gets it.
    Json,
}

/// When runs are made, and what happens after each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Run {
    /// The time zone by which days begin, such as `Asia/Shanghai`; without it that of the machine.
    pub zone: Option<String>,
    /// The working day of the following month from which on a month is reconciled.
    #[schemars(range(min = 1, max = 15))]
    pub working_day: u32,
    /// The time of the day at which a schedule looks whether a month is due.
    pub at: String,
    /// How often a schedule looks for new sheets of the running month, such as `2h`.
    pub every: String,
    /// Days of the week from Monday to Friday that are free, one by one or as `2020-10-01/2020-10-08`.
    pub holidays: Vec<String>,
    /// Saturdays and Sundays that are worked.
    pub workdays: Vec<String>,
    /// A program and its arguments, started after each run and each failure; it gets the summary as
    /// variables that begin with `DUIBIAO_`, and as JSON on its input.
    pub on_finish: Vec<String>,
    /// Seconds until it is ended.
    #[schemars(range(min = 1, max = 3_600))]
    pub on_finish_seconds: u32,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            zone: None,
            working_day: 3,
            at: "08:30".to_owned(),
            every: "2h".to_owned(),
            holidays: Vec::new(),
            workdays: Vec::new(),
            on_finish: Vec::new(),
            on_finish_seconds: 60,
        }
    }
}
