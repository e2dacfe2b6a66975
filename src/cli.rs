//! The command line: what can be asked, and how the answers are told.

mod check;
mod history;
mod apart;
mod cells;
mod inspect;
mod panics;
mod usage;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::archive;
use crate::console::Console;
use crate::extract::{PathEnd, Program};
use crate::findings::Verdict;
use crate::intake;
use crate::model::kinds::KINDS;
use crate::model::words::{self, Language};
use crate::model::{Kind, Month, hidden};
use crate::pipeline::file::Read as Limits;
use crate::pipeline::{self, AdoptedHeading, CannotLoad, DecidedInWorkbook, Pipeline};
use crate::reading::Basis;
use crate::run::{
    self, Data, Emptiness, Left, Occasion, Prepared, Ran, Request, Returns, RunError,
};
use crate::wording;

/// Everything agrees.
pub const AGREES: u8 = 0;
/// There are open findings on the submission side.
pub const FINDINGS: u8 = 1;
/// There is no result.
pub const FAILED: u8 = 2;

/// 对表：把各单位报送的表格与计划逐行逐项核对，差异写入一份汇总工作簿
#[derive(Debug, Parser)]
#[command(name = "duibiao", version, disable_help_subcommand = true)]
pub struct Cli {
    /// 消息所用的语言：zh 或 en
    #[arg(long, global = true, default_value = "zh", value_parser = ["zh", "en"])]
    lang: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 核对一个报送期，写出汇总工作簿并存档
    Run {
        #[command(flatten)]
        subject: Subject,
        /// 用这个收件文件夹代替核对方案所写的
        #[arg(long)]
        inbox: Option<PathBuf>,
        /// 用这个存档文件夹代替核对方案所写的
        #[arg(long)]
        archive: Option<PathBuf>,
        /// 填好情况说明或处理后发回的核对汇总表或核实反馈表
        #[arg(long, alias = "explanations", num_args = 1.., value_name = "FILE")]
        answers: Vec<PathBuf>,
        /// 用 extract 命令在别处做好的提取结果
        #[arg(long, num_args = 1.., value_name = "FILE")]
        extracts: Vec<PathBuf>,
        /// 不写核实反馈表和催报通知
        #[arg(long)]
        no_returns: bool,
        /// 不写数据表（data 文件夹）
        #[arg(long)]
        no_data: bool,
        /// 与上一批次相比没有新内容时不再核对
        #[arg(long)]
        if_new: bool,
        /// 另一次核对正在进行时最多等候多久：30s、10m、1h；不写时不等
        #[arg(long, value_name = "DURATION")]
        wait: Option<String>,
        /// 收件文件夹里没有任何文件时也照常核对：各单位都未报送
        #[arg(long)]
        empty_inbox: bool,
    },
    /// 为每个单位写一份预填好的报送模板
    Template {
        #[command(flatten)]
        subject: Subject,
        /// 放模板的文件夹；已有的文件不会被覆盖
        #[arg(long)]
        out: PathBuf,
    },
    /// 在本期资料的副本里种下各种已知错误，看程序是否全部找到、有无误报
    Drill {
        #[command(flatten)]
        subject: Subject,
        /// 用这个收件文件夹代替核对方案所写的
        #[arg(long)]
        inbox: Option<PathBuf>,
        /// 把演练记录另写入这个文件（Markdown）
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// 核对单个表格，不存档，每处差异一行
    Check {
        /// 要核对的表格，或放着它们的文件夹
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// 核对方案；pipelines 文件夹里只有一份时可以不写
        #[arg(long)]
        pipeline: Option<PathBuf>,
        /// 报送期；不写时不核对与报送期有关的规则
        #[arg(long)]
        period: Option<String>,
        /// 输出格式：text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
    /// 说明一个表格是怎样读懂的：表头、各列、各行归类；没有核对方案时按表格的样子
    Inspect {
        file: PathBuf,
        /// 核对方案；pipelines 文件夹里只有一份时可以不写
        #[arg(long)]
        pipeline: Option<PathBuf>,
        /// 为一份还没有核对方案的计划起草方案，写到标准输出
        #[arg(long, conflicts_with = "pipeline")]
        draft: bool,
        /// 把起草的方案写进这个文件，其中的路径相对于它；已有的文件不会被覆盖
        #[arg(long, value_name = "FILE", requires = "draft")]
        out: Option<PathBuf>,
        /// 只输出读到的单元格（JSON），不作任何理解
        #[arg(long, conflicts_with_all = ["pipeline", "draft", "format"])]
        cells: bool,
        /// 输出格式：text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"], conflicts_with = "draft")]
        format: String,
    },
    /// 列出存档的批次，或核对它们是否被改动过
    History {
        #[arg(value_enum, default_value = "list")]
        question: history::Question,
        /// 核对方案；pipelines 文件夹里只有一份时可以不写
        #[arg(long)]
        pipeline: Option<PathBuf>,
        /// 用这个存档文件夹代替核对方案所写的
        #[arg(long)]
        archive: Option<PathBuf>,
    },
    /// 解释差异类型；不写名称时列出全部
    Explain { kind: Option<String> },
    /// 输出核对方案文件的模式（JSON 格式），供编辑器检查和提示
    Schema,
    /// 输出命令行补全脚本
    Completions { shell: clap_complete::Shell },
    /// 逐行读入文件路径，逐行输出提取结果（供程序和多机使用）
    Extract {
        /// 核对方案；pipelines 文件夹里只有一份时可以不写
        pipeline: Option<PathBuf>,
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
}

/// What is reconciled: a plan, for a period.
#[derive(Debug, clap::Args)]
struct Subject {
    /// 核对方案；pipelines 文件夹里只有一份时可以不写
    pipeline: Option<PathBuf>,
    /// 报送期：2020-08，或 last（上月）、this（本月）
    #[arg(long)]
    period: String,
    /// 用这份计划代替核对方案所写的
    #[arg(long)]
    plan: Option<PathBuf>,
}

impl Subject {
    /// Loads the pipeline and makes a request of it.
    fn request(self, language: Language) -> Result<(Pipeline, Request), Failure> {
        let pipeline = load(self.pipeline.as_deref())?;
        let period = period_named(&self.period)?;
        let request = Request { plan: self.plan, ..Request::of(period, language, this_program()?) };
        Ok((pipeline, request))
    }
}

/// What `main` has to give: the cap on this process's memory is its allocator's.
pub struct Process {
    /// Caps the memory of this process, in bytes; false where that cannot be.
    pub cap_memory: fn(usize) -> bool,
}

/// Parses the arguments, does what they ask, and returns the exit status.
pub fn main(process: &Process) -> u8 {
    archive::keep_from_others();
    let asked_in = usage::language_of(std::env::args_os());
    let line = match asked_in {
        Language::Chinese => usage::in_chinese(Cli::command()),
        Language::English => Cli::command(),
    };
    let read = line.try_get_matches().and_then(|read| Cli::from_arg_matches(&read));
    let cli = match read {
        Ok(cli) => cli,
        Err(error) => {
            let asked_for = !error.use_stderr();
            let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            if !asked_for {
                // It quotes what was typed, which may be a file's name.
                let said = match asked_in {
                    Language::Chinese if !is_help => usage::mistyped(&error),
                    _ => error.render().to_string(),
                };
                let _ = std::io::stderr().write_all(hidden::visible(&said).as_bytes());
                return FAILED;
            }
            return match error.print() {
                Ok(()) => AGREES,
                Err(cause) => {
                    let language = Language::Chinese;
                    for line in Failure::Output(cause).lines(language) {
                        Console::new(language).say(&line);
                    }
                    FAILED
                }
            };
        }
    };
    let language = if cli.lang == "en" { Language::English } else { Language::Chinese };
    let mut console = Console::new(language);
    // A worker's last words are for its parent, which tells them.
    let is_worker = matches!(cli.command, Command::Extract { worker: true, .. });
    let act = || command(cli.command, language, &mut console, process);
    let done = if is_worker { act() } else { panics::caught(act) };
    console.finish();
    match done {
        Ok(status) => status,
        Err(error) => {
            for line in error.lines(language) {
                console.say(&line);
            }
            FAILED
        }
    }
}

fn command(
    command: Command,
    language: Language,
    console: &mut Console,
    process: &Process,
) -> Result<u8, Failure> {
    match command {
        Command::Run {
            subject,
            inbox,
            archive,
            answers,
            extracts,
            no_returns,
            no_data,
            if_new,
            wait,
            empty_inbox,
        } => {
            let wait = wait.as_deref().map(duration_named).transpose()?.unwrap_or_default();
            let (pipeline, request) = subject.request(language)?;
            let request = Request {
                inbox,
                archive,
                explanations: answers,
                extracts,
                returns: if no_returns { Returns::Skip } else { Returns::Write },
                data: if no_data { Data::Skip } else { Data::Write },
                occasion: if if_new { Occasion::IfNew } else { Occasion::Always },
                wait,
                emptiness: if empty_inbox { Emptiness::Meant } else { Emptiness::Mistake },
                ..request
            };
            match run::run(&pipeline, &request, console)? {
                Ran::Published(outcome) => tell(&outcome, language, console),
                Ran::NothingNew(verdict) => {
                    console.say(match language {
                        Language::Chinese => "与上一批次相比没有新内容，没有再核对。",
                        Language::English => {
                            "Nothing has changed since the last run; none was made."
                        }
                    });
                    Ok(status_of(verdict))
                }
            }
        }
        Command::Template { subject, out } => {
            let (pipeline, request) = subject.request(language)?;
            let prepared = run::templates(&pipeline, &request, &out, console)?;
            tell_templates(&prepared, language, console)?;
            Ok(AGREES)
        }
        Command::Drill { subject, inbox, out } => {
            let (pipeline, request) = subject.request(language)?;
            let request = Request { inbox, ..request };
            drill(&pipeline, &request, out.as_deref(), console)
        }
        Command::Check { files, pipeline, period, format } => {
            let pipeline = load(pipeline.as_deref())?;
            let period = period.as_deref().map(period_named).transpose()?;
            let format = check::Format::named(&format);
            check::check(&files, &pipeline, period, format, this_program()?, language, console)
        }
        Command::Inspect { .. } if let Some(done) = apart::apart(&Limits::default(), console) => {
            done
        }
        Command::Inspect { file, draft: true, out, .. } => {
            inspect::draft(&file, out.as_deref(), process)
        }
        Command::Inspect { file, cells: true, .. } => cells::cells(&file, language, process),
        Command::Inspect { file, pipeline, format, .. } => {
            let format = check::Format::named(&format);
            let asked = inspect::Asked { file: &file, format, language };
            if pipeline.is_none() && pipelines_here().is_empty() {
                return inspect::undescribed(asked, process, this_program()?);
            }
            let pipeline = load(pipeline.as_deref())?;
            inspect::inspect(asked, &pipeline, Basis::Declared, process, this_program()?)
        }
        Command::History { question, pipeline, archive } => {
            let pipeline = load(pipeline.as_deref())?;
            history::history(question, &pipeline, archive, language, console)
        }
        Command::Explain { kind } => explain(kind.as_deref(), language),
        Command::Schema => {
            let schema = schemars::schema_for!(pipeline::file::File);
            let schema = serde_json::to_string_pretty(&schema).unwrap_or_default();
            print_escaped(&format!("{schema}\n"))?;
            Ok(AGREES)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "duibiao", &mut script);
            print_as_is(&String::from_utf8_lossy(&script))?;
            Ok(AGREES)
        }
        Command::Extract { pipeline, null, worker, adopt } => {
            let pipeline = load(pipeline.as_deref())?;
            let headings = adopt.iter().filter_map(|text| AdoptedHeading::read(text)).collect();
            let pipeline =
                pipeline.with(DecidedInWorkbook { headings, ..DecidedInWorkbook::default() });
            if worker {
                return work(&pipeline, process);
            }
            extract(&pipeline, if null { PathEnd::Zero } else { PathEnd::Line })
        }
    }
}

/// Why a command gave nothing.
#[derive(Debug)]
pub enum Failure {
    Run(RunError),
    /// The command line asks for something that is not there; in both languages.
    Usage(words::Said),
    /// What was found could not be handed out.
    Output(std::io::Error),
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Failure::Run(error)
    }
}

impl From<CannotLoad> for Failure {
    fn from(error: CannotLoad) -> Self {
        Failure::Run(RunError::Pipeline(error))
    }
}

impl Failure {
    fn lines(&self, language: Language) -> Vec<String> {
        let prefix = match language {
            Language::Chinese => "错误：",
            Language::English => "error: ",
        };
        match self {
            Failure::Run(error) => error.lines(language),
            Failure::Usage(said) => vec![format!("{prefix}{}", said.in_language(language))],
            Failure::Output(cause) => {
                let said = wording::archive::no_output(&cause.into());
                vec![format!("{prefix}{}", said.in_language(language))]
            }
        }
    }

