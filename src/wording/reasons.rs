//! Reasons in words: why a figure differs, where a name was read, why a file was refused, why a
//! cell cannot be understood.

use crate::model::fact::Corrects;
use crate::model::finding::{Irregular, Limit, NameSource, Refusal};
use crate::model::words::{self, Language, Said};
use crate::model::{Cause, CellAt, Obstacle};
use crate::pipeline::ColumnType;

/// Returns a cause in words.
pub fn cause_text(cause: &Cause, language: Language) -> String {
    let at = |cell: &Option<CellAt>| cell.map_or_else(String::new, |cell| format!("（{cell}）"));
    let at_english =
        |cell: &Option<CellAt>| cell.map_or_else(String::new, |cell| format!(" ({cell})"));
    let short = |text: &str| words::shortened(text, 24);
    match (cause, language) {
        (Cause::PowerOfTen { power }, Language::Chinese) => {
            format!("恰好是应有数的{}，疑为金额单位混用", times(*power, language))
        }
        (Cause::PowerOfTen { power }, Language::English) => {
            format!(
                "exactly {} the expected amount, so the units of money were probably mixed up",
                times(*power, language)
            )
        }
        (Cause::Sign, Language::Chinese) => "正负号相反".to_owned(),
        (Cause::Sign, Language::English) => "the sign is reversed".to_owned(),
        (Cause::Transposed, Language::Chinese) => "相邻两位数字写颠倒".to_owned(),
        (Cause::Transposed, Language::English) => {
            "two neighbouring digits are exchanged".to_owned()
        }
        (Cause::Neighbour { task, .. }, Language::Chinese) => {
            format!("等于相邻任务“{}”的计划数，疑为串行", short(task))
        }
        (Cause::Neighbour { task, .. }, Language::English) => {
            format!(
                "equals the plan's amount of the neighbouring task “{}”, so a line may have slipped",
                short(task)
            )
        }
        (Cause::RowMissing { task, cell }, Language::Chinese) => {
            format!("恰好少计“{}”{}一行", short(task), at(cell))
        }
        (Cause::RowMissing { task, cell }, Language::English) => {
            format!("lacks exactly the row “{}”{}", short(task), at_english(cell))
        }
        (Cause::RowTwice { task, cell }, Language::Chinese) => {
            format!("恰好多计一次“{}”{}", short(task), at(cell))
        }
        (Cause::RowTwice { task, cell }, Language::English) => {
            format!("counts the row “{}”{} exactly once too often", short(task), at_english(cell))
        }
        (Cause::SubtotalIncluded { cell }, Language::Chinese) => {
            format!("把小计（{cell}）又加了一次")
        }
        (Cause::SubtotalIncluded { cell }, Language::English) => {
            format!("adds the subtotal in {cell} once more")
        }
        (Cause::SubtotalsIncluded { cells }, language) => {
            let cells = words::short_list(cells, MOST_CELLS, language);
            match language {
                Language::Chinese => format!("把各项小计（{cells}）又加了一次"),
                Language::English => format!("adds the subtotals in {cells} once more"),
            }
        }
        (Cause::Formula { left_out, taken_in, skipped }, language) => {
            let parts =
                [(left_out, Part::LeftOut), (taken_in, Part::TakenIn), (skipped, Part::Skipped)];
            let said = parts.into_iter().filter(|(cells, _)| !cells.is_empty());
            let said: Vec<String> = said
                .map(|(cells, part)| {
                    let cells = words::short_list(cells, MOST_CELLS, language);
                    formula_text(part, &cells, language)
                })
                .collect();
            match language {
                Language::Chinese => format!("该合计的公式{}", said.join("，并")),
                Language::English => format!("its formula {}", said.join(" and ")),
            }
        }
        (Cause::TypedOver, Language::Chinese) => {
            "该数是手工填写的，而同一行的其他合计是公式".to_owned()
        }
        (Cause::TypedOver, Language::English) => {
            "it is typed, while the totals beside it are formulas".to_owned()
        }
        (Cause::Linked, Language::Chinese) => {
            "该数由公式从另一个文件取来，显示的可能是没有更新的旧数".to_owned()
        }
        (Cause::Linked, Language::English) => {
            "a formula fetches it from another file; what is shown may be an old figure".to_owned()
        }
        (Cause::RowUnplaced { cell }, Language::Chinese) => {
            format!("含有未能归类的一行（{cell}）的金额")
        }
        (Cause::RowUnplaced { cell }, Language::English) => {
            format!("holds the amount in {cell} of a row that was not understood")
        }
        (Cause::Rounding { decimals: 0 }, Language::Chinese) => "按整数四舍五入".to_owned(),
        (Cause::Rounding { decimals }, Language::Chinese) => {
            format!("按 {decimals} 位小数四舍五入")
        }
        (Cause::Rounding { decimals }, Language::English) => {
            format!("rounded to {}", words::count(*decimals as usize, "decimal"))
        }
        (Cause::BeforeRevision { from }, Language::Chinese) => {
            format!("等于计划调整前（{from} 起执行的计划）的数")
        }
        (Cause::BeforeRevision { from }, Language::English) => {
            format!("is the amount before the plan was revised (the plan in force from {from})")
        }
        (Cause::EqualsSum { title, .. }, Language::Chinese) => {
            format!("恰好等于各行“{title}”的合计")
        }
        (Cause::EqualsSum { title, .. }, Language::English) => {
            format!("is exactly the sum of all rows' “{title}”")
        }
        (Cause::TasksTogether { task }, Language::Chinese) => {
            format!("等于本任务与缺少的任务“{}”之和，疑为两项并作一行", short(task))
        }
        (Cause::TasksTogether { task }, Language::English) => {
            format!(
                "is this task's amount and that of the missing task “{}” together, so two tasks may share one row",
                short(task)
            )
        }
        (Cause::RowsTogether { cells }, language) => rows_together(cells, language),
        (Cause::ItsParts { cells }, language) => its_parts(cells, language),
    }
}

