use std::{error::Error, fmt, process::ExitCode};

use anstyle::{AnsiColor, Style};

/// An error as a person reads it: what happened, why, and what to do next.
///
/// This is the one place where errors become text and exit codes.
#[derive(Debug)]
pub struct Failure {
    error: Box<dyn Error + Send + Sync>,
    hint: Option<String>,
}

/// The exit code of every expected failure. Bad arguments are clap's 2.
const EXPECTED: u8 = 1;

impl Failure {
    /// A failure with an advice, if there is any.
    pub fn new(error: impl Error + Send + Sync + 'static, hint: Option<String>) -> Self {
        Self { error: Box::new(error), hint }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(EXPECTED)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let cyan = Style::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
        writeln!(f, "{red}error{red:#}: {}", self.error)?;
        let mut source = self.error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            let mut lines = text.lines();
            writeln!(f, "  caused by: {}", lines.next().unwrap_or_default())?;
            for line in lines {
                let indent = if line.is_empty() { "" } else { "    " };
                writeln!(f, "{indent}{line}")?;
            }
            source = cause.source();
        }
        if let Some(hint) = &self.hint {
            writeln!(f, "{cyan}hint{cyan:#}: {hint}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("could not read `a`")]
    struct Outer {
        #[source]
        source: std::io::Error,
    }

    #[test]
    fn every_cause_stands_once_and_the_hint_last() {
        let source = std::io::Error::other("first\n\nsecond");
        let failure = Failure::new(Outer { source }, Some("do this".to_owned()));
        let plain = anstream::adapter::strip_str(&failure.to_string()).to_string();
        assert_eq!(
            plain,
            "error: could not read `a`\n  caused by: first\n\n    second\nhint: do this\n"
        );
    }
}
