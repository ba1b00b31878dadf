use std::error::Error;
use std::io;

use camino::Utf8PathBuf;
use waterskin_bundle::StagingError;
use waterskin_process::ToolError;

use crate::PictureError;
use crate::appimage::RuntimeError;
use crate::macos::MachOError;
use crate::sign::SignError;

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// A file of the package could not be read.
    #[error("could not read `{path}`")]
    Read {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of the package changed its size while it was being packed.
    #[error("`{path}` changed while it was being packed")]
    Changed {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file of the payload has a name that is not UTF-8.
    #[error("the name of `{path}` is not UTF-8")]
    Name {
        /// The name, with the bad bytes replaced.
        path: String,
    },
    /// The file could not be written, often since the disk is full.
    #[error("could not write `{path}`")]
    Write {
        /// The file to be.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file could not be begun or put in its place.
    #[error("could not write to `{output}`")]
    Staging {
        /// The folder that was to get it.
        output: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: StagingError,
    },
    /// The format has no way to hold a file of this length.
    #[error("`{path}` is too large for an {format}, whose files have at most {most} bytes")]
    TooLarge {
        /// Where the file would be installed, without the first slash.
        path: Utf8PathBuf,
        /// What was to be made.
        format: &'static str,
        /// The most that a file may have, in bytes.
        most: u64,
    },
    /// There is nothing for an AppImage to begin with.
    #[error("{}", match path {
        Some(path) => format!("`{path}` can't begin an AppImage"),
        None => "there is nothing for an AppImage to begin with".to_owned(),
    })]
    Runtime {
        /// The program.
        path: Option<Utf8PathBuf>,
        /// What is wrong with it.
        #[source]
        source: RuntimeError,
    },
    /// What is kept between builds could not be used.
    #[error(transparent)]
    Store {
        /// What went wrong there.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The app's icon could not be used.
    #[error("could not make the icons")]
    Icon {
        /// What is wrong with it.
        #[source]
        source: PictureError,
    },
    /// No icon file could be made of the app's picture.
    #[error("could not make the icon file")]
    IconFile {
        /// What went wrong.
        #[source]
        source: image::ImageError,
    },
    /// Windows can't hold a file of this name.
    #[error("Windows can't hold `{path}`: {reason}")]
    OnWindows {
        /// The file or folder.
        path: Utf8PathBuf,
        /// Why, as a clause.
        reason: &'static str,
    },
    /// The shell is no program that the app's name and icon can be put into.
    #[error("could not put the app's name and icon into `{path}`: {reason}")]
    Program {
        /// The shell.
        path: Utf8PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is more than a file of this format can hold.
    #[error("a .{format} holds at most {most} bytes, and this app has {bytes}")]
    Full {
        /// What was to be made.
        format: &'static str,
        /// How much there is, in bytes.
        bytes: u64,
        /// How much fits, in bytes.
        most: u64,
    },
    /// There are more files than a file of this format can hold.
    #[error("an .{format} can't hold as many as {files} files")]
    Crowded {
        /// What was to be made.
        format: &'static str,
        /// How many there are.
        files: usize,
    },
    /// The program that makes set-ups is not there.
    #[error("there is no `makensis` on the PATH, which makes set-ups for Windows")]
    NoMakensis,
    /// The program that makes set-ups did not make one.
    #[error("`makensis` could not make the set-up")]
    Makensis {
        /// What it said.
        #[source]
        source: ToolError,
    },
    /// A format can't hold something.
    #[error("`{path}` does not fit: {why}")]
    Unfit {
        /// What, as the format would have it.
        path: Utf8PathBuf,
        /// What is too much of it.
        why: &'static str,
    },
    /// The author's command did not sign a file.
    #[error("could not sign `{path}`")]
    Sign {
        /// The name of the file.
        path: Utf8PathBuf,
        /// What the command said.
        #[source]
        source: SignError,
    },
    /// The program can't be made ready for its system.
    #[error("could not seal `{path}`")]
    Seal {
        /// The program.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: MachOError,
    },
    /// The system's packages have no name for this kind of processor.
    #[error("there are no {packages} packages for `{triple}`")]
    Architecture {
        /// Whose packages: `Debian`, `RPM`.
        packages: &'static str,
        /// The payload's target.
        triple: String,
    },
}

impl FormatError {
    /// For `map_err` on what reading returns.
    pub(crate) fn read(path: impl Into<Utf8PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }

    /// For `map_err` on what writing returns.
    pub(crate) fn write(path: impl Into<Utf8PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }
}
