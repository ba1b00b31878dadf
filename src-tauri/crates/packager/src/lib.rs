//! Project to plan to payload to installers: the author's side.
//!
//! [`plan`] finds out what a project is and what will be done with it, and changes nothing.
//! [`build`] carries a plan out. Settings come in as one struct, decisions are pure functions, and
//! every other program runs through the crate `waterskin-process`.

mod compile;
pub mod format;
pub mod runtime;

mod build;
mod build_error;
mod cache;
mod code_base;
mod config;
mod copy;
mod discover;
mod distributions;
mod files;
mod icon;
mod identity;
mod imports;
mod inside;
mod installed;
mod kept;
mod keys;
mod left_out;
mod locate;
mod locks;
mod names;
mod payload;
mod pip_list;
mod plan;
mod plan_error;
mod plan_text;
mod preload;
mod progress;
mod provision;
mod python_choice;
mod requirement;
mod requirements;
mod reserved;
mod resolved;
mod secrets;
mod settings;
mod strip;
mod target;
mod tools;
mod trim;
mod uv;
mod uv_settings;
mod wants;
mod weight;
mod wheels;

pub use build::{BuildOutcome, Sizes, build};
pub use build_error::BuildError;
pub use cache::CacheError;
pub use code_base::Guess;
pub use config::{ConfigError, Meant};
pub use copy::CopyError;
pub use discover::{Project, discover};
pub use files::{FilesError, ProjectFile, ProjectFiles};
pub use icon::IconError;
pub use identity::IdentityError;
pub use imports::SyntaxError;
pub use kept::{CACHE_LIMIT, CacheKind, CacheSummary, cache_folder};
pub use keys::FoundKey;
pub use left_out::{LeftOut, Reason};
pub use locate::LocateError;
pub use payload::AssembleError;
pub use plan::{BuildPlan, plan};
pub use plan_error::PlanError;
pub use plan_text::size;
pub use progress::{Progress, Quiet, Step};
pub use provision::ProvisionError;
pub use python_choice::{Because, PythonChoice, PythonError};
pub use requirement::Refusal;
pub use requirements::{Requirements, RequirementsError, RequirementsSource};
pub use reserved::Reserved;
pub use secrets::SecretError;
pub use settings::{Format, Overrides, Settings};
pub use target::{System, Target};
pub use tools::{SHELL, ToolsError, find_shell, find_uv};
pub use trim::{Kept, Planned, Trim, TrimError, TrimReport, Trimmed};
pub use uv::{Trouble, UvError};
pub use weight::Weight;
pub use wheels::WheelsError;
