//! Reading a project: what a folder with a Streamlit app is, and what it asks for.
//!
//! [`Project::read`] finds out all that the project's own files say: which script is the app, which
//! code it runs, which packages that code needs, which files come along, and what its author wrote
//! about it. Nothing of the project is executed, nothing is installed, nothing is written and no
//! program is started.

mod code;
mod error;
mod files;
mod guess;
mod notes;
mod outline;
mod own;
mod project;
mod requirements;
mod script;
mod settings;
mod system;
mod writes;

pub use code::{
    base::is_standard,
    compiled::module_of,
    imports::{Code, Need, SyntaxError, top_level},
    mentions::Mentions,
};
pub use error::ProjectError;
pub use files::{
    EXPORT, FilesError, ProjectFile, ProjectFiles,
    keys::FoundKey,
    left_out::{LeftOut, Reason, by_name},
};
pub use guess::{
    Guess, NeededModule, UnknownModule,
    distributions::{distribution_of, normalized},
};
pub use notes::{About, Notes};
pub use outline::Outline;
pub use own::{AskedFolder, Copied, OwnDistribution, OwnError};
pub use project::{Project, Reading};
pub use requirements::{
    Given, Requirements, RequirementsError, RequirementsSource,
    line::{Refusal, checked, file_address, name_of, way_out},
    locked_wheels::LockedWheels,
    source_line::{SourceLine, without_password},
    uv_settings::UvSettings,
};
pub use script::{
    candidates::Candidate,
    locate::{LocateError, which},
};
pub use settings::{
    config::{ConfigError, Meant, PYPROJECT_TOML, Switches},
    icon::IconError,
    identity::IdentityError,
    overrides::Overrides,
    python::{Because, DEFAULT_VERSION, PythonChoice, PythonError},
    reserved::Reserved,
    secrets::SecretError,
    sign::{SignCommand, Signing},
};
pub use system::wants::EMOJI;
pub use writes::FoundWrite;
