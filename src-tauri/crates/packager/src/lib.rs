//! Project to plan to payload to installers: the author's side.
//!
//! [`plans`] finds out what a project is and what will be done with it, for each system that it is
//! for, and changes nothing. [`builds`] carries plans out, and [`export()`] one for a server. Settings come in as one struct, decisions are pure functions, and
//! every other program runs through the crate `waterskin-process`.

pub mod runtime;

mod binary;
mod build;
mod cache;
mod copy;
mod elf;
mod export;
mod names;
mod own;
mod payload;
mod plan;
mod progress;
mod toolchain;
mod trial;
mod trim;
mod wheels;

pub use build::{
    BuildOutcome, Sizes, build, builds, error::BuildError, shell::ShellError, weight::Weight,
};
pub use cache::{
    CacheError,
    kept::{CACHE_LIMIT, CacheKind, CacheSummary, cache_folder},
};
pub use copy::CopyError;
pub use elf::{ElfError, Glibc};
pub use export::{
    Exported,
    base::{BadBase, Base},
    error::ExportError,
    export,
};
pub use names::{BadName, Fault};
pub use own::MakeError;
pub use payload::{AssembleError, provision::ProvisionError};
pub use plan::{
    BuildPlan, discover,
    error::PlanError,
    plan, plans,
    purpose::Purpose,
    read,
    runs::Run,
    settings::Settings,
    shell::Shell,
    text::size,
    tools::{ToolsError, find_appimage, find_shell, find_uv},
};
pub use progress::{Progress, Quiet, Step};
pub use trial::{Trial, TrialCause, TrialFailure, copied, of_project, remedy::lacks};
pub use trim::{Kept, Planned, Trim, TrimError, TrimReport, Trimmed};
pub use wheels::{
    error::WheelsError,
    lacks::{Lack, Lacking},
    source_build::SourceBuildError,
    uv::{Trouble, UvError},
};
