use serde::Serialize;
use ts_rs::TS;

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

/// What a session does now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Phase {
    /// Python is starting.
    Starting,
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
    /// Python failed too often: only a person helps now.
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
    /// What happened, as one sentence without a full stop.
    pub message: String,
    /// What the person can do next.
    pub hints: Vec<String>,
    /// Python's last words: its traceback, or its last lines. May be empty.
    pub details: String,
    /// The log's file; empty when there is none.
    pub log_file: String,
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
    /// A folder could not be written.
    NoSpace,
    /// The system's web view is missing something.
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
