use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Downloads, Layout, Payload, Secret};
use waterskin_session::{
    AppInfo, Failure, Folders, Grounds, Options, Project, damaged, no_app, system,
};

use crate::model::looks::Looks;

/// The id under which a shell without an app keeps its log.
const OWN_ID: &str = "org.waterskin.shell";

/// What there is to show: an app, or why there is none. Never an error, since a person who double
/// clicked an icon has to see something.
#[derive(Debug)]
pub enum Boot {
    /// An app to open a session for.
    App(Box<App>),
    /// What is wrong instead.
    Broken {
        /// The app, as far as it is known.
        app: AppInfo,
        /// Its icon, a PNG, as far as that is known.
        icon: Option<Utf8PathBuf>,
        /// What to show.
        failure: Box<Failure>,
        /// The secrets that the app asks its user for, as far as that is known: a log may have them.
        secrets: Vec<Secret>,
    },
}

/// An app to open a session for, with the looks of its window.
#[derive(Debug)]
pub struct App {
    /// What runs.
    pub options: Options,
    /// Lines for the report.
    pub versions: Vec<String>,
    /// Title, size and theme of the window.
    pub looks: Looks,
    /// The secrets that the app asks its user for.
    pub secrets: Vec<Secret>,
    /// Where the page's downloads go.
    pub downloads: Downloads,
    /// Whether what Python writes also goes to the terminal.
    pub echo: bool,
}

impl Boot {
    /// Reads the project file, or else the payload beside the executable.
    pub fn read(project: Option<&Utf8Path>) -> Self {
        match project {
            Some(file) => Self::of_project(file),
            None => match payload_folder() {
                Some(folder) => Self::of_payload(&folder),
                None => Self::broken(no_app("the program does not know where it is installed")),
            },
        }
    }

    /// The folders of the app, if the user has any.
    pub fn folders(&self) -> Option<Folders> {
        match self {
            Self::App(app) => Some(app.options.folders.clone()),
            Self::Broken { app, .. } => Folders::of(&app.id).ok(),
        }
    }

    /// The app, as far as it is known.
    pub fn app(&self) -> &AppInfo {
        match self {
            Self::App(app) => &app.options.app,
            Self::Broken { app, .. } => app,
        }
    }

    fn of_payload(folder: &Utf8Path) -> Self {
        let payload = match Payload::read(folder) {
            Ok(payload) => payload,
            Err(error) => return Self::broken(damaged(&error)),
        };
        let manifest = &payload.manifest;
        let icon = manifest.window.icon.as_ref().map(|icon| payload.layout.root().join(icon));
        if let Err(error) = payload.look() {
            let failure = Box::new(damaged(&error));
            let secrets = manifest.secrets.clone();
            return Self::Broken { app: AppInfo::of(manifest), icon, failure, secrets };
        }
        let folders = match Folders::of(manifest.app.id.as_str()) {
            Ok(folders) => folders,
            Err(error) => return Self::broken(system(&error.to_string())),
        };
        let options = Options::of_payload(&payload, folders);
        let version = manifest.streamlit.version.as_str();
        Self::App(Box::new(App {
            versions: vec![
                format!("Python {} ({})", manifest.python.version, manifest.python.triple),
                format!("Streamlit {}", manifest.streamlit.version),
            ],
            looks: Looks {
                title: manifest.title().to_owned(),
                script: stem(&manifest.entry),
                size: (manifest.window.width, manifest.window.height),
                theme: manifest.window.theme,
                grounds: grounds(&payload, &options, version),
                icon,
            },
            options,
            secrets: manifest.secrets.clone(),
            downloads: manifest.downloads,
            echo: false,
        }))
    }

    fn of_project(file: &Utf8Path) -> Self {
        let read = fs_err::read_to_string(file)
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        let project: Project = match read {
            Ok(project) => project,
            Err(error) => {
                return Self::broken(no_app(&format!("could not read the project: {error}")));
            }
        };
        let folders = match Folders::of(&project.id) {
            Ok(folders) => folders,
            Err(error) => return Self::broken(system(&error.to_string())),
        };
        let version = project.streamlit.as_deref();
        Self::App(Box::new(App {
            versions: vec![format!("Python at {}", project.python)],
            looks: Looks {
                title: project.name.clone(),
                script: stem(&project.script),
                size: project.size,
                theme: project.theme,
                grounds: Grounds::of_project(&project.directory, &project.script, version),
                icon: project.icon.clone(),
            },
            options: Options::of_project(&project, folders),
            // An author's own are in the project's `.streamlit/secrets.toml`.
            secrets: Vec::new(),
            downloads: project.downloads,
            echo: true,
        }))
    }

    fn broken(failure: Failure) -> Self {
        let name = payload_folder()
            .and_then(|folder| folder.parent()?.file_name().map(str::to_owned))
            .unwrap_or_else(|| "Waterskin".to_owned());
        let app = AppInfo { id: OWN_ID.to_owned(), name, version: String::new() };
        Self::Broken { app, icon: None, failure: Box::new(failure), secrets: Vec::new() }
    }
}

/// What lies behind the page. An app that runs in a copy is looked at where it is installed: the copy
/// is brought up to date later.
fn grounds(payload: &Payload, options: &Options, version: &str) -> Grounds {
    match &options.copy {
        Some(_) => Grounds::of_app(&payload.layout.app(), &payload.script(), Some(version)),
        None => Grounds::of_app(&options.directory, &options.script, Some(version)),
    }
}

fn stem(script: impl AsRef<Utf8Path>) -> String {
    script.as_ref().file_stem().unwrap_or_default().to_owned()
}

/// `payload` beside the executable, or in `Resources` of a macOS bundle. Tauri's own resource
/// folder is no help: its path on Linux is fixed when the shell is compiled.
fn payload_folder() -> Option<Utf8PathBuf> {
    let executable = Utf8PathBuf::from_path_buf(std::env::current_exe().ok()?).ok()?;
    let folder = executable.parent()?;
    let bundled = folder.parent().map(|contents| contents.join("Resources").join(Layout::PAYLOAD));
    match bundled {
        Some(bundled) if cfg!(target_os = "macos") && bundled.is_dir() => Some(bundled),
        _ => Some(folder.join(Layout::PAYLOAD)),
    }
}
