//! Project to plan to payload to installers: the author's side.
//!
//! [`plan`] finds out what a project is and what will be done with it, and changes nothing.
//! [`build`] carries a plan out. Settings come in as one struct, decisions are pure functions, and
//! every other program runs through the crate `waterskin-process`.

mod compile;
pub mod format;
pub mod runtime;

mod allowance;
mod build;
mod build_error;
mod cache;
mod commands;
mod copy;
mod inside;
mod installed;
mod kept;
mod locked_wheels;
mod manylinux;
mod native;
mod own;
mod payload;
mod plan;
mod plan_error;
mod plan_text;
mod progress;
mod provision;
mod remedy;
mod resolve;
mod resolved;
mod runs;
mod settings;
mod source_build;
mod strip;
mod tools;
mod trial;
mod trim;
mod uv;
mod weight;
mod wheel_tags;
mod wheels;
mod wheels_error;

pub use build::{BuildOutcome, Sizes, build};
pub use build_error::BuildError;
pub use cache::CacheError;
pub use copy::CopyError;
pub use kept::{CACHE_LIMIT, CacheKind, CacheSummary, cache_folder};
pub use own::MakeError;
pub use payload::AssembleError;
pub use plan::{BuildPlan, discover, plan};
pub use plan_error::PlanError;
pub use plan_text::size;
pub use progress::{Progress, Quiet, Step};
pub use provision::ProvisionError;
pub use remedy::lacks;
pub use runs::Run;
pub use settings::{Format, Settings};
pub use source_build::SourceBuildError;
pub use tools::{SHELL, ToolsError, find_shell, find_uv};
pub use trial::{Trial, TrialCause, TrialFailure, copied, of_project};
pub use trim::{Kept, Planned, Trim, TrimError, TrimReport, Trimmed};
pub use uv::{Trouble, UvError};
pub use weight::Weight;
pub use wheels_error::WheelsError;
