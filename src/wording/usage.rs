//! What the command line says of itself in Chinese: headings of help, and what is wrong with what was
//! typed. The English of the library that reads it stands as it is.

/// How a page of help is laid out.
pub const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}\n";
pub const OPTIONS: &str = "选项";
pub const ARGUMENTS: &str = "参数";
pub const COMMANDS: &str = "命令";
pub const HELP: &str = "显示帮助";
pub const VERSION: &str = "显示版本";

/// Returns a line of usage with its two English words in Chinese.
pub fn usage(line: &str) -> String {
    let line = line.trim_start_matches("Usage:").trim();
    line.replace("[OPTIONS]", "[选项]").replace("<COMMAND>", "<命令>")
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistyped {
    Unknown { what: String, suggestions: Vec<String> },
    UnknownCommand { what: String, suggestions: Vec<String> },
    NotAValue { option: String, value: String, valid: Vec<String>, why: Option<String> },
    Missing(Vec<String>),
    Conflicting { option: String, others: Vec<String> },
    Twice(String),
    Other,
}

/// Says what is wrong, and how it is written.
pub fn mistyped(what: &Mistyped, usage_line: &str) -> String {
    let near = |suggestions: &[String]| match suggestions {
        [] => String::new(),
        near => format!("；是不是“{}”？", near.join("”“")),
    };
    let said = match what {
        Mistyped::Unknown { what, suggestions } => {
            format!("没有“{what}”这个选项或参数{}", near(suggestions))
        }
        Mistyped::UnknownCommand { what, suggestions } => {
            format!("没有“{what}”这个命令{}", near(suggestions))
        }
        Mistyped::NotAValue { option, value, valid, why } => {
            let written = if value.is_empty() {
                format!("“{option}”后面没有写值")
            } else {
                format!("“{value}”不能写在“{option}”后面")
            };
            let valid = match valid.as_slice() {
                [] => String::new(),
                valid => format!("；可以写：{}", valid.join("、")),
            };
            let why = why.as_ref().map(|why| format!("：{why}")).unwrap_or_default();
            format!("{written}{why}{valid}")
        }
        Mistyped::Missing(missing) => format!("缺少：{}", missing.join("、")),
        Mistyped::Conflicting { option, others } if others.is_empty() => {
            format!("“{option}”不能和其他选项一起用")
        }
        Mistyped::Conflicting { option, others } => {
            format!("“{option}”不能和“{}”一起用", others.join("”“"))
        }
        Mistyped::Twice(option) => format!("“{option}”写了不止一次"),
        Mistyped::Other => "命令写得不对".to_owned(),
    };
    let usage_line = usage(usage_line);
    let usage_line =
        if usage_line.is_empty() { String::new() } else { format!("用法：{usage_line}\n") };
    let end = if said.ends_with('？') { "" } else { "。" };
    format!("错误：{said}{end}\n{usage_line}加上 --help 可以看各选项的说明。\n")
}