    fn usage(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Failure::Usage(words::Said::new(chinese, english))
    }
}

/// Writes lines of JSON with what is hidden in their texts escaped.
struct Escaping<W: Write>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(hidden::escaped(text).as_bytes())?,
            // Never where whole texts are written.
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Prints what people read to stdout, with nothing hidden in it.
fn print(text: &str) -> Result<(), Failure> {
    print_as_is(&hidden::visible(text))
}

/// Prints JSON or TOML to stdout, with what is hidden escaped.
fn print_escaped(text: &str) -> Result<(), Failure> {
    print_as_is(&hidden::escaped(text))
}

/// Prints a path on a line of its own: as it is to a program, with nothing hidden to a person.
fn print_path(path: &Path) -> Result<(), Failure> {
    let path = path.display().to_string();
    if std::io::stdout().is_terminal() {
        print_as_is(&format!("{}\n", hidden::visible_line(&path)))
    } else {
        print_as_is(&format!("{path}\n"))
    }
}

/// Prints to stdout. An answer that nobody got is none, and said so.
fn print_as_is(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)
}

fn this_program() -> Result<Program, Failure> {
    let path = std::env::current_exe().map_err(|error| {
        Failure::usage(
            format!("找不到本程序的位置（{error}）"),
            format!("cannot find this program ({error})"),
        )
    })?;
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Program { path, at_once })
}

