use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use waterskin_bundle::{AppCopy, DataPolicy, Downloads, Layout, Payload, Theme};

use crate::{AppInfo, Folders, Login, SecretValues};

/// What a session runs, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The app.
    pub app: AppInfo,
    /// The Python that runs it.
    pub interpreter: Interpreter,
    /// The script, as an absolute path.
    pub script: Utf8PathBuf,
    /// The project's folder, as an absolute path: modules of the app are found from it too.
    pub root: Utf8PathBuf,
    /// Arguments of the script.
    pub arguments: Vec<String>,
    /// Python's working directory.
    pub directory: Utf8PathBuf,
    /// The copy of the app that is brought up to date before Python starts, where it runs in one.
    pub copy: Option<AppCopy>,
    /// Streamlit's `static` folder, for the page to boot from while Python starts.
    pub statics: Option<Utf8PathBuf>,
    /// What tells these static files from another payload's; empty where their times do.
    pub edition: String,
    /// Modules to import while the page boots.
    pub preload: Vec<String>,
    /// The secrets that the app gets. Where they are not known yet, Python waits for
    /// [`begin`](crate::Session::begin).
    pub secrets: Option<SecretValues>,
    /// The port that the page prefers; 0 for any.
    pub port: u16,
    /// Whether the page follows changes of the script.
    pub reload: bool,
    /// Where to record what passes the proxy.
    pub trace: Option<Utf8PathBuf>,
    /// How logging in at other sites works; none where the page's own browser does it.
    pub login: Option<Login>,
    /// Who publishes the app; may be empty.
    pub author: String,
    /// The payload that is run, where it is one.
    pub payload: Option<Payload>,
    /// Where the app and the session write.
    pub folders: Folders,
    /// What makes a trial start of this one.
    pub trial: Option<TrialPlace>,
    /// Variables that an author's interpreter gets, which the window's own processes do without.
    pub environment: BTreeMap<String, String>,
}

/// Where a trial start happens, apart from everything that the user has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialPlace {
    /// A folder with a short path, for Python's socket.
    pub sockets: Utf8PathBuf,
    /// The file for what goes wrong in the pages.
    pub record: Utf8PathBuf,
    /// Variables that Python has in place of the environment's.
    pub environment: Vec<(&'static str, Utf8PathBuf)>,
}

/// The Python that runs an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// The executable.
    pub executable: Utf8PathBuf,
    /// Whether it is a payload's own, kept apart from everything that the user's environment says
    /// of Python. An author's interpreter is used as it is.
    pub isolated: bool,
    /// Folders of installed distributions, beside the interpreter's own.
    pub site_packages: Vec<Utf8PathBuf>,
}

/// A project that runs on the author's own interpreter, without a payload. This is what the
/// command hands to the shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Reverse-DNS id.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// The project's version.
    pub version: String,
    /// The interpreter's executable.
    pub python: Utf8PathBuf,
    /// The script, as an absolute path.
    pub script: Utf8PathBuf,
    /// Arguments of the script.
    pub arguments: Vec<String>,
    /// Python's working directory.
    pub directory: Utf8PathBuf,
    /// Streamlit's `static` folder.
    pub statics: Option<Utf8PathBuf>,
    /// A square PNG.
    pub icon: Option<Utf8PathBuf>,
    /// The preferred port; 0 for any.
    pub port: u16,
    /// Where to record what passes the proxy.
    pub trace: Option<Utf8PathBuf>,
    /// Width and height of the window, in logical pixels.
    pub size: (u32, u32),
    /// Light, dark, or as the system says.
    #[serde(default)]
    pub theme: Theme,
    /// Streamlit's version, where it is known.
    #[serde(default)]
    pub streamlit: Option<String>,
    /// Where the page's downloads go.
    #[serde(default)]
    pub downloads: Downloads,
    /// What of the author's environment the window's own processes must do without.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

impl Project {
    /// The variables for [`Project::environment`]: libraries that the author's Python may need, and with
    /// which WebKit's processes may not start.
    pub fn kept_from_the_window() -> BTreeMap<String, String> {
        const LIBRARIES: &str = "LD_LIBRARY_PATH";
        let value = std::env::var(LIBRARIES).ok();
        value.map(|value| (LIBRARIES.to_owned(), value)).into_iter().collect()
    }
}

impl Options {
    /// The session of a payload.
    pub fn of_payload(payload: &Payload, folders: Folders) -> Self {
        let manifest = &payload.manifest;
        let copy = AppCopy::of(payload, &folders.data);
        let root = copy.as_ref().map_or_else(|| payload.layout.app(), |copy| copy.folder().into());
        let directory = match manifest.data {
            DataPolicy::AppFolder | DataPolicy::Copy => root.clone(),
            DataPolicy::DataFolder => folders.data.clone(),
        };
        Self {
            app: AppInfo::of(manifest),
            interpreter: Interpreter {
                executable: payload.python(),
                isolated: true,
                site_packages: vec![payload.layout.site_packages()],
            },
            script: copy.as_ref().map_or_else(|| payload.script(), AppCopy::script),
            root,
            arguments: manifest.arguments.clone(),
            directory,
            copy,
            statics: Some(payload.layout.streamlit_static()),
            edition: manifest
                .digests
                .get(Layout::SITE_PACKAGES)
                .map_or_else(String::new, |digest| digest.short().to_owned()),
            preload: manifest.preload.clone(),
            secrets: Some(SecretValues::default()),
            port: manifest.port,
            reload: false,
            trace: None,
            login: None,
            author: manifest.app.publisher.clone(),
            payload: Some(payload.clone()),
            folders,
            trial: None,
            environment: BTreeMap::new(),
        }
    }

    /// The session of a project on the author's own interpreter: it follows changes on disk.
    pub fn of_project(project: &Project, folders: Folders) -> Self {
        Self {
            app: AppInfo {
                id: project.id.clone(),
                name: project.name.clone(),
                version: project.version.clone(),
            },
            interpreter: Interpreter {
                executable: project.python.clone(),
                isolated: false,
                site_packages: Vec::new(),
            },
            script: project.script.clone(),
            root: project.directory.clone(),
            arguments: project.arguments.clone(),
            directory: project.directory.clone(),
            // An author's files are changed where they are.
            copy: None,
            statics: project.statics.clone(),
            edition: String::new(),
            preload: Vec::new(),
            secrets: Some(SecretValues::default()),
            port: project.port,
            reload: true,
            trace: project.trace.clone(),
            login: None,
            author: String::new(),
            payload: None,
            folders,
            trial: None,
            environment: project.environment.clone(),
        }
    }
}
