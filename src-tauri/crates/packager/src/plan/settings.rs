use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use waterskin_bundle::Target;
use waterskin_installers::{Format, FormatOptions};
use waterskin_project::Overrides;

use crate::plan::purpose::Purpose;

/// What the author asked for, with nothing found out yet. Relative paths count from the current
/// directory.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The project's folder, or a script in it.
    pub path: Utf8PathBuf,
    /// The folder that gets the finished files; it is made when it is missing.
    pub output: Utf8PathBuf,
    /// The systems that the app is for. Empty takes those that the project names, or this one.
    pub targets: Vec<Target>,
    /// The interpreter to relocate. `None` looks for a managed one first.
    pub python: Option<Utf8PathBuf>,
    /// The version of Python, such as `3.12` or `3.12.4`. `None` takes what the project says.
    pub python_version: Option<String>,
    /// The prebuilt shell of one of these systems. `None` looks beside the running program, and takes
    /// the wheel of the shell for another system.
    pub shell: Option<Utf8PathBuf>,
    /// Folders and pages with wheels of the shell, besides those that the project names.
    pub find_links: Vec<String>,
    /// The program `uv`. `None` looks beside the running program and on `PATH`.
    pub uv: Option<Utf8PathBuf>,
    /// Values that win over the project's own.
    pub overrides: Overrides,
    /// What to make. Empty makes those that are made for the system unasked.
    pub formats: Vec<&'static dyn Format>,
    /// What is chosen for formats that leave a choice.
    pub format_options: FormatOptions,
    /// Where runtimes and installed packages are kept between builds. `None` takes the user's
    /// cache folder.
    pub cache_dir: Option<Utf8PathBuf>,
    /// How many bytes are kept there at most. `None` takes [`crate::CACHE_LIMIT`].
    pub cache_limit: Option<u64>,
    /// Where to leave the payload as a folder that runs in place. `None` removes it at the end.
    pub keep_payload: Option<Utf8PathBuf>,
    /// Whether to work from the caches alone.
    pub offline: bool,
    /// Whether nothing in the project's folder may be executed.
    pub no_run: bool,
    /// The distributions that bring modules of which nobody else says it, by the dotted names that
    /// [`waterskin_project::UnknownModule`] has. An empty one means that nothing is installed for the module.
    pub answers: BTreeMap<String, String>,
    /// Whether the app is not started at the end.
    pub no_try: bool,
    /// Whether files from outside of the project come along where links in it lead to them.
    pub follow_links: bool,
    /// What is made of the project.
    pub purpose: Purpose,
}