/// Returns the pipeline files in `pipelines/`.
fn pipelines_here() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = intake::folder::entries(Path::new("pipelines"))
        .into_iter()
        .flatten()
        .map(|(name, _)| Path::new("pipelines").join(name))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
}

/// Loads the pipeline named, or the only one in `pipelines/`.
fn load(named: Option<&Path>) -> Result<Pipeline, Failure> {
    if let Some(path) = named {
        return Ok(pipeline::load(path)?);
    }
    match pipelines_here().as_slice() {
        [only] => Ok(pipeline::load(only)?),
        [] => Err(Failure::usage(
            "这里没有 pipelines 文件夹或其中没有核对方案；请写明核对方案的路径",
            "there is no pipeline file in `pipelines/`; name one",
        )),
        several => {
            let names: Vec<String> =
                several.iter().map(|path| path.display().to_string()).collect();
            Err(Failure::usage(
                format!("有几份核对方案（{}），请写明用哪一份", names.join("、")),
                format!("there are several pipeline files ({}); name one", names.join(", ")),
            ))
        }
    }
}

fn duration_named(text: &str) -> Result<std::time::Duration, Failure> {
    let parsed = match text.parse::<u64>() {
        Ok(seconds) => Some(std::time::Duration::from_secs(seconds)),
        Err(_) => text
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|duration| std::time::Duration::try_from(duration).ok()),
    };
    parsed.ok_or_else(|| {
        Failure::usage(
            format!("“{text}”不是时长；请写作 30s、10m 或 1h"),
            format!("`{text}` is no duration; write `30s`, `10m` or `1h`"),
        )
    })
}

