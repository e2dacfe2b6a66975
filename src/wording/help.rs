//! Help in English: what each line of it says, beside the Chinese by which it is declared.

/// Returns a line of help in English, where there is one.
pub fn english(chinese: &str) -> Option<&'static str> {
    let found = LINES.iter().find(|(known, _)| *known == chinese);
    found.map(|(_, english)| *english)
}

const LINES: &[(&str, &str)] = &[
    (
        "对表：把各单位报送的表格与计划逐行逐项核对，差异写入一份汇总工作簿",
        "duibiao: holds the sheets that units submit against the plan, row by row and field by field, and writes the differences into one workbook",
    ),
    (
        "核对方案；不写时用 DUIBIAO_PIPELINE 所指的，或从当前文件夹往上找到的 pipelines 里唯一的一份",
        "The pipeline file; without it the one that DUIBIAO_PIPELINE names, or the only one in the `pipelines` folder found from the current folder upward",
    ),
    (
        "每个报送期保留几个批次；不写时按核对方案的 [archive] keep",
        "How many runs of each period are kept; without it as [archive] keep of the pipeline file says",
    ),
    (
        "消息所用的语言：zh 或 en；不写时按系统的语言，系统没有说明时用中文",
        "The language of messages: zh or en; without it that of the system, and Chinese where the system names none",
    ),
    (
        "同时读取几个文件；不写时按处理器的个数",
        "How many files are read at once; without it as many as there are processors",
    ),
    (
        "标准错误上的消息是否带颜色：auto、always 或 never（不写时不带）",
        "Whether messages on standard error are coloured",
    ),
    (
        "把日志写进这个文件，或这个文件夹里每天一个文件；不写时记在存档文件夹里",
        "Writes the log into this file, or into a file for each day in this folder; without it into the archive",
    ),
    ("只说出了什么问题，不说进展", "Says only what went wrong, nothing of the progress"),
    ("另说每一步做了什么、用了多少时间", "Also says what each step did and how long it took"),
    ("输出格式：text 或 json", "How the answer is written"),
    (
        "写进这个文件（UTF-8），不写到标准输出",
        "Writes into this file (UTF-8) instead of standard output",
    ),
    ("核对方案，与写在最前面一样", "The pipeline file, as if it stood first"),
    (
        "报送期：2020-08（也可写 202008、2020/8、2020年8月），或 last（上月）、this（本月）",
        "The period: 2020-08 (or 202008, 2020/8, 2020年8月), `last` (the month before) or `this` (the running one)",
    ),
    ("用这份计划代替核对方案所写的", "Uses this plan instead of the pipeline file's"),
    (
        "核对一个报送期，写出汇总工作簿并存档",
        "Reconciles a period, writes the consolidated workbook and archives the run",
    ),
    (
        "为每个单位写一份预填好的报送模板",
        "Writes a submission workbook for each unit, filled in from the plan",
    ),
    (
        "放模板的文件夹；已有的文件不会被覆盖",
        "The folder for them; what is there already is not overwritten",
    ),
    (
        "在本期资料的副本里种下各种已知错误，看程序是否全部找到、有无误报",
        "Plants known faults into copies of the period's sheets and sees whether all are found, and nothing else",
    ),
    ("用这个收件文件夹代替核对方案所写的", "Uses this inbox instead of the pipeline file's"),
    (
        "把演练记录另写入这个文件（Markdown，或与 --format 一致）",
        "Also writes the record into this file (Markdown, or as --format says)",
    ),
    (
        "核对单个表格，不存档，每处差异一行",
        "Checks single sheets without archiving, one line a finding",
    ),
    (
        "要核对的表格，或放着它们的文件夹；- 表示从标准输入读一个表格",
        "The sheets, or folders that hold them; - reads one from standard input",
    ),
    (
        "报送期，写法同 run；不写时不核对与报送期有关的规则",
        "The period, written as for `run`; without it rules that need one are left out",
    ),
    (
        "说明一个表格是怎样读懂的：表头、各列、各行归类；没有核对方案时按表格的样子",
        "Shows how a sheet was understood: heading, columns, what each row is; without a pipeline file by its looks",
    ),
    (
        "为一份还没有核对方案的计划起草方案；其中的路径相对于 --out 的文件，已有的文件不会被覆盖",
        "Drafts a pipeline file for a plan that has none; paths in it are relative to the file of --out, and what is there already is not overwritten",
    ),
    (
        "起草时只看这些工作表：写名称（* 代表任意文字），或写位置，如 #2",
        "Drafts from these sheets only, written as `sheets` is: a name, with * for anything, or a place such as #2",
    ),
    (
        "起草时表头在第几行，写法同方案里的：4 或 4-6",
        "The rows of the heading, for a draft, written as `heading_rows` is: 4 or 4-6",
    ),
    (
        "起草时只看这几列，旁边的不看，写法同方案里的：A-D",
        "The columns that hold the plan, for a draft, written as `within` is: A-D",
    ),
    (
        "只输出读到的单元格（JSON），不作任何理解",
        "Prints only the cells that were read (JSON), nothing understood",
    ),
    (
        "列出存档的批次，或核对它们是否被改动过",
        "Lists the runs of the archive, or tells whether they were altered",
    ),
    (
        "安排定时核对：每天看上个月到没到日子、有没有漏掉的，隔一阵看本月有没有新报送的表",
        "Schedules runs: daily whether last month is due or one was missed, and between whether the running month has new sheets",
    ),
    ("解释差异类型；不写名称时列出全部", "Explains a kind of finding; lists all without a name"),
    (
        "差异类型的中文名称，或报告文件里的名称；不写时列出全部",
        "The kind's Chinese name, or its name in the report; all of them without one",
    ),
    (
        "输出核对方案文件的模式（JSON 格式），供编辑器检查和提示",
        "Prints the JSON Schema of the pipeline file, for editors that check and suggest",
    ),
    ("输出命令行补全脚本", "Prints a script that completes commands in a shell"),
    ("写出供 man 命令查看的手册页", "Writes manual pages for `man`"),
    ("放手册页的文件夹", "The folder for them"),
    (
        "逐行读入文件路径，逐行输出提取结果（供程序和多机使用）",
        "Reads paths of files line by line and prints their extracts line by line (for programs, and for many machines)",
    ),
    (
        "路径之间用零字节隔开，不用换行（文件名里可能有换行）",
        "Paths end with a zero byte, not with a line break, which a name may hold",
    ),
    ("在本进程内读取，内存受限", "Reads in this process, its memory limited"),
    ("汇总工作簿里采用的列标题", "A heading that was adopted in a consolidated workbook"),
    ("显示帮助，也可写明哪个命令", "Prints help, also that of a command"),
    ("命令", "The command"),
    ("用这个存档文件夹代替核对方案所写的", "Uses this archive instead of the pipeline file's"),
    (
        "填好情况说明或处理后发回的核对汇总表或核实反馈表",
        "Consolidated workbooks or slips that came back with explanations or decisions",
    ),
    ("用 extract 命令在别处做好的提取结果", "Extracts that `extract` made elsewhere"),
    (
        "全部文件重新读取，不沿用以前留存的读取结果",
        "Reads all files anew, whatever was kept of them by earlier runs",
    ),
    ("不写核实反馈表和催报通知", "Writes no slips and no reminders"),
    ("不写数据表（data 文件夹）", "Writes no tables (the folder `data`)"),
    (
        "与上一批次相比没有新内容时不再核对",
        "Makes no run when nothing has changed since the last one",
    ),
    (
        "收件文件夹里还没有报送表时不核对，也不算出错",
        "Makes no run while the inbox holds no sheet yet, and does not call that a failure",
    ),
    (
        "按排期：没到日子的不核对，漏掉的各期从最早的起补做，做过的只在有新内容时再做",
        "By the schedule: nothing before its day, missed periods are made up for from the oldest on, and what was made is made again only when something is new",
    ),
    (
        "另一次核对正在进行时最多等候多久：30s、10m、1h；不写时不等",
        "How long another run at work is waited for: 30s, 10m, 1h; without it not at all",
    ),
    (
        "收件文件夹里没有任何文件时也照常核对：各单位都未报送",
        "Makes a run though the inbox holds no file at all: nobody has sent anything",
    ),
    (
        "要做什么，依次是：只显示要写的内容，写进定时程序（不能写时显示怎样写），从中去掉，看有没有安排、下次到哪天、漏了哪些",
        "What is to be done: `show` what would be written, `install` it into the scheduler (or show how, where it cannot be), `remove` it, or tell by `status` whether it is there, when the next run is due and which were missed",
    ),
    (
        "用哪一种定时程序；不写时用这台机器上有的",
        "Which scheduler; without it the one that this machine has",
    ),
    (
        "用这个存档文件夹代替核对方案所写的（只用于 status）",
        "Uses this archive instead of the pipeline file's (for `status` alone)",
    ),
    ("列出全部批次", "Lists all runs"),
    (
        "核对每个批次的文件是否仍与出具时一样",
        "Tells whether the files of each run are still as they were published",
    ),
    (
        "两个批次之间有什么变动：文件、报送状态、报送数、差异",
        "What changed between two runs: files, standings, sums, findings",
    ),
    (
        "较早的批次，如 2020-08/01；只写批次号时用 --period 写明报送期",
        "The earlier run, such as 2020-08/01; with its number alone, --period names the period",
    ),
    ("较晚的批次", "The later run"),
    ("批次号所属的报送期", "The period that the number is of"),
    (
        "用一个批次自己存档的资料重做一遍，看结果是否逐字节相同；存档不变",
        "Repeats a run from what it kept and sees whether the result is the same to the byte; the archive stays as it is",
    ),
    (
        "批次，如 2020-08/01；只写批次号时用 --period 写明报送期",
        "The run, such as 2020-08/01; with its number alone, --period names the period",
    ),
    (
        "每个报送期只保留最新的几个批次；最后一个总是保留，清理掉的在链上留有记录",
        "Keeps only the newest runs of each period; the last one always stays, and each that goes leaves its link in the chain",
    ),
    ("只清理这一个报送期", "Prunes this period alone"),
];
