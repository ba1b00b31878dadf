//! One running app: supervisor, proxy and the state to show. The only API that a host calls, and
//! the only place that knows Streamlit.

mod about;
mod copying;
mod course;
mod failure;
mod folders;
mod ground;
mod holder;
mod inspect;
mod launch;
mod launcher;
mod login;
mod mask;
mod milestones;
mod options;
mod probe;
mod report;
mod secrets;
mod serving;
mod session;
mod shared;
mod socket;
mod state;
mod trace;
mod trial;
mod watcher;

pub use about::{About, Part};
pub use course::StageTime;
pub use failure::{causes, damaged, no_app, not_opened, system};
pub use folders::{Folders, FoldersError};
pub use ground::{Ground, Grounds};
pub use holder::{Holder, holder};
pub use inspect::{Inspection, Kept, Saved};
pub use launcher::edition;
pub use login::{Login, LoginStep};
pub use milestones::{Milestone, Milestones};
pub use options::{Interpreter, Options, Project};
pub use report::{Report, ReportError};
pub use secrets::{
    Answers, Complaint, Problem, Rejected, SecretField, SecretPlace, SecretValues, SecretsForm,
    Vault, VaultError, Wait,
};
pub use serving::{Lone, lone_observer, options as proxy_options};
pub use session::{OpenError, Session};
pub use state::{
    AppInfo, Failure, FailureCode, Hint, Phase, PortInfo, SessionState, Stage, Subject,
};
pub use trial::{TrialError, Tried, Trouble, TroubleKind, try_out};
pub use waterskin_supervisor::{Line, OutputLog};
