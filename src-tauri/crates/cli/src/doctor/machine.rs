use std::process::ExitCode;

use camino::Utf8Path;

use crate::render::Failure;

/// There is no address.
#[derive(Debug, thiserror::Error)]
#[error("there is no address to ask")]
struct NoAddress;

/// Looks at this machine and at a project.
pub fn run(_project: Option<&Utf8Path>, _json: bool) -> ExitCode {
    let hint = "give the address of an app, such as `waterskin doctor http://localhost:8501`";
    anstream::eprint!("{}", Failure::new(NoAddress, Some(hint.to_owned())));
    ExitCode::from(super::WRONG_CALL)
}