fn rows_together(cells: &[CellAt], language: Language) -> String {
    let cells = words::list(cells, language);
    match language {
        Language::Chinese => format!("{cells} 合起来恰为计划数，疑为一项拆成几行"),
        Language::English => {
            format!("{cells} together make the plan's amount, so one task may have been split")
        }
    }
}

fn its_parts(cells: &[CellAt], language: Language) -> String {
    let cells = words::list(cells, language);
    match language {
        Language::Chinese => format!("差额随 {cells} 的差额而来"),
        Language::English => format!("it follows from the difference in {cells}"),
    }
}

/// So many cells are named.
const MOST_CELLS: usize = 5;

/// What a formula does wrong.
#[derive(Clone, Copy)]
enum Part {
    LeftOut,
    TakenIn,
    Skipped,
}

fn formula_text(part: Part, cells: &str, language: Language) -> String {
    match (part, language) {
        (Part::LeftOut, Language::Chinese) => format!("漏加了 {cells}"),
        (Part::LeftOut, Language::English) => format!("leaves out {cells}"),
        (Part::TakenIn, Language::Chinese) => format!("多加了 {cells}"),
        (Part::TakenIn, Language::English) => format!("also adds {cells}"),
        (Part::Skipped, Language::Chinese) => {
            format!("没有算进 {cells}（数字存成了文本，求和时不计）")
        }
        (Part::Skipped, Language::English) => {
            format!("skips {cells}, where the figure is stored as text")
        }
    }
}

/// Returns a power of ten as people say it: 10 倍, 千分之一.
pub(super) fn times(power: i32, language: Language) -> String {
    let chinese = match power.unsigned_abs() {
        1 => ("10 ", "十"),
        2 => ("100 ", "百"),
        3 => ("1000 ", "千"),
        4 => ("1 万", "万"),
        8 => ("1 亿", "亿"),
        _ => {
            return match language {
                Language::Chinese => format!(" 10 的 {power} 次方倍"),
                Language::English => format!("10^{power} times"),
            };
        }
    };
    let number = 10_i64.pow(power.unsigned_abs());
    match (language, power > 0) {
        (Language::Chinese, true) => format!(" {}倍", chinese.0),
        (Language::Chinese, false) => format!("{}分之一", chinese.1),
        (Language::English, true) => format!("{number} times"),
        (Language::English, false) => format!("1/{number} of"),
    }
}

/// Returns which units of money differ by a power of ten, as a likely cause.
pub(super) fn mixed_up(power: i32, language: Language) -> &'static str {
    match (power.abs(), language) {
        (4, Language::Chinese) => "疑为元与万元混用。",
        (4, Language::English) => "元 and 万元 were probably mixed up.",
        (_, Language::Chinese) => "疑为金额单位或小数点写错。",
        (_, Language::English) => "The unit of money or the decimal point is probably wrong.",
    }
}

