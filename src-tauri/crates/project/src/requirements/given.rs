use crate::own::AskedFolder;
use crate::requirements::locked_wheels::LockedWheels;
use crate::requirements::uv_settings::UvSettings;

/// What uv gets of a project's lists. It reads none of the project's files itself: what they say is
/// checked when the plan is made, and may be another thing later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// Requirements with hashes. Those of `uv.lock` are left to uv.
    pub lines: Vec<String>,
    /// Constraints of the lists.
    pub constraints: Vec<String>,
    /// Constraints of a lock beside the list, with hashes. They count as long as they fit.
    pub pins: Vec<String>,
    /// Options that say where packages come from.
    pub indexes: Vec<String>,
    /// Hosts that need no valid certificate.
    pub insecure: Vec<String>,
    /// Whether versions before a release count.
    pub pre: bool,
    /// The project's name in `uv.lock`.
    pub project: Option<String>,
    /// The folders that `uv.lock` has installed.
    pub local: Vec<AskedFolder>,
    /// What `[tool.uv]` says.
    pub settings: UvSettings,
    /// Packages of a lock that have no wheel at all. `None` where no lock tells.
    pub sources: Option<Vec<String>>,
    /// The wheels of a lock.
    pub wheels: Vec<LockedWheels>,
}
