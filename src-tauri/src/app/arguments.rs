use std::ffi::OsString;

use camino::Utf8PathBuf;

/// What the shell was started with. A packaged app is started without any; the rest is for
/// `waterskin run`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// A file that describes a project on the author's own interpreter.
    pub project: Option<Utf8PathBuf>,
    /// Print the version and end.
    pub version: bool,
}

/// Arguments that make no sense.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// `--project` without a file, or with one whose name is not UTF-8.
    #[error("`--project` needs the path of a file")]
    Project,
}

/// Reads the arguments after the program's name. Unknown ones are ignored: desktops and drivers
/// add their own.
pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Arguments, ArgumentError> {
    let mut parsed = Arguments::default();
    let mut rest = arguments;
    while let Some(argument) = rest.next() {
        if argument == "--version" {
            parsed.version = true;
        } else if argument == "--project" {
            let path = rest.next().and_then(|path| path.into_string().ok());
            parsed.project = Some(path.ok_or(ArgumentError::Project)?.into());
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Arguments, ArgumentError> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn arguments() {
        assert_eq!(parsed(&[]), Ok(Arguments::default()));
        assert_eq!(parsed(&["--unknown", "x"]), Ok(Arguments::default()));
        let project = Some("mein é.json".into());
        assert_eq!(
            parsed(&["--project", "mein é.json"]),
            Ok(Arguments { project, version: false })
        );
        assert_eq!(parsed(&["--project"]), Err(ArgumentError::Project));
    }
}