fn period_named(text: &str) -> Result<Month, Failure> {
    let today = jiff::ZonedDateTime::now().date();
    let this = Month::new(i32::from(today.year()), u32::from(today.month().unsigned_abs()));
    let found = match text {
        "this" => this,
        "last" => this.and_then(Month::previous),
        other => other.parse().ok(),
    };
    found.ok_or_else(|| {
        Failure::usage(
            format!("“{text}”不是报送期；请写作 2020-08、last（上月）或 this（本月）"),
            format!("`{text}` is no period; write `2020-08`, `last` or `this`"),
        )
    })
}

fn tell(left: &Left, language: Language, console: &Console) -> Result<u8, Failure> {
    let counts = left.findings;
    let plan = counts.plan;
    let said = match (left.verdict, language) {
        (Verdict::Agrees, Language::Chinese) => wording::told_without_findings(&left.checks),
        (Verdict::Agrees, Language::English) if left.checks.is_whole() => {
            "Verdict: the sheets agree with the plan.".to_owned()
        }
        (Verdict::Agrees, Language::English) => {
            let checks = &left.checks;
            format!(
                "Verdict: nothing to correct or to explain. Of {} checks {} agree, {} differ, {} were not made.",
                checks.owed(),
                checks.agrees,
                checks.differs,
                checks.owed() - checks.agrees - checks.differs
            )
        }
        (Verdict::Findings, Language::Chinese) => format!(
            "核对结论：有差异。必须更正 {} 处，需要说明 {} 处。",
            counts.mandatory, counts.verify
        ),
        (Verdict::Findings, Language::English) => format!(
            "Verdict: {} to correct, {} to explain.",
            words::count(counts.mandatory, "finding"),
            words::count(counts.verify, "finding")
        ),
    };
    console.say(&said);
    if plan > 0 {
        console.say(&match language {
            Language::Chinese => format!("计划自身有 {plan} 处待核实，不影响结论。"),
            Language::English => {
                format!(
                    "The plan itself has {}, which do not change the verdict.",
                    words::count(plan, "finding")
                )
            }
        });
    }
    console.say(&match language {
        Language::Chinese => format!("汇总工作簿：{}", left.workbook.display()),
        Language::English => format!("Workbook: {}", left.workbook.display()),
    });
    if let Err(failure) = print_path(&left.folder) {
        // Whoever called cannot have its name; but it is there.
        console.say(&wording::archive::published_all_the_same(&left.folder, language));
        return Err(failure);
    }
    Ok(status_of(left.verdict))
}

