use serde::Serialize;
use ts_rs::TS;
use waterskin_bundle::Manifest;

/// Everything a screen shows of a session: always the whole of it, never a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SessionState {
    /// Grows with every change, so that a late snapshot is told from a newer one.
    #[ts(type = "number")]
    pub revision: u64,
    /// The app.
    pub app: AppInfo,
    /// What the session does now.
    pub phase: Phase,
    /// How far the current load of the page has come.
    pub stage: Stage,
    /// Where the page is served.
    pub port: PortInfo,
    /// Which start of Python this is, from 1. A page of an earlier one is stale.
    pub generation: u32,
}

/// The app that a session runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppInfo {
    /// Reverse-DNS id.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// The app's version.
    pub version: String,
}

impl AppInfo {
    /// The app of a payload.
    pub fn of(manifest: &Manifest) -> Self {
        Self {
            id: manifest.app.id.to_string(),
            name: manifest.app.name.clone(),
            version: manifest.app.version.clone(),
        }
    }
}

/// What a session does now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Phase {
    /// Python is starting.
    Starting,
    /// The keychain has the app's secrets and is taking its time.
    Unlocking,
    /// The app needs secrets that only the person knows.
    Asking,
    /// Python answers.
    Ready,
    /// Python ended, and starts again by itself.
    Waiting {
        /// How often it has failed since it last worked.
        failures: u32,
        /// How long until the next start.
        #[ts(type = "number")]
        delay_ms: u64,
        /// How it ended, in words.
        reason: String,
    },
    /// Python failed too often, or the keychain does not answer: a person has to see to it now.
    GaveUp {
        /// What to show.
        failure: Failure,
    },
    /// Everything is being ended.
    Stopping,
    /// Nothing of the session is left.
    Stopped,
}

/// A failure in the words that a person needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Failure {
    /// What the screens switch on.
    pub code: FailureCode,
    /// What it is about, where a person can do something with that.
    pub subject: Option<Subject>,
    /// What exactly happened, as one sentence without a full stop, for whoever repairs it: in English.
    pub message: String,
    /// What the person can do next.
    pub hints: Vec<Hint>,
    /// Python's last words: its traceback, or its last lines. May be empty.
    pub details: String,
    /// The log's file; empty when there is none.
    pub log_file: String,
}

/// What a failure is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
#[ts(export)]
pub enum Subject {
    /// A file of the app.
    File(String),
    /// A folder of the person's.
    Folder(String),
    /// Ports of this computer, such as `8501 to 8600`.
    Ports(String),
    /// What the system lacks.
    Missing(String),
}

/// What a person can do about a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[ts(export)]
pub enum Hint {
    /// Try again, and report it the second time.
    Restart,
    /// The app lacks a module: tell the author.
    MissingModule {
        /// The module's name, as Python gave it.
        module: String,
    },
    /// Free some space on the disk.
    FreeSpace,
    /// Close other programs, for memory.
    FreeMemory,
    /// Install the app again.
    Reinstall,
    /// Install the newest version of the app.
    InstallNewest,
    /// Start the app by its icon.
    StartByIcon,
    /// For an author: the commands that there are.
    Author,
    /// Restart the computer.
    RestartComputer,
    /// Close other programs, for ports.
    ClosePrograms,
    /// See to the rights of the folder.
    AllowFolder,
    /// Update the system.
    UpdateSystem,
    /// Send the report.
    SendReport,
    /// Unlock the keychain.
    UnlockKeychain,
    /// Enter the secrets for this time.
    EnterOnce,
}

impl Subject {
    /// The file, the folder, the ports or the feature.
    pub fn name(&self) -> &str {
        match self {
            Self::File(name) | Self::Folder(name) | Self::Ports(name) | Self::Missing(name) => name,
        }
    }
}

impl Hint {
    /// The message's key in `locales/`. Its only placeholder is `module`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Restart => "hint-restart",
            Self::MissingModule { .. } => "hint-missing-module",
            Self::FreeSpace => "hint-free-space",
            Self::FreeMemory => "hint-free-memory",
            Self::Reinstall => "hint-reinstall",
            Self::InstallNewest => "hint-install-newest",
            Self::StartByIcon => "hint-start-by-icon",
            Self::Author => "hint-author",
            Self::RestartComputer => "hint-restart-computer",
            Self::ClosePrograms => "hint-close-programs",
            Self::AllowFolder => "hint-allow-folder",
            Self::UpdateSystem => "hint-update-system",
            Self::SendReport => "hint-send-report",
            Self::UnlockKeychain => "hint-unlock-keychain",
            Self::EnterOnce => "hint-enter-once",
        }
    }

    /// The module that the message names.
    pub fn module(&self) -> Option<&str> {
        match self {
            Self::MissingModule { module } => Some(module),
            _ => None,
        }
    }
}

/// The failures that a screen tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum FailureCode {
    /// Python ended again and again.
    Crashing,
    /// Python ran and never answered.
    Unresponsive,
    /// A file of the app is missing or damaged.
    Damaged,
    /// The payload was made by a newer version.
    TooNew,
    /// There is no app beside the shell.
    NoApp,
    /// Neither the port nor any of the next ones could be had.
    NoPort,
    /// The disk is full.
    NoSpace,
    /// A folder may not be written.
    NoPermission,
    /// The system's web view is too old for the page.
    OldWebView,
    /// The keychain, which has the app's secrets, does not answer.
    Keychain,
    /// The system lacks something else.
    System,
}

/// How far a load of the page has come. The order is that of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Stage {
    /// Nothing was asked for yet.
    None,
    /// Stage 1: the window reached the proxy.
    Contact,
    /// Stage 2: page, scripts and styles went out.
    Page,
    /// Stage 3: the switch to WebSocket was answered with 101.
    Upgrade,
    /// Stage 4: application messages went both ways.
    Messages,
    /// The script ran to its end.
    Finished,
}

/// Where the page is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PortInfo {
    /// The port in use.
    pub port: u16,
    /// The port that the app asked for.
    pub preferred: u16,
}