/// Returns where a name was read, in words.
pub fn source_text(source: NameSource, language: Language) -> &'static str {
    match (source, language) {
        (NameSource::Stamp, Language::Chinese) => "模板标识",
        (NameSource::Stamp, Language::English) => "template's stamp",
        (NameSource::OwnerColumn, Language::Chinese) => "责任单位列",
        (NameSource::OwnerColumn, Language::English) => "owner column",
        (NameSource::Submitter, Language::Chinese) => "填报单位",
        (NameSource::Submitter, Language::English) => "submitter line",
        (NameSource::Title, Language::Chinese) => "标题",
        (NameSource::Title, Language::English) => "title",
        (NameSource::SheetName, Language::Chinese) => "工作表名",
        (NameSource::SheetName, Language::English) => "sheet name",
        (NameSource::FileName, Language::Chinese) => "文件名",
        (NameSource::FileName, Language::English) => "file name",
        (NameSource::Line, Language::Chinese) => "单位行或列标题",
        (NameSource::Line, Language::English) => "unit's line or heading",
        (NameSource::Tasks, Language::Chinese) => "所列任务",
        (NameSource::Tasks, Language::English) => "tasks listed",
    }
}

/// Returns why a file was refused, without what only a programmer understands.
pub(super) fn plain_refusal(refusal: &Refusal, language: Language) -> String {
    match (refusal, language) {
        (Refusal::Damaged(_), Language::Chinese) => "文件损坏或不完整".to_owned(),
        (Refusal::Damaged(_), Language::English) => "it is damaged or cut off".to_owned(),
        (Refusal::NoAccess(_), Language::Chinese) => "本机打不开这个文件".to_owned(),
        (Refusal::NoAccess(_), Language::English) => "this machine cannot open the file".to_owned(),
        (Refusal::ClosedFolder(_), Language::Chinese) => {
            "本机打不开这个文件夹，里面的文件都没有读".to_owned()
        }
        (Refusal::ClosedFolder(_), Language::English) => {
            "this machine cannot open the folder, and nothing in it was read".to_owned()
        }
        (other, language) => refusal_text(other, language),
    }
}