fn status_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Agrees => AGREES,
        Verdict::Findings => FINDINGS,
    }
}

/// Drills a month and shows what was planted and found.
fn drill(
    pipeline: &Pipeline,
    request: &Request,
    out: Option<&Path>,
    console: &mut Console,
) -> Result<u8, Failure> {
    let drilled = crate::drill::drill(pipeline, request, console)?;
    let page = crate::drill::page::page(&drilled, request.period, pipeline, request.language);
    if let Some(path) = out {
        std::fs::write(path, &page).map_err(|error| {
            let path = path.display();
            Failure::usage(
                format!("无法写入 {path}（{error}）；请检查路径和权限"),
                format!("cannot write {path} ({error}); check the path and its permissions"),
            )
        })?;
    }
    print(&page)?;
    Ok(if drilled.is_good() { AGREES } else { FINDINGS })
}

fn tell_templates(
    prepared: &[Prepared],
    language: Language,
    console: &Console,
) -> Result<(), Failure> {
    for template in prepared {
        if let Some(wanted) = &template.instead_of {
            let (wanted, path) = (wanted.display(), template.path.display());
            console.say(&match language {
                Language::Chinese => format!("{wanted} 已经存在，没有覆盖；新模板写在 {path}。"),
                Language::English => {
                    format!("{wanted} is there already and was left alone; the new one is {path}.")
                }
            });
        }
        print_path(&template.path)?;
    }
    Ok(())
}

