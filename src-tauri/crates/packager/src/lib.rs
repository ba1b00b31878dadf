//! Project to plan to payload to installers: the author's side.
//!
//! [`plan`] finds out what a project is and what will be done with it, and changes nothing.
//! [`build`] carries a plan out. Settings come in as one struct, decisions are pure functions, and
//! every other program runs through the crate `waterskin-process`.

pub mod runtime;

mod build;
mod cache;
mod copy;
mod elf;
mod own;
mod payload;
mod plan;
mod progress;
mod toolchain;
mod trial;
mod trim;
mod wheels;

pub use build::{BuildOutcome, Sizes, build, error::BuildError, weight::Weight};
pub use cache::{
    CacheError,
    kept::{CACHE_LIMIT, CacheKind, CacheSummary, cache_folder},
};
pub use copy::CopyError;
pub use elf::{ElfError, Glibc};
pub use own::MakeError;
pub use payload::{AssembleError, provision::ProvisionError};
pub use plan::{
    BuildPlan, discover,
    error::PlanError,
    plan,
    runs::Run,
    settings::Settings,
    text::size,
    tools::{ToolsError, find_shell, find_uv},
};
pub use progress::{Progress, Quiet, Step};
pub use trial::{Trial, TrialCause, TrialFailure, copied, of_project, remedy::lacks};
pub use trim::{Kept, Planned, Trim, TrimError, TrimReport, Trimmed};
pub use wheels::{
    error::WheelsError,
    source_build::SourceBuildError,
    uv::{Trouble, UvError},
};