/// Returns why a file was refused, in words.
pub fn refusal_text(refusal: &Refusal, language: Language) -> String {
    let chinese = language == Language::Chinese;
    let pick = |one: &str, other: &str| if chinese { one.to_owned() } else { other.to_owned() };
    match refusal {
        Refusal::Empty => pick("文件是空的（0 字节）", "the file is empty (0 bytes)"),
        // Excel encrypts with a password of its own what only its structure is protected of.
        Refusal::Encrypted => pick(
            "文件已加密（打开时不要求输入密码的也可能如此，例如设了“保护工作簿”）",
            "the file is encrypted (so it may be though it opens without asking for a password, as where the workbook is protected)",
        ),
        Refusal::Protected => pick(
            "文件被文档加密软件加密，请解密后重报",
            "the file was encrypted by a document-protection product; decrypt it and submit again",
        ),
        Refusal::Damaged(what) => {
            let what = words::shortened(what, 80);
            // What a reader of packages says of it helps nobody who reads Chinese.
            if chinese {
                plain_refusal(refusal, language)
            } else {
                format!("the file is damaged or cut off ({what})")
            }
        }
        Refusal::Html => pick(
            "是网页，里面没有表格（系统导出的网页可能只是登录或出错页面），请另存为 xlsx 后重报",
            "it is a web page under a spreadsheet's name, and holds no table (a system may have handed out its login or error page); save it as xlsx and submit again",
        ),
        Refusal::AncientExcel => pick(
            "是 Excel 4.0 或更早的格式，请另存为 xlsx 后重报",
            "it is in the format of Excel 4.0 or earlier; save it as xlsx and submit again",
        ),
        Refusal::NotASpreadsheet(like) => {
            if chinese {
                // What a format calls itself is its name; what has none is said in words.
                if like == "binary data" {
                    "不是电子表格，也不是文本文件".to_owned()
                } else {
                    format!("不是电子表格（像是 {like}）")
                }
            } else {
                format!("it is no spreadsheet (it looks like {like})")
            }
        }
        Refusal::MixedEncodings(line) => {
            if chinese {
                format!(
                    "文本文件混用了两种编码（UTF-8 与 GB18030），第 {line} 行起与其他行不同；请另存为同一种编码（如 UTF-8）后重报"
                )
            } else {
                format!(
                    "the text file mixes two encodings (UTF-8 and GB18030): line {line} is the first that differs from the others; save it in one encoding, such as UTF-8, and submit again"
                )
            }
        }
        Refusal::LockFile => pick(
            "是表格打开时留下的锁定文件，说明有人正打开着它；请确认已保存最新内容",
            "it is the lock file beside an open workbook: somebody has it open; make sure the latest state was saved",
        ),
        Refusal::Copying => pick(
            "文件还在复制中或正在被改动，请稍后再核对",
            "the file is still being copied or changed; check again later",
        ),
        Refusal::Unfinished => {
            pick("是没有下载或复制完的文件", "it is a download or a copy that was not finished")
        }
        Refusal::Vanished => pick(
            "列出收件文件夹时还在，复制时已经不在",
            "it was there when the inbox was listed and gone when it was to be copied",
        ),
        Refusal::NotAFile(what) => {
            let what = irregular_text(*what).in_language(language).to_owned();
            if chinese {
                format!("是{what}，不是文件，留在原处没有打开")
            } else {
                format!("it is {what} and no file; it was left where it is and not opened")
            }
        }
        Refusal::ClosedFolder(what) => {
            let what = words::shortened(what, 60);
            if chinese {
                format!("本机打不开这个文件夹（{what}）")
            } else {
                format!("this machine cannot open the folder ({what})")
            }
        }
        Refusal::Packed(sheets) => {
            if chinese {
                format!("是压缩包，里面有 {sheets} 个表格，请解压后重报")
            } else {
                let sheets = words::count(*sheets, "sheet");
                format!("it is an archive that holds {sheets}; unpack it and submit again")
            }
        }
        Refusal::TooLarge(limit) => {
            let limit = limit_text(*limit).in_language(language).to_owned();
            if chinese {
                format!("超出读取上限：{limit}")
            } else {
                format!("it is beyond a limit: {limit}")
            }
        }
        Refusal::TimedOut(seconds) => {
            if chinese {
                format!("{seconds} 秒内没有读完")
            } else {
                format!("it was not read within {}", words::count(*seconds as usize, "second"))
            }
        }
        Refusal::OutOfMemory(mib) => {
            if chinese {
                format!("读取时超过 {mib} MiB 内存上限")
            } else {
                format!("reading it took more than {mib} MiB of memory")
            }
        }
        Refusal::Crashed(_) => pick(
            "读取时出错中断，文件很可能已损坏",
            "the reader broke off; the file is most likely damaged",
        ),
        Refusal::PicturesOnly => {
            pick("只有图片，没有表格数据", "it holds only pictures and no cells")
        }
        Refusal::NoContent => pick("工作表里没有任何内容", "its sheets hold nothing"),
        Refusal::NoAccess(what) => {
            let what = words::shortened(what, 60);
            if chinese {
                format!("本机打不开（{what}）")
            } else {
                format!("this machine cannot open it ({what})")
            }
        }
    }
}

/// Returns what lies there that is neither file nor folder.
pub fn irregular_text(what: Irregular) -> Said {
    match what {
        Irregular::Link => Said::new("链接", "a link"),
        Irregular::Pipe => Said::new("管道", "a pipe"),
        Irregular::Socket => Said::new("套接字", "a socket"),
        Irregular::Device => Said::new("设备", "a device"),
        Irregular::Other => Said::new("特殊文件", "something special"),
    }
}

/// Says of something in the inbox that nobody sent it.
pub fn not_sent(name: &str) -> Said {
    Said::new(
        format!(
            "收件文件夹里的“{name}”是存档、计划或核对方案，没有当作报送表；请把它移出收件文件夹。"
        ),
        format!(
            "“{name}” in the inbox is the archive, the plan or the pipeline file and was not taken for a submission; move it out of the inbox."
        ),
    )
}