fn explain(named: Option<&str>, language: Language) -> Result<u8, Failure> {
    let Some(name) = named else {
        let lines: Vec<String> = KINDS
            .iter()
            .map(|entry| format!("{:<22} {}\n", entry.name, entry.title.in_language(language)))
            .collect();
        print(&lines.concat())?;
        return Ok(AGREES);
    };
    let Some(kind) = Kind::from_name(name) else {
        let known: Vec<&str> = KINDS.iter().map(|entry| entry.name).collect();
        let near = words::nearest(name, known).unwrap_or("value-differs");
        return Err(Failure::usage(
            format!("没有名为“{name}”的差异类型；是否应为“{near}”？"),
            format!("there is no kind `{name}`; did you mean `{near}`?"),
        ));
    };
    let entry = kind.entry();
    let severity = match language {
        Language::Chinese => entry.severity.chinese().to_owned(),
        Language::English => format!("{:?}", entry.severity).to_lowercase(),
    };
    let title = entry.title.in_language(language);
    let title = match language {
        Language::Chinese => format!("{title}（{}，{severity}）", entry.name),
        Language::English => format!("{title} ({}, {severity})", entry.name),
    };
    print(&format!(
        "{title}\n{}\n{}\n",
        entry.meaning.in_language(language),
        entry.advice.in_language(language)
    ))?;
    Ok(AGREES)
}

fn broken(error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("输入或输出中断（{error}）"),
        format!("input or output broke off ({error})"),
    )
}

/// Works for another process of this program.
fn work(pipeline: &Pipeline, process: &Process) -> Result<u8, Failure> {
    // What breaks off is told in the answer; nobody reads this process's errors while it lives.
    std::panic::set_hook(Box::new(|_| {}));
    cap(process, &pipeline.limits)?;
    let stdin = std::io::stdin().lock();
    let stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let cap_memory = |limits: &Limits| cap(process, limits).is_ok();
    crate::extract::serve(stdin, stdout, pipeline, cap_memory).map_err(|error| broken(&error))?;
    Ok(AGREES)
}

/// Caps the memory of this process.
fn cap(process: &Process, limits: &Limits) -> Result<(), Failure> {
    let mib = limits.memory_mib;
    let bytes = usize::try_from(u64::from(mib) * 1024 * 1024).unwrap_or(usize::MAX);
    if (process.cap_memory)(bytes) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("内存上限 {mib} MiB 不起作用；请放宽 [read] memory_mib"),
        format!("memory cannot be kept within {mib} MiB; widen `[read] memory_mib`"),
    ))
}

fn extract(pipeline: &Pipeline, path_end: PathEnd) -> Result<u8, Failure> {
    let program = this_program()?;
    let stdin = std::io::stdin().lock();
    let stdout = Escaping(std::io::BufWriter::new(std::io::stdout().lock()));
    crate::extract::supervise(stdin, stdout, path_end, pipeline, &program).map_err(|error| {
        match error {
            crate::extract::CannotSupervise::Broken(error) => broken(&error),
            crate::extract::CannotSupervise::Workers(error) => {
                Failure::Run(RunError::Workers(error))
            }
        }
    })?;
    Ok(AGREES)
}
