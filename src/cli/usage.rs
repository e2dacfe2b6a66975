//! The command line's own help and errors in both languages. What the library that reads it says in English is
//! put into our words by kind; nothing of what it read is changed. Help is declared in Chinese.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, ValueEnum};

use super::arguments::When;
use crate::model::words::Language;
use crate::wording::help;
use crate::wording::usage::{self, Mistyped};

/// Returns the language that is asked for, of arguments that may not be readable: that of `--lang`, else
/// of the locale. Where neither says any, as on a machine that runs by itself, it is Chinese.
pub fn language_of(
    arguments: impl Iterator<Item = OsString>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Language {
    match option("--lang", arguments).as_deref() {
        Some("en") => return Language::English,
        Some(_) => return Language::Chinese,
        None => {}
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| {
        let value = variable(name).filter(|value| !value.is_empty())?;
        Some(value.split(['.', '@']).next().unwrap_or_default().to_lowercase())
    });
    match locale.as_deref() {
        // The locale of the standard speaks no language.
        None | Some("c" | "posix") => Language::Chinese,
        Some(locale) if locale.starts_with("zh") => Language::Chinese,
        Some(_) => Language::English,
    }
}

/// Returns when the library that reads the command line colours what it says.
pub fn colour_of(arguments: impl Iterator<Item = OsString>) -> When {
    let named = option("--color", arguments);
    named.and_then(|named| When::from_str(&named, true).ok()).unwrap_or(When::Auto)
}

/// Returns the value of an option, as far as it can be told before all is read.
fn option(name: &str, arguments: impl Iterator<Item = OsString>) -> Option<String> {
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        if argument == name {
            return arguments.next();
        }
        if let Some(value) = argument.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
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

/// Returns the command line with its help in English.
pub fn in_english(command: Command) -> Command {
    let about = command.get_about().map(ToString::to_string);
    let command = match about.as_deref().and_then(help::english) {
        Some(about) => command.about(about),
        None => command,
    };
    let command = command.mut_args(|argument| {
        let said = argument.get_help().map(ToString::to_string);
        match said.as_deref().and_then(help::english) {
            Some(said) => argument.help(said),
            None => argument,
        }
    });
    command.mut_subcommands(in_english)
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    /// A line of help that nobody put into English would stand there in Chinese.
    #[test]
    fn all_help_is_in_english_where_english_is_spoken() {
        fn chinese(command: &Command, found: &mut Vec<String>) {
            let said = command.get_arguments().filter_map(Arg::get_help).chain(command.get_about());
            let said = said.map(ToString::to_string);
            // A period may be written so.
            let is_chinese = |text: &String| {
                text.replace("2020年8月", "").chars().any(|c| ('\u{3000}'..'\u{a000}').contains(&c))
            };
            found.extend(said.filter(is_chinese));
            command.get_subcommands().for_each(|under| chinese(under, found));
        }
        let mut found = Vec::new();
        chinese(&in_english(Cli::command()), &mut found);
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn the_language_is_that_of_the_option_else_of_the_locale_else_chinese() {
        let language = |arguments: &[&str], variables: &[(&str, &str)]| {
            let arguments = arguments.iter().map(OsString::from);
            let variables: Vec<(String, String)> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            language_of(arguments, &|name| {
                variables.iter().find(|(of, _)| of == name).map(|(_, value)| value.clone())
            })
        };
        let (chinese, english) = (Language::Chinese, Language::English);
        assert_eq!(language(&["duibiao", "run"], &[]), chinese);
        assert_eq!(language(&["duibiao"], &[("LANG", "en_US.UTF-8")]), english);
        assert_eq!(language(&["duibiao"], &[("LANG", "de_DE")]), english);
        assert_eq!(language(&["duibiao"], &[("LANG", "zh_CN.UTF-8")]), chinese);
        assert_eq!(language(&["duibiao"], &[("LANG", "C.UTF-8")]), chinese);
        assert_eq!(language(&["duibiao"], &[("LC_ALL", ""), ("LANG", "en_GB")]), english);
        let both = [("LC_ALL", "zh_TW"), ("LANG", "en_GB")];
        assert_eq!(language(&["duibiao"], &both), chinese);
        assert_eq!(language(&["duibiao", "--lang", "en"], &both), english);
        assert_eq!(language(&["duibiao", "--lang=zh"], &[("LANG", "en_GB")]), chinese);
    }
}
