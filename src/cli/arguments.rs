//! What can be asked: the commands, their arguments and options, and what each is for.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::console::Colour;

/// Of the pipeline file, where it need not be named.
const WHICH_PIPELINE: &str =
    "核对方案；不写时用 DUIBIAO_PIPELINE 所指的，或从当前文件夹往上找到的 pipelines 里唯一的一份";

/// Of the option that is also a key.
const KEPT: &str = "每个报送期保留几个批次；不写时按核对方案的 [archive] keep";

/// 对表：把各单位报送的表格与计划逐行逐项核对，差异写入一份汇总工作簿
#[derive(Debug, Parser)]
#[command(name = "duibiao", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// 消息所用的语言：zh 或 en；不写时按系统的语言，系统没有说明时用中文
    #[arg(long, global = true, value_parser = ["zh", "en"])]
    pub lang: Option<String>,
    /// 同时读取几个文件；不写时按处理器的个数
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// 标准错误上的消息是否带颜色：auto、always 或 never（不写时不带）
    #[arg(long, global = true, value_name = "WHEN", default_value = "never")]
    pub color: When,
    /// 把日志写进这个文件，或这个文件夹里每天一个文件；不写时记在存档文件夹里
    #[arg(long, global = true, value_name = "PATH")]
    pub log: Option<PathBuf>,
    /// 只说出了什么问题，不说进展
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// 另说每一步做了什么、用了多少时间
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// When messages are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

impl When {
    /// Returns what the console goes by.
    pub fn colour(self) -> Colour {
        match self {
            When::Auto => Colour::OnTerminal,
            When::Always => Colour::Always,
            When::Never => Colour::Never,
        }
    }