/// Returns a limit with the key that sets it.
fn limit_text(limit: Limit) -> Said {
    match limit {
        Limit::FileMib(mib) => Said::new(
            format!("文件不超过 {mib} MiB（[read] file_mib）"),
            format!("a file of at most {mib} MiB (`[read] file_mib`)"),
        ),
        Limit::UnpackedMib(mib) => Said::new(
            format!("解压后不超过 {mib} MiB（[read] unpacked_mib）"),
            format!("at most {mib} MiB once unpacked (`[read] unpacked_mib`)"),
        ),
        Limit::Parts(parts) => Said::new(
            format!("压缩包内不超过 {parts} 个文件"),
            format!("at most {parts} parts in one archive"),
        ),
        Limit::Cells(cells) => Said::new(
            format!("有内容的单元格不超过 {cells} 个（[read] cells）"),
            format!("at most {cells} cells with content (`[read] cells`)"),
        ),
        Limit::Rows(rows) => Said::new(
            format!("有内容的行不超过 {rows} 行（[read] rows）"),
            format!("at most {rows} rows with content (`[read] rows`)"),
        ),
        Limit::ExtractMib(mib) => Said::new(
            format!("从一个文件读出的内容不超过 {mib} MiB（[read] memory_mib 的四分之一）"),
            format!("at most {mib} MiB read of one file (a quarter of `[read] memory_mib`)"),
        ),
        Limit::Grid => {
            Said::new("不超过 1048576 行、16384 列", "at most 1,048,576 rows and 16,384 columns")
        }
    }
}

pub(super) fn obstacle_text(
    obstacle: &Obstacle,
    kind: Option<ColumnType>,
    language: Language,
) -> String {
    let chinese = language == Language::Chinese;
    let pick = |one: &str, other: &str| if chinese { one.to_owned() } else { other.to_owned() };
    match obstacle {
        Obstacle::NotThisType => pick("不是可识别的数值", "is no value that can be read"),
        Obstacle::ErrorValue => pick("是表格软件的错误值", "is an error of the spreadsheet"),
        Obstacle::Uncalculated(_) => {
            pick("是没有计算结果的公式", "is a formula that was never calculated")
        }
        Obstacle::NotOneFigure if kind == Some(ColumnType::Date) => pick(
            "不是一个确定的日期（缺年或日、区间、约数或有歧义）",
            "is not one definite day (without its year or day, a range, a guess, or ambiguous)",
        ),
        Obstacle::NotOneFigure => pick(
            "不是一个确定的数（区间、约数或有歧义）",
            "is not one definite figure (a range, a guess, or ambiguous)",
        ),
        Obstacle::OtherDecimalMark => pick(
            "不是以逗号作小数点的写法（1.234,56），而这一列登记了 decimal = \",\"",
            "is not written with a decimal comma (1.234,56), as `decimal = \",\"` says of the column",
        ),
        Obstacle::TooFine => match kind {
            Some(ColumnType::Percent) => pick("比 0.01% 还细", "is finer than 0.01 %"),
            Some(ColumnType::Decimal) => pick("小数超过六位", "has more than six decimals"),
            _ => pick("比一分钱还细", "is finer than 0.01 元"),
        },
        Obstacle::TooLarge => pick("数值过大，无法精确计算", "is too large to be added up exactly"),
        Obstacle::UnknownChoice(Some(near)) => {
            if chinese {
                format!("不在规定的选项之内，最接近“{near}”")
            } else {
                format!("is none of the declared choices; the nearest is “{near}”")
            }
        }
        Obstacle::UnknownChoice(None) => {
            pick("不在规定的选项之内", "is none of the declared choices")
        }
        Obstacle::Picture => pick("是图片，不是数值", "is a picture and no value"),
    }
}

/// Says what a correction of tables was held against, and that it fits none of it.
pub(super) fn fits_nothing(corrects: Corrects, language: Language) -> &'static str {
    let (chinese, english) = match corrects {
        Corrects::Sheet => {
            ("没有一张算数的工作表是它所说的", "no sheet that counts is what it says")
        }
        Corrects::Heading => (
            "没有一张表的列标题在那里，仍由程序去找",
            "no table has its heading there, and it was looked for",
        ),
        Corrects::Row => ("没有一行合适", "no row fits it"),
        Corrects::Task => (
            "没有一行合适，或者合适的行在 key 的各列都空着",
            "no row fits it, or the rows that do are blank in all columns of the key",
        ),
        Corrects::Column => ("没有一行用到", "no row needs it"),
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}
