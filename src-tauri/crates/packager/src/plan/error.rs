use camino::Utf8PathBuf;
use waterskin_bundle::Target;
use waterskin_installers::{Format, FormatError, formats_for};
use waterskin_project::ProjectError;

use crate::build::error::format_hint;
use crate::names::{BadName, listed};
use crate::plan::tools::ToolsError;
use crate::trim::TrimError;

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The project can't be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A program that a build needs is missing.
    #[error(transparent)]
    Tools(#[from] ToolsError),
    /// The rules for what an app does not need can't be used.
    #[error("could not decide what the app does not need")]
    Trim(#[from] TrimError),
    /// The system that the app is for has no use for such a file.
    #[error("a .{} can't be made for {}", .format.name(), named(.targets))]
    Format {
        /// What was asked for.
        format: &'static dyn Format,
        /// The systems.
        targets: Vec<Target>,
    },
    /// The system that the app is for can't have files of these names.
    #[error("{target} can't have files of the project under their names\n{}", listed(.bad))]
    Names {
        /// The system.
        target: String,
        /// The files.
        bad: Vec<BadName>,
    },
    /// A path can't be made absolute.
    #[error("could not make sense of the path `{path}`")]
    Path {
        /// The path.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A program of the project would be executed, and may not be.
    #[error("`{program}` is in the project's folder, and a build would run it")]
    Runs {
        /// The program.
        program: Utf8PathBuf,
    },
    /// What a format takes is not on this machine.
    #[error("a .{} can't be made here", .format.name())]
    Lacks {
        /// The format.
        format: &'static dyn Format,
        /// What is not there.
        #[source]
        source: Box<FormatError>,
    },
    /// No system that the app is for is left.
    #[error("there is no system to make anything for")]
    NoTarget,
    /// The user has no cache folder.
    #[error("there is no folder for caches")]
    NoCache,
}

fn named(targets: &[Target]) -> String {
    targets.iter().map(Target::name).collect::<Vec<_>>().join(" or ")
}

impl PlanError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Project(error) => error.hint(),
            Self::Tools(error) => error.hint(),
            Self::Runs { .. } => {
                Some("name one from elsewhere, or build without `--no-run`".to_owned())
            }
            Self::Lacks { source, .. } => format_hint(source),
            Self::NoTarget => Some("name one with `--target`".to_owned()),
            Self::NoCache => Some("give one with `--cache-dir`".to_owned()),
            Self::Trim(_) => Some("set `trim = false` in the project's file".to_owned()),
            Self::Format { targets, .. } => {
                let mut names: Vec<String> = Vec::new();
                for format in targets.iter().flat_map(formats_for) {
                    let name = format!("`--format {}`", format.name());
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                Some(format!("take {}, or leave `--format` out", names.join(" or ")))
            }
            Self::Names { target, .. } => Some(format!(
                "rename them, leave them out with `exclude`, or build without `--target {target}`"
            )),
            Self::Path { .. } => Some("give an absolute path".to_owned()),
        }
    }
}