    /// Returns what the library that reads the command line goes by.
    pub fn of_help(self) -> clap::ColorChoice {
        match self {
            When::Auto => clap::ColorChoice::Auto,
            When::Always => clap::ColorChoice::Always,
            When::Never => clap::ColorChoice::Never,
        }
    }
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Where an answer goes, and how it is written.
#[derive(Clone, Debug, clap::Args)]
pub struct Answered {
    /// 输出格式：text 或 json
    #[arg(long, default_value = "text")]
    pub format: Format,
    /// 写进这个文件（UTF-8），不写到标准输出
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Which pipeline file, where the first argument is something else.
#[derive(Clone, Debug, clap::Args)]
pub struct Described {
    #[arg(long, value_name = "FILE", help = WHICH_PIPELINE)]
    pub pipeline: Option<PathBuf>,
}

/// Which pipeline file, where it may also be the first argument.
#[derive(Clone, Debug, clap::Args)]
pub struct Named {
    #[arg(value_name = "PIPELINE", help = WHICH_PIPELINE)]
    pub first: Option<PathBuf>,
    /// 核对方案，与写在最前面一样
    #[arg(long, value_name = "FILE", conflicts_with = "first")]
    pub pipeline: Option<PathBuf>,
}

impl Named {
    /// Returns the path that was named, wherever it stands.
    pub fn path(&self) -> Option<&std::path::Path> {
        self.first.as_deref().or(self.pipeline.as_deref())
    }
}

/// What is reconciled: a plan, for a period.
#[derive(Debug, clap::Args)]
pub struct Subject {
    #[command(flatten)]
    pub named: Named,
    /// 报送期：2020-08（也可写 202008、2020/8、2020年8月），或 last（上月）、this（本月）
    #[arg(long)]
    pub period: String,
    /// 用这份计划代替核对方案所写的
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 核对一个报送期，写出汇总工作簿并存档
    Run(Run),
    /// 为每个单位写一份预填好的报送模板
    Template {
        #[command(flatten)]
        subject: Subject,
        /// 放模板的文件夹；已有的文件不会被覆盖
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 在本期资料的副本里种下各种已知错误，看程序是否全部找到、有无误报
    Drill {
        #[command(flatten)]
        subject: Subject,
        /// 用这个收件文件夹代替核对方案所写的
        #[arg(long, value_name = "DIR")]
        inbox: Option<PathBuf>,
        /// 把演练记录另写入这个文件（Markdown，或与 --format 一致）
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// 输出格式：text 或 json
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// 核对单个表格，不存档，每处差异一行
    Check {
        /// 要核对的表格，或放着它们的文件夹；- 表示从标准输入读一个表格
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        described: Described,
        /// 报送期，写法同 run；不写时不核对与报送期有关的规则
        #[arg(long)]
        period: Option<String>,
        #[command(flatten)]
        answered: Answered,
    },
    /// 说明一个表格是怎样读懂的：表头、各列、各行归类；没有核对方案时按表格的样子
    Inspect {
        file: PathBuf,
        #[command(flatten)]
        described: Described,
        /// 为一份还没有核对方案的计划起草方案；其中的路径相对于 --out 的文件，已有的文件不会被覆盖
        #[arg(long, conflicts_with = "pipeline")]
        draft: bool,
        /// 起草时只看这些工作表：写名称（* 代表任意文字），或写位置，如 #2
        #[arg(long, value_name = "NAME", requires = "draft")]
        sheet: Vec<String>,
        /// 起草时表头在第几行，写法同方案里的：4 或 4-6
        #[arg(long, value_name = "ROWS", requires = "draft")]
        heading_rows: Option<String>,
        /// 起草时只看这几列，旁边的不看，写法同方案里的：A-D
        #[arg(long, value_name = "COLUMNS", requires = "draft")]
        within: Option<String>,
        /// 只输出读到的单元格（JSON），不作任何理解
        #[arg(long, conflicts_with_all = ["pipeline", "draft", "format"])]
        cells: bool,
        #[command(flatten)]
        answered: Answered,
    },
    /// 列出存档的批次，或核对它们是否被改动过
    History(History),
    /// 安排定时核对：每天看上个月到没到日子、有没有漏掉的，隔一阵看本月有没有新报送的表
    Schedule(Schedule),
    /// 解释差异类型；不写名称时列出全部
    Explain {
        /// 差异类型的中文名称，或报告文件里的名称；不写时列出全部
        kind: Option<String>,
        #[command(flatten)]
        answered: Answered,
    },
    /// 输出核对方案文件的模式（JSON 格式），供编辑器检查和提示
    Schema {
        /// 写进这个文件（UTF-8），不写到标准输出
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// 输出命令行补全脚本
    Completions {
        shell: clap_complete::Shell,
        /// 写进这个文件（UTF-8），不写到标准输出
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// 写出供 man 命令查看的手册页
    Man {
        /// 放手册页的文件夹
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 逐行读入文件路径，逐行输出提取结果（供程序和多机使用）
    Extract {
        #[command(flatten)]
        named: Named,
        /// 写进这个文件（UTF-8），不写到标准输出
        #[arg(long, value_name = "FILE", conflicts_with = "worker")]
        out: Option<PathBuf>,
        /// 路径之间用零字节隔开，不用换行（文件名里可能有换行）
        #[arg(long)]
        null: bool,
        /// 在本进程内读取，内存受限
        #[arg(long, hide = true)]
        worker: bool,
        /// 汇总工作簿里采用的列标题
        #[arg(long, hide = true)]
        adopt: Vec<String>,
    },
    /// 显示帮助，也可写明哪个命令
    Help {
        /// 命令
        command: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch")]
pub struct Run {
    #[command(flatten)]
    pub subject: Subject,
    /// 用这个收件文件夹代替核对方案所写的
    #[arg(long, value_name = "DIR")]
    pub inbox: Option<PathBuf>,
    /// 用这个存档文件夹代替核对方案所写的
    #[arg(long, value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// 填好情况说明或处理后发回的核对汇总表或核实反馈表
    #[arg(long, alias = "explanations", num_args = 1.., value_name = "FILE")]
    pub answers: Vec<PathBuf>,
    /// 用 extract 命令在别处做好的提取结果
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub extracts: Vec<PathBuf>,
    /// 全部文件重新读取，不沿用以前留存的读取结果
    #[arg(long)]
    pub fresh: bool,
    /// 不写核实反馈表和催报通知
    #[arg(long)]
    pub no_returns: bool,
    /// 不写数据表（data 文件夹）
    #[arg(long)]
    pub no_data: bool,
    /// 与上一批次相比没有新内容时不再核对
    #[arg(long)]
    pub if_new: bool,
    /// 收件文件夹里还没有报送表时不核对，也不算出错
    #[arg(long, conflicts_with = "empty_inbox")]
    pub if_any: bool,
    /// 按排期：没到日子的不核对，漏掉的各期从最早的起补做，做过的只在有新内容时再做
    #[arg(long, conflicts_with_all = ["inbox", "plan", "answers", "extracts"])]
    pub due: bool,
    /// 另一次核对正在进行时最多等候多久：30s、10m、1h；不写时不等
    #[arg(long, value_name = "DURATION")]
    pub wait: Option<String>,
    /// 收件文件夹里没有任何文件时也照常核对：各单位都未报送
    #[arg(long)]
    pub empty_inbox: bool,
}

#[derive(Debug, clap::Args)]
pub struct Schedule {
    /// 要做什么，依次是：只显示要写的内容，写进定时程序（不能写时显示怎样写），从中去掉，看有没有安排、下次到哪天、漏了哪些
    #[arg(value_name = "show|install|remove|status")]
    pub action: Action,
    #[command(flatten)]
    pub described: Described,
    /// 用哪一种定时程序；不写时用这台机器上有的
    #[arg(long = "for", value_name = "SCHEDULER")]
    pub scheduler: Option<SchedulerNamed>,
    /// 用这个存档文件夹代替核对方案所写的（只用于 status）
    #[arg(long, value_name = "DIR")]
    pub archive: Option<PathBuf>,
    #[command(flatten)]
    pub answered: Answered,
}

/// What is done about the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Action {
    Show,
    Install,
    Remove,
    Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchedulerNamed {
    Systemd,
    Cron,
    Windows,
}

#[derive(Debug, clap::Args)]
pub struct History {
    #[command(subcommand)]
    pub question: Option<Question>,
    #[arg(long, global = true, value_name = "FILE", help = WHICH_PIPELINE)]
    pub pipeline: Option<PathBuf>,
    /// 用这个存档文件夹代替核对方案所写的
    #[arg(long, global = true, value_name = "DIR")]
    pub archive: Option<PathBuf>,
    /// 输出格式：text 或 json
    #[arg(long, global = true, default_value = "text")]
    pub format: Format,
    /// 写进这个文件（UTF-8），不写到标准输出
    #[arg(long, global = true, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What is asked of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Question {
    /// 列出全部批次
    List,
    /// 核对每个批次的文件是否仍与出具时一样
    Verify,
    /// 两个批次之间有什么变动：文件、报送状态、报送数、差异
    Diff {
        /// 较早的批次，如 2020-08/01；只写批次号时用 --period 写明报送期
        from: String,
        /// 较晚的批次
        to: String,
        /// 批次号所属的报送期
        #[arg(long)]
        period: Option<String>,
    },
    /// 用一个批次自己存档的资料重做一遍，看结果是否逐字节相同；存档不变
    Replay {
        /// 批次，如 2020-08/01；只写批次号时用 --period 写明报送期
        run: String,
        /// 批次号所属的报送期
        #[arg(long)]
        period: Option<String>,
    },
    /// 每个报送期只保留最新的几个批次；最后一个总是保留，清理掉的在链上留有记录
    Prune {
        #[arg(long, value_name = "N", help = KEPT, value_parser = clap::value_parser!(u16).range(1..=1000))]
        keep: Option<u16>,
        /// 只清理这一个报送期
        #[arg(long)]
        period: Option<String>,
    },
}
