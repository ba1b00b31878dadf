use std::borrow::Cow;

use serde::Serialize;
use waterskin_bundle::Target;

/// What a build is busy with. The order is the order of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Getting the interpreter and laying it down.
    Runtime,
    /// Getting the shell for another system.
    Shell,
    /// Finding the versions of all distributions.
    Resolve,
    /// Downloading and unpacking the distributions.
    Wheels,
    /// Removing what an app never needs at run time.
    Trim,
    /// Copying the author's files.
    App,
    /// Compiling Python files to bytecode.
    Compile,
    /// Hashing the trees.
    Digest,
    /// Writing the manifest.
    Manifest,
    /// Starting the app once.
    Trial,
    /// Writing the files for a server.
    Export,
    /// Writing the file of the format with this name.
    Installer(&'static str),
}

impl Step {
    /// What the step does, as a phrase that fits before a progress bar.
    pub fn title(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Runtime => "laying down Python",
            Self::Shell => "getting the shell",
            Self::Resolve => "resolving requirements",
            Self::Wheels => "installing packages",
            Self::Trim => "trimming packages",
            Self::App => "copying the app",
            Self::Compile => "compiling bytecode",
            Self::Digest => "hashing the payload",
            Self::Manifest => "writing the manifest",
            Self::Trial => "trying the app",
            Self::Export => "writing the export",
            Self::Installer(name) => return format!("writing the .{name}").into(),
        })
    }
}

/// Who is told how the work goes on. A step begins on the thread that builds; all other calls may
/// come from any.
pub trait Progress: Sync {
    /// What follows is about the app for this system. It is told where there are several.
    fn target(&self, _: &Target) {}

    /// A step begins, and the one before it is over. `total` is the number of units (files or
    /// bytes, as the step counts) where it is known.
    fn step(&self, step: Step, total: Option<u64>);

    /// So many more units of the current step are done.
    fn advance(&self, units: u64);

    /// Something that the author should know, without being an error.
    fn note(&self, text: &str);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn step(&self, _: Step, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
}
