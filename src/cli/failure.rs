//! Why a command gave nothing, in words for whoever typed it.

use crate::model::words::{Language, Said};
use crate::pipeline::CannotLoad;
use crate::run::RunError;
use crate::wording;

/// Why a command gave nothing.
#[derive(Debug)]
pub enum Failure {
    Run(RunError),
    /// The command line asks for something that is not there; in both languages.
    Usage(Said),
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
    /// Returns the lines to tell, most of them one.
    pub fn lines(&self, language: Language) -> Vec<String> {
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

    pub fn usage(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Failure::Usage(Said::new(chinese, english))
    }

    /// Returns that input or output broke off.
    pub fn broken(error: &std::io::Error) -> Self {
        Self::usage(
            format!("输入或输出中断（{error}）"),
            format!("input or output broke off ({error})"),
        )
    }
}
