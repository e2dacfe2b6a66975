//! The command line's own help and errors in Chinese. What the library that reads it says in English is
//! put into our words by kind; nothing of what it read is changed.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::model::words::Language;
use crate::wording::usage::{self, Mistyped};

/// Returns the language that was asked for, of arguments that could not be read.
pub fn language_of(arguments: impl Iterator<Item = std::ffi::OsString>) -> Language {
    let arguments: Vec<String> =
        arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let asks = arguments.iter().any(|argument| argument == "--lang=en")
        || arguments.windows(2).any(|pair| pair[0] == "--lang" && pair[1] == "en");
    if asks { Language::English } else { Language::Chinese }
}

/// Returns the command line with its help in Chinese.
pub fn in_chinese(command: Command) -> Command {
    let mut command = dressed(command, ArgAction::Help);
    // Usage is known when all is built.
    command.build();
    with_usage(command)
}

fn dressed(command: Command, help: ArgAction) -> Command {
    let has_version = command.get_version().is_some();
    let mut command = command
        .help_template(usage::TEMPLATE)
        .subcommand_help_heading(usage::COMMANDS)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|argument| {
            let heading = if argument.is_positional() { usage::ARGUMENTS } else { usage::OPTIONS };
            argument.help_heading(heading).hide_default_value(true).hide_possible_values(true)
        })
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(help)
                .help(usage::HELP)
                .help_heading(usage::OPTIONS),
        );
    if has_version {
        command = command.arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(usage::VERSION)
                .help_heading(usage::OPTIONS),
        );
    }
    command.mut_subcommands(|command| dressed(command, ArgAction::Help))
}

fn with_usage(mut command: Command) -> Command {
    let line = usage::usage(&command.render_usage().to_string());
    command.override_usage(line).mut_subcommands(with_usage)
}

/// Says in Chinese what is wrong with what was typed.
pub fn mistyped(error: &clap::Error) -> String {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    };
    let texts = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let option = text(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => {
            Mistyped::Unknown { what: option, suggestions: texts(ContextKind::SuggestedArg) }
        }
        ErrorKind::InvalidSubcommand => Mistyped::UnknownCommand {
            what: text(ContextKind::InvalidSubcommand),
            suggestions: texts(ContextKind::SuggestedSubcommand),
        },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Mistyped::NotAValue {
            option,
            value: text(ContextKind::InvalidValue),
            valid: texts(ContextKind::ValidValue),
            why: std::error::Error::source(error).map(ToString::to_string),
        },
        ErrorKind::MissingRequiredArgument => Mistyped::Missing(texts(ContextKind::InvalidArg)),
        ErrorKind::ArgumentConflict => {
            let others = texts(ContextKind::PriorArg);
            if others.contains(&option) {
                Mistyped::Twice(option)
            } else {
                Mistyped::Conflicting { option, others }
            }
        }
        _ => Mistyped::Other,
    };
    usage::mistyped(&what, &text(ContextKind::Usage))
}
